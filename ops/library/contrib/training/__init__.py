"""`tf.contrib.training`: hyperparameters and training operations."""
