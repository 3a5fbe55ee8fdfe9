"""Examples in files: what `slim` reads and decodes them with."""
