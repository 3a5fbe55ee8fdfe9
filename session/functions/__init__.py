"""Functions of the user that become operations."""
