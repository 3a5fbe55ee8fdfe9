"""Gradient rules of reading resource variables: the gradient of a handle is that of the variable's value."""

from __future__ import annotations

from typing import Any


def read(g: Any, op: Any, dy: Any) -> Any:
    """The gradient itself."""
    return dy


def gather(g: Any, op: Any, dy: Any) -> list[Any]:
    """The gradients of rows as IndexedSlices."""
    handle, indices = op.inputs
    while handle.op.type != "VarHandleOp":
        handle = handle.op.inputs[0]
    shape = g.constant(list(handle.op.attrs["shape"]), g.int32)
    count = g("ExpandDims", g.size(indices), 0)
    values = g.reshape(dy, g.concat([count, shape[1:]], 0))
    return [g.slices(values, g.reshape(indices, count), shape), None]


def gather_nd(g: Any, op: Any, dy: Any) -> list[Any]:
    """The gradients added up at their coordinates; of coordinates in a list, as IndexedSlices."""
    handle, indices = op.inputs
    shape = g("VariableShape", handle, out_type=indices.dtype)
    extents = g.extents(indices)
    if extents is not None and len(extents) == 2 and extents[-1] == 1:
        return [g.slices(dy, g("Squeeze", indices, squeeze_dims=[-1]), shape), None]
    return [g("ScatterNd", indices, dy, shape), None]
