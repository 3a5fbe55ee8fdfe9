"""What numba compiles, and what it needs to know of our functions."""
