"""Loops over sequences of labels: how far apart they are, which of them are read off."""
