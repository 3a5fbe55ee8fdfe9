"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.keras.datasets import load_reuters as load_data
from sessile.session.keras.datasets import reuters_word_index as get_word_index
