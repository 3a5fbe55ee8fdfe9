"""Checkpoints: saving and restoring variables, looking into checkpoints, keeping track of them."""
