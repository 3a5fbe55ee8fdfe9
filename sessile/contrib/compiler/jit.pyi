"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.xla import experimental_jit_scope as experimental_jit_scope
