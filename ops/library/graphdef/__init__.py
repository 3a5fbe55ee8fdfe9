"""Graphs as messages: import, export, meta graphs, `raw_ops`."""
