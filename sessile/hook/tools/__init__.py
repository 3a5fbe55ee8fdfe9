"""What programs import of `tensorflow.python.tools`."""
