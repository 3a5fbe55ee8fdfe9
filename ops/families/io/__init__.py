"""Files: reading and writing them, checkpoints, records, parsing."""
