"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.profiler.options import ProfileOptionBuilder as ProfileOptionBuilder
from sessile.ops.library.profiler.profile import profile as profile
