"""Queues and what else holds elements between steps."""
