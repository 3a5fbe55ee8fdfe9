"""Reductions over segments of the first dimensions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.extent_math import require_rank, vector_length
from ...definition.opdef import OpDef
from ...definition.shapes import at_least_rank, merge
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.tensor_shape import Extents, brackets
from ..arrays.filling import ones
from ..arrays.reshaping import reshape
from ..arrays.shape_ops import rank
from ..arrays.slicing import shape_inside
from ..arrays.stacking import concat
from ..elementwise.rounding import maximum
from . import segment_gradients as gradients


def _lowest(dtype: Any) -> Any:
    return dtypes.as_dtype(dtype).min


def _highest(dtype: Any) -> Any:
    return dtypes.as_dtype(dtype).max


def _segment_shape(query: Any) -> Extents:
    data, ids = query.shapes
    length = vector_length(ids)
    if data is None:
        return None
    at_least_rank(data, 1)
    if query.is_building:
        return (None, *data[1:])
    if length is not None and data[0] is not None and not (length is data[0] or length == data[0]):
        raise ValueError(f"Dimension 0 in both shapes must be equal, but are {data[0]} and {length}")
    return (None, *data[1:])


def _segment_kernel(combine: Any, empty: Any) -> Callable[..., Any]:
    def kernel(data: Any, segment_ids: Any) -> Any:
        if len(segment_ids) != len(data):
            raise ValueError("segment_ids should be the same size as dimension 0 of input.")
        if len(segment_ids) and (segment_ids[0] < 0 or (np.diff(segment_ids) < 0).any()):
            raise ValueError("segment ids are not increasing" if segment_ids[0] >= 0 else "segment ids must be >= 0")
        count = int(segment_ids[-1]) + 1 if len(segment_ids) else 0
        result = np.zeros((count, *data.shape[1:]), data.dtype)
        result.fill(empty)
        starts: Any = np.flatnonzero(np.diff(segment_ids, prepend=-1)) if len(segment_ids) else []
        for start, stop in zip(starts, [*starts[1:], len(segment_ids)]):
            result[segment_ids[start]] = combine(data[start:stop])
        return result

    return kernel


def _folded(ufunc: Any) -> Callable[[Any], Any]:
    """Fold the rows in their own type, in which integers wrap as in TensorFlow."""
    return lambda rows: ufunc.reduce(rows, 0, dtype=rows.dtype)


def _mean(rows: Any) -> Any:
    """The mean; of integers truncated, the sum and the number of rows wrapped to their type as in TensorFlow."""
    total = np.asarray(np.add.reduce(rows, 0, dtype=rows.dtype))
    count = np.asarray(len(rows)).astype(rows.dtype)
    if rows.dtype.kind not in "iu":
        return total / count
    if count == 0:
        raise ValueError(f"{len(rows)} rows are more than {rows.dtype.name} can count")
    return total // count + ((total % count != 0) & ((total < 0) != (count < 0))).astype(rows.dtype)


def _segment(name: str, combine: Any, empty: Any, types: Any, gradient: Callable[..., Any]) -> OpDef:
    return OpDef(
        name=name,
        signature="data: T, segment_ids: Tindices -> output: T",
        where={"T": types, "Tindices": dtypes.INDEX},
        shape=_segment_shape,
        kernel=_segment_kernel(combine, empty),
        gradient=gradient,
        routine=("segments", name.removeprefix("Segment").lower()),
    )


SEGMENT_SUM = _segment("SegmentSum", _folded(np.add), 0, dtypes.NUMERIC, gradients.segment_sum)
SEGMENT_MEAN = _segment("SegmentMean", _mean, 0, dtypes.NUMERIC, gradients.segment_mean)
SEGMENT_PROD = _segment("SegmentProd", _folded(np.multiply), 1, dtypes.NUMERIC, gradients.segment_prod)
SEGMENT_MIN = _segment("SegmentMin", _folded(np.minimum), 0, dtypes.REAL, gradients.segment_extremum)
SEGMENT_MAX = _segment("SegmentMax", _folded(np.maximum), 0, dtypes.REAL, gradients.segment_extremum)

_MOST_TURNS = 8  # rows of one segment


def _unsorted_shape(query: Any) -> Extents:
    data, ids, count_shape = query.shapes
    require_rank(count_shape, 0)
    if data is None or ids is None:
        return None
    if len(data) < len(ids):
        raise ValueError(f"Shape must be at least rank {len(ids)} but is rank {len(data)}")
    merge(data[: len(ids)], ids)
    count = (query.integers(2) or [None])[0]
    if type(count) is int and count < 0:
        raise ValueError(f"Dimension size, given by scalar input 2, must be non-negative but is {count}")
    return (count, *data[len(ids) :])


def _unsorted_kernel(combine: Any, empty: Callable[[Any], Any]) -> Callable[..., Any]:
    def kernel(data: Any, segment_ids: Any, num_segments: Any) -> Any:
        if data.shape[: segment_ids.ndim] != segment_ids.shape:
            raise ValueError(
                f"data.shape = {brackets(data.shape)} does not start with "
                f"segment_ids.shape = {brackets(segment_ids.shape)}"
            )
        count = int(num_segments)
        if count < 0:
            raise ValueError(f"Input num_segments == {count} must not be negative.")
        large = segment_ids >= count
        if large.any():
            place = np.argwhere(large)[0]
            at = f"[{','.join(str(int(i)) for i in place)}]" if place.size else ""
            raise ValueError(f"segment_ids{at} = {segment_ids[tuple(place)]} is out of range [0, {count})")
        result = np.empty((count, *data.shape[segment_ids.ndim :]), data.dtype)
        result.fill(empty(data.dtype))
        keep = segment_ids >= 0
        _combine_at(combine, result, segment_ids[keep], data[keep])
        return result

    return kernel


def _combine_at(combine: Any, result: Any, ids: Any, rows: Any) -> None:
    """`combine.at(result, ids, rows)`, the same bits in far less time where rows are long and segments have few.

    The first rows of all segments are combined at once, then the second ones, and so on.
    """
    if not len(ids) or rows[0].size < 8:
        combine.at(result, ids, rows)
        return
    order = np.argsort(ids, kind="stable")
    ordered = ids[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    counts = np.diff(starts, append=len(ids))
    if counts.max() > _MOST_TURNS:
        combine.at(result, ids, rows)
        return
    for turn in range(counts.max()):
        places = starts[counts > turn] + turn
        named = ordered[places]
        result[named] = combine(result[named], rows[order[places]])


def _unsorted(name: str, combine: Any, empty: Callable[[Any], Any], types: Any, gradient: Callable[..., Any]) -> OpDef:
    return OpDef(
        name=name,
        signature="data: T, segment_ids: Tindices, num_segments: Tnumsegments -> output: T",
        where={"T": types, "Tindices": (dtypes.int16, *dtypes.INDEX), "Tnumsegments": dtypes.INDEX},
        attrs={"Tnumsegments": ("type", dtypes.int32)},
        shape=_unsorted_shape,
        kernel=_unsorted_kernel(combine, empty),
        gradient=gradient,
        routine=("unsorted segments", name.removeprefix("UnsortedSegment").lower()),
    )


UNSORTED_SEGMENT_SUM = _unsorted(
    "UnsortedSegmentSum", np.add, lambda dtype: 0, dtypes.NUMERIC, gradients.unsorted_segment_sum
)
UNSORTED_SEGMENT_PROD = _unsorted(
    "UnsortedSegmentProd", np.multiply, lambda dtype: 1, dtypes.NUMERIC, gradients.unsorted_segment_prod
)
UNSORTED_SEGMENT_MAX = _unsorted(
    "UnsortedSegmentMax", np.maximum, _lowest, dtypes.REAL, gradients.unsorted_segment_extremum
)
UNSORTED_SEGMENT_MIN = _unsorted(
    "UnsortedSegmentMin", np.minimum, _highest, dtypes.REAL, gradients.unsorted_segment_extremum
)


def _sorted_function(op_def: OpDef, name: str, what: str) -> Callable[..., Tensor]:
    def made(data: TensorLike, segment_ids: TensorLike, name: str | None = None) -> Tensor:
        result: Tensor = build(op_def, data, segment_ids, name=name)
        return result

    made.__name__ = made.__qualname__ = name
    made.__doc__ = f"""Return the {what} of each run of slices of `data` that have one id.

    Args:
      data: the tensor.
      segment_ids: a vector of ascending ids, one per slice along the first dimension.
      name: a name for the operation.
    Raises: InvalidArgumentError when it runs, for ids that descend.
    """
    return made


segment_sum = _sorted_function(SEGMENT_SUM, "segment_sum", "sum")
segment_mean = _sorted_function(SEGMENT_MEAN, "segment_mean", "mean")
segment_prod = _sorted_function(SEGMENT_PROD, "segment_prod", "product")
segment_min = _sorted_function(SEGMENT_MIN, "segment_min", "minimum")
segment_max = _sorted_function(SEGMENT_MAX, "segment_max", "maximum")


def _unsorted_function(op_def: OpDef, name: str, what: str) -> Callable[..., Tensor]:
    def made(data: TensorLike, segment_ids: TensorLike, num_segments: TensorLike, name: str | None = None) -> Tensor:
        result: Tensor = build(op_def, data, segment_ids, num_segments, name=name)
        return result

    made.__name__ = made.__qualname__ = name
    made.__doc__ = f"""Return the {what} of the slices of `data` that have one id, for each id below `num_segments`.

    Args:
      data: the tensor.
      segment_ids: ids in any order; its shape is the beginning of that of `data`. Negative ids are left out.
      num_segments: how many ids there are.
      name: a name for the operation.
    Raises: InvalidArgumentError when it runs, for an id that is too large.
    """
    return made


unsorted_segment_sum = _unsorted_function(UNSORTED_SEGMENT_SUM, "unsorted_segment_sum", "sum")
unsorted_segment_prod = _unsorted_function(UNSORTED_SEGMENT_PROD, "unsorted_segment_prod", "product")
unsorted_segment_max = _unsorted_function(UNSORTED_SEGMENT_MAX, "unsorted_segment_max", "maximum")
unsorted_segment_min = _unsorted_function(UNSORTED_SEGMENT_MIN, "unsorted_segment_min", "minimum")


def _counts(data: Tensor, segment_ids: Tensor, num_segments: Tensor) -> Tensor:
    """How many slices each segment has, at least 1, in a shape that broadcasts against the sums."""
    each = ones(shape_inside(segment_ids), data.dtype.base_dtype)
    counts = build(UNSORTED_SEGMENT_SUM, each, segment_ids, num_segments)
    wide = concat([num_segments[None], ones([rank(data) - rank(segment_ids)], dtypes.int32)], axis=0)
    return maximum(reshape(counts, wide), 1)


def unsorted_segment_mean(
    data: TensorLike, segment_ids: TensorLike, num_segments: TensorLike, name: str | None = None
) -> Tensor:
    """Return the mean of the slices of `data` that have one id; see `unsorted_segment_sum`. Empty segments give 0."""
    with name_scope(name, "UnsortedSegmentMean"):
        data, segment_ids = convert_to_tensor(data), convert_to_tensor(segment_ids)
        count = convert_to_tensor(num_segments)
        divisor = _counts(data, segment_ids, count)
        return build(UNSORTED_SEGMENT_SUM, data, segment_ids, num_segments) / divisor  # type: ignore[no-any-return]


def unsorted_segment_sqrt_n(
    data: TensorLike, segment_ids: TensorLike, num_segments: TensorLike, name: str | None = None
) -> Tensor:
    """Like `unsorted_segment_mean`, divided by the square root of the count instead."""
    from ..elementwise.exponential import sqrt

    with name_scope(name, "UnsortedSegmentSqrtN"):
        data, segment_ids = convert_to_tensor(data), convert_to_tensor(segment_ids)
        count = convert_to_tensor(num_segments)
        divisor = _counts(data, segment_ids, count)
        total = build(UNSORTED_SEGMENT_SUM, data, segment_ids, num_segments)
        return total / sqrt(divisor)  # type: ignore[no-any-return]
