"""Training: optimizers with their slots, moving averages, learning rates that decay."""
