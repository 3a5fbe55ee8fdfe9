"""The colours of JPEG images: those of half the resolution interpolated, all converted, in one loop over rows.

Number for number what `jpeg_colours` in `ops/formats/image_reader.py` does to whole images. Of a row there are, one
after the other, the sums of two rows of the small image (with one more at both ends, where the last pixel is repeated),
the interpolated colours less 128, and the pixels.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ...machine import abi
from ..kernel import loop

_ENOUGH: Final = 1 << 22  # pixels of all images after which it pays to compile the loop
_LEAST: Final = 1 << 15  # pixels that take NumPy as long as one does

_COLUMNS: Final = """            for c in range(pairs):
                store(sums, own + c + U({first}), {sum})
"""
_SPREAD: Final = """        for c in range(pairs):
            s = i32(3) * load_result(sums, own + c + U({own}))
            before = (s + load_result(sums, own + c + U({before})) + low) >> shift
            behind = (s + load_result(sums, own + c + U({behind})) + high) >> shift
            store(smooth, spread + U(2) * c, before - i32(128))
            store(smooth, spread + U(2) * c + U(1), behind - i32(128))
        spread = spread + U(2) * pairs
        own = own + pairs + U(2)
"""


def _text() -> str:
    """The loop."""
    return (
        """def kernel(pixels, sums, smooth, out, height, width, half, start, stop):
    for row in range(start, stop):
        near = row
        other = row
        low = i32(1)
        high = i32(2)
        shift = i32(2)
        if half == U(1):
            low = i32(8)
            high = i32(7)
            shift = i32(4)
            near = row - (row & U(1))
            other = near
            if row & U(1) == U(0):
                if row > U(0):
                    other = near - U(2)
            else:
                if near + U(2) < height:
                    other = near + U(2)
        pairs = (width + U(1)) // U(2)
        own = row * U(2) * (pairs + U(2))
        spread = row * U(4) * pairs
        near = near * width
        other = other * width
"""
        + "".join(_sums(channel) + _SPREAD.format(own=1, before=0, behind=2) for channel in (1, 2))
        + """        spread = row * U(4) * pairs
        for x in range(width):
            at = (row * width + x) * U(3)
            bright = i32(load(pixels, at))
            blue = load_result(smooth, spread + x)
            red = load_result(smooth, spread + U(2) * pairs + x)
            one = bright + ((i32(91881) * red + i32(32768)) >> i32(16))
            two = bright + ((i32(32768) - i32(22554) * blue - i32(46802) * red) >> i32(16))
            six = bright + ((i32(116130) * blue + i32(32768)) >> i32(16))
            store(out, at, u8(min(max(one, i32(0)), i32(255))))
            store(out, at + U(1), u8(min(max(two, i32(0)), i32(255))))
            store(out, at + U(2), u8(min(max(six, i32(0)), i32(255))))
"""
    )


def _sums(channel: int) -> str:
    """The lines that sum the rows of a channel."""
    near, other = (f"i32(load(pixels, ({row} + c * U(2)) * U(3) + U({channel})))" for row in ("near", "other"))
    return (
        "        if half == U(1):\n" + _COLUMNS.format(first=1, sum=f"i32(3) * {near} + {other}")
        + "        else:\n" + _COLUMNS.format(first=1, sum=near)
        + "        store(sums, own, load_result(sums, own + U(1)))\n"
        "        store(sums, own + pairs + U(1), load_result(sums, own + pairs))\n"
    )  # fmt: skip


_TEXT: Final = _text()
_seen = 0  # how many pixels were asked for


def colours(pixels: Any, is_halved: bool) -> Any:
    """As `jpeg_colours`; None where there is no compiled code, and while there were too few pixels to pay for it."""
    global _seen
    height, width, _ = pixels.shape
    _seen += max(height * width, _LEAST)
    if _seen < _ENOUGH or not abi.available() or not pixels.flags.c_contiguous:
        return None
    pairs = (width + 1) // 2
    sums, smooth = np.empty(height * 2 * (pairs + 2), np.int32), np.empty(height * 4 * pairs, np.int32)
    result = np.empty(pixels.shape, np.uint8)
    run = loop(_TEXT, ("u8", "i32", "i32", "u8"))
    run([pixels, sums, smooth, result], [height, width, int(is_halved)], [height], 1)
    return result
