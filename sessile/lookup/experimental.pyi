"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.lookup.mutable import MutableDenseHashTable as DenseHashTable
from sessile.ops.library.lookup.mutable import MutableHashTable as MutableHashTable
