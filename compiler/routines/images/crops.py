"""Crops of images, all in one size, and their gradients by images and by boxes.

Where crops are read is worked out by NumPy, as by the kernels: per box and row (or column) of its crop the pixels
before and behind, the first one -1 for a place outside, and the share of the second. Crops and gradients by boxes are
made a row or a box at a time. Gradients by images: each thread has some rows of the images, goes over all boxes in
their order, and adds what falls into its rows; so sums do not depend on the number of threads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from math import prod
from typing import Any, Final

import numpy as np

from ....ops.families.images.boxes import Reads, crop_reads
from ...plan.plan import Instruction
from ...runtime import recycle
from ..kernel import loop, threads_for

_READS: Final = "tops, bottoms, downs, lefts, rights, shares, images"
_READ_TYPES: Final = ("i32", "i32", "f32", "i32", "i32", "f32", "i32")
_PARTS: Final = 4  # rows of images are cut into so many parts a thread
_CROP: Final = """def kernel(x, {reads}, fill, r, crop_height, crop_width, height, width, channels, start, stop):
    outside = load(fill, U(0))
    for item in range(start, stop):
        box = item // crop_height
        to = item * crop_width * channels
        top = load(tops, item)
        if top < i32(0):
            for i in range(crop_width * channels):
                store(r, to + i, outside)
        else:
            image = U(load(images, box)) * height
            upper = (image + U(top)) * width * channels
            lower = (image + U(load(bottoms, item))) * width * channels
            down = load(downs, item)
            for p in range(crop_width):
                place = box * crop_width + p
                here = to + p * channels
                left = load(lefts, place)
                if left < i32(0):
                    for c in range(channels):
                        store(r, here + c, outside)
                else:
                    at = U(left) * channels
                    next = U(load(rights, place)) * channels
                    across = load(shares, place)
                    for c in range(channels):
{element}"""
_MIXED: Final = """                        a = f32(load(x, upper + at + c))
                        b = a + (f32(load(x, upper + next + c)) - a) * across
                        d = f32(load(x, lower + at + c))
                        e = d + (f32(load(x, lower + next + c)) - d) * across
                        store(r, here + c, b + (e - b) * down)
"""
_TAKEN: Final = "                        store(r, here + c, f32(load(x, upper + at + c)))\n"


@cache
def _crop_text(is_nearest: bool) -> str:
    return _CROP.format(reads=_READS, element=_TAKEN if is_nearest else _MIXED)


def _arrays(reads: Reads, images: Any) -> list[Any]:
    return [np.ascontiguousarray(array) for array in (*reads.rows, *reads.columns, images)]


def _are_boxes(boxes: Any, images: Any, count: int) -> bool:
    """Whether there are boxes, each of an image that is there."""
    if boxes.ndim != 2 or boxes.shape[1] != 4 or images.shape != boxes.shape[:1] or not len(boxes):
        return False
    return bool(images.min() >= 0) and bool(images.max() < count)


def crops(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`CropAndResize`; None unless all is as it should be."""
    image, boxes, index, size = values
    if image.ndim != 4 or not image.size or size.shape != (2,) or size.min() <= 0:
        return None
    if not _are_boxes(boxes, index, len(image)):
        return None
    tall, wide = size.tolist()
    _, height, width, channels = image.shape
    is_nearest = instruction.attrs["method"] == b"nearest"
    reads = crop_reads(boxes, image.shape, (tall, wide), is_nearest)
    result = recycle.empty((len(boxes), tall, wide, channels), np.dtype(np.float32))
    fill = np.array([instruction.attrs["extrapolation_value"]], np.float32)
    run = loop(_crop_text(is_nearest), (instruction.inputs[0].dtype.short, *_READ_TYPES, "f32", "f32"))
    numbers = [tall, wide, height, width, channels]
    threads = threads_for(4 * result.size, threads)
    run([np.ascontiguousarray(image), *_arrays(reads, index), fill, result], numbers, [len(boxes) * tall], threads)
    return [result]


_BY_IMAGE: Final = """def kernel(g, {reads}, sums, {numbers}, start, stop):
    for part in range(start, stop):
        first = min(part * share, rows)
        last = min(first + share, rows)
        for i in range(first * width * channels, last * width * channels):
            store(sums, i, f64(0))
        for box in range(boxes):
            image = U(load(images, box)) * height
            if (image < last) and (image + height > first):
                for y in range(crop_height):
                    item = box * crop_height + y
                    if load(tops, item) >= i32(0):
                        down = f64(load(downs, item))
{rows_added}"""
_ROW_ADDED: Final = """                        row{n} = image + U(load({rows}, item))
                        if (row{n} >= first) and (row{n} < last):
                            for p{n} in range(crop_width):
                                place{n} = box * crop_width + p{n}
                                if load(lefts, place{n}) >= i32(0):
                                    from{n} = (item * crop_width + p{n}) * channels
                                    across{n} = f64(load(shares, place{n}))
                                    at{n} = (row{n} * width + U(load(lefts, place{n}))) * channels
                                    next{n} = (row{n} * width + U(load(rights, place{n}))) * channels
                                    by{n} = {weight} * (f64(1) - across{n})
                                    for c{n} in range(channels):
                                        a{n} = load_result(sums, at{n} + c{n})
                                        store(sums, at{n} + c{n}, a{n} + f64(load(g, from{n} + c{n})) * by{n})
{behind}"""
_BEHIND: Final = """                                    with{n} = {weight} * across{n}
                                    for d{n} in range(channels):
                                        b{n} = load_result(sums, next{n} + d{n})
                                        store(sums, next{n} + d{n}, b{n} + f64(load(g, from{n} + d{n})) * with{n})
"""


