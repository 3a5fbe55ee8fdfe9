"""The operation types that resize images, and their gradients.

A pixel of the result is a mixture of few pixels of each column and row of the image. So each method is two tables, one
for the rows and one for the columns, of which pixels are taken and how much each counts. Pixels are taken where
TensorFlow takes them: at `i * scale`, or with `half_pixel_centers` at `(i + 0.5) * scale - 0.5`. Of 2 pixels to 3:

    i = 1   lies at 0.67   pixels 0 and 1   weights 0.33 and 0.67
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

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
_KEPT = 32  # sides of one method, for the next images of these sizes
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


class Side(NamedTuple):
    """What one side of a result is mixed of: `weights[i, 0] * x[places[i, 0]] + weights[i, 1] * x[places[i, 1]] + ...`.

    Attributes:
      places: [after, taps], int32, within the image. weights: [after, taps], float32; 0 where there are fewer taps.
      is_between: whether there are two taps, mixed as `first + (second - first) * weights[i, 1]`, which is exact where
        both are equal.
      before: the extent of the image.
    """

    places: Any
    weights: Any
    is_between: bool
    before: int


def _side(places: Any, weights: Any, before: int, is_between: bool = False) -> Side:
    """A side, which nobody writes to: it is kept for the next image."""
    side = Side(places.astype(np.int32), weights.astype(np.float32), is_between, before)
    side.places.flags.writeable = side.weights.flags.writeable = False
    return side


def side_of(weights: Any) -> Side:
    """The side of a matrix of weights, [after, before], of which few in a row are not 0, and those together."""
    is_some = weights != 0
    first = is_some.argmax(1)
    count = int((weights.shape[1] - is_some[:, ::-1].argmax(1) - first)[is_some.any(1)].max(initial=1))
    places = np.minimum(first[:, None] + np.arange(count), weights.shape[1] - 1)
    inside = first[:, None] + np.arange(count) < weights.shape[1]
    return _side(places, np.where(inside, np.take_along_axis(weights, places, 1), 0), weights.shape[1])


@lru_cache(_KEPT)
def bilinear(before: int, after: int, align_corners: bool, half_pixels: bool) -> Side:
    """Bilinear interpolation: the pixels before and behind each place."""
    places = _places(before, after, align_corners, half_pixels)
    floor = np.floor(places)
    lower = np.maximum(floor.astype(np.int64), 0)
    upper = np.minimum(floor.astype(np.int64) + 1, before - 1)
    share = (places - floor).astype(np.float32)
    both = np.stack([np.minimum(lower, before - 1), upper], 1)
    return _side(both, np.stack([1 - share, share], 1), before, True)


@lru_cache(_KEPT)
def nearest(before: int, after: int, align_corners: bool, half_pixels: bool) -> Side:
    """Which pixel is taken."""
    scale = _scale(before, after, align_corners)
    index = np.arange(after, dtype=np.float32)
    places = (index + np.float32(0.5)) * scale if half_pixels else index * scale
    found = np.floor(places + np.float32(0.5)) if align_corners else np.floor(places)
    return _side(np.clip(found.astype(np.int64), 0, before - 1)[:, None], np.ones((after, 1)), before)


def _near(t: Any, a: float) -> Any:
    return ((a + 2) * t - (a + 3)) * t * t + 1


def _far(t: Any, a: float) -> Any:
    return ((a * t - 5 * a) * t + 8 * a) * t - 4 * a


@lru_cache(2)
def _cubic(a: float) -> Any:
    """The weights of four pixels for each place between the second and the third: [places, 4]."""
    x = np.arange(_TABLE + 1) / _TABLE
    return np.stack([_far(x + 1, a), _near(x, a), _near(1 - x, a), _far(2 - x, a)], 1)


@lru_cache(_KEPT)
def bicubic(before: int, after: int, align_corners: bool, half_pixels: bool) -> Side:
    """Bicubic interpolation of four pixels: Keys' kernel of -0.75, or -0.5 with half pixels."""
    places = _places(before, after, align_corners, half_pixels)
    floor = np.floor(places).astype(np.int64)
    weights = _cubic(-0.5 if half_pixels else -0.75)[np.rint((places - floor) * _TABLE).astype(np.int64)]
    at = floor[:, None] + np.arange(-1, 3)
    if half_pixels:  # what is outside has no weight
        weights = np.where((at >= 0) & (at < before), weights, 0)
        weights = weights.astype(np.float32) / weights.sum(1, keepdims=True).astype(np.float32)
    return _side(np.minimum(np.maximum(at, 0), before - 1), weights, before)


