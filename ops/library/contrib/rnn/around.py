"""Cells around a cell (attention to its own past, highways), and layers of bidirectional ones.

Formulas: of `contrib/rnn/python/ops/rnn_cell.py` and `rnn.py` of TensorFlow 1.15.
"""

from __future__ import annotations

from typing import Any

from ....base import nest
from ....families.arrays.reshaping import expand_dims, reshape
from ....families.arrays.slicing import slice as slice_op
from ....families.arrays.stacking import concat
from ....families.elementwise.trigonometry import tanh
from ....families.linalg.products import matmul
from ....families.nn.activations import sigmoid
from ....families.nn.convolution.convolution import conv2d
from ....families.nn.softmax import softmax
from ....families.random.initializers import Constant
from ....families.reductions.reductions import reduce_sum
from ....families.state.variable_scope import get_variable, variable_scope
from ...recurrent.cell import RNNCell
from ...recurrent.dynamic import bidirectional_dynamic_rnn
from ...recurrent.static import static_bidirectional_rnn
from ...recurrent.stepping import assert_like_rnncell
from ..legacy_seq2seq.wrappers import Linear


class AttentionCellWrapper(RNNCell):
    """A cell that attends to its last outputs (Bahdanau et al., 2014; Cheng et al., 2016).

    Args:
      cell: an RNNCell.
      attn_length: how many outputs back.
      attn_size: of the attention; default: the cell's output.
      attn_vec_size: the depth of its hidden layer; default: `attn_size`.
      input_size: of the hidden layer before the cell; default: that of the inputs.
      state_is_tuple: whether states are tuples; they have to be here.
      reuse: see `Layer`.
    """

    def __init__(
        self, cell: Any, attn_length: int, attn_size: int | None = None, attn_vec_size: int | None = None,
        input_size: int | None = None, state_is_tuple: bool = True, reuse: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse)
        assert_like_rnncell("cell", cell)
        if not state_is_tuple or not getattr(cell, "_state_is_tuple", True):
            raise ValueError("AttentionCellWrapper: states have to be tuples, the cell's as well.")
        if attn_length <= 0:
            raise ValueError(f"attn_length should be greater than zero, got {attn_length}")
        self._cell, self._length, self._input_size = cell, attn_length, input_size
        self._size = cell.output_size if attn_size is None else attn_size
        self._vec_size = self._size if attn_vec_size is None else attn_vec_size
        self._linears: list[Any] = [None, None, None]

    @property
    def state_size(self) -> Any:
        """Of the cell's state, the attention, and the outputs that it attends to."""
        return (self._cell.state_size, self._size, self._size * self._length)

    @property
    def output_size(self) -> Any:
        """The size of the outputs."""
        return self._size

    def _linear(self, number: int, args: Any, size: int) -> Any:
        if self._linears[number] is None:
            self._linears[number] = Linear(args, size, True)
        return self._linears[number](args)

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """Return output and state."""
        state, attention, past = state
        past = reshape(past, [-1, self._length, self._size])
        size = self._input_size if self._input_size is not None else inputs.shape.as_list()[1]
        inputs = self._linear(0, [inputs, attention], size)
        output, new_state = self._cell(inputs, state)
        query = concat(nest.flatten(new_state), 1)
        new_attention, kept = self._attend(query, past)
        with variable_scope("attn_output_projection"):
            output = self._linear(1, [output, new_attention], self._size)
        new_past = reshape(concat([kept, expand_dims(output, 1)], 1), [-1, self._length * self._size])
        return output, (new_state, new_attention, new_past)

    def _attend(self, query: Any, past: Any) -> Any:
        with variable_scope("attention"):
            k = get_variable("attn_w", [1, 1, self._size, self._vec_size])
            v = get_variable("attn_v", [self._vec_size])
            hidden = reshape(past, [-1, self._length, 1, self._size])
            features = conv2d(hidden, k, [1, 1, 1, 1], "SAME")
            y = reshape(self._linear(2, query, self._vec_size), [-1, 1, 1, self._vec_size])
            weights = softmax(reduce_sum(v * tanh(features + y), [2, 3]))
            found = reduce_sum(reshape(weights, [-1, self._length, 1, 1]) * hidden, [1, 2])
            return reshape(found, [-1, self._size]), slice_op(past, [0, 1, 0], [-1, -1, -1])


