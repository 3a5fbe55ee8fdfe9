"""Models in files: weights, checkpoints, HDF5, configurations, SavedModels."""
