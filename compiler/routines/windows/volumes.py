"""Convolutions of volumes and their gradients: by the functions of convolutions of images.

* Forward, and the gradient for the input where windows move by one: one function; see `VolumeForward`.
* The gradient for the input where windows move further: for each layer of the filter what images take, all added up.
* The gradient for the filter: for each of its layers, of the layers of the volume that it meets, as of images.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np

from ....ops.families.nn.convolution import convolution_ops
from ....ops.families.nn.convolution.windows import Axis
from ...codegen.windows.convolution_code import FilterGradient, Machine
from ...codegen.windows.spread_code import SpreadRows, phase_order
from ...codegen.windows.volume_code import Volume, VolumeForward
from ...fusion.convolutions import KINDS, LARGEST_STACK, Plane, Space
from ...machine.module import masks_in_hardware
from ...plan.plan import Instruction
from ...runtime import recycle
from ..kernel import run_text, threads_for

_PER_ADDITION: Final = 8  # multiplications in the time of an addition of other loops


def _machine(kind: str) -> Machine:
    size = 4 if kind == "float" else 8
    return Machine(64 // size, 32) if masks_in_hardware() else Machine(32 // size, 16)


@lru_cache(256)
def _forward_text(volume: Volume) -> str:
    return VolumeForward(volume, _machine(volume.plane.kind)).module()


@lru_cache(256)
def _spread_text(plane: Plane) -> str:
    return SpreadRows(plane, _machine(plane.kind)).module()


@lru_cache(256)
def _filter_text(plane: Plane) -> tuple[str, int]:
    writer = FilterGradient(plane, _machine(plane.kind))
    return writer.module(), writer.parts


def _axes(instruction: Instruction, shape: Any, sizes: Any) -> tuple[Axis, ...] | None:
    """The windows on depth, rows and columns; None for what the functions are not written for."""
    attrs = instruction.attrs
    if attrs["data_format"] != b"NDHWC" or len(shape) != 5 or len(sizes) != 5 or shape[-1] != sizes[-2]:
        return None
    if min(*shape, *sizes) <= 0:
        return None
    try:
        place = convolution_ops.setting(
            shape, sizes[:-2], attrs["strides"], attrs["dilations"], attrs["padding"], b"NDHWC"
        )
    except ValueError:
        return None  # the kernel says so
    return place.axes if all(axis.count > 0 for axis in place.axes) else None


def _forward_space(axis: Axis) -> Space:
    return Space(axis.extent, axis.before, 1, axis.size, axis.rate, axis.stride, axis.count)


def _backward_space(axis: Axis) -> Space:
    """The windows over the output's gradient, zeros between its elements, that give the input's."""
    before = (axis.size - 1) * axis.rate - axis.before
    return Space(axis.count, before, axis.stride, axis.size, axis.rate, 1, axis.extent)


def _is_usual(space: Space) -> bool:
    return 0 <= space.before < space.width


def _products(shape: Sequence[int], weights: Sequence[int]) -> int:
    """The multiplications of a convolution with a result of `shape`, as additions of other loops."""
    each = weights[0] * weights[1] * weights[2] * weights[3]
    return int(np.prod(shape)) * each // _PER_ADDITION


def _convolved(x: Any, weights: Any, spaces: tuple[Space, Space, Space], threads: int) -> Any:
    """The convolution of dense arrays; None if its rows are too long for the stack."""
    kind = KINDS[x.dtype.name]
    volume = Volume.of(spaces, x.shape[-1], weights.shape[-1], kind)
    if not all(map(_is_usual, spaces)) or volume.plane.stack > LARGEST_STACK:
        return None
    shape = (x.shape[0], *(space.count for space in spaces), weights.shape[-1])
    result = recycle.empty(shape, x.dtype)
    threads = threads_for(_products(shape, weights.shape), threads)
    run_text(_forward_text(volume), [x, weights, result], [], shape[0] * shape[1] * shape[2], threads)
    return result


def forward(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`Conv3D`; None unless all is as it should be."""
    x, weights = values
    if x.dtype.name not in KINDS:
        return None
    axes = _axes(instruction, x.shape, weights.shape)
    if axes is None:
        return None
    depth, rows, columns = map(_forward_space, axes)
    x, weights = np.ascontiguousarray(x), np.ascontiguousarray(weights)
    result = _convolved(x, weights, (depth, rows, columns), threads)
    return None if result is None else [result]


