"""Images read at transformed places: the kernels of `projective.py` with a compiled loop that reads and mixes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any, Final

import numpy as np

from ...plan.plan import Instruction
from ...runtime import recycle
from ..kernel import loop, threads_for

_TEXT: Final = """def kernel(x, rows, columns, seen, fill, r, plane, height, width, channels, start, stop):
    outside = load(fill, U(0))
    tall = f32(height)
    wide = f32(width)
    for p in range(start, stop):
        y = load(rows, p)
        x0 = load(columns, p)
        base = p // plane * height * width * channels
        to = p * channels
        is_seen = load(seen, p) != u8(0)
{body}"""
_NEAREST: Final = """        top = trunc(y + copysign(f32(0.5), y))
        left = trunc(x0 + copysign(f32(0.5), x0))
        if is_seen and (top >= f32(0)) and (top < tall) and (left >= f32(0)) and (left < wide):
            at = base + (U(top) * width + U(left)) * channels
            for c in range(channels):
                store(r, to + c, load(x, at + c))
        else:
            for d in range(channels):
                store(r, to + d, outside)
"""
_MIXED: Final = """        top = floor(y)
        left = floor(x0)
        down = {E}(y - top)
        up = {E}(f32(1) - (y - top))
        right = {E}(x0 - left)
        rest = {E}(f32(1) - (x0 - left))
        bottom = top + f32(1)
        next = left + f32(1)
        has_top = (top >= f32(0)) and (top < tall)
        has_bottom = (bottom >= f32(0)) and (bottom < tall)
        has_left = (left >= f32(0)) and (left < wide)
        has_next = (next >= f32(0)) and (next < wide)
        row0 = base + (U(top) * width if has_top else U(0)) * channels
        row1 = base + (U(bottom) * width if has_bottom else U(0)) * channels
        at0 = U(left) * channels if has_left else U(0)
        at1 = U(next) * channels if has_next else U(0)
        if is_seen:
            for c in range(channels):
                a = {E}(load(x, row0 + at0 + c)) if has_top and has_left else {E}(outside)
                b = {E}(load(x, row0 + at1 + c)) if has_top and has_next else {E}(outside)
                d = {E}(load(x, row1 + at0 + c)) if has_bottom and has_left else {E}(outside)
                e = {E}(load(x, row1 + at1 + c)) if has_bottom and has_next else {E}(outside)
                upper = a * rest + b * right
                lower = d * rest + e * right
                store(r, to + c, {T}(upper * up + lower * down))
        else:
            for g in range(channels):
                store(r, to + g, outside)
"""


@cache
def _text(kind: str, is_nearest: bool) -> str:
    exact = "f64" if kind == "f64" else "f32"
    return _TEXT.format(body=_NEAREST if is_nearest else _MIXED.format(T=kind, E=exact))


def _take(
    images: Any, rows: Any, columns: Any, seen: Any, fill: Any, is_nearest: bool, *, kind: str, threads: int
) -> Any:
    _, height, width, channels = images.shape
    result = recycle.empty((*rows.shape, channels), images.dtype)
    arrays = [np.ascontiguousarray(array) for array in (images, rows, columns, seen.astype(np.uint8), fill.reshape(1))]
    run = loop(_text(kind, is_nearest), (kind, "f32", "f32", "u8", kind, kind))
    numbers = [rows.shape[1] * rows.shape[2], height, width, channels]
    run([*arrays, result], numbers, [rows.size], threads_for(8 * result.size, threads))
    return result


def transforms(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`ImageProjectiveTransformV2` and `V3`; None where the kernel refuses the arguments, which is its to say."""
    if values[0].ndim != 4 or not values[0].size:
        return None
    op_def = instruction.op_def
    attrs = {name: instruction.attrs[name] for name in op_def.kernel_attrs}
    kernel: Any = op_def.kernel
    take = partial(_take, kind=instruction.inputs[0].dtype.short, threads=threads)
    try:
        return [kernel(*values, take, **attrs)]
    except (IndexError, TypeError, ValueError):
        return None


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {"transforms": transforms}
