"""Convolutions in two and three dimensions and their two gradients, as products of unfolded windows with the filter."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from ....definition.opdef import OpDef
from ....definition.reduction import widened
from ....definition.shapes import merge_extent, shape_from_value, with_rank
from ....types import dtypes
from ....types.dtypes import FLOATS
from ....types.tensor_shape import Extents
from . import gradients, unfold, windows
from .windows import Axis


class Setting(NamedTuple):
    """What the attributes say of one convolution: order of the axes, and the windows on each axis of space."""

    channels_first: bool
    axes: tuple[Axis, ...]


def setting(
    shape: Any, sizes: Any, strides: Any, rates: Any, padding: bytes, data_format: bytes, explicit: Any = ()
) -> Setting:
    """Place windows of `sizes` over a tensor of `shape`. Raises: ValueError if they do not fit."""
    first = windows.is_channels_first(data_format)
    windows.check_no_other_steps(strides, rates, first)
    pairs = windows.explicit_pairs(explicit, padding, len(shape), first)
    steps = zip(
        windows.space_of(shape, first), sizes, windows.space_of(strides, first), windows.space_of(rates, first), pairs
    )
    return Setting(
        first, tuple(windows.place(n, size, step, rate, padding, pair) for n, size, step, rate, pair in steps)
    )


def convolution_shape(query: Any) -> Extents:
    """The shape rule of `Conv2D` and `Conv3D`."""
    attrs = query.attrs
    rank = len(attrs["strides"])
    windows.check_per_axis("strides", attrs["strides"], rank)
    first = windows.is_channels_first(attrs["data_format"])
    batch, space, depth = windows.parts_of(with_rank(query.shapes[0], rank), first)
    *sizes, inner, outer = with_rank(query.shapes[1], rank)
    counts = counts_of(space, sizes, attrs, rank)
    _check_depths(depth, inner, outer)
    return windows.with_space(batch, counts, outer, first)


def counts_of(space: Any, sizes: Any, attrs: Any, rank: int) -> list[Any]:
    """How many windows there are along each axis of space. Raises: ValueError for bad attributes."""
    first = windows.is_channels_first(attrs.get("data_format", b"NHWC"))
    strides, rates, padding = attrs["strides"], attrs.get("dilations", (1,) * rank), attrs["padding"]
    windows.check_names(
        attrs, (b"SAME", b"VALID", b"EXPLICIT") if "explicit_paddings" in attrs else (b"SAME", b"VALID")
    )
    windows.check_per_axis("strides", strides, rank)
    windows.check_per_axis("dilations", rates, rank)
    windows.check_strides(strides, rates)
    pairs = windows.explicit_pairs(attrs.get("explicit_paddings", ()), padding, rank, first)
    steps = zip(space, sizes, windows.space_of(strides, first), windows.space_of(rates, first), pairs)
    return [windows.window_count(n, size, step, rate, padding, sum(pair)) for n, size, step, rate, pair in steps]


def _check_depths(depth: Any, inner: Any, outer: Any) -> None:
    """Channels come in groups as deep as the filter. Raises: ValueError if they do not."""
    if depth is None or inner is None or depth is inner or depth == inner:
        return
    if inner == 0 or depth == 0 or depth % inner != 0:
        raise ValueError(f"Depth of input ({depth}) is not a multiple of input depth of filter ({inner})")
    if outer is not None and outer % (depth // inner) != 0:
        raise ValueError(f"Depth of output ({outer}) is not a multiple of the number of groups ({depth // inner})")


def convolve(x: Any, weights: Any, axes: tuple[Axis, ...]) -> Any:
    """The convolution of an array with the channels last: [batch, *counts, channels of the filter]."""
    dtype, wide = x.dtype, widened(x.dtype)
    x, weights = unfold.padded(x.astype(wide, copy=False), axes), weights.astype(wide, copy=False)
    inner, outer = weights.shape[-2:]
    groups = x.shape[-1] // inner if inner else 1
    if groups != 1:
        each = outer // groups
        parts = [
            convolve(
                x[..., group * inner : (group + 1) * inner],
                weights[..., group * each : (group + 1) * each],
                tuple(axis._replace(extent=axis.padded, before=0, behind=0) for axis in axes),
            )
            for group in range(groups)
        ]
        return np.concatenate(parts, axis=-1).astype(dtype, copy=False)
    matrix = weights.reshape(-1, outer)
    result = np.empty((x.shape[0], *(axis.count for axis in axes), outer), wide)
    for part in unfold.batches(x.shape[0], axes, inner):
        rows = unfold.rows_of_windows(x[part], axes)
        np.dot(rows, matrix, out=result[part].reshape(-1, outer))
    return result.astype(dtype, copy=False)


def spread(dy: Any, weights: Any, axes: tuple[Axis, ...], depth: int) -> Any:
    """The gradient of `convolve` for its input: each element of `dy` goes to the elements of its window."""
    dtype, wide = dy.dtype, widened(dy.dtype)
    dy, weights = dy.astype(wide, copy=False), weights.astype(wide, copy=False)
    inner, outer = weights.shape[-2:]
    if inner and depth != inner:
        each = outer // (depth // inner)
        cuts = range(0, outer, each)
        parts = [spread(dy[..., cut : cut + each], weights[..., cut : cut + each], axes, inner) for cut in cuts]
        return np.concatenate(parts, axis=-1).astype(dtype, copy=False)
    matrix = weights.reshape(-1, outer).T
    result = np.empty((dy.shape[0], *(axis.extent for axis in axes), depth), wide)
    for part in unfold.batches(dy.shape[0], axes, inner):
        some = dy[part]
        rows = np.dot(some.reshape(-1, outer), matrix)
        if all(axis.is_plain for axis in axes):
            result[part] = rows.reshape((*some.shape[:-1], depth))
        else:
            result[part] = unfold.add_windows(rows, some.shape[0], axes, depth)
    return result.astype(dtype, copy=False)


def correlate(x: Any, dy: Any, axes: tuple[Axis, ...], inner: int) -> Any:
    """The gradient of `convolve` for its filter: [*sizes, inner, outer]."""
    dtype, wide = x.dtype, widened(x.dtype)
    x, dy = unfold.padded(x.astype(wide, copy=False), axes), dy.astype(wide, copy=False)
    depth, outer = x.shape[-1], dy.shape[-1]
    sizes = tuple(axis.size for axis in axes)
    if inner and depth != inner:
        plain = tuple(axis._replace(extent=axis.padded, before=0, behind=0) for axis in axes)
        groups = depth // inner
        each = outer // groups
        parts = [
            correlate(x[..., g * inner : (g + 1) * inner], dy[..., g * each : (g + 1) * each], plain, inner)
            for g in range(groups)
        ]
        return np.concatenate(parts, axis=-1).astype(dtype, copy=False)
    total = np.zeros((unfold.volume(sizes) * inner, outer), wide)
    for part in unfold.batches(x.shape[0], axes, inner):
        rows = unfold.rows_of_windows(x[part], axes)
        total += np.dot(rows.T, dy[part].reshape(-1, outer))
    return total.reshape(*sizes, inner, outer).astype(dtype, copy=False)


def _convolution(x: Any, weights: Any, place: Setting) -> Any:
    _check_depths(x.shape[1 if place.channels_first else -1], *weights.shape[-2:])
    result = convolve(unfold.channels_last(x, place.channels_first), weights, place.axes)
    return unfold.as_given(result, place.channels_first)


def _input_gradient(sizes: Any, weights: Any, dy: Any, place: Setting) -> Any:
    first = place.channels_first
    check_backprop(dy, place, sizes[0], weights.shape[-1])
    depth = sizes[1] if first else sizes[-1]
    _check_depths(depth, *weights.shape[-2:])
    return unfold.as_given(spread(unfold.channels_last(dy, first), weights, place.axes, depth), first)


def _filter_gradient(x: Any, sizes: Any, dy: Any, place: Setting) -> Any:
    first = place.channels_first
    check_backprop(dy, place, x.shape[0], sizes[-1])
    _check_depths(x.shape[1 if first else -1], *sizes[-2:])
    return correlate(unfold.channels_last(x, first), unfold.channels_last(dy, first), place.axes, sizes[-2])


def check_backprop(dy: Any, place: Setting, batch: int, channels: int) -> None:
    """Raise ValueError unless `dy` has the shape of the output that it is the gradient of."""
    wanted = windows.with_space(batch, [axis.count for axis in place.axes], channels, place.channels_first)
    if dy.shape != wanted:
        raise ValueError(
            f"Size of out_backprop doesn't match computed: actual = {list(dy.shape)}, computed = {list(wanted)}"
        )


def sizes_of(values: Any, rank: int, name: str) -> tuple[int, ...]:
    """The shape that an input spells. Raises: ValueError unless it is a vector of `rank` numbers."""
    if values.ndim != 1 or values.size != rank:
        raise ValueError(f"{name} must be a vector of {rank} elements, got shape {list(values.shape)}")
    return tuple(int(value) for value in values)


def _batch(query: Any, spelled: Any) -> Any:
    """The extent of the batch; while a graph is built, one that contradicts the gradient's is left to the run."""
    gradient = query.shapes[2]
    if not query.is_building:
        return merge_extent(spelled, with_rank(gradient, 4)[0])
    return gradient[0] if spelled is None and gradient is not None and len(gradient) == 4 else spelled


