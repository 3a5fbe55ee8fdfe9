"""Strings in compiled code: where their bytes lie, and loops over them."""