def input_gradient(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`Conv3DBackpropInputV2`; None unless all is as it should be."""
    sizes, weights, dy = values
    shape = tuple(sizes.tolist()) if sizes.shape == (5,) else ()
    if dy.dtype.name not in KINDS or dy.ndim != 5:
        return None
    axes = _axes(instruction, shape, weights.shape)
    if axes is None or dy.shape != (shape[0], *(axis.count for axis in axes), weights.shape[-1]):
        return None
    depth, rows, columns = map(_backward_space, axes)
    dy = np.ascontiguousarray(dy)
    turned = weights[::-1, ::-1, ::-1].swapaxes(-1, -2)
    if depth.spread == rows.spread == columns.spread == 1:
        result = _convolved(dy, np.ascontiguousarray(turned), (depth, rows, columns), threads)
        return None if result is None else [result]
    plane = Plane(rows, columns, weights.shape[-1], weights.shape[-2], KINDS[dy.dtype.name])
    if not (rows.rate == columns.rate == 1 and _is_usual(rows) and _is_usual(columns)):
        return None
    if plane.stack > LARGEST_STACK or max(rows.spread, columns.spread) == 1:
        return None
    turned = np.ascontiguousarray(turned[:, :, phase_order(columns.size, columns.spread)])
    result = recycle.empty(shape, dy.dtype)
    result[...] = 0
    part = np.empty((shape[0], dy.shape[1], *shape[2:]), dy.dtype)
    threads = threads_for(_products(part.shape, weights.shape) // weights.shape[0], threads)
    (axis, *_), text = axes, _spread_text(plane)
    for layer in range(axis.size):
        where = _meeting(axis, layer)
        if where is None:
            continue
        run_text(text, [dy, turned[axis.size - 1 - layer], part], [], part.shape[0] * part.shape[1] * shape[2], threads)
        there, here = where
        result[:, there] += part[:, here]
    return [result]


def filter_gradient(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`Conv3DBackpropFilterV2`; None unless all is as it should be."""
    x, sizes, dy = values
    shape = tuple(sizes.tolist()) if sizes.shape == (5,) else ()
    if x.dtype.name not in KINDS or dy.ndim != 5:
        return None
    axes = _axes(instruction, x.shape, shape)
    if axes is None or dy.shape != (x.shape[0], *(axis.count for axis in axes), shape[-1]):
        return None
    depth, rows, columns = axes
    inner, outer = shape[-2:]
    plane = Plane(_forward_space(rows), _forward_space(columns), inner, outer, KINDS[x.dtype.name])
    if columns.rate > 1 or not (_is_usual(plane.rows) and _is_usual(plane.columns)) or plane.stack > LARGEST_STACK:
        return None
    result = recycle.empty(shape, x.dtype)
    text, parts = _filter_text(plane)
    threads = threads_for(_products(dy.shape, shape) // shape[0], threads)
    for layer in range(depth.size):
        where = _meeting(depth, layer)
        if where is None:
            result[layer] = 0
            continue
        there, here = where
        source, gradient = np.ascontiguousarray(x[:, there]), np.ascontiguousarray(dy[:, here])
        images = source.shape[0] * source.shape[1]
        run_text(text, [source, gradient, result[layer]], [images], parts, threads)
    return [result]


def _meeting(axis: Axis, offset: int) -> tuple[slice, slice] | None:
    """The elements of an axis that are at `offset` in their windows, and the windows; None if there are none.

    Extent 4, windows of 3 that move by 1 with one element of padding on each side, offset 0: elements 0 to 2, which the
    windows 1 to 3 meet.
    """
    shift = offset * axis.rate - axis.before
    first = max(0, -(shift // axis.stride)) if shift < 0 else 0
    last = min(axis.count, (axis.extent - 1 - shift) // axis.stride + 1)
    if last <= first:
        return None
    start = first * axis.stride + shift
    return slice(start, start + (last - first - 1) * axis.stride + 1, axis.stride), slice(first, last)


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {
    "volumes": forward, "volume gradients": input_gradient, "volume filters": filter_gradient,
}  # fmt: skip
