"""Signals: windows, frames, short-time transforms, cosine transforms."""
