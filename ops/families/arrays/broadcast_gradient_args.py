"""`BroadcastGradientArgs`: over which axes the gradients of two broadcast inputs are summed."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...definition.extent_math import vector_length
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shape_query import UNKNOWN, UnknownValueError
from ...types import dtypes


def _axes_kernel(s0: Any, s1: Any) -> Any:
    """Per shape, the axes along which it has 1 or nothing; none if both shapes are the same.

    Shapes are arrays of integers. While a plan is specialised these are symbolic: the comparisons become guards, the
    axes are known, and a compiled step sums without asking.
    """
    if any(extent is UNKNOWN for extent in (*s0, *s1)):
        raise UnknownValueError
    if len(s0) == len(s1) and all(x is y or x == y for x, y in zip(s0, s1)):
        return np.zeros(0, np.int32), np.zeros(0, np.int32)
    rank = max(len(s0), len(s1))
    first = [1] * (rank - len(s0)) + list(s0)
    second = [1] * (rank - len(s1)) + list(s1)
    axes: tuple[list[int], list[int]] = ([], [])
    for axis, (x, y) in enumerate(zip(first, second)):
        if x is y and not isinstance(x, (int, np.integer)):
            continue  # one symbol, whatever its value: a sum over an axis of length 1 changes nothing
        if not (x is y or x == y or x == 1 or y == 1):
            raise ValueError(f"Incompatible shapes: {list(s0)} vs. {list(s1)}")
        if x == 1:
            axes[0].append(axis)
        if y == 1:
            axes[1].append(axis)
    return np.array(axes[0], np.int32), np.array(axes[1], np.int32)


def _kernel(s0: Any, s1: Any) -> Any:
    for shape in (s0, s1):
        vector_length(shape.shape)
    kind = s0.dtype if s0.dtype.kind == "i" else np.dtype(np.int32)
    return tuple(axes.astype(kind) for axes in _axes_kernel(s0, s1))


def _axes_shape(query: Any) -> list[Any]:
    """As many axes as there are, where both shapes are known: in a compiled step always."""
    for shape in query.shapes:
        vector_length(shape)
    s0, s1 = query.value(0), query.value(1)
    if s0 is None or s1 is None or query.is_building:
        return [(None,), (None,)]
    try:
        return [(len(axes),) for axes in _axes_kernel(s0, s1)]
    except UnknownValueError:
        return [(None,), (None,)]


BROADCAST_GRADIENT_ARGS = OpDef(
    name="BroadcastGradientArgs",
    signature="s0: T, s1: T -> r0: T, r1: T",
    where={"T": dtypes.INDEX},
    attrs={"T": ("type", dtypes.int32)},
    shape=_axes_shape,
    kernel=_kernel,
    gradient=NOT_DIFFERENTIABLE,
    computes_extents=True,
)
