"""Max pooling that tells where each largest element stands, and its gradients."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ....definition.opdef import OpDef
from ....definition.shape_checks import ranked
from ....definition.shapes import merge, same_shape, with_rank
from ....types import dtypes
from ....types.dtypes import REAL
from ....types.tensor_shape import Extents
from . import gradients, unfold
from .pooling_ops import first_largest, largest_of_windows, lowest, placed, pooled_extents

_PLACES: Final = 256  # of a window, whose numbers are bytes


def _argmax_shape(query: Any) -> list[Any]:
    ksize = query.attrs["ksize"]
    result = pooled_extents(with_rank(query.shapes[0], len(ksize)), query, ksize, query.attrs["strides"])
    return [result, result]


def _positions(shape: Any, include_batch: bool) -> Any:
    """The flat index of each element, within its image or in the whole array."""
    each = unfold.volume(shape[1:])
    inside = np.arange(each, dtype=np.int64).reshape(1, *shape[1:])
    return inside + (np.arange(shape[0]) * each).reshape(-1, 1, 1, 1) if include_batch else inside


def _is_no_padding(largest: Any) -> bool:
    """Whether each of these elements is larger than what windows have outside of the input."""
    if largest.dtype.kind in "iu":
        return bool(np.all(largest > lowest(largest.dtype)))
    return bool(np.isfinite(largest).all())


def _indices(x: Any, largest: Any, axes: Any, include_batch: bool) -> Any:
    """Where the first of each window's largest elements stands: the start of the window and the place within it."""
    x, (_, width, channels) = unfold.padded(x, axes, lowest(x.dtype)), x.shape[1:]
    each = unfold.volume(axis.extent for axis in axes) * channels
    place = np.zeros(largest.shape, np.uint8)
    steps = []
    for number, (offset, where) in reversed([*enumerate(unfold.offsets(axes))]):
        np.copyto(place, np.uint8(number), where=x[where] == largest)  # an earlier one takes the place of a later one
        down, right = (there * axis.rate for there, axis in zip(offset, axes))
        steps.append((down * width + right) * channels)
    rows, columns = (np.arange(axis.count, dtype=np.int64) * axis.stride - axis.before for axis in axes)
    starts = (rows[:, None] * width + columns)[..., None] * channels + np.arange(channels)
    index = np.array(steps[::-1], np.int64)[place]
    index += starts
    if include_batch:
        index += (np.arange(len(x), dtype=np.int64) * each).reshape(-1, 1, 1, 1)
    return index


def _argmax_kernel(
    x: Any, *, ksize: Any, strides: Any, padding: bytes, include_batch_in_index: bool, Targmax: Any
) -> Any:
    if ksize[-1] != 1 or strides[-1] != 1:
        raise ValueError("Non-spatial pooling is not yet supported.")
    axes = placed(x.shape, ksize, strides, padding, b"NHWC").axes
    largest = largest_of_windows(x, axes)
    if _is_no_padding(largest) and unfold.volume(axis.size for axis in axes) <= _PLACES:
        return largest, _indices(x, largest, axes, include_batch_in_index).astype(Targmax.np_dtype)
    positions = np.broadcast_to(_positions(x.shape, include_batch_in_index), x.shape)
    positions = unfold.padded(positions, axes)
    index = np.zeros(largest.shape, np.int64)
    for _, where, here in first_largest(x, largest, axes):
        np.copyto(index, positions[where], where=here)
    return largest, index.astype(Targmax.np_dtype)


def _flat(argmax: Any, shape: Any, include_batch: bool) -> Any:
    """Indices into the flattened array. Raises: ValueError for one that is outside of it."""
    index = argmax.astype(np.int64)
    each = unfold.volume(shape[1:])
    if not include_batch:
        index = index + (np.arange(shape[0]) * each).reshape(-1, 1, 1, 1)
    if index.size and (index.min() < 0 or index.max() >= each * shape[0]):
        raise ValueError(f"Invalid input index in argmax: the input has {each * shape[0]} elements")
    return index.reshape(-1)


def _argmax_gradient(
    x: Any, grad: Any, argmax: Any, *, ksize: Any, strides: Any, padding: bytes, include_batch_in_index: bool
) -> Any:
    if grad.shape != argmax.shape:
        raise ValueError(f"grad must have the shape of argmax, {list(argmax.shape)}, but has {list(grad.shape)}")
    total = np.zeros(x.size, grad.dtype)
    np.add.at(total, _flat(argmax, x.shape, include_batch_in_index), grad.reshape(-1))
    return total.reshape(x.shape)


def _argmax_second_gradient(
    x: Any, grad: Any, argmax: Any, *, ksize: Any, strides: Any, padding: bytes, include_batch_in_index: bool
) -> Any:
    if grad.shape != x.shape:
        raise ValueError(f"grad must have the shape of the input, {list(x.shape)}, but has {list(grad.shape)}")
    return grad.reshape(-1)[_flat(argmax, x.shape, include_batch_in_index)].reshape(argmax.shape)


def _second_shape(query: Any) -> Extents:
    """What pooling the input gives; the gradient has the shape of the input."""
    merge(query.shapes[0], query.shapes[1])
    return merge(_argmax_shape(query)[0], with_rank(query.shapes[2], 4))


_ATTRS: Final = {
    "ksize": ("list(int)",),
    "strides": ("list(int)",),
    "padding": ("string",),
    "include_batch_in_index": ("bool", False),
}
_ALLOWED: Final = {"T": REAL, "Targmax": dtypes.INDEX, "padding": (b"SAME", b"VALID")}

MAX_POOL_WITH_ARGMAX = OpDef(
    name="MaxPoolWithArgmax",
    signature="input: T -> output: T, argmax: Targmax",
    where=_ALLOWED,
    attrs={**_ATTRS, "Targmax": ("type", dtypes.int64)},
    shape=_argmax_shape,
    kernel=_argmax_kernel,
    gradient=gradients.argmax_pool,
)

MAX_POOL_GRAD_WITH_ARGMAX = OpDef(
    name="MaxPoolGradWithArgmax",
    signature="input: T, grad: T, argmax: Targmax -> output: T",
    where=_ALLOWED,
    attrs=_ATTRS,
    shape=ranked(same_shape, 4),
    kernel=_argmax_gradient,
    gradient=gradients.argmax_backprop,
)

MAX_POOL_GRAD_GRAD_WITH_ARGMAX = OpDef(
    name="MaxPoolGradGradWithArgmax",
    signature="input: T, grad: T, argmax: Targmax -> output: T",
    where=_ALLOWED,
    attrs=_ATTRS,
    shape=_second_shape,
    kernel=_argmax_second_gradient,
    gradient=gradients.argmax_second,
)
