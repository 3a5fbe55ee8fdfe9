"""Reductions of sparse tensors, to dense and to sparse ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...base.errors import InternalError
from ...building.build import build
from ...building.constant import constant
from ...definition.opdef import OpDef
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import Extents
from ..reductions.reductions import renamed
from . import sparse_gradients as gradients
from .rows import coordinates, flat_positions, grouped, reduced, require_parts
from .sparse_tensor import SparseTensor, as_sparse


def _reduced_axes(axes: Any, rank: int) -> set[int]:
    for axis in axes.reshape(-1).tolist():
        if not -rank <= axis < rank:
            raise ValueError(f"Invalid reduction dimension {axis}, for input with {rank} dimensions.")
    return {axis % rank for axis in axes.reshape(-1).tolist()}


def _shape(query: Any) -> Extents:
    """Known only if both the shape and the axes are; axes out of range count as C's remainder of them."""
    whole, axes = query.known_integers(2), query.known_integers(3)
    if whole is None or axes is None:
        return None
    whole = [None if type(extent) is int and extent < 0 else extent for extent in whole]
    rank = len(whole)
    gone = {int(math.fmod(int(axis) + rank, rank)) for axis in axes} if rank else set()
    if query.attrs["keep_dims"]:
        return tuple(1 if axis in gone else extent for axis, extent in enumerate(whole))
    return tuple(extent for axis, extent in enumerate(whole) if axis not in gone)


def _dense_kernel(ufunc: Any) -> Callable[..., Any]:
    def kernel(input_indices: Any, input_values: Any, input_shape: Any, reduction_axes: Any, *, keep_dims: bool) -> Any:
        require_parts(input_indices, input_values, input_shape)
        rank = len(input_shape)
        gone = _reduced_axes(reduction_axes, rank)
        kept = [axis for axis in range(rank) if axis not in gone]
        extents = [int(input_shape[axis]) for axis in kept]
        result = np.zeros(math.prod(extents), input_values.dtype)
        order, begins, places = grouped(flat_positions(input_indices[:, kept], extents))
        for place in places[:1].tolist() + places[-1:].tolist():
            if not 0 <= place < len(result):
                raise InternalError(
                    None, None, f"Obtained a write index of {place} which is outside of bounds of [0, {len(result)})"
                )
        result[places] = reduced(ufunc, input_values[order], begins)
        final = [1 if axis in gone else int(n) for axis, n in enumerate(input_shape)] if keep_dims else extents
        return result.reshape(final)

    return kernel


def _sparse_kernel(ufunc: Any) -> Callable[..., Any]:
    def kernel(input_indices: Any, input_values: Any, input_shape: Any, reduction_axes: Any, *, keep_dims: bool) -> Any:
        require_parts(input_indices, input_values, input_shape)
        rank = len(input_shape)
        gone = _reduced_axes(reduction_axes, rank)
        kept = [axis for axis in range(rank) if axis not in gone]
        columns = input_indices[:, kept]
        widths = columns.max(axis=0, initial=0) + 1  # coordinates out of bounds are no error here
        order, begins, places = grouped(flat_positions(columns, widths))
        rows = coordinates(places, widths)
        extents = input_shape[kept]
        if keep_dims:
            rows, narrow = np.zeros((len(places), rank), np.int64), rows
            rows[:, kept] = narrow
            extents = np.where([axis in gone for axis in range(rank)], 1, input_shape)
        return rows, reduced(ufunc, input_values[order], begins), extents.astype(np.int64)

    return kernel


def _define(name: str, ufunc: Any, types: Any, gradient: Any) -> tuple[OpDef, OpDef]:
    inputs = "input_indices: int64, input_values: T, input_shape: int64, reduction_axes: int32"
    dense = OpDef(
        name=name,
        signature=f"{inputs} -> output: T",
        where={"T": types},
        attrs={"keep_dims": ("bool", False)},
        shape=_shape,
        kernel=_dense_kernel(ufunc),
        gradient=gradient,
    )
    sparse = OpDef(
        name=f"{name}Sparse",
        signature=f"{inputs} -> output_indices: int64, output_values: T, output_shape: int64",
        where={"T": types},
        attrs={"keep_dims": ("bool", False)},
        shape=lambda query: [None, None, None],
        kernel=_sparse_kernel(ufunc),
        gradient=gradients.unknown,
    )
    return dense, sparse


