"""`tf.contrib.layers`: layers as functions whose variables are `weights` and `biases`."""
