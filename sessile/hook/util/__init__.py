"""`tensorflow.python.util`: what library code is written with."""
