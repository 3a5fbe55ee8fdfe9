"""`tf.distributions`: samples, densities, moments and divergences of probability distributions."""
