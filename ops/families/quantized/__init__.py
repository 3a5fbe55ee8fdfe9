"""Numbers of few bits: training as if they were quantized."""
