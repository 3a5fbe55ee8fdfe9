"""Shapes, and moving elements: reshape, transpose, slice, concat, pad and their like."""
