"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.nets.plain import alexnet_v2 as alexnet_v2
from sessile.ops.library.contrib.nets.plain import alexnet_v2_arg_scope as alexnet_v2_arg_scope
