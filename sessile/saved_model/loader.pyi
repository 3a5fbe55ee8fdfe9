"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.saved_model.loader import load as load
from sessile.ops.library.saved_model.loader import maybe_saved_model_directory as maybe_saved_model_directory
