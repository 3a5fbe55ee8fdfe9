"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.nets.plain import vgg_16 as vgg_16
from sessile.ops.library.contrib.nets.plain import vgg_19 as vgg_19
from sessile.ops.library.contrib.nets.plain import vgg_a as vgg_a
from sessile.ops.library.contrib.nets.plain import vgg_arg_scope as vgg_arg_scope
from sessile.ops.library.contrib.nets.plain import vgg_d as vgg_d
from sessile.ops.library.contrib.nets.plain import vgg_e as vgg_e
