"""`batch_scatter_update`: rows set along one dimension, for each index of the dimensions before it."""

from __future__ import annotations

from typing import Any

from ....building.convert import convert_to_tensor
from ....building.default_graph import name_scope
from ....types.dtypes import int32
from ...arrays.filling import range as range_of
from ...arrays.reshaping import expand_dims, reshape
from ...arrays.shape_ops import shape
from ...arrays.stacking import concat
from ...elementwise.like import ones_like
from .scatter_ops import scatter_nd_update


def batch_scatter_update(
    ref: Any, indices: Any, updates: Any, use_locking: bool = True, name: str | None = None
) -> Any:
    """Set `ref[i_1, ..., i_n, indices[i_1, ..., i_n, j]] = updates[i_1, ..., i_n, j, ...]`.

    Args:
      ref: the variable.
      indices: integers of at least one dimension; those before the last are dimensions of the variable.
      updates: of shape `indices.shape + ref.shape[indices.ndims:]`.
      use_locking: kept in the graph.
      name: a name for the scope.
    """
    with name_scope(name):
        indices = convert_to_tensor(indices, name="indices")
        extents, count = shape(indices), len(indices.shape)
        whole: Any = expand_dims(indices, -1)
        grids = []
        for axis in range(count - 1):
            extent = extents[axis]
            along = [1] * axis + [extent] + [1] * (count - axis)
            grids.append(reshape(range_of(extent, dtype=int32, name="Range"), along))
        if grids:
            grids = [grid * ones_like(whole, dtype=int32) for grid in grids]
            whole = concat([*grids, whole], axis=-1)
        return scatter_nd_update(ref, whole, updates, use_locking, name)
