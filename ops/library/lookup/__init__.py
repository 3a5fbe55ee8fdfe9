"""`tf.lookup` and `tf.contrib.lookup`: tables in a graph, their initializers, vocabularies."""
