"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.nets.resnet_utils import Block as Block
from sessile.ops.library.contrib.nets.resnet_utils import conv2d_same as conv2d_same
from sessile.ops.library.contrib.nets.resnet_utils import resnet_arg_scope as resnet_arg_scope
from sessile.ops.library.contrib.nets.resnet_utils import stack_blocks_dense as stack_blocks_dense
from sessile.ops.library.contrib.nets.resnet_utils import subsample as subsample
