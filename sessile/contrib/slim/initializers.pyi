"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.layers.initializers import variance_scaling_initializer as variance_scaling_initializer
from sessile.ops.library.contrib.layers.initializers import xavier_initializer as xavier_initializer
from sessile.ops.library.contrib.layers.initializers import xavier_initializer_conv2d as xavier_initializer_conv2d
