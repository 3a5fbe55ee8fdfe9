"""A kernel as a tree of loops and statements: its nodes, its printers' text, and templates read into it."""