@cache
def _by_image_text(is_nearest: bool) -> str:
    if is_nearest:
        rows = _ROW_ADDED.format(n=0, rows="tops", weight="f64(1)", behind="")
    else:
        parts = enumerate([("tops", "(f64(1) - down)"), ("bottoms", "down")])
        rows = "".join(
            _ROW_ADDED.format(n=n, rows=name, weight=weight, behind=_BEHIND.format(n=n, weight=weight))
            for n, (name, weight) in parts
        )
    numbers = "boxes, crop_height, crop_width, height, width, channels, rows, share"
    return _BY_IMAGE.format(reads=_READS, numbers=numbers, rows_added=rows)


def by_image(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`CropAndResizeGradImage`; None unless all is as it should be."""
    grads, boxes, index, size = values
    if grads.ndim != 4 or not grads.size or size.shape != (4,) or size.min() <= 0 or grads.shape[3] != size[3]:
        return None
    if not _are_boxes(boxes, index, int(size[0])) or len(grads) != len(boxes):
        return None
    extents = size.tolist()
    batch, height, width, channels = extents
    is_nearest = instruction.attrs["method"] == b"nearest"
    reads = crop_reads(boxes, extents, grads.shape[1:3], is_nearest)
    sums = recycle.empty((prod(extents),), np.dtype(np.float64))
    threads = threads_for(4 * max(grads.size, sums.size), threads)
    rows = batch * height
    parts = min(rows, _PARTS * threads if threads > 1 else 1)
    numbers = [len(boxes), *grads.shape[1:3], height, width, channels, rows, -(-rows // parts)]
    run = loop(_by_image_text(is_nearest), ("f32", *_READ_TYPES, "f64"))
    run([np.ascontiguousarray(grads), *_arrays(reads, index), sums], numbers, [parts], threads)
    return [sums.reshape(extents).astype(instruction.outputs[0].dtype.np_dtype)]


_BY_BOXES: Final = """def kernel(g, x, {reads}, r, crop_height, crop_width, height, width, channels, start, stop):
    for box in range(start, stop):
        image = U(load(images, box)) * height
        y_first = f64(0)
        y_last = f64(0)
        x_first = f64(0)
        x_last = f64(0)
        for y in range(crop_height):
            item = box * crop_height + y
            if load(tops, item) >= i32(0):
                upper = (image + U(load(tops, item))) * width
                lower = (image + U(load(bottoms, item))) * width
                down = f64(load(downs, item))
                y_share = f64(y) / f64(crop_height - U(1)) if crop_height > U(1) else f64(0.5)
                for p in range(crop_width):
                    place = box * crop_width + p
                    if load(lefts, place) >= i32(0):
                        left = U(load(lefts, place))
                        right = U(load(rights, place))
                        across = f64(load(shares, place))
                        a = (upper + left) * channels
                        b = (upper + right) * channels
                        d = (lower + left) * channels
                        e = (lower + right) * channels
                        here = (item * crop_width + p) * channels
                        by_y = f64(0)
                        by_x = f64(0)
                        for c in range(channels):
                            ac = f64(load(x, a + c))
                            bc = f64(load(x, b + c))
                            dc = f64(load(x, d + c))
                            ec = f64(load(x, e + c))
                            gc = f64(load(g, here + c))
                            along_y = (dc * (f64(1) - across) + ec * across) - (ac * (f64(1) - across) + bc * across)
                            along_x = (bc - ac) * (f64(1) - down) + (ec - dc) * down
                            by_y = add_any_order(by_y, along_y * gc)
                            by_x = add_any_order(by_x, along_x * gc)
                        x_share = f64(p) / f64(crop_width - U(1)) if crop_width > U(1) else f64(0.5)
                        y_first = y_first + by_y * (f64(1) - y_share)
                        y_last = y_last + by_y * y_share
                        x_first = x_first + by_x * (f64(1) - x_share)
                        x_last = x_last + by_x * x_share
        store(r, box * U(4), f32(y_first * f64(height - U(1))))
        store(r, box * U(4) + U(1), f32(x_first * f64(width - U(1))))
        store(r, box * U(4) + U(2), f32(y_last * f64(height - U(1))))
        store(r, box * U(4) + U(3), f32(x_last * f64(width - U(1))))
"""


def by_boxes(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`CropAndResizeGradBoxes`; None unless all is as it should be."""
    grads, image, boxes, index = values
    if grads.ndim != 4 or image.ndim != 4 or not grads.size or not image.size or grads.shape[3] != image.shape[3]:
        return None
    if not _are_boxes(boxes, index, len(image)) or len(grads) != len(boxes):
        return None
    _, height, width, channels = image.shape
    reads = crop_reads(boxes, image.shape, grads.shape[1:3], False)
    result = np.empty((len(boxes), 4), np.float32)
    run = loop(_BY_BOXES.format(reads=_READS), ("f32", instruction.inputs[1].dtype.short, *_READ_TYPES, "f32"))
    arrays = [np.ascontiguousarray(grads), np.ascontiguousarray(image), *_arrays(reads, index), result]
    numbers = [*grads.shape[1:3], height, width, channels]
    run(arrays, numbers, [len(boxes)], threads_for(4 * grads.size, threads))
    return [result]


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {
    "crops": crops, "crop gradients": by_image, "box gradients": by_boxes,
}  # fmt: skip
