"""What the functions that run cells over time share: one moment of a batch whose sequences end at different ones."""

from __future__ import annotations

from typing import Any

from ...base import nest
from ...building.basic_ops import identity
from ...building.default_graph import colocate_with, control_dependencies
from ...families.arrays.filling import range as range_op
from ...families.arrays.filling import zeros
from ...families.arrays.shape_ops import rank as rank_op
from ...families.arrays.shape_ops import shape as shape_op
from ...families.arrays.stacking import concat, stack
from ...families.arrays.transposing import transpose
from ...families.control_flow.cond import cond
from ...families.debugging.printing import Assert
from ...families.elementwise.cast import cast
from ...families.elementwise.compare import equal
from ...families.indexing.positions import where
from ...families.reductions.reductions import reduce_all
from ...types import dtypes
from .cell import joined_shape, packed_like, sizes_of


def assert_like_rnncell(cell_name: str, cell: Any) -> None:
    """Raises: TypeError if something is no cell."""
    lacking = [name for name in ("output_size", "state_size") if not hasattr(cell, name)]
    if not hasattr(cell, "zero_state") and not hasattr(cell, "get_initial_state"):
        lacking.append("zero_state")
    if lacking or not callable(cell):
        raise TypeError(
            f"The argument {cell_name!r} ({cell!r}) is not an RNNCell: "
            f"{', '.join(repr(name) + ' property is missing' for name in lacking) or 'is not callable'}."
        )


def transposed(x: Any) -> Any:
    """Batch and time exchanged."""
    extents = x._extents
    if extents is not None and len(extents) < 2:
        raise ValueError(f"Expected input tensor {x.name} to have rank at least 2, but saw shape: {x.shape}")
    rank = rank_op(x)
    result = transpose(x, concat([[1, 0], range_op(2, rank)], axis=0))
    if extents is not None:
        result.set_shape([extents[1], extents[0], *extents[2:]])
    return result


def transpose_batch_time(x: Any) -> Any:
    """Return a tensor with its first two dimensions, batch and time, exchanged.

    Args:
      x: a tensor; one of fewer dimensions is returned as it is.
    """
    extents = x._extents
    return x if extents is not None and len(extents) < 2 else transposed(x)


def best_effort_input_batch_size(flat_input: Any) -> Any:
    """Return the size of the batch of inputs `[time, batch, ...]`: an int if one of them tells it, else a tensor.

    Args:
      flat_input: a list of tensors.
    """
    return batch_size_of(list(flat_input))


def batch_size_of(inputs: list[Any]) -> Any:
    """The size of the batch of inputs over time, an int if it is known."""
    for item in inputs:
        extents = item._extents
        if extents is not None and len(extents) > 1 and extents[1] is not None:
            return extents[1]
    return shape_op(inputs[0])[1]


def checked_lengths(sequence_length: Any, batch_size: Any) -> Any:
    """The lengths, given on when they are known to be as many as there are sequences."""
    found = shape_op(sequence_length)
    wanted = stack([batch_size])
    check = Assert(
        reduce_all(equal(found, wanted)),
        [f"Expected shape for Tensor {sequence_length.name} is ", wanted, " but saw shape: ", found],
    )
    with control_dependencies([check]):
        return identity(sequence_length, name="CheckSeqLen")


def lengths_of(sequence_length: Any, name: str | None = "sequence_length") -> Any:
    """The lengths as an int32 vector. Raises: ValueError if they are no vector."""
    from ...building.convert import convert_to_tensor

    lengths = cast(convert_to_tensor(sequence_length), dtypes.int32)
    if lengths.shape.ndims not in (None, 1):
        raise ValueError(f"sequence_length must be a vector of length batch_size, but saw shape: {lengths.shape}")
    return lengths if name is None else identity(lengths, name=name)


def initial_state_of(cell: Any, initial_state: Any, batch_size: Any, dtype: Any) -> Any:
    """The state to begin with. Raises: ValueError if neither it nor a type is given."""
    if initial_state is not None:
        return initial_state
    if not dtype:
        raise ValueError("If there is no initial_state, you must give a dtype.")
    begin = getattr(cell, "get_initial_state", None)
    return begin(inputs=None, batch_size=batch_size, dtype=dtype) if begin else cell.zero_state(batch_size, dtype)


def type_of_state(explicit: Any, state: Any) -> Any:
    """The type given, or that of the state. Raises: ValueError if it has several."""
    if explicit is not None:
        return explicit
    if not nest.is_nested(state):
        return state.dtype
    found = {item.dtype.base_dtype for item in nest.flatten(state)}
    if not found:
        raise ValueError("Unable to infer dtype from empty state.")
    if len(found) > 1:
        raise ValueError(
            "State has tensors of different inferred_dtypes. Unable to infer a single representative dtype."
        )
    return found.pop()


def zero_output(cell: Any, batch_size: Any, dtype: Any) -> Any:
    """Zeros in the structure of the outputs."""

    def zero(size: Any) -> Any:
        return zeros(stack(joined_shape(batch_size, size)), dtype)

    return packed_like(cell.output_size, [zero(size) for size in sizes_of(cell.output_size)])


def rnn_step(
    time: Any, sequence_length: Any, shortest: Any, longest: Any, zero: Any, state: Any, call_cell: Any,
    skip_conditionals: bool = False,
) -> tuple[Any, Any]:  # fmt: skip
    """One moment: sequences that have ended keep their state and give zeros.

    Args:
      time: the moment.
      sequence_length, shortest, longest: the lengths, and their least and largest.
      zero: the output of a sequence that has ended.
      state: the state before.
      call_cell: calls the cell.
      skip_conditionals: whether the cell is called although all sequences have ended.
    """
    flat_state = nest.flatten(state)
    flat_zero = nest.flatten(zero)
    form: list[Any] = []

    ended = time >= sequence_length

    def kept(outputs: list[Any], states: list[Any]) -> list[Any]:
        return [_chosen(ended, *pair) for pair in zip([*flat_zero, *flat_state], [*outputs, *states])]

    def called() -> tuple[list[Any], list[Any]]:
        output, new_state = call_cell()
        nest.assert_same_structure(state, new_state)
        nest.assert_same_structure(zero, output)
        form[:] = [output, new_state]
        return nest.flatten(output), nest.flatten(new_state)

    def maybe_kept() -> list[Any]:
        outputs, states = called()
        return cond(time < shortest, lambda: [*outputs, *states], lambda: kept(outputs, states), strict=True)  # type: ignore[no-any-return]

    if skip_conditionals:
        flat = kept(*called())
    else:
        flat = cond(time >= longest, lambda: [*flat_zero, *flat_state], maybe_kept, strict=True)
    output, new_state = flat[: len(flat_zero)], flat[len(flat_zero) :]
    for item, like in zip(output, flat_zero):
        item.set_shape(like.shape)
    for item, like in zip(new_state, flat_state):
        if not hasattr(item, "_is_tensor_array"):
            item.set_shape(like.shape)
    return nest.pack_sequence_as(zero, output), nest.pack_sequence_as(state, new_state)


def _chosen(ended: Any, before: Any, after: Any) -> Any:
    """`before` where a sequence has ended, else `after`."""
    if hasattr(before, "_is_tensor_array") or before.shape.ndims == 0:
        return after
    with colocate_with(after):
        return where(ended, before, after)
