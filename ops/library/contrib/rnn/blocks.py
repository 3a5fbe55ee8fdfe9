"""Cells that TensorFlow has as one operation each: here the operations themselves, which a step fuses.

Formulas: of `contrib/rnn/python/ops/lstm_ops.py` and `gru_ops.py` of TensorFlow 1.15; the gates of a block LSTM lie in
the order input, candidate, forget, output.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ....building.convert import convert_to_tensor
from ....building.default_graph import get_default_graph, leave_out
from ....families.arrays.rearranging import reverse, reverse_sequence
from ....families.arrays.splitting import split, unstack
from ....families.arrays.stacking import concat, stack
from ....families.elementwise.rounding import clip_by_value
from ....families.elementwise.trigonometry import tanh
from ....families.linalg.products import matmul
from ....families.nn.activations import sigmoid
from ....families.nn.bias import bias_add
from ....families.random.initializers import Constant, Zeros
from ...layers.layer import Layer, extents_of
from ...recurrent.cell import LayerRNNCell, LSTMStateTuple
from ...recurrent.cells import GRUCell
from ...recurrent.dynamic import dynamic_rnn
from ...recurrent.static import static_rnn


@contextmanager
def counted_as(count: int, weights: int = 0) -> Iterator[None]:
    """A block whose operations count as so many for the seeds of random operations: TensorFlow 1.15 makes these.

    Args:
      count: the block's own operation and what it takes besides the variables.
      weights: how many variables it takes, which a loop or branch hands in by an operation each.
    """
    graph = get_default_graph()
    before = graph.version + graph._left_out
    yield
    handed_in = weights if graph._get_control_flow_context() is not None else 0
    leave_out(before + count + handed_in - graph.version - graph._left_out)


class LSTMBlockCell(LayerRNNCell):
    """A basic LSTM cell, with clipping and peepholes if wanted.

    Args:
      num_units: the size of state and output.
      forget_bias: added to the forget gates.
      cell_clip: how large the memory's elements may be; None or what is not positive: any size.
      use_peephole: whether the gates see the memory.
      dtype, reuse, name: see `Layer`.
    """

    def __init__(
        self, num_units: int, forget_bias: float = 1.0, cell_clip: float | None = None, use_peephole: bool = False,
        dtype: Any = None, reuse: Any = None, name: str | None = "lstm_cell",
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse, dtype=dtype, name=name)
        self._num_units, self._forget_bias, self._cell_clip = num_units, forget_bias, cell_clip
        self._use_peephole = use_peephole

    @property
    def state_size(self) -> Any:
        """An `LSTMStateTuple` of sizes."""
        return LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self) -> Any:
        """The size of the outputs."""
        return self._num_units

    def build(self, inputs_shape: Any) -> None:  # type: ignore[override]
        """Make kernel, bias and peepholes."""
        depth, units = extents_of(inputs_shape)[-1], self._num_units
        if depth is None:
            raise ValueError(f"Expected inputs.shape[1] to be known, saw shape: {inputs_shape}")
        self._kernel = self.add_weight("kernel", shape=[depth + units, 4 * units])
        self._bias = self.add_weight("bias", shape=[4 * units], initializer=Constant(0.0))
        if self._use_peephole:
            self._w_i, self._w_f, self._w_o = (
                self.add_weight(f"w_{gate}_diag", shape=[units], initializer=None) for gate in "ifo"
            )

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """Return output and state."""
        if len(state) != 2:
            raise ValueError("Expecting state to be a tuple with length 2.")
        c, h = state
        with counted_as(1, weights=5) if self._use_peephole else counted_as(2, weights=2):
            return self._step(inputs, c, h)

    def _step(self, inputs: Any, c: Any, h: Any) -> Any:
        gates = bias_add(matmul(concat([inputs, h], 1), self._kernel), self._bias)
        i, g, f, o = split(gates, 4, 1)
        f = f + self._forget_bias
        if self._use_peephole:
            i, f = i + c * self._w_i, f + c * self._w_f
        new_c = tanh(g) * sigmoid(i) + c * sigmoid(f)
        if self._cell_clip is not None and self._cell_clip > 0:
            new_c = clip_by_value(new_c, -self._cell_clip, self._cell_clip)
        if self._use_peephole:
            o = o + new_c * self._w_o
        new_h = tanh(new_c) * sigmoid(o)
        return new_h, LSTMStateTuple(new_c, new_h)


class CudnnCompatibleLSTMCell(LSTMBlockCell):
    """The LSTM cell whose variables are those of a `CudnnLSTM`: no bias of forgetting, no clipping.

    Args:
      num_units: the size of state and output.
      reuse: see `Layer`.
    """

    def __init__(self, num_units: int, reuse: Any = None) -> None:
        super().__init__(num_units, forget_bias=0.0, reuse=reuse, name="cudnn_compatible_lstm_cell")


class CudnnCompatibleGRUCell(GRUCell):
    """The GRU cell whose variables are those of a `CudnnGRU`: the gate meets the state after its matrix, not before.

    The candidate is `tanh(inputs x W + a + r * (state x R + b))`, with a bias of its own for inputs and for state.

    Args:
      num_units: the size of state and output.
      reuse: see `Layer`.
      kernel_initializer: of all four matrices.
    """

    def __init__(self, num_units: int, reuse: Any = None, kernel_initializer: Any = None) -> None:
        super().__init__(num_units, reuse=reuse, kernel_initializer=kernel_initializer)

    def build(self, inputs_shape: Any) -> None:  # type: ignore[override]
        """Make kernels and biases: of the gates, and of the candidate one each for inputs and state."""
        depth, units = extents_of(inputs_shape)[-1], self._num_units
        if depth is None:
            raise ValueError(f"Expected inputs.shape[-1] to be known, saw shape: {inputs_shape}")
        kernel, gates = self._kernel_initializer, [depth + units, 2 * units]
        self._gate_kernel = self.add_weight("gates/kernel", shape=gates, initializer=kernel)
        self._gate_bias = self.add_weight("gates/bias", shape=[2 * units], initializer=Constant(1.0))
        self._input_kernel, self._state_kernel = (
            self.add_weight(f"candidate/{of}_projection/kernel", shape=[rows, units], initializer=kernel)
            for of, rows in (("input", depth), ("hidden", units))
        )
        self._input_bias, self._state_bias = (
            self.add_weight(f"candidate/{of}_projection/bias", shape=[units], initializer=Zeros())
            for of in ("input", "hidden")
        )

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """Return output and state."""
        gates = sigmoid(bias_add(matmul(concat([inputs, state], 1), self._gate_kernel), self._gate_bias))
        r, u = split(value=gates, num_or_size_splits=2, axis=1)
        from_state = bias_add(matmul(state, self._state_kernel), self._state_bias)
        from_inputs = bias_add(matmul(inputs, self._input_kernel), self._input_bias)
        candidate = self._activation(from_inputs + r * from_state)
        new_h = (1 - u) * candidate + u * state
        return new_h, new_h


class LSTMBlockFusedCell(Layer):
    """An LSTM over a whole sequence: `outputs, state = cell(inputs, ...)`, the time first.

    Args: as of `LSTMBlockCell`.
    """

    def __init__(
        self, num_units: int, forget_bias: float = 1.0, cell_clip: float | None = None, use_peephole: bool = False,
        reuse: Any = None, dtype: Any = None, name: str | None = "lstm_fused_cell",
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self._cell = LSTMBlockCell(num_units, forget_bias, cell_clip, use_peephole, dtype=dtype, name=name)

    @property
    def num_units(self) -> int:
        """The size of state and output."""
        units: int = self._cell._num_units
        return units

    def build(self, input_shape: Any) -> None:
        """Make the variables, in this layer's scope."""
        self._cell.add_weight = self.add_weight  # type: ignore[method-assign]
        self._cell.build(input_shape)
        self._cell.built = True

    def call(  # type: ignore[override]
        self, inputs: Any, initial_state: Any = None, dtype: Any = None, sequence_length: Any = None
    ) -> Any:
        """Run over the time.

        Args:
          inputs: `[time, batch, size]`.
          initial_state: an `LSTMStateTuple`; None for zeros.
          dtype: of the state, where none is given.
          sequence_length: int32 `[batch]`; None: all sequences are as long as the tensor.
        Returns: outputs `[time, batch, num_units]`, and the last state.
        """
        if initial_state is None and dtype is None:
            raise ValueError("Either initial_state or dtype needs to be specified")
        state = None if initial_state is None else LSTMStateTuple(*initial_state)
        lengths = None if sequence_length is None else convert_to_tensor(sequence_length)
        count = (15 if state is None else 12) + (0 if lengths is None else 29) - self._cell._use_peephole
        with counted_as(count):
            return dynamic_rnn(
                self._cell, inputs, lengths, state, dtype=None if state else dtype, time_major=True, scope="time"
            )