def spelled_shape(index: int, rank: int = 4) -> Any:
    """The shape rule of a gradient whose shape of `rank` an input spells."""

    def rule(query: Any) -> Extents:
        (length,) = with_rank(query.shapes[index], 1)
        merge_extent(length, rank)
        spelled = with_rank(shape_from_value(query, index), rank)
        if index == 0 and rank == 4:  # the batch is that of the gradient
            return (_batch(query, spelled[0]), *spelled[1:])
        return spelled

    return rule


# Kernels. Their keyword-only parameters are the attributes they read.


def _conv2d(
    x: Any, w: Any, *, strides: Any, padding: bytes, explicit_paddings: Any, data_format: bytes, dilations: Any
) -> Any:
    place = setting(x.shape, w.shape[:-2], strides, dilations, padding, data_format, explicit_paddings)
    return _convolution(x, w, place)


def _conv2d_input(
    input_sizes: Any, w: Any, dy: Any,
    *, strides: Any, padding: bytes, explicit_paddings: Any, data_format: bytes, dilations: Any,
) -> Any:  # fmt: skip
    shape = sizes_of(input_sizes, w.ndim, "input_sizes")
    place = setting(shape, w.shape[:-2], strides, dilations, padding, data_format, explicit_paddings)
    return _input_gradient(shape, w, dy, place)


