"""Normalisation of activations: over batches and over neighbouring channels."""
