"""What a target names: engines, servers, clusters."""
