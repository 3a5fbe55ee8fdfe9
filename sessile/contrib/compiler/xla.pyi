"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.xla import check_function_argument_count as check_function_argument_count
from sessile.ops.library.xla import compile as compile
