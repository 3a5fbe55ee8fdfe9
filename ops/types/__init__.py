"""Element types, shapes, and what a Python value becomes."""
