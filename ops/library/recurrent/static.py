"""`static_rnn` and `static_bidirectional_rnn`: cells run over time, one copy of the cell's operations a moment."""

from __future__ import annotations

from typing import Any

from ...base import nest
from ...families.arrays.rearranging import reverse_sequence
from ...families.arrays.shape_ops import shape as shape_op
from ...families.arrays.splitting import unstack
from ...families.arrays.stacking import concat, stack
from ...families.reductions.reductions import reduce_max, reduce_min
from ...families.state.variable_scope import variable_scope
from ...types.tensor_shape import TensorShape
from .stepping import assert_like_rnncell, initial_state_of, lengths_of, rnn_step, type_of_state, zero_output


def static_rnn(
    cell: Any,
    inputs: Any,
    initial_state: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """Run a cell over time.

    Args:
      cell: an RNNCell.
      inputs: a list of the inputs of each moment, of shape `[batch, size]`.
      initial_state, dtype, sequence_length, scope: as in `dynamic_rnn`.
    Returns: the list of the outputs of each moment, and the state at the end.
    Raises: TypeError if `cell` is none or `inputs` no list; ValueError if there are none, or a size is not known.
    """
    assert_like_rnncell("cell", cell)
    if not isinstance(inputs, (list, tuple)):
        raise TypeError("inputs must be a sequence")
    if not inputs:
        raise ValueError("inputs must not be empty")
    with variable_scope(scope or "rnn") as opened:
        batch_size = _batch_size(nest.flatten(inputs[0])[0], inputs)
        state = initial_state_of(cell, initial_state, batch_size, dtype)
        lengths = None
        if sequence_length is not None:
            lengths = lengths_of(sequence_length, None)
            zero = zero_output(cell, batch_size, type_of_state(dtype, state))
            shortest, longest = reduce_min(lengths), reduce_max(lengths)
        outputs = []
        for time, given in enumerate(inputs):
            if time > 0:
                opened.reuse_variables()

            def call_cell(given: Any = given, state: Any = state) -> Any:
                return cell(given, state)

            if lengths is None:
                output, state = call_cell()
            else:
                output, state = rnn_step(time, lengths, shortest, longest, zero, state, call_cell)
            outputs.append(output)
        return outputs, state


def _batch_size(first: Any, inputs: Any) -> Any:
    extents = first._extents
    if extents is None or len(extents) == 1:  # what a cell looks up has no sizes behind the batch
        return extents[0] if extents and extents[0] is not None else shape_op(first)[0]
    for given in inputs:
        for item in nest.flatten(given):
            if item._extents is not None and None in item._extents[1:]:
                raise ValueError(
                    "Input size (dimension 1 of inputs) must be accessible via shape inference, but saw value None."
                )
    return extents[0] if extents[0] is not None else shape_op(first)[0]


def static_bidirectional_rnn(
    cell_fw: Any,
    cell_bw: Any,
    inputs: Any,
    initial_state_fw: Any = None,
    initial_state_bw: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> tuple[Any, Any, Any]:
    """Run one cell forwards and another one backwards over time.

    Args:
      cell_fw, cell_bw: RNNCells.
      inputs: a list of the inputs of each moment.
      initial_state_fw, initial_state_bw, dtype, sequence_length, scope: as in `bidirectional_dynamic_rnn`.
    Returns: the list of both cells' outputs side by side, and the two states at the end.
    Raises: TypeError if a cell is none or `inputs` no list; ValueError if there are none.
    """
    assert_like_rnncell("cell_fw", cell_fw)
    assert_like_rnncell("cell_bw", cell_bw)
    if not isinstance(inputs, (list, tuple)):
        raise TypeError("inputs must be a sequence")
    if not inputs:
        raise ValueError("inputs must not be empty")
    with variable_scope(scope or "bidirectional_rnn"):
        with variable_scope("fw") as fw:
            outputs_fw, state_fw = static_rnn(cell_fw, inputs, initial_state_fw, dtype, sequence_length, scope=fw)
        with variable_scope("bw") as bw:
            backwards = reversed_sequence(inputs, sequence_length)
            outputs, state_bw = static_rnn(cell_bw, backwards, initial_state_bw, dtype, sequence_length, scope=bw)
    outputs_bw = reversed_sequence(outputs, sequence_length)
    pairs = zip(map(nest.flatten, outputs_fw), map(nest.flatten, outputs_bw))
    flat = [[concat([fw, bw], 1) for fw, bw in zip(*pair)] for pair in pairs]
    joined = [nest.pack_sequence_as(like, items) for like, items in zip(outputs_fw, flat)]
    return joined, state_fw, state_bw


def reversed_sequence(sequence: Any, lengths: Any) -> list[Any]:
    """The moments from the last to the first, each sequence from its own end."""
    if lengths is None:
        return list(reversed(sequence))
    flat = [nest.flatten(item) for item in sequence]
    columns = []
    for items in zip(*flat):
        shape = TensorShape(None)
        for item in items:
            shape = shape.merge_with(item.shape)
        reversed_ = unstack(reverse_sequence(stack(list(items)), lengths, seq_axis=0, batch_axis=1), num=len(items))
        for item in reversed_:
            item.set_shape(shape)
        columns.append(reversed_)
    return [nest.pack_sequence_as(sequence[0], list(items)) for items in zip(*columns)]
