"""Loops around a session: hooks, monitored sessions, session managers, supervisors."""
