"""`tf.contrib.graph_editor`: parts of graphs that are selected, copied with other inputs, and wired anew."""
