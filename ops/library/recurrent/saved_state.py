"""`nn.static_state_saving_rnn`: a cell whose state goes on in the next step, kept by an object of the program's."""

from __future__ import annotations

from typing import Any

from ...base import nest
from ...building.basic_ops import identity
from ...building.default_graph import control_dependencies
from .static import static_rnn


def static_state_saving_rnn(
    cell: Any, inputs: Any, state_saver: Any, state_name: Any, sequence_length: Any = None, scope: Any = None
) -> tuple[list[Any], Any]:
    """Run a cell over time, from the state that was saved last; the state at the end is saved.

    Args:
      cell: an RNNCell.
      inputs: a list of the inputs of each moment, of shape `[batch, size]`.
      state_saver: an object with methods `state(name)`, which returns a tensor, and `save_state(name, value)`, which
        returns an operation.
      state_name: the name of the state; of a cell whose state is a structure, a structure of names like it.
      sequence_length, scope: as in `static_rnn`.
    Returns: the list of the outputs of each moment, and the state at the end. Fetching either the last output or the
      state saves the state.
    Raises: TypeError if `cell` is none; ValueError if names are not like the cell's states, or there are no inputs.
    """
    size = cell.state_size
    sizes, names = nest.flatten(size), nest.flatten(state_name)
    if nest.is_nested(size) != nest.is_nested(state_name):
        raise ValueError(
            f"state_name should be the same type as cell.state_size. state_name: {state_name}, cell.state_size: {size}"
        )
    if len(names) != len(sizes):
        raise ValueError(f"#elems(state_name) != #elems(state_size): {len(names)} vs. {len(sizes)}")
    initial = nest.pack_sequence_as(size, [state_saver.state(name) for name in names])
    outputs, state = static_rnn(cell, inputs, initial, sequence_length=sequence_length, scope=scope)
    flat = nest.flatten(state)
    saved = [state_saver.save_state(name, value) for name, value in zip(names, flat)]
    with control_dependencies(saved):
        *before, last = nest.flatten(outputs)
        outputs = nest.pack_sequence_as(outputs, [*before, identity(last)])
        return outputs, nest.pack_sequence_as(state, [identity(value) for value in flat])
