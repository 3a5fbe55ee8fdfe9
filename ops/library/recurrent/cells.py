"""The recurrent cells: simple ones, GRU, LSTM, and several on top of each other."""

from __future__ import annotations

from typing import Any

from ...base import nest
from ...building.constant import constant
from ...building.default_graph import name_scope
from ...families.arrays.slicing import slice as slice_op
from ...families.arrays.splitting import split
from ...families.arrays.stacking import concat
from ...families.elementwise.arithmetic import add, multiply
from ...families.elementwise.rounding import clip_by_value
from ...families.elementwise.trigonometry import tanh
from ...families.linalg.products import matmul
from ...families.nn.activations import sigmoid
from ...families.nn.bias import bias_add
from ...families.random.initializers import Constant, Zeros
from ...families.state.variable_scope import variable_scope
from ...types import dtypes
from ..layers.layer import InputSpec, extents_of
from .cell import LayerRNNCell, LSTMStateTuple, RNNCell, activation_named


def _depth(shape: Any) -> int:
    depth = extents_of(shape)[-1]
    if depth is None:
        raise ValueError(f"Expected inputs.shape[-1] to be known, saw shape: {shape}")
    return depth


def _affine(inputs: Any, state: Any, kernel: Any, bias: Any) -> Any:
    return bias_add(matmul(concat([inputs, state], 1), kernel), bias)


