"""Operation types of graphs from TensorFlow 0.x and early 1.x, which later versions spell otherwise."""
