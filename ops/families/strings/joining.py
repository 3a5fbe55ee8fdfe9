"""Strings joined, along axes and element by element."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.basic_ops import identity
from ...building.build import build
from ...building.convert import convert_to_tensor
from ...definition.opdef import OpDef
from ...definition.reduction import axes_of, reduction_shape
from ...definition.shapes import broadcast
from ...graph.node import Tensor
from ...types import dtypes


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
    rows = moved.reshape(*(inputs.shape[axis] for axis in kept), -1)
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
    """
    inputs = convert_to_tensor(inputs, dtypes.string)
    axes = axis if axis is not None else reduction_indices
    if axes is None:
        if inputs.shape.ndims is None:
            raise ValueError("reduce_join needs axes for a tensor of unknown rank.")
        axes = np.arange(inputs.shape.ndims - 1, -1, -1, dtype=np.int32)
    keeps = bool(keepdims if keepdims is not None else keep_dims)
    result: Tensor = build(REDUCE_JOIN, inputs, axes, keep_dims=keeps, separator=separator.encode(), name=name)
    return identity(result) if not keeps and inputs.shape.ndims == 0 else result
