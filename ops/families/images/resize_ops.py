"""The operation types that resize images, and their gradients.

A pixel of the result is a mixture of pixels of each column and row of the image. So each method is two small matrices
of weights, one for the rows and one for the columns: `result = rows @ image @ columns^T` for each channel. Pixels are
taken where TensorFlow takes them: at `i * scale`, or with `half_pixel_centers` at `(i + 0.5) * scale - 0.5`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...definition.opdef import OpDef
from ...definition.shape_checks import require_extent, spelled_extent
from ...definition.shapes import with_rank
from ...types import dtypes

_IMAGES = (
    dtypes.uint8, dtypes.int8, dtypes.uint16, dtypes.int16, dtypes.int32, dtypes.int64, dtypes.float16, dtypes.float32,
    dtypes.float64, dtypes.bfloat16,
)  # fmt: skip
_FLAGS = {"align_corners": ("bool", False), "half_pixel_centers": ("bool", False)}
_MOST = 1 << 28  # numbers that a resized image, or the matrix of its weights, may have
_TABLE = 1 << 10  # places between two pixels at which bicubic weights are computed


def _resized_shape(query: Any) -> Any:
    images, (sides,) = with_rank(query.shapes[0], 4), with_rank(query.shapes[1], 1)
    require_extent(sides, 2)
    size = query.integers(1)
    height, width = (None, None) if size is None else map(spelled_extent, size)
    return (images[0], height, width, images[3])


def _scale(before: int, after: int, align_corners: bool) -> Any:
    if align_corners and after > 1:
        return np.float32(np.float32(before - 1) / np.float32(after - 1))
    return np.float32(np.float32(before) / np.float32(after))


def _places(before: int, after: int, align_corners: bool, half_pixels: bool) -> Any:
    """Where the pixels of the result lie among those of the image, float32."""
    scale = _scale(before, after, align_corners)
    index = np.arange(after, dtype=np.float32)
    return (index + np.float32(0.5)) * scale - np.float32(0.5) if half_pixels else index * scale


def bilinear(before: int, after: int, align_corners: bool, half_pixels: bool) -> Any:
    """The weights of bilinear interpolation, [after, before]."""
    places = _places(before, after, align_corners, half_pixels)
    floor = np.floor(places)
    lower = np.maximum(floor.astype(np.int64), 0)
    upper = np.minimum(floor.astype(np.int64) + 1, before - 1)
    share = (places - floor).astype(np.float32)
    weights = np.zeros((after, before), np.float32)
    rows = np.arange(after)
    np.add.at(weights, (rows, lower), 1 - share)
    np.add.at(weights, (rows, upper), share)
    return weights


def nearest(before: int, after: int, align_corners: bool, half_pixels: bool) -> Any:
    """Which pixel is taken, [after]."""
    scale = _scale(before, after, align_corners)
    index = np.arange(after, dtype=np.float32)
    places = (index + np.float32(0.5)) * scale if half_pixels else index * scale
    found = np.floor(places + np.float32(0.5)) if align_corners else np.floor(places)
    return np.clip(found.astype(np.int64), 0, before - 1)


def _near(t: Any, a: float) -> Any:
    return ((a + 2) * t - (a + 3)) * t * t + 1


def _far(t: Any, a: float) -> Any:
    return ((a * t - 5 * a) * t + 8 * a) * t - 4 * a


def bicubic(before: int, after: int, align_corners: bool, half_pixels: bool) -> Any:
    """The weights of bicubic interpolation, [after, before]; Keys' kernel of -0.75, or -0.5 with half pixels."""
    a = -0.5 if half_pixels else -0.75
    places = _places(before, after, align_corners, half_pixels)
    floor = np.floor(places).astype(np.int64)
    x = np.rint((places - floor) * _TABLE).astype(np.int64) / _TABLE
    parts = (_far(x + 1, a), _near(x, a), _near(1 - x, a), _far(2 - x, a))
    weights = np.zeros((after, before), np.float32)
    rows = np.arange(after)
    total = np.zeros(after)
    for offset, part in zip((-1, 0, 1, 2), parts):
        at = floor + offset
        inside = (at >= 0) & (at < before)
        if half_pixels:  # what is outside has no weight
            part = np.where(inside, part, 0)
        np.add.at(weights, (rows, np.clip(at, 0, before - 1)), part.astype(np.float32))
        total += part
    return weights / total[:, None].astype(np.float32) if half_pixels else weights


