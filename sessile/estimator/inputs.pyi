"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.input.in_memory import numpy_input_fn as numpy_input_fn
from sessile.ops.library.input.in_memory import pandas_input_fn as pandas_input_fn
