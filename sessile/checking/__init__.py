"""Reading programs for what they use of TensorFlow; `python -m sessile check`."""
