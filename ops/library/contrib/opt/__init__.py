"""`tf.contrib.opt`: optimizers that run outside of the graph."""
