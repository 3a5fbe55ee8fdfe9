"""Estimators: a model function, called for training, evaluation, prediction and export, with checkpoints between."""
