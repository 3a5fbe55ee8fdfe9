"""Routines of windows: convolutions of volumes, dilations."""
