"""From what the user passes to arrays, and back: signatures, feeds, fetches, options."""
