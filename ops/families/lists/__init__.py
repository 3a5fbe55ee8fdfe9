"""Lists of tensors: TensorFlow 2's values that loops of imported models carry."""
