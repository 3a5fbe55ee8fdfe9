"""Symbolic extents, guards, and layouts of the arguments at hand."""
