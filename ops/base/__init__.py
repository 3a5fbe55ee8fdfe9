"""What imports nothing of ours: errors, nested structures, device names, where the user stood."""
