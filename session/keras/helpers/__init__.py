"""Helps around models: bars, pictures, queues of batches, arrays in files, scikit-learn's interface."""
