"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.keras.preprocessing import image as image
from sessile.keras.preprocessing import sequence as sequence
from sessile.keras.preprocessing import text as text
