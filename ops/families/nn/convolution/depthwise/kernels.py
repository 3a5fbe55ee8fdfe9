"""Convolutions of each channel for itself, with several filters per channel, and their gradients."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from .....definition.opdef import OpDef
from .....definition.reduction import widened
from .....definition.shapes import merge_extent, with_rank
from .....types.dtypes import FLOATS
from .....types.tensor_shape import Extents
from .. import gradients, unfold, windows
from ..convolution_ops import check_backprop, counts_of, setting, sizes_of, spelled_shape
from ..windows import Axis
from . import expansions


def _depthwise_shape(query: Any) -> Extents:
    attrs = query.attrs
    first = windows.is_channels_first(attrs["data_format"])
    batch, space, depth = windows.parts_of(with_rank(query.shapes[0], 4), first)
    *sizes, inner, multiplier = with_rank(query.shapes[1], 4)
    counts = counts_of(space, sizes, attrs, 4)
    depth = merge_extent(depth, inner)
    outer = None if depth is None or multiplier is None else depth * multiplier
    return windows.with_space(batch, counts, outer, first)


def _each_channel(x: Any, weights: Any, axes: tuple[Axis, ...]) -> Any:
    x = unfold.padded(x, axes)
    batch, depth = x.shape[0], x.shape[-1]
    result = np.zeros((batch, *(axis.count for axis in axes), depth, weights.shape[-1]), x.dtype)
    for offset, where in unfold.offsets(axes):
        result += x[where][..., None] * weights[offset]
    return result.reshape(*result.shape[:-2], depth * weights.shape[-1])


def _each_channel_input(weights: Any, dy: Any, axes: tuple[Axis, ...]) -> Any:
    depth, multiplier = weights.shape[-2:]
    dy = dy.reshape(*dy.shape[:-1], depth, multiplier)
    total = np.zeros((dy.shape[0], *(axis.padded for axis in axes), depth), dy.dtype)
    for offset, where in unfold.offsets(axes):
        total[where] += np.einsum("...cm,cm->...c", dy, weights[offset])
    return total[unfold.interior(axes)]


def _each_channel_filter(x: Any, sizes: Any, dy: Any, axes: tuple[Axis, ...]) -> Any:
    depth, multiplier = sizes[-2:]
    pixels = math.prod(dy.shape[:-1])  # maybe none
    x, dy = unfold.padded(x, axes), dy.reshape(pixels, depth, multiplier)
    result = np.empty(sizes, x.dtype)
    for offset, where in unfold.offsets(axes):
        result[offset] = np.einsum("pc,pcm->cm", x[where].reshape(pixels, depth), dy)
    return result


def _check_channels(depth: int, inner: int) -> None:
    if depth != inner:
        raise ValueError(f"input and filter must have the same depth: {depth} vs {inner}")


def _depthwise(
    x: Any, w: Any, *, strides: Any, padding: bytes, explicit_paddings: Any, data_format: bytes, dilations: Any
) -> Any:
    first, axes = setting(x.shape, w.shape[:2], strides, dilations, padding, data_format, explicit_paddings)
    _check_channels(x.shape[1 if first else -1], w.shape[2])
    wide = widened(x.dtype)
    values = unfold.channels_last(x, first).astype(wide, copy=False)
    result = _each_channel(values, w.astype(wide, copy=False), axes)
    return unfold.as_given(result.astype(x.dtype, copy=False), first)


def _depthwise_input(
    input_sizes: Any, w: Any, dy: Any,
    *, strides: Any, padding: bytes, explicit_paddings: Any, data_format: bytes, dilations: Any,
) -> Any:  # fmt: skip
    shape = sizes_of(input_sizes, 4, "input_sizes")
    place = setting(shape, w.shape[:2], strides, dilations, padding, data_format, explicit_paddings)
    first, axes = place
    _check_channels(shape[1 if first else -1], w.shape[2])
    check_backprop(dy, place, shape[0], w.shape[2] * w.shape[3])
    wide = widened(dy.dtype)
    values = unfold.channels_last(dy, first).astype(wide, copy=False)
    result = _each_channel_input(w.astype(wide, copy=False), values, axes)
    return unfold.as_given(result.astype(dy.dtype, copy=False), first)


def _depthwise_filter(
    x: Any, filter_sizes: Any, dy: Any,
    *, strides: Any, padding: bytes, explicit_paddings: Any, data_format: bytes, dilations: Any,
) -> Any:  # fmt: skip
    sizes = sizes_of(filter_sizes, 4, "filter_sizes")
    place = setting(x.shape, sizes[:2], strides, dilations, padding, data_format, explicit_paddings)
    first, axes = place
    _check_channels(x.shape[1 if first else -1], sizes[2])
    check_backprop(dy, place, x.shape[0], sizes[2] * sizes[3])
    wide = widened(x.dtype)
    values = unfold.channels_last(x, first).astype(wide, copy=False)
    gradient = unfold.channels_last(dy, first).astype(wide, copy=False)
    return _each_channel_filter(values, sizes, gradient, axes).astype(x.dtype, copy=False)


_ATTRS: Final = {
    "strides": ("list(int)",),
    "padding": ("string",),
    "explicit_paddings": ("list(int)", ()),
    "data_format": ("string", b"NHWC"),
    "dilations": ("list(int)", (1, 1, 1, 1)),
}
_ALLOWED: Final = {"T": FLOATS, "padding": (b"SAME", b"VALID", b"EXPLICIT"), "data_format": (b"NHWC", b"NCHW")}

DEPTHWISE_CONV2D_NATIVE = OpDef(
    name="DepthwiseConv2dNative",
    signature="input: T, filter: T -> output: T",
    where=_ALLOWED,
    attrs=_ATTRS,
    shape=_depthwise_shape,
    kernel=_depthwise,
    pooling="weighted",
    expansion=expansions.forward,
    gradient=gradients.depthwise,
)

DEPTHWISE_CONV2D_NATIVE_BACKPROP_INPUT = OpDef(
    name="DepthwiseConv2dNativeBackpropInput",
    signature="input_sizes: int32, filter: T, out_backprop: T -> output: T",
    where=_ALLOWED,
    attrs=_ATTRS,
    shape=spelled_shape(0),
    kernel=_depthwise_input,
    pooling="weighted gradient",
    expansion=expansions.input_gradient,
    gradient=gradients.input_backprop("DepthwiseConv2dNative", "DepthwiseConv2dNativeBackpropFilter"),
)

DEPTHWISE_CONV2D_NATIVE_BACKPROP_FILTER = OpDef(
    name="DepthwiseConv2dNativeBackpropFilter",
    signature="input: T, filter_sizes: int32, out_backprop: T -> output: T",
    where=_ALLOWED,
    attrs=_ATTRS,
    shape=spelled_shape(1),
    kernel=_depthwise_filter,
    pooling="weights gradient",
    expansion=expansions.filter_gradient,
    gradient=gradients.filter_backprop("DepthwiseConv2dNative", "DepthwiseConv2dNativeBackpropInput"),
)
