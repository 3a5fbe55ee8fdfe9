"""Arithmetic, functions, comparisons and casts, element by element."""
