"""Numbers as LLVM writes them."""

from __future__ import annotations

import struct
from typing import Any, Final

LONG: Final = {"f32": "float32", "f64": "float64"}  # the floats that registers hold


def constant(number: Any, kind: str) -> str:
    """A number as a constant of LLVM."""
    if kind == "bool":
        return "true" if number else "false"
    if kind == "f32":
        number = struct.unpack("f", struct.pack("f", _within_float32(float(number))))[0]
    if kind in LONG:
        return f"0x{struct.unpack('>Q', struct.pack('>d', float(number)))[0]:016X}"
    return str(int(number))


def _within_float32(number: float) -> float:
    """Too large a number as infinity, which is what rounding gives."""
    return (
        number if abs(number) < 3.4028235677973366e38 or number != number else float("inf") * (1 if number > 0 else -1)
    )
