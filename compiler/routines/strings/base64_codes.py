"""Strings to base 64, in its web-safe alphabet, and back: three bytes are four letters of six bits each.

b"ab"  ->  01100001 01100010 (00000000)  ->  011000 010110 001000 (=)  ->  b"YWI" or b"YWI="
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from ...plan.plan import Instruction
from ..kernel import loop
from .views import MEMORY, Views, views_of

Array = np.ndarray[Any, Any]
_LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_BAD: Final = 0x80
_FILL: Final = ord("=")
_KINDS: Final = ("u8", "u64", "i64", "u8", "u64", "u8")

_ENCODE: Final = f"""def kernel(memory, addresses, sizes, letters, to, data, start, stop):
    for i in range(start, stop):
        a = load(addresses, i)
        left = load(sizes, i)
        at = U(load(to, i))
        while left > i64(0):
            b = u64(load(memory, U(a))) << u64(16)
            third = u8({_FILL})
            fourth = u8({_FILL})
            if left > i64(1):
                b = b | (u64(load(memory, U(a + u64(1)))) << u64(8))
                if left > i64(2):
                    b = b | u64(load(memory, U(a + u64(2))))
                    fourth = load(letters, U(b & u64(63)))
                third = load(letters, U((b >> u64(6)) & u64(63)))
            store(data, at, load(letters, U(b >> u64(18))))
            store(data, at + U(1), load(letters, U((b >> u64(12)) & u64(63))))
            store(data, at + U(2), third)
            store(data, at + U(3), fourth)
            at = at + U(4)
            a = a + u64(3)
            left = left - i64(3)
"""

_DECODE: Final = f"""def kernel(memory, addresses, sizes, table, to, data, bad, start, stop):
    wrong = u8(0)
    for i in range(start, stop):
        a = load(addresses, i)
        left = load(sizes, i)
        if (left & i64(3)) == i64(1):
            wrong = u8({_BAD})
        at = U(load(to, i))
        while left > i64(1):
            one = load(table, U(load(memory, U(a))))
            two = load(table, U(load(memory, U(a + u64(1)))))
            three = u8(0)
            four = u8(0)
            if left > i64(2):
                three = load(table, U(load(memory, U(a + u64(2)))))
                if left > i64(3):
                    four = load(table, U(load(memory, U(a + u64(3)))))
            wrong = wrong | one | two | three | four
            b = (u64(one) << u64(18)) | (u64(two) << u64(12)) | (u64(three) << u64(6)) | u64(four)
            store(data, at, u8(b >> u64(16)))
            store(data, at + U(1), u8((b >> u64(8)) & u64(255)))
            store(data, at + U(2), u8(b & u64(255)))
            at = at + U(3)
            a = a + u64(4)
            left = left - i64(4)
    store(bad, 0, wrong)
"""

_KEPT: Final = f"""def kernel(memory, addresses, sizes, kept, start, stop):
    for i in range(start, stop):
        n = load(sizes, i)
        left = n
        if ((n & i64(3)) == i64(0)) & (n > i64(0)):
            last = load(addresses, i) + u64(n)
            if load(memory, U(last - u64(1))) == u8({_FILL}):
                left = left - i64(1)
                if load(memory, U(last - u64(2))) == u8({_FILL}):
                    left = left - i64(1)
        store(kept, i, left)
"""


def _room(groups: Array, width: int) -> tuple[Array, Array]:
    """Memory for so many groups of bytes each, and where each begins there."""
    ends = np.cumsum(groups * width)
    return np.empty(int(ends[-1]) if len(ends) else 0, np.uint8), (ends - groups * width).view(np.uint64)


def encoded(instruction: Instruction, values: Sequence[Any]) -> Sequence[Any] | None:
    """`EncodeBase64`."""
    texts = views_of(values[0])
    if texts is None:
        return None
    groups = (texts.sizes + 2) // 3
    data, places = _room(groups, 4)
    table = np.frombuffer(_LETTERS, np.uint8)
    loop(_ENCODE, _KINDS)([MEMORY, texts.addresses, texts.sizes, table, places, data], [], [texts.size], 1)
    sizes = groups * 4 if instruction.attrs["pad"] else (texts.sizes * 4 + 2) // 3
    return [Views(places + np.uint64(data.ctypes.data), sizes, texts.shape, data)]


def decoded(instruction: Instruction, values: Sequence[Any]) -> Sequence[Any] | None:
    """`DecodeBase64` of strings that are as `EncodeBase64` writes them."""
    texts = views_of(values[0])
    if texts is None:
        return None
    kept = np.empty(texts.size, np.int64)
    loop(_KEPT, ("u8", "u64", "i64", "i64"))([MEMORY, texts.addresses, texts.sizes, kept], [], [texts.size], 1)
    table = np.full(256, _BAD, np.uint8)
    table[np.frombuffer(_LETTERS, np.uint8)] = np.arange(64)
    data, places = _room((kept + 3) >> 2, 3)
    bad = np.zeros(1, np.uint8)
    given = [MEMORY, texts.addresses, kept, table, places, data, bad]
    loop(_DECODE, (*_KINDS, "u8"))(given, [], [texts.size], 1)
    if bad[0] & _BAD:
        return None  # the kernel says what is wrong, or reads it all the same
    return [Views(places + np.uint64(data.ctypes.data), kept * 3 >> 2, texts.shape, data)]