def area(before: int, after: int, align_corners: bool) -> Any:
    """The weights of means over areas, [after, before]."""
    scale = float(_scale(before, after, align_corners))
    weights = np.zeros((after, before), np.float32)
    for row in range(after):
        start, stop = row * scale, (row + 1) * scale
        for pixel in range(int(np.floor(start)), int(np.ceil(stop))):
            share = min(pixel + 1, stop) - max(pixel, start)
            weights[row, min(max(pixel, 0), before - 1)] += share / scale
    return weights


def _check(images: Any, size: Any) -> tuple[int, int]:
    if images.ndim != 4:
        raise ValueError(f"input must be 4-dimensional, got {images.ndim} dimensions")
    if size.shape != (2,):
        raise ValueError("shape_t must have two elements")
    height, width = (int(number) for number in size)
    if height <= 0 or width <= 0:
        raise ValueError("output dimensions must be positive")
    if 0 in images.shape[1:3]:
        raise ValueError("input image must be of non-zero size")
    elements = images.shape[0] * height * width * images.shape[3]
    if max(elements, height * images.shape[1], width * images.shape[2]) > _MOST:
        raise MemoryError(f"resizing to {height} x {width} makes more than {_MOST} numbers of an image or its weights")
    return height, width


def _mix(images: Any, rows: Any, columns: Any) -> Any:
    """Rows, then columns, through matrices of weights."""
    wide = images.astype(np.result_type(images.dtype, np.float32) if images.dtype == np.float64 else np.float32)
    tall = np.einsum("oh,bhwc->bowc", rows, wide, optimize=True)
    return np.ascontiguousarray(np.einsum("pw,bowc->bopc", columns, tall, optimize=True))


def _by(weights: Callable[..., Any]) -> Callable[..., Any]:
    def kernel(images: Any, size: Any, *, align_corners: bool, half_pixel_centers: bool) -> Any:
        height, width = _check(images, size)
        flags = align_corners, half_pixel_centers
        rows, columns = weights(images.shape[1], height, *flags), weights(images.shape[2], width, *flags)
        return _mix(images, rows, columns).astype(np.float32)

    return kernel


def _area_kernel(images: Any, size: Any, *, align_corners: bool) -> Any:
    height, width = _check(images, size)
    rows, columns = area(images.shape[1], height, align_corners), area(images.shape[2], width, align_corners)
    return _mix(images, rows, columns).astype(np.float32)


def _nearest_kernel(images: Any, size: Any, *, align_corners: bool, half_pixel_centers: bool) -> Any:
    height, width = _check(images, size)
    flags = align_corners, half_pixel_centers
    rows, columns = nearest(images.shape[1], height, *flags), nearest(images.shape[2], width, *flags)
    return images[:, rows[:, None], columns]


def _bilinear_grad_kernel(grads: Any, original_image: Any, *, align_corners: bool, half_pixel_centers: bool) -> Any:
    flags = align_corners, half_pixel_centers
    rows = bilinear(original_image.shape[1], grads.shape[1], *flags)
    columns = bilinear(original_image.shape[2], grads.shape[2], *flags)
    return _mix(grads, rows.T, columns.T).astype(original_image.dtype)


