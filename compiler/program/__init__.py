"""What a session takes: programs, callables, explain, tracing."""
