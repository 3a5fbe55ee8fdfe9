"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.families.sparse.set_ops import difference as difference
from sessile.ops.families.sparse.set_ops import difference as set_difference
from sessile.ops.families.sparse.set_ops import intersection as intersection
from sessile.ops.families.sparse.set_ops import intersection as set_intersection
from sessile.ops.families.sparse.set_ops import size as set_size
from sessile.ops.families.sparse.set_ops import size as size
from sessile.ops.families.sparse.set_ops import union as set_union
from sessile.ops.families.sparse.set_ops import union as union
