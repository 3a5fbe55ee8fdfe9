"""The program of a signature: plan, pruning, text, invariants."""
