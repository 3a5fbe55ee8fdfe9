"""Engines in other processes: the tasks of a cluster as actors of Ray."""
