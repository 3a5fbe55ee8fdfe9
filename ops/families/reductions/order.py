"""The n-th smallest or largest of each row, and the numbers of the intervals that elements lie in."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...definition.extent_math import require_rank
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shapes import at_least_rank, same_shape
from ...types import dtypes
from ...types.dtypes import REAL
from ...types.tensor_shape import Extents


def _nth_shape(query: Any) -> Extents:
    extents = at_least_rank(query.shapes[0], 1)
    require_rank(query.shapes[1], 0)
    place = (query.integers(1) or [None])[0]
    if type(place) is int and place < 0:
        raise ValueError(f"Dimension size, given by scalar input 1, must be non-negative but is {place}")
    if extents is None:
        return None
    if type(place) is int and type(extents[-1]) is int and extents[-1] <= place:
        raise ValueError(f"Input must have last dimension > n = {place} but is {extents[-1]}")
    return extents[:-1]


def _nth_kernel(x: Any, n: Any, *, reverse: bool) -> Any:
    if n.ndim or not x.ndim:
        raise ValueError("The input must have at least one dimension, and n none")
    place, count = int(n), x.shape[-1]
    if not 0 <= place < count:
        raise ValueError(f"Input must have at least n+1 = {place + 1} columns, n not below 0; it has {count}")
    return np.partition(x, count - 1 - place if reverse else place, axis=-1)[
        ..., count - 1 - place if reverse else place
    ]


def _nth_gradient(g: Any, op: Any, dy: Any) -> list[Any]:
    """Equal elements share the gradient."""
    x = op.inputs[0]
    with g.after(dy):
        chosen = g.cast(g("Equal", g("ExpandDims", op.outputs[0], -1), x), dy.dtype)
        count = g("ExpandDims", g("Sum", chosen, -1), -1)
        return [chosen / count * g("ExpandDims", dy, -1), None]


NTH_ELEMENT = OpDef(
    name="NthElement",
    signature="input: T, n: int32 -> values: T",
    where={"T": REAL},
    attrs={"reverse": ("bool", False)},
    shape=_nth_shape,
    kernel=_nth_kernel,
    gradient=_nth_gradient,
    routine=("nth",),
)


def _bucketize_kernel(x: Any, *, boundaries: Any) -> Any:
    edges = np.asarray(boundaries, np.float32)
    if np.any(np.diff(edges) < 0):
        raise ValueError("Expected sorted boundaries")
    return np.searchsorted(edges, x, side="right").astype(np.int32)


BUCKETIZE = OpDef(
    name="Bucketize",
    signature="input: T -> output: int32",
    where={"T": (dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64)},
    attrs={"boundaries": ("list(float)",)},
    shape=same_shape,
    kernel=_bucketize_kernel,
    gradient=NOT_DIFFERENTIABLE,
)