def _conv2d_filter(
    x: Any, filter_sizes: Any, dy: Any,
    *, strides: Any, padding: bytes, explicit_paddings: Any, data_format: bytes, dilations: Any,
) -> Any:  # fmt: skip
    sizes = sizes_of(filter_sizes, x.ndim, "filter_sizes")
    place = setting(x.shape, sizes[:-2], strides, dilations, padding, data_format, explicit_paddings)
    return _filter_gradient(x, sizes, dy, place)


def _conv3d(x: Any, w: Any, *, strides: Any, padding: bytes, data_format: bytes, dilations: Any) -> Any:
    return _convolution(x, w, setting(x.shape, w.shape[:-2], strides, dilations, padding, data_format))


def _conv3d_input(
    input_sizes: Any, w: Any, dy: Any, *, strides: Any, padding: bytes, data_format: bytes, dilations: Any
) -> Any:
    shape = sizes_of(input_sizes, w.ndim, "input_sizes")
    return _input_gradient(shape, w, dy, setting(shape, w.shape[:-2], strides, dilations, padding, data_format))


def _conv3d_filter(
    x: Any, filter_sizes: Any, dy: Any, *, strides: Any, padding: bytes, data_format: bytes, dilations: Any
) -> Any:
    sizes = sizes_of(filter_sizes, x.ndim, "filter_sizes")
    return _filter_gradient(x, sizes, dy, setting(x.shape, sizes[:-2], strides, dilations, padding, data_format))