@lru_cache(_KEPT)
def area(before: int, after: int, align_corners: bool) -> Side:
    """Means over areas."""
    scale = float(_scale(before, after, align_corners))
    start = np.arange(after) * scale
    stop = (np.arange(after) + 1) * scale
    first, last = np.floor(start).astype(np.int64), np.ceil(stop).astype(np.int64)
    at = first[:, None] + np.arange(max(int((last - first).max()), 1))
    share = np.minimum(at + 1, stop[:, None]) - np.maximum(at, start[:, None])
    return _side(np.minimum(at, before - 1), np.maximum(share, 0) / (scale or 1), before)


@lru_cache(_KEPT)
def _turned(table: Callable[..., Side], *arguments: Any) -> Side:
    """What gradients by the pixels of an image are mixed of: a side the other way round."""
    return turned(table(*arguments))


def turned(side: Side) -> Side:
    """A side the other way round: per pixel of the image, which of the result it is part of."""
    after, taps = side.places.shape
    pixels, weights = side.places.ravel(), side.weights.ravel()
    order = np.argsort(pixels, kind="stable")
    order = order[weights[order] != 0]
    pixels = pixels[order]
    starts = np.searchsorted(pixels, np.arange(side.before))
    nth = np.arange(len(pixels)) - starts[pixels]
    shape = (side.before, int(nth.max(initial=0)) + 1)
    found, shares = np.zeros(shape, np.int64), np.zeros(shape, np.float32)
    found[pixels, nth], shares[pixels, nth] = order // taps, weights[order]
    rest = np.arange(shape[1]) > np.bincount(pixels, minlength=side.before)[:, None] - 1
    return _side(np.where(rest, found[:, :1], found), shares, after)


def check(images: Any, size: Any) -> tuple[int, int]:
    """The height and width images are resized to. Raises: ValueError or MemoryError for what cannot be."""
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


def mix(images: Any, rows: Side, columns: Side) -> Any:
    """Rows and columns of images mixed; those first that are fewer afterwards than before."""
    if is_tall_first(rows):
        return _along(_along(images, rows, 1), columns, 2)
    return _along(_along(images, columns, 2), rows, 1)


def is_tall_first(rows: Side) -> bool:
    """Whether whole rows are mixed first, and then what is beside each other in a row."""
    return len(rows.places) < rows.before


def _along(images: Any, side: Side, axis: int) -> Any:
    shape = (-1, *[1] * (3 - axis))
    first, *others = side.places.T
    weights = [column.reshape(shape).astype(images.dtype) for column in side.weights.T]
    total = np.take(images, first, axis)
    if side.is_between:
        change = np.take(images, others[0], axis)
        change -= total
        change *= weights[1]
        total += change
        return total
    total *= weights[0]
    for place, weight in zip(others, weights[1:]):
        part = np.take(images, place, axis)
        part *= weight
        total += part
    return total


def sides(op_type: str, shapes: Sequence[Any], size: Any, *flags: bool) -> tuple[Side, Side]:
    """What the rows and the columns of a result are mixed of.

    Args:
      op_type: one of those below. shapes: of its first two inputs. size: its second input, where that is a size.
      flags: `align_corners`, and `half_pixel_centers` but of areas.
    """
    table = _TABLES[op_type.removeprefix("Resize").removesuffix("Grad")]
    before, after = shapes[0][1:3], tuple(size.tolist()) if size is not None else shapes[1][1:3]
    if op_type.endswith("Grad"):
        rows, columns = (_turned(table, wide, narrow, *flags) for wide, narrow in zip(after, before))
    else:
        rows, columns = (table(wide, narrow, *flags) for wide, narrow in zip(before, after))
    return rows, columns


