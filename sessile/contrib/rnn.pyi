"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.legacy_seq2seq.wrappers import EmbeddingWrapper as EmbeddingWrapper
from sessile.ops.library.contrib.legacy_seq2seq.wrappers import InputProjectionWrapper as InputProjectionWrapper
from sessile.ops.library.contrib.legacy_seq2seq.wrappers import OutputProjectionWrapper as OutputProjectionWrapper
from sessile.ops.library.recurrent.cell import LSTMStateTuple as LSTMStateTuple
from sessile.ops.library.recurrent.cell import LayerRNNCell as LayerRNNCell
from sessile.ops.library.recurrent.cell import RNNCell as RNNCell
from sessile.ops.library.recurrent.cells import BasicLSTMCell as BasicLSTMCell
from sessile.ops.library.recurrent.cells import BasicRNNCell as BasicRNNCell
from sessile.ops.library.recurrent.cells import GRUCell as GRUCell
from sessile.ops.library.recurrent.cells import LSTMCell as LSTMCell
from sessile.ops.library.recurrent.cells import MultiRNNCell as MultiRNNCell
from sessile.ops.library.recurrent.static import static_bidirectional_rnn as static_bidirectional_rnn
from sessile.ops.library.recurrent.static import static_rnn as static_rnn
from sessile.ops.library.recurrent.wrappers import DeviceWrapper as DeviceWrapper
from sessile.ops.library.recurrent.wrappers import DropoutWrapper as DropoutWrapper
from sessile.ops.library.recurrent.wrappers import ResidualWrapper as ResidualWrapper
