"""Feature columns: how raw features become the input of a model."""
