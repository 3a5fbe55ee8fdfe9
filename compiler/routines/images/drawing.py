"""Boxes drawn on images, an image to a turn. Where their lines are is worked out by NumPy, as by the kernel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from ....ops.families.images.boxes import chosen_colours
from ...plan.plan import Instruction
from ...runtime import recycle
from ..kernel import loop, threads_for

# Of each box: where it begins and stops in rows and columns, then its two rows and two columns, -1 for one outside.
_DRAW: Final = """def kernel(x, sides, colours, r, height, width, depth, boxes, kinds, start, stop):
    for image in range(start, stop):
        base = image * height * width * depth
        for i in range(base, base + height * width * depth):
            store(r, i, load(x, i))
        for box in range(boxes):
            at = (image * boxes + box) * U(8)
            colour = box % kinds * depth
            for n in range(U(2)):
                row = load(sides, at + U(4) + n)
                if row >= i64(0):
                    for p in range(U(load(sides, at + U(2))), U(load(sides, at + U(3)))):
                        for c in range(depth):
                            store(r, base + (U(row) * width + p) * depth + c, load(colours, colour + c))
            for n in range(U(2)):
                column = load(sides, at + U(6) + n)
                if column >= i64(0):
                    for p in range(U(load(sides, at)), U(load(sides, at + U(1)))):
                        for c in range(depth):
                            store(r, base + (p * width + U(column)) * depth + c, load(colours, colour + c))
"""


def _sides(boxes: Any, height: int, width: int) -> Any:
    """What the loop is told of each box: eight numbers."""
    ends = [height - 1, width - 1]
    first, begin, last, end = np.moveaxis((boxes * np.array([*ends, *ends], np.float32)).astype(np.int64), -1, 0)
    is_hidden = (first > last) | (begin > end) | (last < 0) | (first >= height) | (end < 0) | (begin >= width)
    spans = [first.clip(0), last.clip(None, height - 1) + 1, begin.clip(0), end.clip(None, width - 1) + 1]
    lines = [
        np.where(is_hidden | (place < 0) | (place >= extent), -1, place)
        for place, extent in ((first, height), (last, height), (begin, width), (end, width))
    ]
    return np.ascontiguousarray(np.stack([*spans, *lines], axis=-1))


def draw(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`DrawBoundingBoxes`, with colours or without; None unless all is as it should be."""
    images, boxes, *given = values
    if images.ndim != 4 or boxes.ndim != 3 or boxes.shape[0] != images.shape[0] or boxes.shape[2] != 4:
        return None
    if instruction.inputs[0].dtype.short != "f32" or not images.size or not (np.abs(boxes) < 1e4).all():
        return None
    height, width, depth = images.shape[1:]
    try:
        colours = np.ascontiguousarray(chosen_colours(depth, *given)[:, :depth])
    except ValueError:
        return None  # the kernel says so
    result = recycle.empty(images.shape, images.dtype)
    arrays = [np.ascontiguousarray(images), _sides(boxes, height, width), colours, result]
    numbers = [height, width, depth, boxes.shape[1], len(colours)]
    loop(_DRAW, ("f32", "i64", "f32", "f32"))(arrays, numbers, [len(images)], threads_for(images.size, threads))
    return [result]


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {"drawn boxes": draw}
