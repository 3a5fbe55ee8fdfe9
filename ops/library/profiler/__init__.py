"""`tf.profiler`: how many parameters and float operations the parts of a graph have."""
