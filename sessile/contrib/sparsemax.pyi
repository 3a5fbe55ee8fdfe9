"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.sparsemax import sparsemax as sparsemax
from sessile.ops.library.contrib.sparsemax import sparsemax_loss as sparsemax_loss
