"""Windows over space: convolutions, pooling, morphology, patches, and their gradients."""
