"""`tf.data`: datasets, and the iterators that give their elements to a graph."""
