"""Cutting a plan into regions and interpreted instructions."""
