"""Losses of a batch, weighted and collected (`tf.losses`)."""
