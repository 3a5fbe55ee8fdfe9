"""Operation types that gradients of moved elements are made of: StridedSliceGrad, MirrorPadGrad, ConcatOffset."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...definition.index_map import IndexMap, Indices
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shape_checks import require_extent
from ...definition.shapes import shape_from_value, with_rank
from ...definition.slice_math import SliceDim, SliceMasks, plan_slice
from ...types import dtypes
from ...types.tensor_shape import Extents
from . import array_gradients as gradients
from .padding import padding_amounts
from .slicing import slice_masks

_INDICES = (dtypes.int32, dtypes.int64)


def _strided_slice_grad_kernel(
    shape: Any,
    begin: Any,
    end: Any,
    strides: Any,
    dy: Any,
    *,
    begin_mask: int,
    end_mask: int,
    ellipsis_mask: int,
    new_axis_mask: int,
    shrink_axis_mask: int,
) -> Any:
    masks = SliceMasks(begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask)
    plan = plan_slice(tuple(shape.tolist()), begin.tolist(), end.tolist(), strides.tolist(), masks)
    if plan.extents != dy.shape:
        raise ValueError(f"shape of dy was {list(dy.shape)} instead of {list(plan.extents)}")
    result = np.zeros(shape.tolist(), dy.dtype)
    taken = tuple(_place(dim) for dim in plan.dims)
    result[taken] = np.squeeze(dy, tuple(i for i, axis in enumerate(plan.axes) if axis is None))
    return result


def _place(dim: SliceDim) -> Any:
    start, step, count = int(dim.start), int(dim.step), int(dim.count)
    if dim.shrink:
        return start
    stop = start + step * count
    return slice(start, None if stop < 0 else stop, step) if count else slice(0, 0)


def _read_slice_grad(reader: Any, indices: Indices, output: int) -> Any:
    """Inside of the slice the gradient, outside nothing."""
    shape, begin, end, strides = (list(reader.known(position).reshape(-1).tolist()) for position in range(4))
    plan = plan_slice(tuple(shape), begin, end, [int(stride) for stride in strides], slice_masks(reader.attrs))
    inside: list[Any] = []
    places = [_inside(reader, index, dim, extent, inside) for index, dim, extent in zip(indices, plan.dims, shape)]
    source = [reader.integer(0) if axis is None else places[axis] for axis in plan.axes]
    if not inside:
        return reader.read(4, source)
    return reader.choose(reader.all(inside), lambda inner: inner.read(4, source), lambda inner: inner.zero())


def _inside(reader: Any, index: Any, dim: SliceDim, extent: Any, inside: list[Any]) -> Any:
    """The index into the slice along one dimension; conditions under which there is one go to `inside`."""
    start = reader.integer(dim.start)
    if dim.shrink:
        inside.append(reader.compare(index, ("==", start)))
        return reader.integer(0)
    if dim.step == 1 and type(dim.start) is int and dim.start == 0 and (dim.count is extent or dim.count == extent):
        return index
    step = abs(dim.step)
    offset = index - start if dim.step > 0 else start - index
    inside.append(reader.compare(start, ("<=", index)) if dim.step > 0 else reader.compare(index, ("<=", start)))
    inside.append(reader.compare(offset, ("<", reader.integer(dim.count * step))))
    if step == 1:
        return offset
    inside.append(reader.compare(offset % step, ("==", 0)))
    return offset // step


STRIDED_SLICE_GRAD = OpDef(
    name="StridedSliceGrad",
    signature="shape: Index, begin: Index, end: Index, strides: Index, dy: T -> output: T",
    where={"Index": _INDICES},
    attrs={
        "begin_mask": ("int", 0),
        "end_mask": ("int", 0),
        "ellipsis_mask": ("int", 0),
        "new_axis_mask": ("int", 0),
        "shrink_axis_mask": ("int", 0),
    },
    shape=lambda q: shape_from_value(q, 0),
    kernel=_strided_slice_grad_kernel,
    index_map=IndexMap(_read_slice_grad, structure=(0, 1, 2, 3)),
    gradient=gradients.strided_slice_grad,
)


def _mirror_pad_grad_shape(query: Any) -> Extents:
    rows, columns = with_rank(query.shapes[1], 2)
    require_extent(columns, 2)
    extents, paddings = query.shapes[0], query.known_integers(1)
    if extents is None:
        return None if rows is None else (None,) * int(rows)
    with_rank(extents, len(extents) if rows is None else int(rows))
    if paddings is None:
        return (None,) * len(extents)
    if any(amount < 0 for amount in paddings):
        raise ValueError("Paddings must be non-negative")
    pairs = zip(extents, paddings[::2], paddings[1::2])
    return tuple(None if extent is None else _inner(extent, before + behind) for extent, before, behind in pairs)


def _inner(extent: Any, around: Any) -> Any:
    if extent < around:
        raise ValueError(f"Negative dimension size caused by subtracting {around} from {extent}")
    return extent - around


def _mirror_pad_grad_kernel(input: Any, paddings: Any, *, mode: bytes) -> Any:
    """What lies in a border is added to the elements it mirrors, one axis after another."""
    border = 1 if mode == b"REFLECT" else 0
    result = input
    for axis, (before, behind) in enumerate(padding_amounts(input, paddings)):
        moved = np.moveaxis(result, axis, 0)
        inner = moved[before : len(moved) - behind].copy()
        if before:
            inner[border : border + before] += moved[:before][::-1]
        if behind:
            inner[len(inner) - border - behind : len(inner) - border] += moved[len(moved) - behind :][::-1]
        result = np.moveaxis(inner, 0, axis)
    return np.ascontiguousarray(result)


MIRROR_PAD_GRAD = OpDef(
    name="MirrorPadGrad",
    signature="input: T, paddings: Tpaddings -> output: T",
    where={"Tpaddings": dtypes.INDEX},
    attrs={"Tpaddings": ("type", dtypes.int32), "mode": ("string",)},
    shape=_mirror_pad_grad_shape,
    kernel=_mirror_pad_grad_kernel,
    gradient=lambda g, op, dy: [g("MirrorPad", dy, op.inputs[1], mode=op.attrs["mode"]), None],
)


def _concat_offset_kernel(concat_dim: Any, shape: Any) -> Any:
    axis = int(concat_dim)
    offsets, total = [], shape[0][axis] * 0
    for extents in shape:
        offset = extents * 0
        offset[axis] = total
        total = total + extents[axis]
        offsets.append(offset)
    return tuple(offsets)


CONCAT_OFFSET = OpDef(
    name="ConcatOffset",
    signature="concat_dim: int32, shape: N*int32 -> offset: N*int32",
    shape=lambda q: list(q.shapes[1:]),
    kernel=_concat_offset_kernel,
    gradient=NOT_DIFFERENTIABLE,
    computes_extents=True,
)
