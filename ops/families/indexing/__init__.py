"""Gathering, scattering, masks, positions."""
