"""Layers: objects and functions that make variables and the operations over them (`tf.layers`)."""
