"""What `tensorflow.python.framework` and `tensorflow.python.ops` have behind the public functions."""
