"""Sums and their like along axes, scans, segments, sorting."""
