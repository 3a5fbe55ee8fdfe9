"""Colours: from and to hues, hues turned, saturations multiplied. A pixel at a time, all of it in registers.

Statement for statement what the kernels of `ops/families/images/colours.py` do to whole arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

import numpy as np

from ...plan.plan import Instruction
from ...runtime import recycle
from ..kernel import loop, threads_for

_TO_HSV: Final = """        red = load(x, i * U(3))
        green = load(x, i * U(3) + U(1))
        blue = load(x, i * U(3) + U(2))
        value = maximum(maximum(red, green), blue)
        span = value - minimum(minimum(red, green), blue)
        safe = span if span > {T}(0) else {T}(1)
        bright = value if value > {T}(0) else {T}(1)
        colour = span / bright if value > {T}(0) else {T}(0)
        norm = {T}(1) / ({T}(6) * safe)
        second = norm * (blue - red) + {T}({third})
        third = norm * (red - green) + {T}({thirds})
        turn = norm * (green - blue) if red == value else (second if green == value else third)
        around = turn if span > {T}(0) else {T}(0)
        angle = around + {T}(1) if around < {T}(0) else around
"""
_LOADED: Final = """        hue = load(x, i * U(3))
        saturation = load(x, i * U(3) + U(1))
        value = load(x, i * U(3) + U(2))
"""
_CHANGES: Final = {
    "hue": """        moved = angle + load(by, U(0))
        hue = moved - floor(moved)
        saturation = colour
""",
    "saturation": """        hue = angle
        saturation = minimum(maximum(colour * load(by, U(0)), {T}(0)), {T}(1))
""",
}
_STORED: Final = """        store(r, i * U(3), angle)
        store(r, i * U(3) + U(1), colour)
        store(r, i * U(3) + U(2), value)
"""
_TO_RGB: Final = """        sixth = hue * {T}(6)
        a = minimum(maximum(fabs(sixth - {T}(3)) - {T}(1), {T}(0)), {T}(1))
        b = minimum(maximum({T}(2) - fabs(sixth - {T}(2)), {T}(0)), {T}(1))
        c = minimum(maximum({T}(2) - fabs(sixth - {T}(4)), {T}(0)), {T}(1))
        store(r, i * U(3), ((a - {T}(1)) * saturation + {T}(1)) * value)
        store(r, i * U(3) + U(1), ((b - {T}(1)) * saturation + {T}(1)) * value)
        store(r, i * U(3) + U(2), ((c - {T}(1)) * saturation + {T}(1)) * value)
"""


@cache
def _text(what: str, kind: str) -> str:
    parts = {"to hsv": _TO_HSV + _STORED, "to rgb": _LOADED + _TO_RGB}
    body = parts[what] if what in parts else _TO_HSV + _CHANGES[what] + _TO_RGB
    parameters = "x, by, r" if what in _CHANGES else "x, r"
    head = f"def kernel({parameters}, start, stop):\n    for i in range(start, stop):\n"
    return head + body.format(T=kind, third=2 / 6, thirds=4 / 6)


def colours(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`RGBToHSV`, `HSVToRGB`, `AdjustHue`, `AdjustSaturation`; None unless all is as it should be."""
    images = values[0]
    if not images.ndim or images.shape[-1] != 3 or any(value.ndim for value in values[1:]):
        return None
    kind = instruction.outputs[0].dtype
    result = recycle.empty(images.shape, kind.np_dtype)
    arrays = [np.ascontiguousarray(images), *(np.ascontiguousarray(value).reshape(1) for value in values[1:]), result]
    run = loop(_text(instruction.op_def.routine[1], kind.short), (kind.short,) * len(arrays))
    run(arrays, [], [images.size // 3], threads_for(8 * images.size, threads))
    return [result]


# Contrast: sums of columns, over a block of rows each; their means; then every row.
_ROWS: Final = 32  # of a block
_CONTRAST: Final = """def kernel(x, factor, r, columns, means, height, width, channels, blocks, phase, start, stop):
    if phase == U(0):
        for block in range(start, stop):
            own = block * width
            top = block % blocks * U({rows})
            base = (block // blocks * height + top) * width
            for i in range(width):
                store(columns, own + i, f64(0))
            for row in range(min(U({rows}), height - top)):
                for i in range(width):
                    store(columns, own + i, load_result(columns, own + i) + f64(load(x, base + row * width + i)))
    elif phase == U(1):
        for image in range(start, stop):
            own = image * blocks * width
            for block in range(U(1), blocks):
                for i in range(width):
                    more = load_result(columns, own + block * width + i)
                    store(columns, own + i, load_result(columns, own + i) + more)
            for c in range(channels):
                total = f64(0)
                for i in range(width // channels):
                    total = total + load_result(columns, own + i * channels + c)
                mean = f32(total / (f64(height) * f64(width // channels)))
                for i in range(width // channels):
                    store(means, image * width + i * channels + c, mean)
    else:
        by = load(factor, U(0))
        for row in range(start, stop):
            own = row // height * width
            for i in range(width):
                mean = load_result(means, own + i)
                store(r, row * width + i, (load(x, row * width + i) - mean) * by + mean)
"""


def contrast(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`AdjustContrastv2`; None unless all is as it should be."""
    images, factor = values
    if images.ndim < 3 or not images.size or factor.ndim or instruction.outputs[0].dtype.short != "f32":
        return None
    height, pixels, channels = images.shape[-3:]
    width, blocks = pixels * channels, -(-height // _ROWS)
    count = images.size // (height * width)
    result = recycle.empty(images.shape, images.dtype)
    columns, means = np.empty(count * blocks * width, np.float64), np.empty(count * width, np.float32)
    arrays = [np.ascontiguousarray(images), np.ascontiguousarray(factor).reshape(1), result, columns, means]
    run = loop(_CONTRAST.format(rows=_ROWS), ("f32", "f32", "f32", "f64", "f32"))
    counts = [count * blocks, count, count * height]
    run(arrays, [height, width, channels, blocks], counts, threads_for(4 * images.size, threads))
    return [result]


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {"colours": colours, "contrast": contrast}
