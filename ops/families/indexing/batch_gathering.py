"""Gathering within the leading dimensions of a batch, built from the plain operations."""

from __future__ import annotations

from typing import Any

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ..arrays.filling import RANGE, ones, zeros
from ..arrays.meshgrid import meshgrid
from ..arrays.rearranging import tile
from ..arrays.reshaping import reshape
from ..arrays.shape_ops import rank, shape
from ..arrays.splitting import unstack
from ..arrays.stacking import concat, stack
from ..arrays.transposing import transpose
from ..elementwise.cast import CAST
from ..reductions.reductions import reduce_prod
from .gathering import GATHER_ND, gather


def batch_gather_nd(params: TensorLike, indices: TensorLike, batch_dims: int, name: str | None) -> Tensor:
    """`gather_nd` within `batch_dims` leading dimensions: the position in the batch goes in front of each index."""
    with name_scope(name, "BatchGatherND", [params, indices]):
        indices = convert_to_tensor(indices, name="indices")
        params = convert_to_tensor(params, name="params")
        known_rank = indices.shape.ndims
        if known_rank is not None and batch_dims >= known_rank:
            raise ValueError(f"batch_dims = {batch_dims} must be less than rank(`indices`) = {known_rank}")
        params_shape, indices_shape = shape(params), shape(indices)
        batch_shape = params_shape[:batch_dims]
        batch_size = reduce_prod(batch_shape, [0])
        inner_rank = rank(indices) - batch_dims - 1
        inner_shape = indices_shape[batch_dims:-1]
        counts = unstack(batch_shape, num=batch_dims)
        grid = meshgrid(*[_positions(count, indices.dtype) for count in counts], indexing="ij")
        batch = transpose(stack([reshape(part, [-1]) for part in grid]))
        shape_of_batch = shape(batch)
        wide = concat([shape_of_batch[:1], ones(inner_rank, dtypes.int32), shape_of_batch[1:]], 0)
        batch = tile(reshape(batch, wide), concat([[1], inner_shape, [1]], 0))
        flat = reshape(indices, concat([[batch_size], indices_shape[batch_dims:]], 0))
        picked = build(GATHER_ND, params, concat((batch, flat), axis=-1))
        return reshape(picked, concat([batch_shape, shape(picked)[1:]], 0))


def _positions(count: Tensor, dtype: Any) -> Tensor:
    span = build(RANGE, 0, build(CAST, count, DstT=dtypes.int32), 1)
    result: Tensor = build(CAST, span, DstT=dtype.base_dtype)
    return result


def batch_gather(params: TensorLike, indices: TensorLike, name: str | None = None) -> Tensor:
    """Return, for each position in the leading dimensions of `indices`, the slices of `params` there.

    Args:
      params: the tensor to pick from.
      indices: integers; all its dimensions but the last one are those of `params`.
      name: a name for the scope of the operations.
    Raises: ValueError if the rank of `indices` is not known.
    """
    with name_scope(name, "BatchGather", [params, indices]):
        indices = convert_to_tensor(indices, name="indices")
        params = convert_to_tensor(params, name="params")
        indices_shape, params_shape = shape(indices), shape(params)
        ndims = indices.shape.ndims
        if ndims is None:
            raise ValueError("batch_gather does not allow indices with unknown shape.")
        positions = _flat_positions(indices, params_shape, ndims)
        outer = params_shape[ndims:]
        inner = reduce_prod(params_shape[:ndims], [0])
        rows = gather(reshape(params, concat([[inner], outer], 0)), positions)
        result = reshape(rows, concat([indices_shape, outer], 0))
        batch = indices.shape[: ndims - 1].merge_with(params.shape[: ndims - 1])
        result.set_shape(batch.concatenate(indices.shape[ndims - 1 : ndims]).concatenate(params.shape[ndims:]))
        return result


def _flat_positions(indices: Any, params_shape: Tensor, ndims: int) -> Tensor:
    """The indices as rows of `params` with its leading dimensions made one."""
    dtype = indices.dtype.base_dtype
    step = ones((), dtype)
    extents = build(CAST, params_shape, DstT=dtype)
    for axis in range(ndims - 1, 0, -1):
        count = extents[axis - 1]
        step = step * extents[axis]
        rows = build(RANGE, zeros((), dtype), count, ones((), dtype)) * step
        indices = indices + reshape(rows, stack([1] * (axis - 1) + [count] + [1] * (ndims - axis)))
    return reshape(indices, [-1])


def gather_nd(params: TensorLike, indices: TensorLike, name: str | None = None, batch_dims: int = 0) -> Tensor:
    """Return the elements or slices of `params` that the rows of `indices` name.

    Args:
      params: the tensor to pick from.
      indices: integers; the last dimension holds one index per leading dimension of `params`.
      name: a name for the operation.
      batch_dims: how many leading dimensions both have in common.
    Raises: InvalidArgumentError when it runs, for an index out of range.

    >>> gather_nd([[1, 2], [3, 4]], [[0, 0], [1, 1]]).shape.as_list()
    [2]
    """
    if batch_dims == 0 and hasattr(params, "_handle"):
        variable: Any = params
        read: Tensor = variable.gather_nd(indices, name)  # of a resource variable, without its other elements
        return read
    if batch_dims == 0:
        result: Tensor = build(GATHER_ND, params, indices, name=name)
        return result
    return batch_gather_nd(params, indices, batch_dims, name)