def _bicubic_grad_kernel(grads: Any, original_image: Any, *, align_corners: bool, half_pixel_centers: bool) -> Any:
    flags = align_corners, half_pixel_centers
    rows = bicubic(original_image.shape[1], grads.shape[1], *flags)
    columns = bicubic(original_image.shape[2], grads.shape[2], *flags)
    return _mix(grads, rows.T, columns.T).astype(original_image.dtype)


def _nearest_grad_kernel(grads: Any, size: Any, *, align_corners: bool, half_pixel_centers: bool) -> Any:
    flags = align_corners, half_pixel_centers
    height, width = (int(number) for number in size)
    rows, columns = nearest(height, grads.shape[1], *flags), nearest(width, grads.shape[2], *flags)
    result = np.zeros((grads.shape[0], height, width, grads.shape[3]), grads.dtype)
    places: Any = slice(None), rows[:, None], columns
    np.add.at(result, places, grads)
    return result


def _grad_shape(query: Any) -> Any:
    return query.shapes[1]


def _size(g: Any, op: Any) -> Any:
    return g("StridedSlice", g("Shape", op.inputs[0]), [1], [3], [1])


def _kept(op: Any) -> dict[str, Any]:
    return {name: op.attrs[name] for name in _FLAGS}


RESIZE_BILINEAR = OpDef(
    name="ResizeBilinear",
    signature="images: T, size: int32 -> resized_images: float32",
    where={"T": _IMAGES},
    attrs=_FLAGS,
    shape=_resized_shape,
    kernel=_by(bilinear),
    gradient=lambda g, op, dy: [g("ResizeBilinearGrad", dy, op.inputs[0], **_kept(op)), None],
)
RESIZE_BILINEAR_GRAD = OpDef(
    name="ResizeBilinearGrad",
    signature="grads: float32, original_image: T -> output: T",
    where={"T": dtypes.FLOATS},
    attrs=_FLAGS,
    shape=_grad_shape,
    kernel=_bilinear_grad_kernel,
    gradient=lambda g, op, dy: [
        g("ResizeBilinear", dy, _size(g, op), **_kept(op)),
        None,
    ],
)
RESIZE_BICUBIC = OpDef(
    name="ResizeBicubic",
    signature="images: T, size: int32 -> resized_images: float32",
    where={"T": _IMAGES},
    attrs=_FLAGS,
    shape=_resized_shape,
    kernel=_by(bicubic),
    gradient=lambda g, op, dy: [g("ResizeBicubicGrad", dy, op.inputs[0], **_kept(op)), None],
)
RESIZE_BICUBIC_GRAD = OpDef(
    name="ResizeBicubicGrad",
    signature="grads: float32, original_image: T -> output: T",
    where={"T": dtypes.FLOATS},
    attrs=_FLAGS,
    shape=_grad_shape,
    kernel=_bicubic_grad_kernel,
)
RESIZE_NEAREST_NEIGHBOR = OpDef(
    name="ResizeNearestNeighbor",
    signature="images: T, size: int32 -> resized_images: T",
    where={"T": _IMAGES},
    attrs=_FLAGS,
    shape=_resized_shape,
    kernel=_nearest_kernel,
    gradient=lambda g, op, dy: [
        g("ResizeNearestNeighborGrad", dy, _size(g, op), **_kept(op)),
        None,
    ],
)
RESIZE_NEAREST_NEIGHBOR_GRAD = OpDef(
    name="ResizeNearestNeighborGrad",
    signature="grads: T, size: int32 -> output: T",
    where={"T": (dtypes.uint8, dtypes.int8, dtypes.int32, *dtypes.FLOATS)},
    attrs=_FLAGS,
    shape=_resized_shape,
    kernel=_nearest_grad_kernel,
)
RESIZE_AREA = OpDef(
    name="ResizeArea",
    signature="images: T, size: int32 -> resized_images: float32",
    where={"T": _IMAGES},
    attrs={"align_corners": ("bool", False)},
    shape=_resized_shape,
    kernel=_area_kernel,
)