_TABLES: Final[dict[str, Callable[..., Side]]] = {
    "Bilinear": bilinear, "Bicubic": bicubic, "Area": area, "NearestNeighbor": nearest,
}  # fmt: skip


def _by(op_type: str) -> Callable[..., Any]:
    def kernel(images: Any, size: Any, *, align_corners: bool, half_pixel_centers: bool) -> Any:
        check(images, size)
        found = sides(op_type, [images.shape], size, align_corners, half_pixel_centers)
        return mix(images.astype(np.float32), *found)

    return kernel


def _area_kernel(images: Any, size: Any, *, align_corners: bool) -> Any:
    check(images, size)
    return mix(images.astype(np.float32), *sides("ResizeArea", [images.shape], size, align_corners))


def _nearest_kernel(images: Any, size: Any, *, align_corners: bool, half_pixel_centers: bool) -> Any:
    check(images, size)
    found = sides("ResizeNearestNeighbor", [images.shape], size, align_corners, half_pixel_centers)
    rows, columns = (side.places[:, 0] for side in found)
    if is_tall_first(found[0]):
        return np.take(np.take(images, rows, 1), columns, 2)
    return np.take(np.take(images, columns, 2), rows, 1)


def _grad_by(op_type: str) -> Callable[..., Any]:
    def kernel(grads: Any, original_image: Any, *, align_corners: bool, half_pixel_centers: bool) -> Any:
        found = sides(op_type, [grads.shape, original_image.shape], None, align_corners, half_pixel_centers)
        return mix(grads, *found).astype(original_image.dtype)

    return kernel


def _nearest_grad_kernel(grads: Any, size: Any, *, align_corners: bool, half_pixel_centers: bool) -> Any:
    is_short = grads.dtype.itemsize == 2  # float16, bfloat16
    found = sides("ResizeNearestNeighborGrad", [grads.shape], size, align_corners, half_pixel_centers)
    return mix(grads.astype(np.float32) if is_short else grads, *found).astype(grads.dtype)


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
    kernel=_by("ResizeBilinear"),
    routine=("resize", "mixed"),
    gradient=lambda g, op, dy: [g("ResizeBilinearGrad", dy, op.inputs[0], **_kept(op)), None],
)
RESIZE_BILINEAR_GRAD = OpDef(
    name="ResizeBilinearGrad",
    signature="grads: float32, original_image: T -> output: T",
    where={"T": dtypes.FLOATS},
    attrs=_FLAGS,
    shape=_grad_shape,
    kernel=_grad_by("ResizeBilinearGrad"),
    routine=("resize", "mixed"),
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
    kernel=_by("ResizeBicubic"),
    routine=("resize", "mixed"),
    gradient=lambda g, op, dy: [g("ResizeBicubicGrad", dy, op.inputs[0], **_kept(op)), None],
)
RESIZE_BICUBIC_GRAD = OpDef(
    name="ResizeBicubicGrad",
    signature="grads: float32, original_image: T -> output: T",
    where={"T": dtypes.FLOATS},
    attrs=_FLAGS,
    shape=_grad_shape,
    kernel=_grad_by("ResizeBicubicGrad"),
    routine=("resize", "mixed"),
)
RESIZE_NEAREST_NEIGHBOR = OpDef(
    name="ResizeNearestNeighbor",
    signature="images: T, size: int32 -> resized_images: T",
    where={"T": _IMAGES},
    attrs=_FLAGS,
    shape=_resized_shape,
    kernel=_nearest_kernel,
    routine=("resize", "taken"),
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
    routine=("resize", "added"),
)
RESIZE_AREA = OpDef(
    name="ResizeArea",
    signature="images: T, size: int32 -> resized_images: float32",
    where={"T": _IMAGES},
    attrs={"align_corners": ("bool", False)},
    shape=_resized_shape,
    kernel=_area_kernel,
    routine=("resize", "mixed"),
)
