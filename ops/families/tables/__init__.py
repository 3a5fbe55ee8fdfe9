"""Lookup tables: what a session keeps of keys and values."""
