"""Matrix products, factorizations, norms."""