SPARSE_REDUCE_SUM, SPARSE_REDUCE_SUM_SPARSE = _define("SparseReduceSum", np.add, dtypes.NUMERIC, gradients.reduce_sum)
SPARSE_REDUCE_MAX, SPARSE_REDUCE_MAX_SPARSE = _define("SparseReduceMax", np.maximum, dtypes.REAL, gradients.reduce_max)


def _axes(sparse: SparseTensor, axis: Any) -> Any:
    """The axes to reduce: all, as a constant if the rank is known, unless they are given."""
    from ..arrays.filling import range as tensor_range
    from ..arrays.shape_ops import size

    if axis is not None:
        return axis
    rank = sparse.dense_shape.shape.as_list()[0] if sparse.dense_shape.shape.dims is not None else None
    if rank is not None:
        return constant(np.arange(rank, dtype=np.int32))
    return tensor_range(0, size(sparse.dense_shape, name="Rank"))


def _build(op_def: OpDef, sp_input: Any, axis: Any, keepdims: Any, old_axis: Any, keep_dims: Any) -> Any:
    keep = renamed("keepdims", keepdims, "keep_dims", keep_dims)
    axis = renamed("axis", axis, "reduction_axes", old_axis)
    sparse = as_sparse(sp_input)
    axes = _axes(sparse, axis)
    return build(op_def, sparse.indices, sparse.values, sparse.dense_shape, axes, keep_dims=bool(keep))


def sparse_reduce_sum(
    sp_input: Any, axis: Any = None, keepdims: Any = None, reduction_axes: Any = None, keep_dims: Any = None
) -> Tensor:
    """Return the sums of a SparseTensor along axes, as a dense tensor.

    Args:
      sp_input: the SparseTensor.
      axis: the axis or axes to reduce; None for all.
      keepdims: whether reduced axes stay, with extent 1.
      reduction_axes, keep_dims: the old names of `axis` and `keepdims`.
    Raises: TypeError if `sp_input` is not sparse; InvalidArgumentError when it runs, for axes that are not there.

    >>> sparse_reduce_sum(SparseTensor([[0, 1]], [2.0], [2, 3]), 1).shape.as_list()
    [2]
    """
    result: Tensor = _build(SPARSE_REDUCE_SUM, sp_input, axis, keepdims, reduction_axes, keep_dims)
    return result


def sparse_reduce_max(
    sp_input: Any, axis: Any = None, keepdims: Any = None, reduction_axes: Any = None, keep_dims: Any = None
) -> Tensor:
    """Return the largest listed elements along axes, as a dense tensor; 0 where none is listed.

    Arguments as in `sparse_reduce_sum`.
    """
    result: Tensor = _build(SPARSE_REDUCE_MAX, sp_input, axis, keepdims, reduction_axes, keep_dims)
    return result


def sparse_reduce_sum_sparse(
    sp_input: Any, axis: Any = None, keepdims: Any = None, reduction_axes: Any = None, keep_dims: Any = None
) -> SparseTensor:
    """Return the sums along axes as a SparseTensor; arguments as in `sparse_reduce_sum`."""
    return SparseTensor(*_build(SPARSE_REDUCE_SUM_SPARSE, sp_input, axis, keepdims, reduction_axes, keep_dims))


def sparse_reduce_max_sparse(
    sp_input: Any, axis: Any = None, keepdims: Any = None, reduction_axes: Any = None, keep_dims: Any = None
) -> SparseTensor:
    """Return the largest listed elements along axes as a SparseTensor; arguments as in `sparse_reduce_sum`."""
    return SparseTensor(*_build(SPARSE_REDUCE_MAX_SPARSE, sp_input, axis, keepdims, reduction_axes, keep_dims))
