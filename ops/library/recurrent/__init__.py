"""Recurrent networks: cells, their wrappers, and the functions that run them over time."""
