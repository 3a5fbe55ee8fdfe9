"""Networks for images, under the names of variables that checkpoints of TensorFlow have."""
