"""Images for training: read, transformed at random, given in batches. Pillow (the extra `images`) reads files."""
