"""What is built of operations."""
