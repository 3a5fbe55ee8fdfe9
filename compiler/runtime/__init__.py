"""What native steps run on: thread pool, recycled memory, BLAS, the trampoline."""
