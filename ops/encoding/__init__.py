"""Values and nodes as messages."""
