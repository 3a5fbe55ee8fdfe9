"""Functions as values: graphs of their own, called by operations of others."""
