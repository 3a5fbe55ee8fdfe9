"""Products of matrices in native steps: which function of BLAS is called with what, and how threads share it."""
