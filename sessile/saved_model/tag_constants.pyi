"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.saved_model.constants import GPU as GPU
from sessile.ops.library.saved_model.constants import SERVING as SERVING
from sessile.ops.library.saved_model.constants import TPU as TPU
from sessile.ops.library.saved_model.constants import TRAINING as TRAINING
