"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.recurrent.cell import LSTMStateTuple as LSTMStateTuple
from sessile.ops.library.recurrent.cell import RNNCell as RNNCell
from sessile.ops.library.recurrent.cells import BasicLSTMCell as BasicLSTMCell
from sessile.ops.library.recurrent.cells import BasicRNNCell as BasicRNNCell
from sessile.ops.library.recurrent.cells import GRUCell as GRUCell
from sessile.ops.library.recurrent.cells import LSTMCell as LSTMCell
from sessile.ops.library.recurrent.cells import MultiRNNCell as MultiRNNCell
from sessile.ops.library.recurrent.wrappers import DeviceWrapper as DeviceWrapper
from sessile.ops.library.recurrent.wrappers import DropoutWrapper as DropoutWrapper
from sessile.ops.library.recurrent.wrappers import ResidualWrapper as ResidualWrapper
