"""Gradients of CropAndResize: by the images and by the boxes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...definition.opdef import OpDef
from ...definition.shapes import shape_from_value, with_rank
from ...types import dtypes
from .boxes import Reads, crop_reads, parts_of


def _grad_image_kernel(
    grads: Any,
    boxes: Any,
    box_ind: Any,
    image_size: Any,
    *,
    T: Any,
    method: bytes,
) -> Any:
    extents = image_size.tolist()
    result = np.zeros(int(np.prod(extents)), np.float64)
    is_nearest = method == b"nearest"
    reads = crop_reads(boxes, extents, grads.shape[1:3], is_nearest)
    for part in parts_of(len(boxes), max(1, int(np.prod(grads.shape[1:])))):
        rows, columns = reads.of(part)
        across = columns.share.astype(np.float64)[:, None, :]
        down = rows.share.astype(np.float64)[:, :, None]
        inside = (rows.before >= 0)[:, :, None] & (columns.before >= 0)[:, None]
        for y, by_y in ((rows.before, 1 - down), (rows.behind, down))[: 1 if is_nearest else 2]:
            for x, by_x in ((columns.before, 1 - across), (columns.behind, across))[: 1 if is_nearest else 2]:
                pixels = (box_ind[part, None, None] * extents[1] + y[:, :, None]) * extents[2] + x[:, None]
                weights = grads[part][inside] * (by_y * by_x)[inside][:, None]
                places = pixels[inside][:, None].astype(np.int64) * extents[3] + np.arange(extents[3])
                result += np.bincount(places.ravel(), weights.ravel(), len(result))
    return result.reshape(extents).astype(T.np_dtype)


def _grad_boxes_kernel(grads: Any, image: Any, boxes: Any, box_ind: Any, *, method: bytes) -> Any:
    reads = crop_reads(boxes, image.shape, grads.shape[1:3], False)
    result = np.zeros((len(boxes), 4), np.float64)
    for part in parts_of(len(boxes), max(1, int(np.prod(grads.shape[1:])))):
        result[part] = _grad_of(grads[part], image, box_ind[part, None, None], reads.of(part))
    return result.astype(np.float32)


def _grad_of(grads: Any, image: Any, index: Any, reads: Reads) -> Any:
    """The gradients of some boxes, of which images they are parts of."""
    (top, bottom, down), (left, right, across) = reads
    inside = (top >= 0)[:, :, None] & (left >= 0)[:, None]
    part = np.where(inside[..., None], grads, 0).astype(np.float64)
    down, across = down.astype(np.float64)[:, :, None, None], across.astype(np.float64)[:, None, :, None]
    corners = [
        [image[index, y[:, :, None], x[:, None]].astype(np.float64) for x in (left, right)] for y in (top, bottom)
    ]
    upper, lower = (c[0] * (1 - across) + c[1] * across for c in corners)
    by_upper, by_lower = (c[1] - c[0] for c in corners)
    along_y = ((lower - upper) * part).sum((2, 3))
    along_x = ((by_upper * (1 - down) + by_lower * down) * part).sum((1, 3))
    ends = [_ends(along, extent) for along, extent in zip((along_y, along_x), image.shape[1:3])]
    return np.stack([ends[0][0], ends[1][0], ends[0][1], ends[1][1]], 1)


def _ends(along: Any, extent: int) -> tuple[Any, Any]:
    """The gradients by the first and by the last place, of those by all places between."""
    count = along.shape[1]
    shares = np.arange(count) / (count - 1) if count > 1 else np.full(1, 0.5)
    return (extent - 1.0) * (along * (1 - shares)).sum(1), (extent - 1.0) * (along * shares).sum(1)


CROP_AND_RESIZE_GRAD_IMAGE = OpDef(
    name="CropAndResizeGradImage",
    signature="grads: float32, boxes: float32, box_ind: int32, image_size: int32 -> output: T",
    where={"T": dtypes.FLOATS},
    attrs={"T": ("type",), "method": ("string", b"bilinear")},
    shape=lambda q: with_rank(shape_from_value(q, 3), 4),
    kernel=_grad_image_kernel,
    routine=("crop gradients",),
)

CROP_AND_RESIZE_GRAD_BOXES = OpDef(
    name="CropAndResizeGradBoxes",
    signature="grads: float32, image: T, boxes: float32, box_ind: int32 -> output: float32",
    where={"T": dtypes.REAL},
    attrs={"method": ("string", b"bilinear")},
    shape=lambda q: q.shapes[2],
    kernel=_grad_boxes_kernel,
    routine=("box gradients",),
)