class BasicRNNCell(LayerRNNCell):
    """`output = state = activation([inputs, state] x kernel + bias)`.

    Args:
      num_units: the size of output and state.
      activation: a function, or its name; default: `tanh`.
      reuse: whether variables that are there already are used.
      name, dtype, trainable: see `Layer`.
    """

    def __init__(
        self, num_units: int, activation: Any = None, reuse: Any = None, name: str | None = None, dtype: Any = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        self.input_spec = InputSpec(ndim=2)
        self._num_units = num_units
        self._activation = activation_named(activation, tanh)

    @property
    def state_size(self) -> Any:
        """The size of the state."""
        return self._num_units

    @property
    def output_size(self) -> Any:
        """The size of the outputs."""
        return self._num_units

    def build(self, inputs_shape: Any) -> None:  # type: ignore[override]
        """Make kernel and bias."""
        units = self._num_units
        self._kernel = self.add_weight("kernel", shape=[_depth(inputs_shape) + units, units])
        self._bias = self.add_weight("bias", shape=[units], initializer=Zeros())

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """Return output and state."""
        output = self._activation(_affine(inputs, state, self._kernel, self._bias))
        return output, output


class GRUCell(LayerRNNCell):
    """A gated recurrent unit.

    Args:
      num_units: the size of output and state.
      activation: a function, or its name; default: `tanh`.
      reuse: whether variables that are there already are used.
      kernel_initializer, bias_initializer: of the variables; the bias of the gates begins with ones by default.
      name, dtype, trainable: see `Layer`.
    """

    def __init__(
        self, num_units: int, activation: Any = None, reuse: Any = None, kernel_initializer: Any = None,
        bias_initializer: Any = None, name: str | None = None, dtype: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        self.input_spec = InputSpec(ndim=2)
        self._num_units = num_units
        self._activation = activation_named(activation, tanh)
        self._kernel_initializer = kernel_initializer
        self._bias_initializer = bias_initializer

    @property
    def state_size(self) -> Any:
        """The size of the state."""
        return self._num_units

    @property
    def output_size(self) -> Any:
        """The size of the outputs."""
        return self._num_units

    def build(self, inputs_shape: Any) -> None:  # type: ignore[override]
        """Make the kernels and biases of the gates and of the candidate."""
        units = self._num_units
        rows = _depth(inputs_shape) + units
        bias = self._bias_initializer
        kernel = self._kernel_initializer
        self._gate_kernel = self.add_weight("gates/kernel", shape=[rows, 2 * units], initializer=kernel)
        self._gate_bias = self.add_weight(
            "gates/bias", shape=[2 * units], initializer=Constant(1.0) if bias is None else bias
        )
        self._candidate_kernel = self.add_weight("candidate/kernel", shape=[rows, units], initializer=kernel)
        self._candidate_bias = self.add_weight(
            "candidate/bias", shape=[units], initializer=Zeros() if bias is None else bias
        )

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """Return output and state."""
        value = sigmoid(_affine(inputs, state, self._gate_kernel, self._gate_bias))
        r, u = split(value=value, num_or_size_splits=2, axis=1)
        r_state = r * state
        c = self._activation(_affine(inputs, r_state, self._candidate_kernel, self._candidate_bias))
        new_h = u * state + (1 - u) * c
        return new_h, new_h


class BasicLSTMCell(LayerRNNCell):
    """An LSTM cell without peepholes, clipping or projection.

    Args:
      num_units: the size of output and memory.
      forget_bias: is added to the bias of the gate that forgets.
      state_is_tuple: whether the state is an `LSTMStateTuple`; otherwise one tensor with both parts.
      activation: a function, or its name; default: `tanh`.
      reuse: whether variables that are there already are used.
      name, dtype, trainable: see `Layer`.
    """

    def __init__(
        self, num_units: int, forget_bias: float = 1.0, state_is_tuple: bool = True, activation: Any = None,
        reuse: Any = None, name: str | None = None, dtype: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        self.input_spec = InputSpec(ndim=2)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._activation = activation_named(activation, tanh)

    @property
    def state_size(self) -> Any:
        """The size of the state."""
        units = self._num_units
        return LSTMStateTuple(units, units) if self._state_is_tuple else 2 * units

    @property
    def output_size(self) -> Any:
        """The size of the outputs."""
        return self._num_units

    def build(self, inputs_shape: Any) -> None:  # type: ignore[override]
        """Make kernel and bias."""
        units = self._num_units
        self._kernel = self.add_weight("kernel", shape=[_depth(inputs_shape) + units, 4 * units])
        self._bias = self.add_weight("bias", shape=[4 * units], initializer=Zeros())

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """Return output and state."""
        one = constant(1, dtype=dtypes.int32)
        if self._state_is_tuple:
            c, h = state
        else:
            c, h = split(value=state, num_or_size_splits=2, axis=one)
        gates = _affine(inputs, h, self._kernel, self._bias)
        i, j, f, o = split(value=gates, num_or_size_splits=4, axis=one)
        forget_bias = constant(self._forget_bias, dtype=f.dtype)
        new_c = add(multiply(c, sigmoid(add(f, forget_bias))), multiply(sigmoid(i), self._activation(j)))
        new_h = multiply(self._activation(new_c), sigmoid(o))
        return new_h, LSTMStateTuple(new_c, new_h) if self._state_is_tuple else concat([new_c, new_h], 1)


class LSTMCell(LayerRNNCell):
    """An LSTM cell with what may be added to it.

    Args:
      num_units: the size of the memory.
      use_peepholes: whether the gates look at the memory.
      cell_clip: how large the memory's elements may be, or None.
      initializer: of the kernels and peepholes.
      num_proj: the size of the output, projected; None: that of the memory.
      proj_clip: how large the projection's elements may be, or None.
      num_unit_shards, num_proj_shards: into how many variables the kernels are divided; deprecated.
      forget_bias, state_is_tuple, activation, reuse, name, dtype, trainable: as of `BasicLSTMCell`.
    """

    def __init__(
        self, num_units: int, use_peepholes: bool = False, cell_clip: float | None = None, initializer: Any = None,
        num_proj: int | None = None, proj_clip: float | None = None, num_unit_shards: int | None = None,
        num_proj_shards: int | None = None, forget_bias: float = 1.0, state_is_tuple: bool = True,
        activation: Any = None, reuse: Any = None, name: str | None = None, dtype: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        self.input_spec = InputSpec(ndim=2)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._cell_clip, self._proj_clip = cell_clip, proj_clip
        self._initializer = initializer
        self._num_proj = num_proj
        self._shards = {"kernel": num_unit_shards, "projection": num_proj_shards}
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._activation = activation_named(activation, tanh)

    @property
    def state_size(self) -> Any:
        """The size of the state."""
        units, out = self._num_units, self.output_size
        return LSTMStateTuple(units, out) if self._state_is_tuple else units + out

    @property
    def output_size(self) -> Any:
        """The size of the outputs."""
        return self._num_proj or self._num_units

    def build(self, inputs_shape: Any) -> None:  # type: ignore[override]
        """Make kernel, bias, peepholes and projection."""
        units = self._num_units
        rows = _depth(inputs_shape) + self.output_size
        self._kernel = self._weight("kernel", [rows, 4 * units], self._shards["kernel"])
        self._bias = self.add_weight("bias", shape=[4 * units], initializer=Zeros())
        if self._use_peepholes:
            self._w_f_diag, self._w_i_diag, self._w_o_diag = (
                self.add_weight(f"w_{gate}_diag", shape=[units], initializer=self._initializer) for gate in "fio"
            )
        if self._num_proj is not None:
            self._proj_kernel = self._weight("projection/kernel", [units, self._num_proj], self._shards["projection"])

    def _weight(self, name: str, shape: list[int], shards: int | None) -> Any:
        partitioner = None if shards is None else _rows_in(shards)
        return self.add_weight(name, shape=shape, initializer=self._initializer, partitioner=partitioner)

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """Return output and state."""
        units = self._num_units
        if self._state_is_tuple:
            c_prev, m_prev = state
        else:
            c_prev = slice_op(state, [0, 0], [-1, units])
            m_prev = slice_op(state, [0, units], [-1, self.output_size])
        i, j, f, o = split(value=_affine(inputs, m_prev, self._kernel, self._bias), num_or_size_splits=4, axis=1)
        if self._use_peepholes:
            c = sigmoid(f + self._forget_bias + self._w_f_diag * c_prev) * c_prev + sigmoid(
                i + self._w_i_diag * c_prev
            ) * self._activation(j)
        else:
            c = sigmoid(f + self._forget_bias) * c_prev + sigmoid(i) * self._activation(j)
        if self._cell_clip is not None:
            c = clip_by_value(c, -self._cell_clip, self._cell_clip)
        m = sigmoid(o + self._w_o_diag * c if self._use_peepholes else o) * self._activation(c)
        if self._num_proj is not None:
            m = matmul(m, self._proj_kernel)
            if self._proj_clip is not None:
                m = clip_by_value(m, -self._proj_clip, self._proj_clip)
        return m, LSTMStateTuple(c, m) if self._state_is_tuple else concat([c, m], 1)


def _rows_in(shards: int) -> Any:
    """A partitioner that divides the rows of a variable."""

    def partition(shape: Any, **unused: Any) -> list[int]:
        return [min(shards, shape.as_list()[0])] + [1] * (shape.ndims - 1)

    return partition


class MultiRNNCell(RNNCell):
    """Several cells on top of each other: each one's output is the next one's input.

    Args:
      cells: the cells, in that order.
      state_is_tuple: whether the state is a tuple of the cells' states; otherwise they are one tensor.
    Raises: ValueError if there are none, or if states that are tuples should be one tensor; TypeError if it is no list.
    """

    def __init__(self, cells: Any, state_is_tuple: bool = True) -> None:
        super().__init__()
        if not cells:
            raise ValueError("Must specify at least one cell for MultiRNNCell.")
        if not nest.is_nested(cells):
            raise TypeError(f"cells must be a list or tuple, but saw: {cells}.")
        self._cells = list(cells)
        self._state_is_tuple = state_is_tuple
        if not state_is_tuple and any(nest.is_nested(cell.state_size) for cell in self._cells):
            raise ValueError(
                "Some cells return tuples of states, but the flag state_is_tuple is not set.  State sizes are: "
                f"{[cell.state_size for cell in self._cells]}"
            )

    @property
    def state_size(self) -> Any:
        """The size of the state."""
        sizes = tuple(cell.state_size for cell in self._cells)
        return sizes if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self) -> Any:
        """The size of the outputs."""
        return self._cells[-1].output_size

    @property
    def trainable_variables(self) -> list[Any]:
        """The variables of all cells that training changes."""
        return [variable for cell in self._cells for variable in cell.trainable_variables] if self.trainable else []

    trainable_weights = trainable_variables

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """A state of zeros."""
        with name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            if self._state_is_tuple:
                return tuple(cell.zero_state(batch_size, dtype) for cell in self._cells)
            return super().zero_state(batch_size, dtype)

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """Return output and states."""
        at = 0
        current = inputs
        states = []
        for number, cell in enumerate(self._cells):
            with variable_scope(f"cell_{number}"):
                if self._state_is_tuple:
                    if not nest.is_nested(state):
                        raise ValueError(
                            f"Expected state to be a tuple of length {len(self.state_size)}, but received: {state}"
                        )
                    own = state[number]
                else:
                    own = slice_op(state, [0, at], [-1, cell.state_size])
                    at += cell.state_size
                current, new_state = cell(current, own)
                states.append(new_state)
        return current, tuple(states) if self._state_is_tuple else concat(states, 1)
