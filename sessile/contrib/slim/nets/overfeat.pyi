"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.nets.plain import overfeat as overfeat
from sessile.ops.library.contrib.nets.plain import overfeat_arg_scope as overfeat_arg_scope
