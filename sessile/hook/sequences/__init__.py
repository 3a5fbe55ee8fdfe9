"""What programs import of TensorFlow's modules of recurrent networks beyond the public names."""
