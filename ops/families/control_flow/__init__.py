"""Branches, loops, tensor arrays and functions over them, in the form TensorFlow 1's graphs hold."""
