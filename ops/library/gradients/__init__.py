"""Gradients: the walk backwards through a graph, rules of the user's own, checks against differences."""
