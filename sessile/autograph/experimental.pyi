"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.functions.polymorphic import do_not_convert as do_not_convert
