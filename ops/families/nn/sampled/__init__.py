"""Losses over sampled classes, and what draws them."""
