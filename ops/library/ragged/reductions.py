"""Sums and their like of ragged tensors: along rows, across rows, or of all values.

Along a row they are segments of the values. Across rows, values at one place of their rows are folded: rows of rows so
become as long as the longest row at that place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.arrays.filling import range as range_of
from ...families.arrays.reshaping import expand_dims as expand_dense
from ...families.arrays.shape_ops import shape as shape_of
from ...families.arrays.stacking import concat
from ...families.elementwise.cast import cast
from ...families.elementwise.division import truediv
from ...families.elementwise.like import ones_like
from ...families.elementwise.rounding import maximum
from ...families.indexing.gathering import gather as gather_dense
from ...families.reductions import reductions, segments
from ...graph.node import Tensor
from ...types import dtypes
from .arrays import expand_dims
from .elementwise import map_flat_values
from .ragged_tensor import RaggedTensor, nonnegative_axis
from .rows import splits_of


def _segments(function: Callable[..., Any], data: Any, ids: Tensor, count: Any) -> Any:
    """Rows of one segment folded; rows of different lengths place by place."""
    if not isinstance(data, RaggedTensor):
        return function(data, ids, count)
    lengths = data.row_lengths()
    widths = segments.unsorted_segment_max(lengths, ids, count)
    widths = _at_least_zero(widths)
    splits = splits_of(widths)
    starts = gather_dense(splits[:-1], ids)
    rowids = data.value_rowids()
    places = range_of(cast(shape_of(rowids)[0], lengths.dtype)) - gather_dense(data.row_starts(), rowids)
    targets = gather_dense(starts, rowids) + places
    return RaggedTensor(_segments(function, data.values, targets, splits[-1]), splits, internal=True)


def _at_least_zero(lengths: Tensor) -> Tensor:
    return maximum(lengths, np.zeros((), lengths.dtype.np_dtype))


def segmented(function: Callable[..., Any]) -> Callable[..., Any]:
    """`tf.unsorted_segment_*` of ragged data: the ids are those of its rows, or of what is in them."""

    def of_ragged(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Any:
        with name_scope(name, "RaggedSegment", [segment_ids, num_segments]):
            ids = segment_ids
            if isinstance(ids, RaggedTensor):
                if not isinstance(data, RaggedTensor):
                    raise ValueError("segment_ids.shape must be a prefix of data.shape")
                return of_ragged(data.values, ids.values, num_segments)
            return _segments(function, data, convert_to_tensor(ids), num_segments)

    return of_ragged


def _folded(function: Callable[..., Any], whole: Callable[..., Any], rows: Any, axis: Any, keepdims: bool) -> Any:
    if axis is None:
        return whole(rows.flat_values, keepdims=keepdims)
    if isinstance(axis, Tensor):
        raise ValueError("axis must be known at graph construction time.")
    axes = [axis] if isinstance(axis, (int, np.integer)) else list(axis)
    numbers = sorted({nonnegative_axis(int(one), rows.shape.ndims) for one in axes}, reverse=True)
    result = rows
    for number in numbers:
        result = _along(function, whole, result, number)
        if keepdims:
            is_dense = not isinstance(result, RaggedTensor)
            result = expand_dense(result, number) if is_dense else expand_dims(result, number)
    return result


def _along(function: Callable[..., Any], whole: Callable[..., Any], rows: Any, axis: int) -> Any:
    if not isinstance(rows, RaggedTensor):
        return whole(rows, axis=axis)
    if axis == 0:
        width = reductions.reduce_max(concat([rows.row_lengths(), [0]], 0))
        ids = rows.value_rowids()
        count = range_of(cast(shape_of(ids)[0], ids.dtype))
        return _segments(function, rows.values, count - gather_dense(rows.row_starts(), ids), width)
    if axis == 1:
        return _segments(function, rows.values, rows.value_rowids(), rows.nrows())
    return rows.with_values(_along(function, whole, rows.values, axis - 1))


def _reduction(name: str, function: Callable[..., Any], whole: Callable[..., Any]) -> Callable[..., Any]:
    def reduce(
        input_tensor: Any, axis: Any = None, keepdims: Any = None, name: str | None = None,
        reduction_indices: Any = None, keep_dims: Any = None,
    ) -> Any:  # fmt: skip
        axes = axis if axis is not None else reduction_indices
        with name_scope(name, scope, [input_tensor.flat_values]):
            return _folded(function, whole, input_tensor, axes, bool(keepdims if keepdims is not None else keep_dims))

    scope = f"RaggedReduce{name}"
    return reduce


reduce_sum = _reduction("Sum", segments.unsorted_segment_sum, reductions.reduce_sum)
reduce_prod = _reduction("Prod", segments.unsorted_segment_prod, reductions.reduce_prod)
reduce_min = _reduction("Min", segments.unsorted_segment_min, reductions.reduce_min)
reduce_max = _reduction("Max", segments.unsorted_segment_max, reductions.reduce_max)


def reduce_mean(input_tensor: Any, axis: Any = None, keepdims: Any = None, name: str | None = None, **old: Any) -> Any:
    """`tf.reduce_mean` of a ragged tensor: rows without values give NaN."""
    with name_scope(name, "RaggedReduceMean", [input_tensor.flat_values]):
        total = reduce_sum(input_tensor, axis, keepdims, **old)
        ones = input_tensor.with_flat_values(ones_like(input_tensor.flat_values))
        count = reduce_sum(ones, axis, keepdims, **old)
        return map_flat_values(truediv, total, count)


def _as_integers(rows: RaggedTensor) -> RaggedTensor:
    return rows.with_flat_values(cast(rows.flat_values, dtypes.int32))


def _logical(reduce: Callable[..., Any]) -> Callable[..., Any]:
    def of_ragged(input_tensor: Any, *args: Any, **kwargs: Any) -> Any:
        found = reduce(_as_integers(input_tensor), *args, **kwargs)
        return map_flat_values(lambda values: cast(values, dtypes.bool_), found)

    return of_ragged


reduce_any = _logical(reduce_sum)
reduce_all = _logical(reduce_prod)
