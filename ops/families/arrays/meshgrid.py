"""`meshgrid`: coordinates of a grid from the coordinates of its axes."""

from __future__ import annotations

from typing import Any

from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...graph.node import Tensor
from .filling import ones
from .reshaping import reshape
from .shape_ops import size
from .stacking import stack


def meshgrid(*args: Any, **kwargs: Any) -> list[Tensor]:
    """Return, for vectors of coordinates, one tensor of coordinates per vector, all of the shape of the grid.

    Args:
      args: vectors.
      indexing: "xy" (the default: the first two dimensions are exchanged) or "ij".
      name: a name for the scope of the operations.
    Raises: ValueError for another indexing, TypeError for other keyword arguments.
    """
    indexing = kwargs.pop("indexing", "xy")
    name = kwargs.pop("name", "meshgrid")
    if kwargs:
        key = next(iter(kwargs))
        raise TypeError(f"'{key}' is an invalid keyword argument for this function")
    if indexing not in ("xy", "ij"):
        raise ValueError(f"Argument `indexing` parameter must be either 'xy' or 'ij', got '{indexing}'")
    with name_scope(name, "meshgrid", args):
        count = len(args)
        if not count:
            return []
        parts = [
            reshape(stack(part), [1] * position + [-1] + [1] * (count - position - 1))
            for position, part in enumerate(args)
        ]
        sizes = [size(part) for part in args]
        dtype = convert_to_tensor(args[0]).dtype.base_dtype
        if indexing == "xy" and count > 1:
            parts[0] = reshape(parts[0], [1, -1] + [1] * (count - 2))
            parts[1] = reshape(parts[1], [-1, 1] + [1] * (count - 2))
            sizes[0], sizes[1] = sizes[1], sizes[0]
        whole = ones(sizes, dtype)
        return [part * whole for part in parts]
