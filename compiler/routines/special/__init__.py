"""Special functions of many numbers: SciPy's in blocks, a thread each, and sums of powers in compiled loops."""
