"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.analyzer import analyze_ops as analyze_ops
from sessile.ops.library.contrib.analyzer import analyze_vars as analyze_vars
from sessile.ops.library.contrib.analyzer import tensor_description as tensor_description
