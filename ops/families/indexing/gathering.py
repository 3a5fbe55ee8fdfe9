"""Operations that pick elements or slices by index: gather, gather_nd, batch_gather."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.build import build
from ...definition.extent_math import require_rank, resolve_axis
from ...definition.opdef import OpDef
from ...definition.shapes import at_least_rank, merge_extent
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.tensor_shape import Extents, brackets
from ..arrays import index_maps as indexing
from . import indexing_gradients as gradients
from .index_checks import INDICES, check_coordinates, check_positions


def _gather_shape(query: Any) -> Extents:
    params, indices, axis_shape = query.shapes
    require_rank(axis_shape, 0)
    axis_value = query.known_integers(2)
    batch_dims = query.attrs["batch_dims"]
    if batch_dims < 0:
        if indices is None:
            return None
        at_least_rank(indices, -batch_dims)
        batch_dims += len(indices)
    if axis_value is None:
        if params is None or indices is None:
            return None
        rank: int = len(params) + len(indices) - 1 - batch_dims
        return (None,) * rank
    if params is None:
        return None
    axis = resolve_axis(axis_value[0], len(params))
    if axis < batch_dims:
        raise ValueError(f"axis ({axis}) must be greater than or equal to batch_dims ({batch_dims})")
    if indices is None:
        return None
    for position in range(batch_dims):
        merge_extent(params[position], indices[position], position)
    return (*params[:axis], *indices[batch_dims:], *params[axis + 1 :])


def _gather_kernel(params: Any, indices: Any, axis: Any, *, batch_dims: int) -> Any:
    positions = indices.astype(np.int64) if indices.dtype == object else indices
    where = resolve_axis(axis.item(), params.ndim)
    batch = batch_dims + positions.ndim if batch_dims < 0 else batch_dims
    check_positions(positions, params.shape, where)
    if params.shape[:batch] != positions.shape[:batch]:
        raise ValueError(
            f"params.shape[:{batch}] must match indices.shape[:{batch}]: {brackets(params.shape)} and "
            f"{brackets(positions.shape)}"
        )
    if params.size == 0:
        shape = (*params.shape[:where], *positions.shape[batch:], *params.shape[where + 1 :])
        return np.empty(shape, params.dtype)
    if batch == 0:
        taken: Any = (*(slice(None),) * where, positions, ...)
        return params[taken]
    # Bring the gathered axis behind the batch, pick there, and bring what was between back in front.
    between = where - batch
    moved = np.moveaxis(params, where, batch)
    grid = np.ogrid[tuple(slice(n) for n in positions.shape[:batch])]
    extra = positions.ndim - batch
    lead = tuple(part.reshape(part.shape + (1,) * extra) for part in grid)
    places = (*lead, positions)
    picked = moved[places]
    order = list(range(picked.ndim))
    inner = order[batch : batch + extra]
    front = order[batch + extra : batch + extra + between]
    return picked.transpose([*order[:batch], *front, *inner, *order[batch + extra + between :]])


GATHER_V2 = OpDef(
    name="GatherV2",
    signature="params: Tparams, indices: Tindices, axis: Taxis -> output: Tparams",
    where={"Tindices": INDICES, "Taxis": dtypes.INDEX},
    attrs={"batch_dims": ("int", 0)},
    shape=_gather_shape,
    kernel=_gather_kernel,
    index_map=indexing.GATHER,
    computes_extents=True,
    gradient=gradients.gather_v2,
)


def gather(
    params: TensorLike,
    indices: TensorLike,
    validate_indices: bool | None = None,
    name: str | None = None,
    axis: TensorLike | None = None,
    batch_dims: int = 0,
) -> Tensor:
    """Return the slices of `params` along one dimension that `indices` name.

    Args:
      params: the tensor to pick from.
      indices: integers of any shape, each in `[0, params.shape[axis])`.
      validate_indices: has no effect; indices are always checked.
      name: a name for the operation.
      axis: the dimension. Default: the first one behind the batch dimensions.
      batch_dims: how many leading dimensions `params` and `indices` have in common.
    Returns: a tensor of shape `params.shape[:axis] + indices.shape[batch_dims:] + params.shape[axis + 1:]`.
    Raises: InvalidArgumentError when it runs, for an index out of range.

    >>> gather([[1, 2, 3], [4, 5, 6]], [2, 0], axis=1).shape.as_list()
    [2, 2]
    """
    if hasattr(params, "_handle") and not batch_dims and axis in (None, 0):
        variable: Any = params
        read: Tensor = variable.sparse_read(indices, name)  # a resource variable's rows, without its other ones
        return read
    result: Tensor = build(
        GATHER_V2, params, indices, batch_dims if axis is None else axis, name=name, batch_dims=batch_dims
    )
    return result


def _gather_nd_shape(query: Any) -> Extents:
    params, indices = query.shapes
    if indices is not None and len(indices) < 1:
        raise ValueError("Shape must be at least rank 1 but is rank 0")
    if params is None or indices is None or indices[-1] is None:
        return None
    depth = indices[-1]
    if depth > len(params):
        raise ValueError(
            "indices.shape[-1] must be <= params.rank, but saw indices shape: "
            f"{brackets(indices)} and params shape: {brackets(params)}"
        )
    return (*indices[:-1], *params[int(depth) :])


def _gather_nd_kernel(params: Any, indices: Any) -> Any:
    depth = indices.shape[-1]
    if depth > params.ndim:
        raise ValueError(f"index innermost dimension length must be <= params rank; saw: {depth} vs. {params.ndim}")
    check_coordinates(indices, params.shape)
    if depth == 0:
        return np.broadcast_to(params, indices.shape[:-1] + params.shape).copy()
    places = (*(indices[..., axis] for axis in range(depth)), ...)
    return params[places]


GATHER_ND = OpDef(
    name="GatherNd",
    signature="params: Tparams, indices: Tindices -> output: Tparams",
    where={"Tindices": INDICES},
    attrs={"bad_indices_policy": ("string", b"")},
    shape=_gather_nd_shape,
    kernel=_gather_nd_kernel,
    index_map=indexing.GATHER_ND,
    gradient=gradients.gather_nd,
)