class HighwayWrapper(RNNCell):
    """A cell whose outputs are mixed with its inputs by a gate (Srivastava et al., 2015).

    Args:
      cell: an RNNCell whose outputs are as its inputs.
      couple_carry_transform_gates: whether what is not carried is the cell's output.
      carry_bias_init: what the bias of the gate begins with.
    """

    def __init__(self, cell: Any, couple_carry_transform_gates: bool = True, carry_bias_init: float = 1.0) -> None:
        super().__init__()
        self._cell, self._couple, self._carry_bias_init = cell, couple_carry_transform_gates, carry_bias_init

    @property
    def state_size(self) -> Any:
        """The sizes of the cell's state."""
        return self._cell.state_size

    @property
    def output_size(self) -> Any:
        """The size of the outputs."""
        return self._cell.output_size

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
        """Return output and state."""
        outputs, new_state = self._cell(inputs, state, scope=scope)
        nest.assert_same_structure(inputs, outputs)
        return nest.map_structure(self._mixed, inputs, outputs), new_state

    def _mixed(self, inputs: Any, outputs: Any) -> Any:
        carry = self._gate("carry", inputs, self._carry_bias_init)
        transform = 1 - carry if self._couple else self._gate("transform", inputs, -self._carry_bias_init)
        return inputs * carry + outputs * transform

    @staticmethod
    def _gate(name: str, inputs: Any, start: float) -> Any:
        size = inputs.shape.as_list()[1]
        weight = get_variable(f"{name}_w", [size, size])
        bias = get_variable(f"{name}_b", [size], initializer=Constant(start))
        return sigmoid(matmul(inputs, weight) + bias)


def stack_bidirectional_dynamic_rnn(
    cells_fw: Any, cells_bw: Any, inputs: Any, initial_states_fw: Any = None, initial_states_bw: Any = None,
    dtype: Any = None, sequence_length: Any = None, parallel_iterations: int | None = None, time_major: bool = False,
    scope: Any = None, swap_memory: bool = False,
) -> Any:  # fmt: skip
    """Run layers of bidirectional networks: each takes both outputs of the one below, side by side.

    Args:
      cells_fw, cells_bw: lists of cells, one a layer.
      initial_states_fw, initial_states_bw: lists of states, or None.
      inputs, dtype, sequence_length, parallel_iterations, time_major, scope, swap_memory: see
        `bidirectional_dynamic_rnn`.
    Returns: outputs, and the states of the forward and of the backward layers.
    Raises: ValueError for lists that are none, empty or of several lengths.
    """
    states = _checked(cells_fw, cells_bw, initial_states_fw, initial_states_bw)
    forward, backward, previous = [], [], inputs
    with variable_scope(scope or "stack_bidirectional_rnn"):
        for index, (cell_fw, cell_bw) in enumerate(zip(cells_fw, cells_bw)):
            with variable_scope(f"cell_{index}"):
                outputs, (state_fw, state_bw) = bidirectional_dynamic_rnn(
                    cell_fw, cell_bw, previous, initial_state_fw=states[0][index], initial_state_bw=states[1][index],
                    sequence_length=sequence_length, parallel_iterations=parallel_iterations, dtype=dtype,
                    swap_memory=swap_memory, time_major=time_major,
                )  # fmt: skip
                previous = concat(outputs, 2)
            forward.append(state_fw)
            backward.append(state_bw)
    return previous, tuple(forward), tuple(backward)


def stack_bidirectional_rnn(
    cells_fw: Any, cells_bw: Any, inputs: Any, initial_states_fw: Any = None, initial_states_bw: Any = None,
    dtype: Any = None, sequence_length: Any = None, scope: Any = None,
) -> Any:  # fmt: skip
    """The same over a list of inputs, one a moment; see `static_bidirectional_rnn`."""
    states = _checked(cells_fw, cells_bw, initial_states_fw, initial_states_bw)
    forward, backward, previous = [], [], inputs
    with variable_scope(scope or "stack_bidirectional_rnn"):
        for index, (cell_fw, cell_bw) in enumerate(zip(cells_fw, cells_bw)):
            with variable_scope(f"cell_{index}") as cell_scope:
                previous, state_fw, state_bw = static_bidirectional_rnn(
                    cell_fw, cell_bw, previous, states[0][index], states[1][index], dtype, sequence_length, cell_scope
                )
            forward.append(state_fw)
            backward.append(state_bw)
    return previous, tuple(forward), tuple(backward)


def _checked(cells_fw: Any, cells_bw: Any, states_fw: Any, states_bw: Any) -> tuple[list[Any], list[Any]]:
    """The states by layer. Raises: ValueError for lists that do not fit."""
    for name, cells, states in (("fw", cells_fw, states_fw), ("bw", cells_bw, states_bw)):
        if not isinstance(cells, list) or not cells:
            raise ValueError(f"Must specify cells_{name} as a list of one cell or more.")
        if len(cells) != len(cells_fw):
            raise ValueError("Forward and Backward cells must have the same depth.")
        if states is not None and (not isinstance(states, list) or len(states) != len(cells)):
            raise ValueError(f"initial_states_{name} must be a list of states (one per layer).")
    return states_fw or [None] * len(cells_fw), states_bw or [None] * len(cells_bw)
