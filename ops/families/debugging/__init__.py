"""Assertions, printing, numeric checks."""
