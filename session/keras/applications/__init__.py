"""Known networks of images, with the layers, names and variables TensorFlow 1.15 has, so that its weights load."""
