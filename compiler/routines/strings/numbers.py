"""Numbers that strings in memory spell, and the digits of integers.

A decimal number of up to 15 digits is an integer that float64 holds, divided or multiplied by a power of ten that it
holds too where that has an exponent up to 22: one rounding, so it is the nearest there is. Python's `float` and `int`
read what is written in another way, and say what is no number at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from ....ops.base.errors import OpError
from ...plan.plan import Instruction
from ..kernel import loop
from .views import MEMORY, Views, views_of

_FLOAT, _INT = 15, 18  # digits that are read at once

_READ: Final = """def kernel(memory, addresses, sizes, powers, r, odd, start, stop):
    for i in range(start, stop):
        a = load(addresses, i)
        n = u64(load(sizes, i))
        minus = False
        j = u64(0)
        if n > u64(0):
            b = load(memory, U(a))
            minus = b == u8(45)
            j = u64(1) if (b == u8(45)) or (b == u8(43)) else u64(0)
        total = u64(0)
        digits = u64(0)
        behind = u64(0)
        points = u64(0)
        good = n <= u64({most})
        while (j < n) and good:
            b = load(memory, U(a + j))
            d = u64(b) - u64(48)
            if d < u64(10):
                total = total * u64(10) + d
                digits = digits + u64(1)
                behind = behind + points
            else:
                good = (b == u8(46)) and (points == u64(0)) and {is_float}
                points = u64(1)
            j = j + u64(1)
        good = good and (digits > u64(0)) and (digits <= u64({digits}))
        {made}
        store(r, i, {T}(value))
        store(odd, i, u8(0) if good{fits} else u8(1))
"""
_FLOATING: Final = """value = f64(total) / load(powers, U(behind if good else u64(0)))
        value = -value if minus else value"""
_INTEGER: Final = "value = -i64(total) if minus else i64(total)"


def read(instruction: Instruction, values: Sequence[Any]) -> Sequence[Any] | None:
    """`StringToNumber`."""
    texts, dtype = views_of(values[0]), instruction.outputs[0].dtype
    if texts is None:
        return None
    try:
        return [numbers_of(texts, dtype, instruction.op_def.kernel).reshape(texts.shape)]
    except OpError:
        return None  # the kernel says it of all strings


def numbers_of(texts: Views, dtype: Any, kernel: Any) -> Any:
    """The numbers that strings spell, as a vector.

    Args:
      kernel: that of `StringToNumber`, which reads what is not written plainly.
    Raises: OpError if one is no number.
    """
    kind, is_float = dtype.short, dtype.is_floating
    fits = " and (value == i64(i32(value)))" if kind == "i32" else ""
    text = _READ.format(
        most=24, digits=_FLOAT if is_float else _INT, is_float="True" if is_float else "False",
        made=_FLOATING if is_float else _INTEGER, T=kind, fits=fits,
    )  # fmt: skip
    powers = np.array([float(f"1e{power}") for power in range(_FLOAT + 1)])
    result, odd = np.empty(texts.size, dtype.np_dtype), np.empty(texts.size, np.uint8)
    run = loop(text, ("u8", "u64", "i64", "f64", kind, "u8"))
    run([MEMORY, texts.addresses, texts.sizes, powers, result, odd], [], [texts.size], 1)
    if odd.any():
        chosen = np.flatnonzero(odd)
        others = np.empty(len(chosen), object)
        others[:] = texts.some(chosen)
        result[chosen] = kernel(others, out_type=dtype)
    return result


_DIGITS: Final = """def kernel(x, data, sizes, places, start, stop):
    for i in range(start, stop):
        v = i64(load(x, i))
        m = u64(-v) if v < i64(0) else u64(v)
        place = u64(i) * u64(24) + u64(20)
        end = place
        more = True
        while more:
            q = m // u64(10)
            place = place - u64(1)
            store(data, U(place), u8(m - q * u64(10) + u64(48)))
            m = q
            more = m > u64(0)
        if v < i64(0):
            place = place - u64(1)
            store(data, U(place), u8(45))
        store(sizes, i, i64(end - place))
        store(places, i, place)
"""


def write(instruction: Instruction, values: Sequence[Any]) -> Sequence[Any] | None:
    """`AsString` of integers, in no special form."""
    (x,) = values
    attrs = instruction.attrs
    plain = attrs["precision"] < 0 and attrs["width"] < 0 and not attrs["fill"]
    if x.dtype.kind != "i" or not plain or attrs["scientific"] or attrs["shortest"]:
        return None
    data, sizes, places = np.empty(x.size * 24, np.uint8), np.empty(x.size, np.int64), np.empty(x.size, np.uint64)
    run = loop(_DIGITS, (instruction.inputs[0].dtype.short, "u8", "i64", "u64"))
    run([np.ascontiguousarray(x), data, sizes, places], [], [x.size], 1)
    return [Views(places + np.uint64(data.ctypes.data), sizes, x.shape, data)]
