"""Layers whose kernels know the axes of space: locally connected ones, recurrent ones of images."""
