"""Convolutions of each channel for itself."""
