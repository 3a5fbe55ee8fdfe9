"""What is done to data before it is fed: texts, sequences."""
