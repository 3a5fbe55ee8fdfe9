"""Operation, Tensor, Graph, scopes, collections, and how a node is made."""
