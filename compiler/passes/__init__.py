"""Passes from plan to plan, and their order."""
