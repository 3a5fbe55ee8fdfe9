"""Values as TensorFlow prints them: in the messages of assertions, `Print` and `print`."""

from __future__ import annotations

from typing import Any, Final

import numpy as np


def number(value: Any, dtype: np.dtype[Any]) -> str:
    """One element: floats with as many digits as tell them apart, from six (float64: 15) on."""
    if dtype.kind in "biu":
        return str(int(value))
    if dtype.kind == "O":
        return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    if dtype.kind != "f":
        return "?"
    short, long, kind = (15, 17, np.float64) if dtype.itemsize == 8 else (6, 9, np.float32)
    single = kind(value)
    text: str = f"{single:.{short}g}"
    exact = bool(kind(text) == single or single != single)
    return text if exact else f"{single:.{long}g}"


def summary(array: Any, limit: int) -> str:
    """A value in brackets, at most `limit` elements of it (negative: all), as assertions and `Print` show it."""
    array = np.asarray(array)
    if array.size == 0:
        return "[]"
    left = [array.size if limit < 0 else limit]
    if array.ndim == 0:
        return f"[{number(array[()], array.dtype)}]" if left[0] else "[...]"
    cut = left[0] < array.size
    if array.ndim == 1:
        shown = " ".join(number(item, array.dtype) for item in array[: left[0]])
    else:
        shown = "".join(_row(row, left) for row in array)
    return f"[{shown}...]" if cut else f"[{shown}]"


def _row(array: Any, left: list[int]) -> str:
    """An inner axis; `left[0]` is how many elements may still be shown. Rows after the last of them are left out."""
    if left[0] <= 0:
        return ""
    if array.ndim > 1:
        return "[" + "".join(_row(row, left) for row in array) + "]"
    shown = array[: left[0]]
    left[0] -= len(shown)
    dots = "..." if len(shown) < len(array) else ""
    return "[" + " ".join(number(item, array.dtype) for item in shown) + dots + "]"


def full(array: Any, edge: int) -> str:
    """A value as `tf.print` shows it: rows on lines, at most `edge` elements at both ends of an axis (-1: all)."""
    array = np.asarray(array)
    if array.ndim == 0:
        return _printed(array[()], array.dtype)
    return _lines(array, edge, 1)


def _lines(array: Any, edge: int, depth: int) -> str:
    if array.size == 0:
        return "[]"
    count = len(array)
    cut = edge >= 0 and 2 * edge < count
    if cut:
        chosen: list[Any] = [*array[:edge], None, *array[count - edge :]]
    else:
        chosen = list(array)
    if array.ndim == 1:
        return "[" + " ".join("..." if item is None else _printed(item, array.dtype) for item in chosen) + "]"
    gap: str = "\n" * (array.ndim - 1) + " " * depth
    return "[" + gap.join("..." if item is None else _lines(item, edge, depth + 1) for item in chosen) + "]"


def _printed(item: Any, dtype: np.dtype[Any]) -> str:
    if dtype.kind != "O":
        return number(item, dtype)
    data = item if isinstance(item, bytes) else str(item).encode()
    return '"' + "".join(_AS_IN_C.get(byte, f"\\{byte:03o}") for byte in data) + '"'


# How C writes a byte between quotes; any other byte in octal.
_AS_IN_C: Final = {
    **{byte: chr(byte) for byte in range(32, 127)},
    **{ord(mark): f"\\{letter}" for mark, letter in zip("\n\r\t\"'\\", "nrt\"'\\")},
}
