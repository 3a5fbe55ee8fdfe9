"""Searching in sorted sequences, counting into bins."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.build import build
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import leave_out, name_scope
from ...definition.extent_math import require_rank, vector_length
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shapes import merge_extent
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.tensor_shape import Extents
from ..arrays.reshaping import reshape
from ..arrays.shape_ops import shape, size
from ..arrays.slicing import shape_inside
from ..elementwise.cast import cast
from ..elementwise.division import truediv
from ..elementwise.rounding import MAXIMUM, MINIMUM, clip_by_value, floor
from .reductions import reduce_max
from .segments import unsorted_segment_sum


def _bound(name: str, side: str) -> OpDef:
    def kernel(sorted_inputs: Any, values: Any, *, out_type: Any) -> Any:
        if sorted_inputs.shape[0] != values.shape[0]:
            raise ValueError("Leading dim_size of both tensors must match.")
        rows = [np.searchsorted(row, wanted, side=side) for row, wanted in zip(sorted_inputs, values)]  # type: ignore[call-overload]
        return np.array(rows, out_type.np_dtype).reshape(values.shape)

    return OpDef(
        name=name,
        signature="sorted_inputs: T, values: T -> output: out_type",
        where={"out_type": dtypes.INDEX},
        attrs={"out_type": ("type", dtypes.int32)},
        shape=_bound_shape,
        kernel=kernel,
        routine=("bound", "lower" if side == "left" else "upper"),
    )


def _bound_shape(query: Any) -> Extents:
    require_rank(query.shapes[0], 2)
    return require_rank(query.shapes[1], 2)


LOWER_BOUND = _bound("LowerBound", "left")
UPPER_BOUND = _bound("UpperBound", "right")


def searchsorted(
    sorted_sequence: TensorLike,
    values: TensorLike,
    side: str = "left",
    out_type: Any = dtypes.int32,
    name: str | None = None,
) -> Tensor:
    """Return where each of `values` would go in the sorted rows of `sorted_sequence`.

    Args:
      sorted_sequence: rows in ascending order, in the last dimension.
      values: likewise many rows of values to look for.
      side: "left" (before equal elements) or "right" (behind them).
      out_type: int32 or int64.
      name: a name for the operation that searches.
    Raises: ValueError for another side.
    """
    length = shape_inside(sorted_sequence)[-1]
    count = shape_inside(values)[-1]
    rows = reshape(sorted_sequence, [-1, length])
    wanted = reshape(values, [-1, count])
    if side not in ("left", "right"):
        raise ValueError(f"Argument `side` must be either 'right' or 'left'. Received: `side` = '{side}'.")
    op_def = LOWER_BOUND if side == "left" else UPPER_BOUND
    return reshape(build(op_def, rows, wanted, name=name, out_type=out_type), shape_inside(values))


def _dense_bincount_shape(query: Any) -> Extents:
    extents = query.shapes[0]
    require_rank(query.shapes[1], 0)
    count = (query.integers(1) or [None])[0]
    if type(count) is int and count < 0:
        raise ValueError(f"size ({count}) must be non-negative")
    if extents is None:
        return None
    if len(extents) > 2:
        raise ValueError(f"Shape must be at most rank 2 but is rank {len(extents)}")
    return (*extents[:-1], count)


def _dense_bincount_kernel(x: Any, size: Any, weights: Any, *, binary_output: bool) -> Any:
    count = int(size)
    if count < 0:
        raise ValueError(f"size ({count}) must be non-negative")
    if x.size and x.min() < 0:
        raise ValueError("Input arr must be non-negative!")
    if weights.size and weights.shape != x.shape:
        raise ValueError("`weights` must be the same shape as `arr` or a length-0 `Tensor`")
    if not x.ndim:
        x, weights = x.reshape(1), weights.reshape(-1)
    result = np.zeros((*x.shape[:-1], count), weights.dtype)
    inside = x < count
    places = (*np.nonzero(inside)[:-1], x[inside])
    if binary_output:
        result[places] = 1
    else:
        np.add.at(result, places, weights[inside] if weights.size else np.ones((), weights.dtype))
    return result


DENSE_BINCOUNT = OpDef(
    name="DenseBincount",
    signature="input: Tidx, size: Tidx, weights: T -> output: T",
    where={"Tidx": dtypes.INDEX, "T": (dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64)},
    attrs={"binary_output": ("bool", False)},
    shape=_dense_bincount_shape,
    kernel=_dense_bincount_kernel,
    gradient=NOT_DIFFERENTIABLE,
    routine=("bincount",),
)


def _bincount_shape(query: Any) -> Extents:
    require_rank(query.shapes[1], 0)
    count = (query.integers(1) or [None])[0]
    if type(count) is int and count < 0:
        raise ValueError(f"size ({count}) must be non-negative")
    return (count,)


def _bincount_kernel(arr: Any, size: Any, weights: Any) -> Any:
    flat = arr.reshape(-1)
    if weights.size and weights.size < flat.size:  # TensorFlow looks at no more than it needs
        wrong = np.flatnonzero(flat[weights.size :] < int(size))
        if wrong.size:
            raise ValueError(f"weights has {weights.size} elements, but arr {flat.size}")
        flat = flat[: weights.size]
    return _dense_bincount_kernel(flat, size, weights.reshape(-1), binary_output=False)


BINCOUNT = OpDef(
    name="Bincount",
    signature="arr: int32, size: int32, weights: T -> bins: T",
    where={"T": (dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64)},
    shape=_bincount_shape,
    kernel=_bincount_kernel,
    gradient=NOT_DIFFERENTIABLE,
    routine=("bincount",),
)


def _hot_counts_kernel(indices: Any, depth: Any, *, T: Any) -> Any:
    flat, count = indices.reshape(-1), int(depth)
    inside = flat[(flat >= 0) & (flat < count)]
    return np.bincount(inside, minlength=count).astype(T.np_dtype)


# What the compiler makes of the sum of a large `OneHot` over all its indices: those out of range are none of them.
HOT_COUNTS = OpDef(
    name="_HotCounts",
    signature="indices: TI, depth: int32 -> counts: T",
    where={
        "TI": (dtypes.uint8, dtypes.int8, dtypes.int32, dtypes.int64),
        "T": (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64),
    },
    attrs={"T": ("type",)},
    shape=lambda query: ((query.integers(1) or [None])[0],),
    kernel=_hot_counts_kernel,
    routine=("hot counts",),
)


def bincount(
    arr: TensorLike,
    weights: TensorLike | None = None,
    minlength: TensorLike | None = None,
    maxlength: TensorLike | None = None,
    dtype: Any = dtypes.int32,
) -> Tensor:
    """Return how often each number occurs in `arr`: element `i` counts `i`.

    Args:
      arr: non-negative integers.
      weights: what each element counts, of the same shape. Default: 1.
      minlength: the result has at least so many elements.
      maxlength: it has at most so many; larger numbers are not counted.
      dtype: the type of the counts; ignored with `weights`.
    Raises: InvalidArgumentError when it runs, for a negative number; with weights it is left out.
    """
    with name_scope(None, "bincount", [arr, weights]):
        if weights is not None:
            weights = convert_to_tensor(weights, name="weights")
        numbers = convert_to_tensor(arr, name="arr")
        if numbers.dtype.base_dtype not in dtypes.INDEX:
            numbers = cast(numbers, dtypes.int32)
        kind = numbers.dtype.base_dtype
        some = cast(size(numbers) > 0, kind)
        length: Any = some * (reduce_max(numbers) + 1)
        if minlength is not None:
            length = build(MAXIMUM, convert_to_tensor(minlength, kind, name="minlength"), length)
        if maxlength is not None:
            length = build(MINIMUM, convert_to_tensor(maxlength, kind, name="maxlength"), length)
        leave_out(2)  # TensorFlow 1.15 multiplies the extents to see whether there is an element
        result: Tensor
        if weights is not None:
            result = unsorted_segment_sum(weights, numbers, length)
        elif kind is dtypes.int32:
            result = build(BINCOUNT, numbers, length, constant([], dtype))
        else:  # TensorFlow 1.15 takes int32 only
            result = build(DENSE_BINCOUNT, reshape(numbers, [-1]), length, constant([], dtype))
        return result


def _histogram_kernel(values: Any, value_range: Any, nbins: Any, *, dtype: Any) -> Any:
    count = int(nbins)
    if count <= 0:
        raise ValueError(f"nbins should be a positive number, but got '{count}'")
    low, high = value_range.tolist()
    if low >= high:
        raise ValueError(f"value_range should satisfy value_range[0] < value_range[1], but got '[{low}, {high}]'")
    step = (high - low) / count
    bins = np.floor((values.reshape(-1).astype(np.float64) - low) / step)
    places = np.clip(bins, 0, count - 1).astype(np.int64)
    return np.bincount(places, minlength=count).astype(dtype.np_dtype)


def _histogram_shape(query: Any) -> Extents:
    _, ends, count = query.shapes
    merge_extent(vector_length(ends), 2)
    require_rank(count, 0)
    parts = (query.integers(2) or [None])[0]
    if type(parts) is int and parts <= 0:
        raise ValueError(f"Requires nbins > 0: {parts}")
    return (parts,)


HISTOGRAM_FIXED_WIDTH = OpDef(
    name="HistogramFixedWidth",
    signature="values: T, value_range: T, nbins: int32 -> out: dtype",
    where={
        "T": (dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64),
        "dtype": dtypes.INDEX,
    },
    attrs={"dtype": ("type", dtypes.int32)},
    shape=_histogram_shape,
    kernel=_histogram_kernel,
    gradient=NOT_DIFFERENTIABLE,
    routine=("histogram",),
)


def histogram_fixed_width(
    values: TensorLike,
    value_range: TensorLike,
    nbins: TensorLike = 100,
    dtype: Any = dtypes.int32,
    name: str | None = None,
) -> Tensor:
    """Return how many of `values` lie in each of `nbins` equal parts of `value_range`; those outside count at the ends.

    Args:
      values: numbers of any shape.
      value_range: a vector of the two ends.
      nbins: how many parts.
      dtype: int32 or int64.
      name: a name for the operation.
    """
    with name_scope(name, "histogram_fixed_width", [values, value_range, nbins]) as scope:
        result: Tensor = build(HISTOGRAM_FIXED_WIDTH, values, value_range, nbins, name=scope, dtype=dtype)
        return result


def histogram_fixed_width_bins(
    values: TensorLike,
    value_range: TensorLike,
    nbins: TensorLike = 100,
    dtype: Any = dtypes.int32,
    name: str | None = None,
) -> Tensor:
    """Return for each of `values` in which of `nbins` equal parts of `value_range` it lies; outside are the ends.

    Args:
      values: floating-point numbers of any shape.
      value_range: a vector of the two ends.
      nbins: how many parts.
      dtype: int32 or int64.
      name: a name for the operations.
    Returns: numbers from 0, in the shape of `values`.

    >>> tf.Session().run(tf.histogram_fixed_width_bins([-1.0, 0.0, 1.5, 15.0], [0.0, 5.0], 5)).tolist()
    [0, 0, 1, 4]
    """
    with name_scope(name, "histogram_fixed_width_bins", [values, value_range, nbins]):
        values = convert_to_tensor(values, name="values")
        extents = shape(values)
        flat = reshape(values, [-1])
        ends = convert_to_tensor(value_range, name="value_range")
        count = cast(convert_to_tensor(nbins, dtype=dtypes.int32, name="nbins"), flat.dtype)
        scaled = truediv(flat - ends[0], ends[1] - ends[0], name="scaled_values")
        places = floor(count * scaled, name="indices")
        return reshape(cast(clip_by_value(places, 0.0, count - 1), dtype), extents)
