"""Gradients of CropAndResize: by the images and by the boxes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shapes import shape_from_value, with_rank
from ...types import dtypes
from .boxes import crop_places


class _Crop(NamedTuple):
    """One box: which image, where its rows and columns are read, and which of them are inside of the image."""

    image: int
    y: Any
    x: Any
    rows: Any
    columns: Any


def _crops(boxes: Any, box_ind: Any, extents: Any, height: int, width: int) -> Iterator[_Crop]:
    for box, index in zip(boxes, box_ind):
        y, x = crop_places(box[0], box[2], extents[1], height), crop_places(box[1], box[3], extents[2], width)
        rows, columns = (y >= 0) & (y <= extents[1] - 1), (x >= 0) & (x <= extents[2] - 1)
        yield _Crop(int(index), y[rows].astype(np.float64), x[columns].astype(np.float64), rows, columns)


def _grad_image_kernel(
    grads: Any,
    boxes: Any,
    box_ind: Any,
    image_size: Any,
    *,
    T: Any,
    method: bytes,
) -> Any:
    result = np.zeros(image_size.tolist(), np.float64)
    for number, crop in enumerate(_crops(boxes, box_ind, image_size, *grads.shape[1:3])):
        part = grads[number][np.ix_(crop.rows, crop.columns)]
        target = result[crop.image]
        if method == b"nearest":
            places = np.floor(crop.y + 0.5).astype(int)[:, None], np.floor(crop.x + 0.5).astype(int)
            np.add.at(target, places, part)
            continue
        for y, by_y in _neighbours(crop.y):
            for x, by_x in _neighbours(crop.x):
                np.add.at(target, (y[:, None], x), part * by_y[:, None, None] * by_x[None, :, None])
    return result.astype(T.np_dtype)


def _neighbours(places: Any) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """The pixels before and behind each place, and how much each counts."""
    before, behind = np.floor(places).astype(int), np.ceil(places).astype(int)
    share = places - before
    return (before, 1 - share), (behind, share)


def _grad_boxes_kernel(grads: Any, image: Any, boxes: Any, box_ind: Any, *, method: bytes) -> Any:
    height, width = grads.shape[1:3]
    result = np.zeros((len(boxes), 4), np.float64)
    for number, crop in enumerate(_crops(boxes, box_ind, image.shape, height, width)):
        part = grads[number][np.ix_(crop.rows, crop.columns)].astype(np.float64)
        source = image[crop.image].astype(np.float64)
        (top, at_top), (bottom, at_bottom) = _neighbours(crop.y)
        (left, at_left), (right, at_right) = _neighbours(crop.x)
        corners = [[source[y[:, None], x] for x in (left, right)] for y in (top, bottom)]
        by_x = [corners[row][1] - corners[row][0] for row in (0, 1)]
        upper, lower = (c[0] * at_left[None, :, None] + c[1] * at_right[None, :, None] for c in corners)
        along_y = ((lower - upper) * part).sum((1, 2))
        along_x = ((by_x[0] * at_top[:, None, None] + by_x[1] * at_bottom[:, None, None]) * part).sum((0, 2))
        result[number, 0::2] = _ends(along_y, crop.rows, height, image.shape[1])
        result[number, 1::2] = _ends(along_x, crop.columns, width, image.shape[2])
    return result.astype(np.float32)


def _ends(gradients: Any, inside: Any, count: int, extent: int) -> tuple[float, float]:
    """The gradients by the first and by the last place, of those by all places between."""
    shares = np.flatnonzero(inside) / (count - 1) if count > 1 else np.full(len(gradients), 0.5)
    scale = float(extent - 1)
    return scale * float((gradients * (1 - shares)).sum()), scale * float((gradients * shares).sum())


CROP_AND_RESIZE_GRAD_IMAGE = OpDef(
    name="CropAndResizeGradImage",
    signature="grads: float32, boxes: float32, box_ind: int32, image_size: int32 -> output: T",
    where={"T": dtypes.FLOATS},
    attrs={"T": ("type",), "method": ("string", b"bilinear")},
    shape=lambda q: with_rank(shape_from_value(q, 3), 4),
    kernel=_grad_image_kernel,
    gradient=NOT_DIFFERENTIABLE,
)

CROP_AND_RESIZE_GRAD_BOXES = OpDef(
    name="CropAndResizeGradBoxes",
    signature="grads: float32, image: T, boxes: float32, box_ind: int32 -> output: float32",
    where={"T": dtypes.REAL},
    attrs={"method": ("string", b"bilinear")},
    shape=lambda q: q.shapes[2],
    kernel=_grad_boxes_kernel,
    gradient=NOT_DIFFERENTIABLE,
)
