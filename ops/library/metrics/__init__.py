"""Metrics: values accumulated over steps in local variables (`tf.metrics`)."""