_ATTRS_2D: Final = {
    "strides": ("list(int)",),
    "use_cudnn_on_gpu": ("bool", True),
    "padding": ("string",),
    "explicit_paddings": ("list(int)", ()),
    "data_format": ("string", b"NHWC"),
    "dilations": ("list(int)", (1, 1, 1, 1)),
}
_ALLOWED_2D: Final = {"padding": (b"SAME", b"VALID", b"EXPLICIT"), "data_format": (b"NHWC", b"NCHW")}
_ATTRS_3D: Final = {
    "strides": ("list(int)",),
    "padding": ("string",),
    "data_format": ("string", b"NDHWC"),
    "dilations": ("list(int)", (1, 1, 1, 1, 1)),
}
_ALLOWED_3D: Final = {"padding": (b"SAME", b"VALID"), "data_format": (b"NDHWC", b"NCDHW")}

CONV2D = OpDef(
    name="Conv2D",
    signature="input: T, filter: T -> output: T",
    where={"T": (*FLOATS, dtypes.int32), **_ALLOWED_2D},
    attrs=_ATTRS_2D,
    shape=convolution_shape,
    kernel=_conv2d,
    convolution="forward",
    uses_blas=True,
    gradient=gradients.convolution("Conv2DBackpropInput", "Conv2DBackpropFilter"),
)

CONV2D_BACKPROP_INPUT = OpDef(
    name="Conv2DBackpropInput",
    signature="input_sizes: int32, filter: T, out_backprop: T -> output: T",
    where={"T": (*FLOATS, dtypes.int32), **_ALLOWED_2D},
    attrs=_ATTRS_2D,
    shape=spelled_shape(0),
    kernel=_conv2d_input,
    convolution="input",
    uses_blas=True,
    gradient=gradients.input_backprop("Conv2D", "Conv2DBackpropFilter"),
)

CONV2D_BACKPROP_FILTER = OpDef(
    name="Conv2DBackpropFilter",
    signature="input: T, filter_sizes: int32, out_backprop: T -> output: T",
    where={"T": FLOATS, **_ALLOWED_2D},
    attrs=_ATTRS_2D,
    shape=spelled_shape(1),
    kernel=_conv2d_filter,
    convolution="filter",
    uses_blas=True,
    gradient=gradients.filter_backprop("Conv2D", "Conv2DBackpropInput"),
)

CONV3D = OpDef(
    name="Conv3D",
    signature="input: T, filter: T -> output: T",
    where={"T": FLOATS, **_ALLOWED_3D},
    attrs=_ATTRS_3D,
    shape=convolution_shape,
    kernel=_conv3d,
    uses_blas=True,
    routine=("volumes",),
    gradient=gradients.convolution("Conv3DBackpropInputV2", "Conv3DBackpropFilterV2"),
)

CONV3D_BACKPROP_INPUT_V2 = OpDef(
    name="Conv3DBackpropInputV2",
    signature="input_sizes: Tshape, filter: T, out_backprop: T -> output: T",
    where={"T": FLOATS, "Tshape": dtypes.INDEX, **_ALLOWED_3D},
    attrs={**_ATTRS_3D, "Tshape": ("type", dtypes.int32)},
    shape=spelled_shape(0, 5),
    kernel=_conv3d_input,
    uses_blas=True,
    routine=("volume gradients",),
    gradient=gradients.input_backprop("Conv3D", "Conv3DBackpropFilterV2"),
)

CONV3D_BACKPROP_FILTER_V2 = OpDef(
    name="Conv3DBackpropFilterV2",
    signature="input: T, filter_sizes: int32, out_backprop: T -> output: T",
    where={"T": FLOATS, **_ALLOWED_3D},
    attrs=_ATTRS_3D,
    shape=spelled_shape(1, 5),
    kernel=_conv3d_filter,
    uses_blas=True,
    routine=("volume filters",),
    gradient=gradients.filter_backprop("Conv3D", "Conv3DBackpropInputV2"),
)
