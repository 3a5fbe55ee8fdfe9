"""Strings: joining, splitting, parts, numbers, patterns, hashes."""
