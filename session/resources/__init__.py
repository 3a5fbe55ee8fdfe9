"""What a session owns: state, containers, handles."""
