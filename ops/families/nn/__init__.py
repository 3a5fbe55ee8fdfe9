"""Activations, losses, and what layers are made of."""
