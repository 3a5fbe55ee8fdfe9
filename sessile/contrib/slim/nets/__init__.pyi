"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.contrib.slim.nets import alexnet as alexnet
from sessile.contrib.slim.nets import inception as inception
from sessile.contrib.slim.nets import overfeat as overfeat
from sessile.contrib.slim.nets import resnet_utils as resnet_utils
from sessile.contrib.slim.nets import resnet_v1 as resnet_v1
from sessile.contrib.slim.nets import resnet_v2 as resnet_v2
from sessile.contrib.slim.nets import vgg as vgg
