"""Routines for images: resizing, colours, crops, boxes."""
