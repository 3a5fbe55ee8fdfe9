"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.nets.inception import inception_v1 as inception_v1
from sessile.ops.library.contrib.nets.inception import inception_v1_arg_scope as inception_v1_arg_scope
from sessile.ops.library.contrib.nets.inception import inception_v1_base as inception_v1_base
from sessile.ops.library.contrib.nets.inception import inception_v2 as inception_v2
from sessile.ops.library.contrib.nets.inception import inception_v2_arg_scope as inception_v2_arg_scope
from sessile.ops.library.contrib.nets.inception import inception_v2_base as inception_v2_base
from sessile.ops.library.contrib.nets.inception import inception_v3 as inception_v3
from sessile.ops.library.contrib.nets.inception import inception_v3_arg_scope as inception_v3_arg_scope
from sessile.ops.library.contrib.nets.inception import inception_v3_base as inception_v3_base
