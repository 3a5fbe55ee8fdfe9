"""Images read at transformed places: rotated, moved, seen from aside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...definition.opdef import OpDef
from ...definition.shape_checks import spelled_extent
from ...definition.shapes import merge_extent, with_rank
from ...types import dtypes

_TYPES = (dtypes.uint8, dtypes.int32, dtypes.int64, dtypes.float16, dtypes.float32, dtypes.float64)


def _transform_shape(query: Any) -> Any:
    images, (sides,) = with_rank(query.shapes[0], 4), with_rank(query.shapes[2], 1)
    merge_extent(sides, 2)
    height, width = query.integers(2) or (None, None)
    return images[0], spelled_extent(height), spelled_extent(width), images[3]


def _places(transforms: Any, height: int, width: int) -> tuple[Any, Any, Any]:
    """Where each element of the output is read, per image: rows, columns, and whether it lies before the eye."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    a = transforms.astype(np.float32)[:, :, None, None]
    depth = a[:, 6] * x + a[:, 7] * y + np.float32(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        columns = (a[:, 0] * x + a[:, 1] * y + a[:, 2]) / depth
        rows = (a[:, 3] * x + a[:, 4] * y + a[:, 5]) / depth
    return rows, columns, np.broadcast_to(depth != 0, rows.shape)


def taken(images: Any, rows: Any, columns: Any, seen: Any, fill: Any, is_nearest: bool) -> Any:
    """The elements at places, the nearest ones or mixtures of four; `fill` outside."""
    if is_nearest:
        return _read(images, _rounded(rows), _rounded(columns), seen, fill)
    top, left = np.floor(rows), np.floor(columns)
    below, right = (rows - top)[..., None], (columns - left)[..., None]
    exact = images.astype(np.float64 if images.dtype == np.float64 else np.float32)
    fill = fill.astype(exact.dtype)
    corners = [_read(exact, y, x, seen, fill) for y in (top, top + 1) for x in (left, left + 1)]
    upper, lower = (a * (1 - right) + b * right for a, b in (corners[:2], corners[2:]))
    mixed = upper * (1 - below) + lower * below
    return np.where(seen[..., None], mixed, fill).astype(images.dtype)


def _transform_kernel(
    images: Any, transforms: Any, output_shape: Any, take: Callable[..., Any] = taken, *, interpolation: bytes
) -> Any:
    return filled_transform(images, transforms, output_shape, interpolation, b"CONSTANT", 0, take)


def filled_transform(
    images: Any, transforms: Any, output_shape: Any, interpolation: bytes, fill_mode: bytes, fill_value: Any,
    take: Callable[..., Any] = taken,
) -> Any:  # fmt: skip
    """Transformed images; what lies outside is `fill_value`, or continues the image as `fill_mode` says.

    Args:
      fill_mode: "CONSTANT", "REFLECT" (the image and its mirror image in turn), "WRAP" or "NEAREST".
      take: reads elements at places; a compiled loop may.
    """
    if transforms.ndim != 2 or transforms.shape[1] != 8 or len(transforms) not in (1, len(images)):
        raise ValueError(
            f"Input transform should be num_images x 8 or 1 x 8, got {transforms.shape} for {len(images)} images"
        )
    height, width = (int(n) for n in output_shape)
    if height <= 0 or width <= 0:
        raise ValueError(f"output_shape must be positive, got {height} {width}")
    rows, columns, seen = _places(transforms, height, width)
    rows, columns = _continued(rows, images.shape[1], fill_mode), _continued(columns, images.shape[2], fill_mode)
    shape = (len(images), height, width)
    rows, columns, seen = (np.broadcast_to(part, shape) for part in (rows, columns, seen))
    fill = np.asarray(fill_value).astype(images.dtype)
    return take(images, rows, columns, seen, fill, interpolation == b"NEAREST")


def _continued(places: Any, count: int, fill_mode: bytes) -> Any:
    """Places as they are within the image, where it continues beyond its sides."""
    if fill_mode == b"CONSTANT" or not count:
        return places
    most = np.float32(count - 1)
    if count == 1:
        return np.zeros_like(places)
    if fill_mode == b"WRAP":
        with np.errstate(invalid="ignore"):
            moved = np.where(places < 0, places + count * (np.trunc(-places / most) + 1), places)
            moved = np.where(places > most, places - count * np.trunc(places / most), moved)
    elif fill_mode == b"REFLECT":
        with np.errstate(invalid="ignore"):
            moved = np.mod(places + np.float32(0.5), np.float32(2 * count))
            moved = np.where(moved > count, 2 * count - moved, moved) - np.float32(0.5)
    elif fill_mode == b"NEAREST":
        moved = places
    else:
        raise ValueError(f"Invalid mode {fill_mode.decode(errors='replace')}")
    return np.clip(moved, 0, most)


def _rounded(places: Any) -> Any:
    """To the nearest integer, halves away from zero."""
    return np.trunc(places + np.copysign(np.float32(0.5), places))


def _read(images: Any, rows: Any, columns: Any, seen: Any, fill: Any) -> Any:
    """Elements at places; `fill` outside."""
    count, height, width, _ = images.shape
    with np.errstate(invalid="ignore"):
        inside = seen & (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    if not height or not width:
        return np.full((*rows.shape, images.shape[3]), fill, images.dtype)
    y, x = (np.where(inside, part, 0).astype(np.int64) for part in (rows, columns))
    found = images[np.arange(count)[:, None, None], y, x]
    return np.where(inside[..., None], found, fill)


def _gradient(g: Any, op: Any, dy: Any) -> list[Any]:
    g.leave_out(10)  # both functions that turn eight numbers into matrices and back take them for several images
    return transform_gradient(g, op, dy, "ImageProjectiveTransformV2")


def transform_gradient(g: Any, op: Any, dy: Any, op_type: str, *more: Any, **attrs: Any) -> list[Any]:
    """What was written is read by the inverse transformation; there is no gradient of the transformation.

    Args:
      op_type, more, attrs: the type of the transformation, its further inputs and attributes.
    """
    images, transforms = op.inputs[:2]
    ones = g("OnesLike", transforms[:, :1])
    matrices = g("Reshape", g("ConcatV2", [transforms, ones], 1), [-1, 3, 3])
    inverse = g("Reshape", g("MatrixInverse", matrices), [-1, 9])
    scaled = inverse / inverse[:, 8:9]
    shape = g.shape(images)[1:3]
    attrs["interpolation"] = op.attrs["interpolation"]
    return [g(op_type, dy, scaled[:, :8], shape, *more, **attrs), None, None]


IMAGE_PROJECTIVE_TRANSFORM = OpDef(
    name="ImageProjectiveTransformV2",
    signature="images: dtype, transforms: float32, output_shape: int32 -> transformed_images: dtype",
    where={"dtype": _TYPES},
    attrs={"interpolation": ("string",)},
    shape=_transform_shape,
    kernel=_transform_kernel,
    routine=("transforms",),
    gradient=_gradient,
)


def static_extents(images: Any) -> Any:
    """Height and width of images, as far as they are known, else as a tensor."""
    from ..arrays.shape_ops import shape as shape_of

    known = images.shape.as_list()[1:3] if images.shape.ndims is not None else [None, None]
    return shape_of(images)[1:3] if None in known else known
