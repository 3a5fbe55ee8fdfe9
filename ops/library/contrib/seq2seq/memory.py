"""What attention looks at: the memory, with what lies behind the end of each sequence masked."""

from __future__ import annotations

from typing import Any

from ....base import nest
from ....building.convert import convert_to_tensor
from ....building.default_graph import control_dependencies
from ....families.arrays.filling import ones
from ....families.arrays.reshaping import reshape
from ....families.arrays.shape_ops import rank as rank_op
from ....families.arrays.shape_ops import shape as shape_op
from ....families.arrays.stacking import concat
from ....families.debugging.assertions import assert_positive
from ....families.elementwise.cast import cast
from ....families.elementwise.like import ones_like
from ....families.indexing.masking import sequence_mask
from ....families.indexing.positions import where
from ....types import dtypes


def extent_of(tensor: Any, axis: int) -> Any:
    """An extent: an int if it is known, otherwise a scalar tensor."""
    known = tensor.shape[axis].value if tensor.shape.ndims is not None else None
    return known if known is not None else shape_op(tensor)[axis]


def _check_one(memory_sequence_length: Any, memory_mask: Any) -> None:
    """Raises: ValueError if there are both lengths and a mask."""
    if memory_sequence_length is not None and memory_mask is not None:
        raise ValueError("memory_sequence_length and memory_mask can't be provided at same time.")


def prepare_memory(
    memory: Any, memory_sequence_length: Any, check_inner_dims_defined: bool, memory_mask: Any = None
) -> Any:
    """Return the memory as tensors, zero behind the end of each sequence.

    Args:
      memory: `[batch, length, ...]`, or a structure of such.
      memory_sequence_length: how long each sequence is, or None.
      check_inner_dims_defined: whether the extents behind the length have to be known.
      memory_mask: in place of lengths, bool `[batch, length]`: what of the memory there is.
    Raises: ValueError if extents are not known, or both lengths and a mask are given.
    """
    _check_one(memory_sequence_length, memory_mask)
    memory = nest.map_structure(lambda m: convert_to_tensor(m, name="memory"), memory)
    if memory_sequence_length is not None:
        memory_sequence_length = convert_to_tensor(memory_sequence_length, name="memory_sequence_length")
    if check_inner_dims_defined:
        for item in nest.flatten(memory):
            if not item.shape[2:].is_fully_defined():
                raise ValueError(
                    f"Expected memory {item.name} to have fully defined inner dims, but saw shape: {item.shape}"
                )
    if memory_sequence_length is None and memory_mask is None:
        return memory
    first = nest.flatten(memory)[0]
    if memory_mask is None:
        mask = sequence_mask(memory_sequence_length, maxlen=shape_op(first)[1], dtype=first.dtype)
    else:
        mask = cast(memory_mask, first.dtype)

    def masked(item: Any) -> Any:
        rank = item.shape.ndims if item.shape.ndims is not None else rank_op(item)
        more = ones(rank - 2, dtype=dtypes.int32)
        return item * reshape(mask, concat((shape_op(mask), more), 0))

    return nest.map_structure(masked, memory)


def mask_score(score: Any, memory_sequence_length: Any, score_mask_value: Any, memory_mask: Any = None) -> Any:
    """Return the scores, with a value for those behind the end of each sequence, or where a mask is false.

    Raises: ValueError if both lengths and a mask are given.
    """
    _check_one(memory_sequence_length, memory_mask)
    if memory_mask is not None:
        return where(memory_mask, score, score_mask_value * ones_like(score))
    if memory_sequence_length is None:
        return score
    message = "All values in memory_sequence_length must greater than zero."
    with control_dependencies([assert_positive(memory_sequence_length, message=message)]):
        mask = sequence_mask(memory_sequence_length, maxlen=shape_op(score)[1])
        return where(mask, score, score_mask_value * ones_like(score))