class _GRUBlock(LayerRNNCell):
    """What both spellings of the block GRU share; `_WEIGHTS` are the names of the variables."""

    _WEIGHTS = ("w_ru", "b_ru", "w_c", "b_c")

    def __init__(
        self, num_units: int | None = None, cell_size: int | None = None, reuse: Any = None,
        name: str | None = "gru_cell",
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse, name=name)
        size = num_units if num_units is not None else cell_size
        if size is None or (num_units is not None and cell_size is not None):
            raise ValueError("one of num_units and its old name cell_size has to be given")
        self._cell_size = size

    @property
    def state_size(self) -> Any:
        """The size of the state."""
        return self._cell_size

    @property
    def output_size(self) -> Any:
        """The size of the outputs."""
        return self._cell_size

    def build(self, inputs_shape: Any) -> None:  # type: ignore[override]
        """Make the weights of the gates and of the candidate."""
        depth, units = extents_of(inputs_shape)[1], self._cell_size
        if depth is None:
            raise ValueError(f"Expecting input_shape[1] to be set: {inputs_shape}")
        w_ru, b_ru, w_c, b_c = self._WEIGHTS
        self._w_ru = self.add_weight(w_ru, shape=[depth + units, 2 * units])
        self._b_ru = self.add_weight(b_ru, shape=[2 * units], initializer=Constant(1.0))
        self._w_c = self.add_weight(w_c, shape=[depth + units, units])
        self._b_c = self.add_weight(b_c, shape=[units], initializer=Zeros())

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """Return output and state, which are the same."""
        with counted_as(1, weights=4):
            return self._step(inputs, state)

    def _step(self, inputs: Any, state: Any) -> Any:
        r, u = split(sigmoid(bias_add(matmul(concat([inputs, state], 1), self._w_ru), self._b_ru)), 2, 1)
        candidate = tanh(bias_add(matmul(concat([inputs, state * r], 1), self._w_c), self._b_c))
        new = u * state + (1 - u) * candidate
        return new, new


