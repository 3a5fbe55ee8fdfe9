"""Variables, assignments, scopes of variables, handles."""
