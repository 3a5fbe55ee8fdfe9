"""Rows of ragged tensors by number, and where each value stands: what most functions here are built of.

ranges([0, 5], [2, 6])        values 0 1 5, rows of 2 and 1
gather(r, [2, 0])             rows 2 and 0 of r
coordinates(r)                for each value the number of its row and its place there
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...families.arrays.filling import range as range_of
from ...families.arrays.shape_ops import shape as shape_of
from ...families.arrays.stacking import concat
from ...families.elementwise.cast import cast
from ...families.elementwise.rounding import maximum
from ...families.indexing.gathering import gather as gather_dense
from ...families.indexing.repeating import repeat
from ...families.ragged.ragged_ops import RAGGED_GATHER
from ...families.reductions.scan import cumsum
from ...graph.node import Tensor
from .ragged_tensor import RaggedTensor


def count_of(values: Any, dtype: Any) -> Tensor:
    """How many rows a tensor has, ragged or not."""
    return values.nrows(dtype) if isinstance(values, RaggedTensor) else shape_of(values, out_type=dtype)[0]


def splits_of(lengths: Tensor) -> Tensor:
    """Where rows of these lengths begin and end."""
    return concat([np.zeros(1, lengths.dtype.np_dtype), cumsum(lengths)], 0)


def of_lengths(values: Any, lengths: Tensor) -> RaggedTensor:
    """Rows of lengths that fit the values."""
    return RaggedTensor(values, splits_of(lengths), internal=True)


def ranges(starts: Tensor, limits: Tensor) -> tuple[Tensor, Tensor]:
    """The numbers from each start to before its limit, and how many each has."""
    lengths = maximum(limits - starts, np.zeros((), starts.dtype.np_dtype))
    splits = splits_of(lengths)
    moved = repeat(starts - splits[:-1], lengths)
    return range_of(cast(splits[-1], starts.dtype)) + moved, lengths


def gather(params: Any, indices: Any) -> Any:
    """Rows by number, of a tensor that is ragged or not; ragged numbers give one more dimension.

    Args:
      indices: a Tensor of any rank, or a RaggedTensor.
    """
    if isinstance(indices, RaggedTensor):
        found = gather(params, indices.values)
        splits = indices.row_splits
        if isinstance(found, RaggedTensor) and found.row_splits.dtype is not splits.dtype:
            splits, found = cast(splits, "int64"), found.with_row_splits_dtype("int64")
        return RaggedTensor(found, splits, internal=True)
    if not isinstance(params, RaggedTensor):
        return gather_dense(params, indices)
    numbers = convert_to_tensor(indices)
    rank = numbers.shape.ndims
    if rank is None:
        raise ValueError("indices must have known rank")
    splits = [level.row_splits for level in params._levels()]
    *found, values = build(
        RAGGED_GATHER, splits, params.flat_values, numbers, OUTPUT_RAGGED_RANK=rank + len(splits) - 1
    )
    for level in reversed(found):
        values = RaggedTensor(values, level, internal=True)
    return values


def coordinates(rows: RaggedTensor) -> list[Tensor]:
    """For each of the innermost values the number of its row and its place there, from the outermost dimension on."""
    inner = rows.values
    outer = coordinates(inner) if isinstance(inner, RaggedTensor) else []
    ids = rows.value_rowids()
    place = outer[0] if outer else range_of(cast(shape_of(inner, out_type=ids.dtype)[0], ids.dtype))
    ids = gather_dense(ids, place) if outer else ids
    return [ids, place - gather_dense(rows.row_starts(), ids), *outer[1:]]
