"""Names of TensorFlow's own modules that no public module shows, as far as programs use them."""
