"""Pooling: the largest element or the mean of each window, and the gradients: one strided view per place in windows."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ....base.errors import UnimplementedError
from ....definition.opdef import OpDef
from ....definition.reduction import widened
from ....definition.shape_checks import require_extent
from ....definition.shapes import merge, shape_from_value, with_rank
from ....types import dtypes
from ....types.dtypes import FLOATS, REAL
from ....types.tensor_shape import Extents
from . import gradients, unfold, windows
from .convolution_ops import Setting, check_backprop, counts_of
from .windows import Axis

_PADDINGS: Final = (b"SAME", b"VALID")


def pooled_extents(shape: Any, query: Any, ksize: Any, strides: Any, depth_too: bool = True) -> tuple[Any, ...]:
    """The extents of what pooling a tensor of `shape` gives; without `depth_too`, windows of one channel keep them."""
    attrs = query.attrs
    first = windows.is_channels_first(attrs.get("data_format", b"NHWC"))
    rank = len(ksize)
    windows.check_per_axis("ksize", ksize, rank if shape is None else len(shape))
    windows.check_per_axis("strides", strides, rank)
    batch, space, depth = windows.parts_of(shape, first)
    if any(size <= 0 for size in ksize):
        raise ValueError(f"Sliding window ksize must be positive, got {list(ksize)}")
    counts = counts_of(space, windows.space_of(ksize, first), {**attrs, "strides": strides}, rank)
    channel = 1 if first else rank - 1
    if depth_too or ksize[channel] != 1 or strides[channel] != 1:
        depth = windows.window_count(depth, ksize[channel], strides[channel], 1, attrs["padding"])
    return windows.with_space(batch, counts, depth, first)


def _pool_shape(query: Any) -> Extents:
    ksize = query.attrs["ksize"]
    return pooled_extents(with_rank(query.shapes[0], len(ksize)), query, ksize, query.attrs["strides"])


def _space_pool_shape(query: Any) -> Extents:
    ksize = query.attrs["ksize"]
    shape = with_rank(query.shapes[0], len(ksize))
    return pooled_extents(shape, query, ksize, query.attrs["strides"], depth_too=False)


def _pool_v2_shape(query: Any) -> Extents:
    """The windows are the last two inputs."""
    shape = with_rank(query.shapes[0], 4)
    last = len(query.shapes) - 1
    for windows_shape in query.shapes[last - 1 :]:
        require_extent(with_rank(windows_shape, 1)[0], 4)
    ksize, strides = query.known_integers(last - 1), query.known_integers(last)
    return None if ksize is None or strides is None else pooled_extents(shape, query, ksize, strides)


def placed(shape: Any, ksize: Any, strides: Any, padding: bytes, data_format: bytes, explicit: Any = ()) -> Setting:
    """Place the windows of a pooling over a tensor of `shape`."""
    first = windows.is_channels_first(data_format)
    rank = len(ksize)
    if len(shape) != rank:
        raise ValueError(f"tensor_in must be {rank}-dimensional, got shape {list(shape)}")
    if ksize[0] != 1 or strides[0] != 1:
        raise UnimplementedError(None, None, "Pooling is not yet supported on the batch dimension.")
    pairs = windows.explicit_pairs(explicit, padding, rank, first)
    steps = zip(windows.space_of(shape, first), windows.space_of(ksize, first), windows.space_of(strides, first), pairs)
    return Setting(first, tuple(windows.place(n, size, step, 1, padding, pair) for n, size, step, pair in steps))


def _depth_window(ksize: Any, strides: Any, data_format: bytes) -> int:
    """The window over channels, 1 if there is none. Raises: ValueError for one that TensorFlow has not either."""
    channel = 1 if windows.is_channels_first(data_format) else len(ksize) - 1
    size = int(ksize[channel])
    if size != 1 and (unfold.volume(ksize) != size or strides[channel] != size):
        raise ValueError("Depthwise max pooling is only for windows of no space, next to each other")
    return size


def lowest(dtype: Any) -> Any:
    """What is never the largest."""
    return -np.inf if dtype.kind not in "iu" else np.iinfo(dtype).min


def largest_of_windows(x: Any, axes: tuple[Axis, ...]) -> Any:
    """The largest element of each window; a NaN is passed over."""
    x = unfold.padded(x, axes, lowest(x.dtype))
    larger = np.fmax if x.dtype.kind not in "iu" else np.maximum
    result: Any = None
    for _, where in unfold.offsets(axes):
        result = x[where] if result is None else larger(result, x[where], out=_own(result, x))
    return np.array(result) if result.base is not None else result


def _own(result: Any, x: Any) -> Any:
    """Where to write: over `result`, unless it still is a view of the input."""
    return None if result.base is not None else result


def _max_pool(x: Any, *, ksize: Any, strides: Any, padding: bytes, explicit_paddings: Any, data_format: bytes) -> Any:
    depth = _depth_window(ksize, strides, data_format)
    if depth != 1:
        return _max_of_channels(x, depth, windows.is_channels_first(data_format))
    place = placed(x.shape, ksize, strides, padding, data_format, explicit_paddings)
    return unfold.as_given(
        largest_of_windows(unfold.channels_last(x, place.channels_first), place.axes), place.channels_first
    )


def _max_of_channels(x: Any, size: int, channels_first: bool) -> Any:
    x = unfold.channels_last(x, channels_first)
    if x.shape[-1] % size:
        raise ValueError("Depthwise max pooling requires the depth window to evenly divide the input depth")
    return unfold.as_given(x.reshape(*x.shape[:-1], -1, size).max(axis=-1), channels_first)


def _max_pool_v2(x: Any, ksize: Any, strides: Any, *, padding: bytes, data_format: bytes) -> Any:
    sizes, steps = ksize.tolist(), strides.tolist()
    return _max_pool(x, ksize=sizes, strides=steps, padding=padding, explicit_paddings=(), data_format=data_format)


def _max_pool_3d(x: Any, *, ksize: Any, strides: Any, padding: bytes, data_format: bytes) -> Any:
    return _max_pool(x, ksize=ksize, strides=strides, padding=padding, explicit_paddings=(), data_format=data_format)


def counts_in_windows(axes: tuple[Axis, ...], dtype: Any) -> Any:
    """How many elements of each window are no padding: [*counts, 1]."""
    total = np.ones((), dtype)
    for axis in axes:
        starts = np.arange(axis.count) * axis.stride - axis.before
        inside = np.minimum(starts + axis.size, axis.extent) - np.maximum(starts, 0)
        total = total[..., None] * inside.astype(dtype)
    return total[..., None]


def _avg_pool(value: Any, *, ksize: Any, strides: Any, padding: bytes, data_format: bytes) -> Any:
    place = placed(value.shape, ksize, strides, padding, data_format)
    _no_depth_window(ksize, strides, place.channels_first)
    x = unfold.channels_last(value, place.channels_first)
    x = unfold.padded(x.astype(widened(x.dtype), copy=False), place.axes)
    total: Any = None
    for _, where in unfold.offsets(place.axes):
        if total is None:
            total = np.array(x[where])
        else:
            total += x[where]
    total /= counts_in_windows(place.axes, total.dtype)
    return unfold.as_given(total.astype(value.dtype, copy=False), place.channels_first)


def _no_depth_window(ksize: Any, strides: Any, channels_first: bool) -> None:
    channel = 1 if channels_first else len(ksize) - 1
    if ksize[channel] != 1 or strides[channel] != 1:
        raise UnimplementedError(None, None, "Non-spatial pooling is not yet supported.")


def _avg_pool_gradient(
    orig_input_shape: Any, grad: Any, *, ksize: Any, strides: Any, padding: bytes, data_format: bytes
) -> Any:
    shape = tuple(int(extent) for extent in orig_input_shape)
    place = placed(shape, ksize, strides, padding, data_format)
    first = place.channels_first
    _no_depth_window(ksize, strides, first)
    check_backprop(grad, place, shape[0], shape[1] if first else shape[-1])
    dy = unfold.channels_last(grad, first).astype(widened(grad.dtype), copy=False)
    share = dy / counts_in_windows(place.axes, dy.dtype)
    total = np.zeros((shape[0], *(axis.padded for axis in place.axes), dy.shape[-1]), dy.dtype)
    for _, where in unfold.offsets(place.axes):
        total[where] += share
    return unfold.as_given(total[unfold.interior(place.axes)].astype(grad.dtype, copy=False), first)


def _avg_gradient_shape(query: Any) -> Extents:
    rank = len(query.attrs["ksize"])
    return with_rank(shape_from_value(query, 0), rank)


def first_largest(x: Any, largest: Any, axes: tuple[Axis, ...]) -> Any:
    """For each place in a window, where it is, and the windows whose largest element stands there first."""
    x = unfold.padded(x, axes, lowest(x.dtype))
    free: Any = None
    for offset, where in unfold.offsets(axes):
        here = x[where] == largest
        if free is not None:
            here &= free
            free &= ~here
        else:
            free = ~here
        yield offset, where, here


def route_to_largest(x: Any, largest: Any, dy: Any, axes: tuple[Axis, ...]) -> Any:
    """Give each element of `dy` to the first largest element of its window."""
    wide = widened(dy.dtype)
    total = np.zeros((x.shape[0], *(axis.padded for axis in axes), x.shape[-1]), wide)
    for _, where, here in first_largest(x, largest, axes):
        total[where] += here * dy
    return total[unfold.interior(axes)].astype(dy.dtype, copy=False)


def pick_at_largest(x: Any, largest: Any, values: Any, axes: tuple[Axis, ...]) -> Any:
    """The element of `values` where the first largest element of each window stands: undoes `route_to_largest`."""
    values = unfold.padded(values, axes)
    total: Any = None
    for _, where, here in first_largest(x, largest, axes):
        total = here * values[where] if total is None else total + here * values[where]
    return total.astype(values.dtype, copy=False)


def _max_pool_gradient(
    x: Any, y: Any, grad: Any,
    *, ksize: Any, strides: Any, padding: bytes, explicit_paddings: Any, data_format: bytes,
) -> Any:  # fmt: skip
    place = placed(x.shape, ksize, strides, padding, data_format, explicit_paddings)
    first = place.channels_first
    _no_depth_window(ksize, strides, first)
    check_backprop(grad, place, x.shape[0], x.shape[1] if first else x.shape[-1])
    x, y, grad = (unfold.channels_last(part, first) for part in (x, y, grad))
    return unfold.as_given(route_to_largest(x, y, grad, place.axes), first)


def _max_pool_gradient_v2(
    x: Any, y: Any, grad: Any, ksize: Any, strides: Any, *, padding: bytes, data_format: bytes
) -> Any:
    sizes, steps = ksize.tolist(), strides.tolist()
    return _max_pool_gradient(
        x, y, grad, ksize=sizes, strides=steps, padding=padding, explicit_paddings=(), data_format=data_format
    )


def _max_pool_3d_gradient(
    x: Any, y: Any, grad: Any, *, ksize: Any, strides: Any, padding: bytes, data_format: bytes
) -> Any:
    return _max_pool_gradient(
        x, y, grad, ksize=ksize, strides=strides, padding=padding, explicit_paddings=(), data_format=data_format
    )


def _max_pool_second_gradient(
    x: Any, y: Any, grad: Any, *, ksize: Any, strides: Any, padding: bytes, data_format: bytes
) -> Any:
    place = placed(x.shape, ksize, strides, padding, data_format)
    if grad.shape != x.shape:
        raise ValueError(f"grad must have the shape of orig_input, {list(x.shape)}, but has {list(grad.shape)}")
    x, y, grad = (unfold.channels_last(part, place.channels_first) for part in (x, y, grad))
    return unfold.as_given(pick_at_largest(x, y, grad, place.axes), place.channels_first)


def _max_pool_second_gradient_v2(
    x: Any, y: Any, grad: Any, ksize: Any, strides: Any, *, padding: bytes, data_format: bytes
) -> Any:
    sizes, steps = ksize.tolist(), strides.tolist()
    return _max_pool_second_gradient(x, y, grad, ksize=sizes, strides=steps, padding=padding, data_format=data_format)


def _gradient_shape(query: Any) -> Extents:
    rank = len(query.attrs["ksize"]) if "ksize" in query.attrs else 4
    return with_rank(query.shapes[0], rank)


def _second_shape(query: Any) -> Extents:
    """What pooling the input gives; the gradient has the shape of the input."""
    merge(query.shapes[0], query.shapes[2])
    pooled = _pool_shape(query) if "ksize" in query.attrs else _pool_v2_shape(query)
    return merge(pooled, with_rank(query.shapes[1], 4 if pooled is None else len(pooled)))


_KSIZE: Final = {"ksize": ("list(int)",), "strides": ("list(int)",)}
_PLAIN: Final = {"padding": ("string",), "data_format": ("string", b"NHWC")}
_EXPLICIT: Final = {**_PLAIN, "explicit_paddings": ("list(int)", ())}
_FLOAT32: Final = {"T": ("type", dtypes.float32)}
_SPACE: Final = {"padding": ("string",), "data_format": ("string", b"NDHWC")}
_ALLOWED: Final = {"padding": _PADDINGS, "data_format": (b"NHWC", b"NCHW")}
_ALLOWED_EXPLICIT: Final = {"padding": (*_PADDINGS, b"EXPLICIT"), "data_format": (b"NHWC", b"NCHW")}
_ALLOWED_3D: Final = {"padding": _PADDINGS, "data_format": (b"NDHWC", b"NCDHW")}
_POOLED: Final = (
    *FLOATS, dtypes.int32, dtypes.int64, dtypes.uint8, dtypes.int16, dtypes.int8, dtypes.uint16,
)  # fmt: skip
_SHORT: Final = (dtypes.half, dtypes.bfloat16, dtypes.float32)
_OF_POOL: Final = "orig_input: T, orig_output: T, grad: T"

MAX_POOL = OpDef(
    name="MaxPool",
    signature="input: T -> output: T",
    where={"T": _POOLED, **_ALLOWED_EXPLICIT},
    attrs={**_KSIZE, **_EXPLICIT, **_FLOAT32},
    shape=_pool_shape,
    kernel=_max_pool,
    pooling="max",
    gradient=gradients.max_pool("MaxPoolGrad"),
)

MAX_POOL_V2 = OpDef(
    name="MaxPoolV2",
    signature="input: T, ksize: int32, strides: int32 -> output: T",
    where={"T": _POOLED, **_ALLOWED},
    attrs={**_PLAIN, **_FLOAT32},
    shape=_pool_v2_shape,
    kernel=_max_pool_v2,
    gradient=gradients.max_pool("MaxPoolGradV2"),
)

MAX_POOL_GRAD = OpDef(
    name="MaxPoolGrad",
    signature=f"{_OF_POOL} -> output: T",
    where={"T": REAL, **_ALLOWED_EXPLICIT},
    attrs={**_KSIZE, **_EXPLICIT, **_FLOAT32},
    shape=_gradient_shape,
    kernel=_max_pool_gradient,
    pooling="max gradient",
    gradient=gradients.max_pool_backprop("MaxPoolGradGrad"),
)

MAX_POOL_GRAD_V2 = OpDef(
    name="MaxPoolGradV2",
    signature=f"{_OF_POOL}, ksize: int32, strides: int32 -> output: T",
    where={"T": REAL, **_ALLOWED},
    attrs={**_PLAIN, **_FLOAT32},
    shape=_gradient_shape,
    kernel=_max_pool_gradient_v2,
    gradient=gradients.max_pool_backprop("MaxPoolGradGradV2"),
)

MAX_POOL_GRAD_GRAD = OpDef(
    name="MaxPoolGradGrad",
    signature=f"{_OF_POOL} -> output: T",
    where={"T": REAL, **_ALLOWED},
    attrs={**_KSIZE, **_PLAIN},
    shape=_second_shape,
    kernel=_max_pool_second_gradient,
    gradient=gradients.max_pool_backprop("MaxPoolGrad"),
)

MAX_POOL_GRAD_GRAD_V2 = OpDef(
    name="MaxPoolGradGradV2",
    signature=f"{_OF_POOL}, ksize: int32, strides: int32 -> output: T",
    where={"T": REAL, **_ALLOWED},
    attrs=_PLAIN,
    shape=_second_shape,
    kernel=_max_pool_second_gradient_v2,
    gradient=gradients.max_pool_backprop("MaxPoolGradV2"),
)

AVG_POOL = OpDef(
    name="AvgPool",
    signature="value: T -> output: T",
    where={"T": FLOATS, **_ALLOWED},
    attrs={**_KSIZE, **_PLAIN},
    shape=_space_pool_shape,
    kernel=_avg_pool,
    pooling="avg",
    gradient=gradients.avg_pool("AvgPoolGrad"),
)

AVG_POOL_GRAD = OpDef(
    name="AvgPoolGrad",
    signature="orig_input_shape: int32, grad: T -> output: T",
    where={"T": FLOATS, **_ALLOWED},
    attrs={**_KSIZE, **_PLAIN},
    shape=_avg_gradient_shape,
    kernel=_avg_pool_gradient,
    pooling="avg gradient",
    gradient=gradients.avg_pool_backprop("AvgPool"),
)

MAX_POOL_3D = OpDef(
    name="MaxPool3D",
    signature="input: T -> output: T",
    where={"T": _SHORT, **_ALLOWED_3D},
    attrs={**_KSIZE, **_SPACE},
    shape=_space_pool_shape,
    kernel=_max_pool_3d,
    gradient=gradients.max_pool("MaxPool3DGrad"),
)

MAX_POOL_3D_GRAD = OpDef(
    name="MaxPool3DGrad",
    signature="orig_input: TInput, orig_output: TInput, grad: T -> output: T",
    where={"T": _SHORT, "TInput": _SHORT, **_ALLOWED_3D},
    attrs={**_KSIZE, **_SPACE, **_FLOAT32, "TInput": ("type", dtypes.float32)},
    shape=_gradient_shape,
    kernel=_max_pool_3d_gradient,
    gradient=gradients.max_pool_backprop("MaxPool3DGradGrad"),
)

MAX_POOL_3D_GRAD_GRAD = OpDef(
    name="MaxPool3DGradGrad",
    signature=f"{_OF_POOL} -> output: T",
    where={"T": REAL, **_ALLOWED_3D},
    attrs={**_KSIZE, **_SPACE},
    shape=_second_shape,
    kernel=_max_pool_second_gradient,
    gradient=gradients.max_pool_backprop("MaxPool3DGrad"),
)

AVG_POOL_3D = OpDef(
    name="AvgPool3D",
    signature="input: T -> output: T",
    where={"T": FLOATS, **_ALLOWED_3D},
    attrs={**_KSIZE, **_SPACE},
    shape=_space_pool_shape,
    kernel=_avg_pool,
    gradient=gradients.avg_pool("AvgPool3DGrad"),
)

AVG_POOL_3D_GRAD = OpDef(
    name="AvgPool3DGrad",
    signature="orig_input_shape: int32, grad: T -> output: T",
    where={"T": FLOATS, **_ALLOWED_3D},
    attrs={**_KSIZE, **_SPACE},
    shape=_avg_gradient_shape,
    kernel=_avg_pool_gradient,
    gradient=gradients.avg_pool_backprop("AvgPool3D"),
)
