"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.saved_model.signatures import build_tensor_info as build_tensor_info
from sessile.ops.library.saved_model.signatures import get_tensor_from_tensor_info as get_tensor_from_tensor_info
