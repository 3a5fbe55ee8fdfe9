"""Strings joined, along axes and element by element."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.basic_ops import identity
from ...building.build import build
from ...building.convert import convert_to_tensor
from ...definition.opdef import OpDef
from ...definition.reduction import axes_of, reduction_shape
from ...definition.shape_checks import check_ranks
from ...definition.shapes import broadcast, merge_extent
from ...graph.node import Tensor
from ...types import dtypes
from ..reductions.reductions import renamed


def strings(values: Any, shape: Any = None) -> Any:
    """An array of strings from bytes."""
    result = np.empty(len(values) if shape is None else int(np.prod(shape)), object)
    result[:] = values
    return result if shape is None else result.reshape(shape)


def each(function: Any, *arrays: Any) -> Any:
    """An array of strings: a function of the elements of arrays that broadcast."""
    arrays = np.broadcast_arrays(*arrays) if len(arrays) > 1 else arrays
    rows = zip(*(array.ravel().tolist() for array in arrays))
    return strings([function(*row) for row in rows], arrays[0].shape)


def _joined_shape(query: Any) -> Any:
    result: Any = ()
    for shape in query.shapes:
        if shape is None:
            return None
        known = shape and result and None not in shape and None not in result
        if known and tuple(shape) != tuple(result):
            raise ValueError("Shapes of joined strings must be equal, or those of scalars")
        result = broadcast(result, shape)
    return result


def _join_kernel(inputs: list[Any], *, separator: bytes) -> Any:
    shapes = {array.shape for array in inputs if array.ndim}
    if len(shapes) > 1:
        raise ValueError(f"Input shapes do not match: {sorted(shapes)}")
    if not inputs:
        return strings([b""], ())
    arrays = np.broadcast_arrays(*inputs) if len(inputs) > 1 else inputs
    rows = zip(*(array.ravel().tolist() for array in arrays))
    return strings(list(map(separator.join, rows)), arrays[0].shape)


STRING_JOIN = OpDef(
    name="StringJoin",
    signature="inputs: N*string -> output: string",
    attrs={"separator": ("string", b"")},
    routine=("strings", "join"),
    shape=_joined_shape,
    kernel=_join_kernel,
)


def string_join(inputs: Any, separator: str = "", name: str | None = None) -> Tensor:
    """Return strings joined element by element.

    Args:
      inputs: a list of string tensors of one shape, or scalars.
      separator: what stands between.
    """
    result: Tensor = build(STRING_JOIN, inputs, separator=separator.encode(), name=name)
    return result


def _reduce_join_kernel(inputs: Any, reduction_indices: Any, *, keep_dims: bool, separator: bytes) -> Any:
    given = [int(axis) for axis in np.ravel(reduction_indices)]
    axes_of(reduction_indices, inputs.ndim)
    order = [axis % inputs.ndim for axis in given] if inputs.ndim else []
    kept = [axis for axis in range(inputs.ndim) if axis not in order]
    moved = inputs.transpose([*kept, *reversed(order)])
    length = int(np.prod([inputs.shape[axis] for axis in order]))
    rows = moved.reshape(*(inputs.shape[axis] for axis in kept), length)
    flat = rows.reshape(-1, rows.shape[-1]) if rows.size else np.empty((int(np.prod(rows.shape[:-1])), 0), object)
    shape = [1 if axis in order else n for axis, n in enumerate(inputs.shape)] if keep_dims else rows.shape[:-1]
    return strings([separator.join(row.tolist()) for row in flat], shape)


REDUCE_JOIN = OpDef(
    name="ReduceJoin",
    signature="inputs: string, reduction_indices: int32 -> output: string",
    attrs={"keep_dims": ("bool", False), "separator": ("string", b"")},
    shape=reduction_shape,
    kernel=_reduce_join_kernel,
)


def reduce_join(
    inputs: Any, axis: Any = None, keep_dims: bool | None = None, separator: str = "", name: str | None = None,
    reduction_indices: Any = None, keepdims: bool | None = None,
) -> Tensor:  # fmt: skip
    """Return strings joined along axes, in the order in which the axes are given; along all by default, from the last.

    Args:
      axis: the axes; `reduction_indices` is its old name.
      keepdims: whether the axes stay, with one element; `keep_dims` is its old name.
      separator: what stands between.
    Raises: ValueError if an argument is given by both of its names, or axes of a tensor of unknown rank are missing.
    """
    inputs = convert_to_tensor(inputs, dtypes.string)
    axes = renamed("axis", axis, "reduction_indices", reduction_indices)
    if axes is None:
        if inputs.shape.ndims is None:
            raise ValueError("reduce_join needs axes for a tensor of unknown rank.")
        axes = np.arange(inputs.shape.ndims - 1, -1, -1, dtype=np.int32)
    keeps = bool(renamed("keepdims", keepdims, "keep_dims", keep_dims))
    result: Tensor = build(REDUCE_JOIN, inputs, axes, keep_dims=keeps, separator=separator.encode(), name=name)
    return identity(result) if not keeps and inputs.shape.ndims == 0 else result


def _segment_join_kernel(inputs: Any, segment_ids: Any, num_segments: Any, *, separator: bytes) -> Any:
    count, rank = int(num_segments), segment_ids.ndim
    if count < 0:
        raise ValueError("Number of segments must be positive")
    if inputs.shape[:rank] != segment_ids.shape:
        raise ValueError(f"segment_ids {segment_ids.shape} must be a prefix of the shape of inputs {inputs.shape}")
    if segment_ids.size and not 0 <= segment_ids.min() <= segment_ids.max() < count:
        raise ValueError("segment_ids are not allowed to exceed num_segments or to have negative values.")
    inner = inputs.shape[rank:]
    width = int(np.prod(inner))
    lists: list[list[bytes]] = [[] for _ in range(count * width)]
    rows = inputs.reshape(segment_ids.size, width).tolist()
    for segment, row in zip(segment_ids.ravel().tolist(), rows):
        for place, text in enumerate(row, segment * width):
            lists[place].append(text)
    return strings(list(map(separator.join, lists)), (count, *inner))


def _segment_join_shape(query: Any) -> Any:
    check_ranks(query, None, None, 0)
    text, ids = query.shapes[:2]
    if text is None or ids is None:
        return None
    if len(ids) > len(text):
        raise ValueError(f"segment_ids of rank {len(ids)} cannot be a prefix of a shape of rank {len(text)}")
    for first, second in zip(text, ids):
        merge_extent(first, second)
    count = query.integers(2)
    return (int(np.ravel(count)[0]) if count is not None else None, *text[len(ids) :])


UNSORTED_SEGMENT_JOIN = OpDef(
    name="UnsortedSegmentJoin",
    signature="inputs: string, segment_ids: Tindices, num_segments: Tnumsegments -> output: string",
    where={"Tindices": dtypes.INDEX, "Tnumsegments": dtypes.INDEX},
    attrs={"separator": ("string", b""), "Tnumsegments": ("type", dtypes.int32)},
    shape=_segment_join_shape,
    kernel=_segment_join_kernel,
)


def unsorted_segment_join(
    inputs: Any, segment_ids: Any, num_segments: Any, separator: str = "", name: str | None = None
) -> Tensor:
    """Return the strings of each segment joined, in their order; an empty string where there are none.

    Args:
      inputs: strings.
      segment_ids: the segment of each, of the shape of `inputs` or of its first axes.
      num_segments: how many there are.
      separator: what stands between.
    Raises when run: InvalidArgumentError for segments outside of these.
    """
    result: Tensor = build(
        UNSORTED_SEGMENT_JOIN, inputs, segment_ids, num_segments, separator=separator.encode(), name=name
    )
    return result
