"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.rnn.blocks import CudnnCompatibleGRUCell as CudnnCompatibleGRUCell
from sessile.ops.library.contrib.rnn.blocks import CudnnCompatibleLSTMCell as CudnnCompatibleLSTMCell
