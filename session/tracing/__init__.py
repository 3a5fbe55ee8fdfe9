"""Traces of steps and timelines."""
