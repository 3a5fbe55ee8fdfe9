"""`tensordot`: the sum of products over chosen axes of two tensors, by way of one matrix product."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.build import build
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.registry import lookup
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ..reductions.reductions import reduce_prod
from .products import matmul


def tensordot(a: TensorLike, b: TensorLike, axes: Any, name: str | None = None) -> Tensor:
    """Return the sum of the products of `a` and `b` over the given axes.

    Args:
      a, b: numbers of one type.
      axes: how many last axes of `a` to sum with the first ones of `b`; or a pair of axes, or lists of axes, of `a`
        and of `b`.
      name: a name for the operations.
    Returns: the remaining axes of `a`, then those of `b`.
    Raises: ValueError if the axes do not fit each other or the tensors.
    """
    with name_scope(name, "Tensordot", [a, b, axes if isinstance(axes, Tensor) else None]) as scope:
        left = convert_to_tensor(a, name="a")
        right = convert_to_tensor(b, name="b")
        left_axes, right_axes = _axes_pair(left, axes)
        rows, left_free, left_static = _as_matrix(left, left_axes, False)
        columns, right_free, right_static = _as_matrix(right, right_axes, True)
        product = matmul(rows, columns)
        if isinstance(left_free, list) and isinstance(right_free, list):
            extents = constant(np.array(left_free + right_free, np.int32), name="shape")
            reshaped: Tensor = build(lookup("Reshape"), product, extents, name=scope)
            return reshaped
        shape = _concat([_as_vector(left_free), _as_vector(right_free)])
        result: Tensor = build(lookup("Reshape"), product, shape, name=scope)
        if left_static is not None and right_static is not None:
            result.set_shape(left_static + right_static)
        return result


def _as_vector(extents: Any) -> Tensor:
    return constant(extents, dtypes.int32) if isinstance(extents, list) else extents


def _concat(values: list[Any]) -> Tensor:
    from ..arrays.stacking import concat

    return concat(values, 0)


def _axes_pair(a: Tensor, axes: Any) -> tuple[Any, Any]:
    """The axes to sum over, of each tensor: lists of ints, or tensors."""
    if isinstance(axes, (int, np.integer)):
        return _last_and_first(a, int(axes))
    if isinstance(axes, (list, tuple)):
        if len(axes) != 2:
            raise ValueError(f"`axes` must be an integer or have length 2. Received {axes}.")
        first, second = ([item] if isinstance(item, (int, np.integer)) else item for item in axes)
        if not isinstance(first, Tensor) and not isinstance(second, Tensor) and len(first) != len(second):
            raise ValueError(f"Different number of contraction axes `a` and `b`, {len(first)} != {len(second)}.")
        return first, second
    pair = convert_to_tensor(axes, name="axes", dtype=dtypes.int32)
    return pair[0], pair[1]


def _last_and_first(a: Tensor, count: int) -> tuple[Any, Any]:
    from ..arrays.filling import range as range_of
    from ..arrays.shape_ops import rank

    if count < 0:
        raise ValueError(f"`axes` must be at least 0. Received: {count}.")
    known = a._extents
    if known is not None:
        if count > len(known):
            raise ValueError(
                f"`axes` must not be larger than the number of dimensions of tensor {a}.  Received {count}, vs tensor "
                f"dimensions {len(known)}."
            )
        return list(range(len(known) - count, len(known))), list(range(count))
    total = rank(a)
    return range_of(total - count, total, dtype=dtypes.int32), range_of(count, dtype=dtypes.int32)


def _as_matrix(x: Tensor, axes: Any, summed_first: bool) -> tuple[Tensor, Any, Any]:
    """`x` as a matrix with the summed axes as its rows or columns.

    Returns: the matrix, the extents of the free axes (a list if known, else a vector tensor), and what of them is
      static.
    """
    extents = x._extents
    is_listed = not isinstance(axes, Tensor)
    if extents is not None and is_listed:
        rank = len(extents)
        for axis in axes:
            if not -rank <= axis < rank:
                raise IndexError(f"`axes` names axis {axis} of a tensor of rank {rank}: {x.name}")
        summed = [int(axis) + rank if axis < 0 else int(axis) for axis in axes]
        free = [axis for axis in range(rank) if axis not in summed]
        static = tuple(extents[axis] for axis in free)
        if None not in extents:
            return _static_matrix(x, summed, free, summed_first)
        summed_tensor = constant(summed, dtypes.int32, name="axes")
        free_tensor = constant(free, dtypes.int32, name="free")
        matrix, sizes = _dynamic_matrix(x, _shape(x), summed_tensor, free_tensor, summed_first)
        return matrix, sizes, static
    shape = _shape(x)
    summed_tensor, free_tensor = _found_axes(x, axes)
    matrix, sizes = _dynamic_matrix(x, shape, summed_tensor, free_tensor, summed_first)
    return matrix, sizes, None


def _static_matrix(x: Tensor, summed: list[int], free: list[int], summed_first: bool) -> tuple[Tensor, Any, Any]:
    from ..arrays.transposing import transpose

    extents = x._extents
    assert extents is not None
    order = summed + free if summed_first else free + summed
    sizes = [int(np.prod([extents[axis] for axis in group], dtype=np.int64)) for group in (free, summed)]
    shape = sizes[::-1] if summed_first else sizes
    # All of it even where nothing moves, as TensorFlow 1.15: seeds count operations. Plans leave out what does nothing.
    moved = build(lookup("Reshape"), transpose(x, order), shape)
    free_extents = [extents[axis] for axis in free]
    return moved, free_extents, tuple(free_extents)


def _shape(x: Tensor) -> Tensor:
    from ..arrays.shape_ops import shape

    return shape(x)


def _found_axes(x: Tensor, axes: Any) -> tuple[Tensor, Tensor]:
    """The summed axes counted from the front, and all others, as tensors."""
    from ..arrays.filling import range as range_of
    from ..arrays.shape_ops import rank
    from ..elementwise.select import select

    total = rank(x)
    given = convert_to_tensor(axes, dtype=dtypes.int32, name="axes")
    summed = select(given >= 0, given, given + total)
    free = build(lookup("ListDiff"), range_of(total), summed)[0]
    return summed, free


def _dynamic_matrix(
    x: Tensor, shape: Tensor, summed: Tensor, free: Tensor, summed_first: bool
) -> tuple[Tensor, Tensor]:
    from ..arrays.stacking import stack
    from ..arrays.transposing import transpose

    gather = lookup("GatherV2")
    free_sizes = build(gather, shape, free, 0)
    summed_sizes = build(gather, shape, summed, 0)
    free_count = reduce_prod(free_sizes)
    summed_count = reduce_prod(summed_sizes)
    order = _concat([summed, free] if summed_first else [free, summed])
    sizes = stack([summed_count, free_count] if summed_first else [free_count, summed_count])
    matrix: Tensor = build(lookup("Reshape"), transpose(x, order), sizes)
    return matrix, free_sizes