class GRUBlockCell(_GRUBlock):
    """A GRU cell, with the names of variables that TensorFlow first gave its block.

    Args:
      num_units: the size of state and output; `cell_size` is its old name.
      reuse, name: see `Layer`.
    """


class GRUBlockCellV2(_GRUBlock):
    """A GRU cell whose variables are named as those of `GRUCell`.

    Args: as of `GRUBlockCell`.
    """

    _WEIGHTS = ("gates/kernel", "gates/bias", "candidate/kernel", "candidate/bias")


class TimeReversedFusedRNN:
    """A fused cell that runs backwards in time; its outputs lie in the order of its inputs.

    Args:
      cell: a fused cell, such as `LSTMBlockFusedCell`.
    """

    def __init__(self, cell: Any) -> None:
        self._cell = cell

    def __call__(
        self, inputs: Any, initial_state: Any = None, dtype: Any = None, sequence_length: Any = None, scope: Any = None
    ) -> Any:
        """Return outputs and state; see `LSTMBlockFusedCell`."""
        named = {} if scope is None else {"scope": scope}
        outputs, state = self._cell(
            _backwards(inputs, sequence_length), initial_state=initial_state, dtype=dtype,
            sequence_length=sequence_length, **named,
        )  # fmt: skip
        return _backwards(outputs, sequence_length), state


def _backwards(tensor: Any, lengths: Any) -> Any:
    if lengths is None:
        return reverse(convert_to_tensor(tensor), [0])
    return reverse_sequence(tensor, lengths, seq_axis=0, batch_axis=1)


class FusedRNNCellAdaptor:
    """A cell as a fused one.

    Args:
      cell: an RNNCell.
      use_dynamic_rnn: whether it runs in a loop rather than in a copy of its operations for each moment.
    """

    def __init__(self, cell: Any, use_dynamic_rnn: bool = False) -> None:
        self._cell = cell
        self._use_dynamic_rnn = use_dynamic_rnn

    def __call__(
        self, inputs: Any, initial_state: Any = None, dtype: Any = None, sequence_length: Any = None, scope: Any = None
    ) -> Any:
        """Return outputs and state; see `LSTMBlockFusedCell`."""
        is_list = isinstance(inputs, list)
        if self._use_dynamic_rnn:
            inputs = stack(inputs) if is_list else inputs
            outputs, state = dynamic_rnn(
                self._cell, inputs, sequence_length, initial_state, dtype=dtype, time_major=True, scope=scope
            )
            return (unstack(outputs) if is_list else outputs), state
        moments = inputs if is_list else unstack(inputs)
        outputs, state = static_rnn(self._cell, moments, initial_state, dtype, sequence_length, scope)
        return (outputs if is_list else stack(outputs)), state
