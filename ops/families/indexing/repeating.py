"""`repeat`: every element along a dimension several times, built from plain operations."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.build import build
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ..arrays.filling import RANGE
from ..arrays.rearranging import broadcast_to, tile
from ..arrays.reshaping import expand_dims, reshape
from ..arrays.shape_ops import rank, shape
from ..arrays.stacking import concat
from ..elementwise.cast import CAST
from ..elementwise.like import ones_like
from ..elementwise.rounding import MAXIMUM
from ..reductions.reduction_ops import MAX, SUM
from .masking import boolean_mask, sequence_mask


def repeat(input: TensorLike, repeats: TensorLike, axis: int | None = None, name: str | None = None) -> Tensor:
    """Return `input` with its elements along one dimension repeated.

    Args:
      input: the tensor.
      repeats: how often: an int, or a vector with one per element of the dimension.
      axis: the dimension. Default: the tensor is flattened first.
      name: a name for the scope of the operations.

    >>> repeat([[1, 2]], 3, axis=1).shape.as_list()
    [1, 6]
    """
    if axis is None:
        input = reshape(input, [-1])
        axis = 0
    with name_scope(name, "Repeat", [input, repeats]):
        data = convert_to_tensor(input, name="data")
        counts = build(CAST, convert_to_tensor(repeats, name="repeats"), DstT=dtypes.int32)
        ndims = data.shape.ndims
        if counts.shape.ndims is not None and counts.shape.ndims > 1:
            raise ValueError(f"Shape {counts.shape} must have rank at most 1")
        if ndims is None:
            if axis < 0:
                raise ValueError(f"axis={axis} may only be negative if the rank of data is known while building")
            ndims = axis + 1  # at least
        if not -ndims <= axis < ndims:
            raise ValueError(f"axis={axis} out of bounds: expected {-ndims}<=axis<{ndims}")
        axis = axis + ndims if axis < 0 else axis
        extents = shape(data)
        if counts.shape.num_elements() == 1:
            return _repeat_all(data, reshape(counts, []), axis, extents)
        return _repeat_each(data, counts, axis, extents)


def _repeat_all(data: Tensor, count: Tensor, axis: int, extents: Tensor) -> Tensor:
    tiled = _tile_axis(expand_dims(data, axis + 1), axis + 1, count)
    return reshape(tiled, concat([extents[:axis], [count * extents[axis]], extents[axis + 1 :]], axis=0))


def _repeat_each(data: Tensor, counts: Tensor, axis: int, extents: Tensor) -> Tensor:
    """Repeat every element as often as the most repeated one, then keep as many as were asked for."""
    counts = broadcast_to(counts, [extents[axis]])
    every = counts
    if axis != 0:
        own = shape(counts)
        every = broadcast_to(counts, concat([extents[: axis + 1 - rank(counts)], own], axis=0))
    axes = constant(np.arange(axis + 1, dtype=np.int32))
    most = build(MAX, every, axes)
    most = build(MAXIMUM, constant(0, dtypes.int32, name="zero"), most)
    mask = sequence_mask(every, most)
    kept = boolean_mask(_tile_axis(expand_dims(data, axis + 1), axis + 1, most), mask)
    if axis == 0:
        return kept
    total = build(SUM, counts, build(RANGE, 0, rank(counts), 1))
    return reshape(kept, concat([extents[:axis], [total], extents[axis + 1 :]], axis=0))


def _tile_axis(data: Tensor, axis: int, multiple: Any) -> Tensor:
    if data.shape.ndims is None:
        each = ones_like(shape(data))
        return tile(data, concat([each[:axis], [multiple], each[axis + 1 :]], axis=0))
    multiples: list[Any] = [1] * data.shape.ndims
    multiples[axis] = multiple
    return tile(data, multiples)
