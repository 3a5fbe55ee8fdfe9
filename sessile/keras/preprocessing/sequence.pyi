"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.keras.preprocessing.sequences import TimeseriesGenerator as TimeseriesGenerator
from sessile.session.keras.preprocessing.sequences import make_sampling_table as make_sampling_table
from sessile.session.keras.preprocessing.sequences import pad_sequences as pad_sequences
from sessile.session.keras.preprocessing.sequences import skipgrams as skipgrams
