"""What an operation type is: its definition as data, the registry, shape rules, index maps, reductions."""
