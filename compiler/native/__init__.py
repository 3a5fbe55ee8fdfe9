"""The step as machine code."""
