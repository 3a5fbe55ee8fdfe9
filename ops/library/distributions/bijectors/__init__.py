"""`tf.contrib.distributions.bijectors`: functions that have an inverse, by which distributions are transformed."""
