"""Models in files: what the commands `run`, `inspect`, `bench`, `compile` and `serve` load and call."""
