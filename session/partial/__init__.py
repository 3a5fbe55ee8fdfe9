"""Partial runs."""
