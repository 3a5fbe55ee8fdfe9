"""Devices, and where operations are placed."""
