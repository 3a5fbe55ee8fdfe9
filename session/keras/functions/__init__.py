"""What layers and models are told by name: activations, initializers, regularizers, constraints, losses, metrics."""
