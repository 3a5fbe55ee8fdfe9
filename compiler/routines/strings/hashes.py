"""Fingerprints of strings in memory: FarmHash of those up to 64 bytes; the kernel computes those that are longer.

`ops/families/strings/hashing.py` says what is computed; here the same is written line by line as a kernel's text.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import numpy as np

from ....ops.families.strings.hashing import fingerprint
from ...plan.plan import Instruction
from ..kernel import loop
from .views import MEMORY, views_of
from .words import byte, indented, some, whole

_K0: Final = f"u64({0xC3A5C85C97CB3127})"
_K1: Final = f"u64({0xB492B66FBE98F273})"
_K2: Final = f"u64({0x9AE16A3B2F90404F})"


def _turn(value: str, by: int) -> str:
    return f"((({value}) >> u64({by})) | (({value}) << u64({64 - by})))"


def _both(name: str, first: str, second: str, indent: int) -> str:
    """Lines that hash two numbers to `name` with the factor `mul`."""
    pad = " " * indent
    return f"""{pad}{name}_u = {first}
{pad}{name}_v = {second}
{pad}{name}_a = ({name}_u ^ {name}_v) * mul
{pad}{name}_a = {name}_a ^ ({name}_a >> u64(47))
{pad}{name}_b = ({name}_v ^ {name}_a) * mul
{pad}{name}_b = {name}_b ^ ({name}_b >> u64(47))
{pad}{name} = {name}_b * mul
"""


def _short() -> str:
    """Up to 16 bytes."""
    return f"""        if n >= u64(8):
{whole("a", "at", 12)}{whole("b", "at + n - u64(8)", 12)}            a = a + {_K2}
            c = {_turn("b", 37)} * mul + a
            d = ({_turn("a", 25)} + b) * mul
{_both("h", "c", "d", 12)}        elif n >= u64(4):
{some("a", "at", "u64(4)", 12)}{some("b", "at + n - u64(4)", "u64(4)", 12)}\
{_both("h", "n + (a << u64(3))", "b", 12)}        elif n > u64(0):
            x = {byte("at")}
            middle = at + (n >> u64(1))
            y = {byte("middle")}
            end = at + n - u64(1)
            z = {byte("end")}
            h = ((x + (y << u64(8))) * {_K2}) ^ ((n + (z << u64(2))) * {_K0})
            h = (h ^ (h >> u64(47))) * {_K2}
        else:
            h = {_K2}
"""


def _medium() -> str:
    """17 to 32 bytes."""
    return f"""{whole("a", "at", 12)}{whole("b", "at + u64(8)", 12)}{whole("c", "at + n - u64(8)", 12)}\
{whole("d", "at + n - u64(16)", 12)}            a = a * {_K1}
            c = c * mul
            d = d * {_K2}
            p = {_turn("a + b", 43)} + {_turn("c", 30)} + d
            q = b + {_K2}
            q = a + {_turn("q", 18)} + c
{_both("h", "p", "q", 12)}"""


def _long() -> str:
    """33 to 64 bytes."""
    return f"""{whole("a", "at", 12)}{whole("b", "at + u64(8)", 12)}{whole("c", "at + n - u64(8)", 12)}\
{whole("d", "at + n - u64(16)", 12)}            a = a * {_K2}
            c = c * mul
            d = d * {_K2}
            y = {_turn("a + b", 43)} + {_turn("c", 30)} + d
            q = b + {_K2}
            q = a + {_turn("q", 18)} + c
{_both("z", "y", "q", 12)}{whole("e", "at + u64(16)", 12)}{whole("f", "at + u64(24)", 12)}\
{whole("g", "at + n - u64(32)", 12)}{whole("k", "at + n - u64(24)", 12)}            e = e * mul
            g = (y + g) * mul
            k = (z + k) * mul
            p = {_turn("e + f", 43)} + {_turn("g", 30)} + k
            q = f + a
            q = e + {_turn("q", 18)} + g
{_both("h", "p", "q", 12)}"""


@cache
def _text() -> str:
    return f"""def kernel(memory, addresses, sizes, buckets, longer, divisor, start, stop):
    more = u8(0)
    for i in range(start, stop):
        at = load(addresses, i)
        n = u64(load(sizes, i))
        mul = {_K2} + n * u64(2)
        h = u64(0)
        if n > u64(64):
            more = u8(1)
        elif n > u64(32):
{_long()}        elif n > u64(16):
{_medium()}        else:
{indented(_short(), 4)}        store(buckets, i, i64(h % u64(divisor)))
    store(longer, 0, more)
"""


def buckets(instruction: Instruction, values: Sequence[Any]) -> Sequence[Any] | None:
    """`StringToHashBucketFast`."""
    texts = views_of(values[0])
    count = instruction.attrs["num_buckets"]
    if texts is None or count < 1:
        return None
    result, longer = np.empty(texts.size, np.int64), np.zeros(1, np.uint8)
    run = loop(_text(), ("u64", "u64", "i64", "i64", "u8"))
    run([MEMORY, texts.addresses, texts.sizes, result, longer], [count], [texts.size], 1)
    if longer[0]:
        chosen = np.flatnonzero(texts.sizes > 64)
        result[chosen] = [fingerprint(text) % count for text in texts.some(chosen)]
    return [result.reshape(texts.shape)]
