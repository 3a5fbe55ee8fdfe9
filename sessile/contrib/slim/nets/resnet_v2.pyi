"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.contrib.slim.nets import resnet_utils as resnet_utils
from sessile.ops.library.contrib.nets.resnet import bottleneck_v2 as bottleneck
from sessile.ops.library.contrib.nets.resnet import resnet_v2 as resnet_v2
from sessile.ops.library.contrib.nets.resnet import resnet_v2_101 as resnet_v2_101
from sessile.ops.library.contrib.nets.resnet import resnet_v2_152 as resnet_v2_152
from sessile.ops.library.contrib.nets.resnet import resnet_v2_200 as resnet_v2_200
from sessile.ops.library.contrib.nets.resnet import resnet_v2_50 as resnet_v2_50
from sessile.ops.library.contrib.nets.resnet import resnet_v2_block as resnet_v2_block
from sessile.ops.library.contrib.nets.resnet_utils import resnet_arg_scope as resnet_arg_scope
