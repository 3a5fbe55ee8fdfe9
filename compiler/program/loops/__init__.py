"""What runs loops without Python between their turns: kernels over scalars, and native steps of iterations."""
