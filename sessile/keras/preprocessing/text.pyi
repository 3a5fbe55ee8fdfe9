"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.keras.preprocessing.texts import Tokenizer as Tokenizer
from sessile.session.keras.preprocessing.texts import hashing_trick as hashing_trick
from sessile.session.keras.preprocessing.texts import one_hot as one_hot
from sessile.session.keras.preprocessing.texts import text_to_word_sequence as text_to_word_sequence
from sessile.session.keras.preprocessing.texts import tokenizer_from_json as tokenizer_from_json
