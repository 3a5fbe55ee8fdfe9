"""Compiled loops that stand in for NumPy kernels of large arrays: scans, segments, selection, sorting."""
