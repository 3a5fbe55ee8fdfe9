"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.xla import experimental as experimental
