"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.contrib.compiler import jit as jit
from sessile.contrib.compiler import xla as xla
