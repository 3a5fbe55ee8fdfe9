"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.examples.reading import prefetch_queue as prefetch_queue
