"""Routines of many small matrices: triangular and tridiagonal systems of equations."""
