"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.keras.datasets import imdb_word_index as get_word_index
from sessile.session.keras.datasets import load_imdb as load_data
