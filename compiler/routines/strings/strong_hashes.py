"""SipHash and MurmurHash64A of strings in memory.

`ops/families/strings/hashing.py` says what is computed; here the same is written line by line as a kernel's text.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import numpy as np

from ...plan.plan import Instruction
from ..kernel import loop
from .views import MEMORY, views_of
from .words import some, whole

_MASK: Final = 2**64 - 1
_START: Final = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
_FACTOR: Final = 0xC6A4A7935BD1E995


def _turn(value: str, by: int) -> str:
    return f"(({value} << u64({by})) | ({value} >> u64({64 - by})))"


def _rounds(count: int, indent: int) -> str:
    """Lines of rounds of SipHash over `a` to `d`."""
    lines = [
        "a = a + b", "c = c + d", f"b = {_turn('b', 13)} ^ a", f"d = {_turn('d', 16)} ^ c",
        f"a = {_turn('a', 32)} + d", "c = c + b", f"b = {_turn('b', 17)} ^ c", f"d = {_turn('d', 21)} ^ a",
        f"c = {_turn('c', 32)}",
    ]  # fmt: skip
    return "".join(f"{' ' * indent}{line}\n" for line in lines * count)


@cache
def _strong_text(key: tuple[int, int]) -> str:
    numbers = [start ^ (key[place % 2] & _MASK) for place, start in enumerate(_START)]
    begin = "".join(f"        {name} = u64({number})\n" for name, number in zip("abcd", numbers))
    return f"""def kernel(memory, addresses, sizes, buckets, divisor, start, stop):
    for i in range(start, stop):
        at = load(addresses, i)
        n = u64(load(sizes, i))
        left = n
{begin}        while left >= u64(8):
{whole("w", "at", 12)}            d = d ^ w
{_rounds(2, 12)}            a = a ^ w
            at = at + u64(8)
            left = left - u64(8)
        last = n << u64(56)
        if left > u64(0):
{some("w", "at", "left", 12)}            last = last | w
        d = d ^ last
{_rounds(2, 8)}        a = a ^ last
        c = c ^ u64(255)
{_rounds(4, 8)}        h = a ^ b ^ c ^ d
        store(buckets, i, i64(h % u64(divisor)))
"""


_MURMUR: Final = f"""def kernel(memory, addresses, sizes, buckets, divisor, start, stop):
    for i in range(start, stop):
        at = load(addresses, i)
        left = u64(load(sizes, i))
        h = u64({0xDECAFCAFFE}) ^ (left * u64({_FACTOR}))
        while left >= u64(8):
{whole("w", "at", 12)}            w = w * u64({_FACTOR})
            w = (w ^ (w >> u64(47))) * u64({_FACTOR})
            h = (h ^ w) * u64({_FACTOR})
            at = at + u64(8)
            left = left - u64(8)
        if left > u64(0):
{some("w", "at", "left", 12)}            h = (h ^ w) * u64({_FACTOR})
        h = (h ^ (h >> u64(47))) * u64({_FACTOR})
        h = h ^ (h >> u64(47))
        store(buckets, i, i64(h % u64(divisor)))
"""


def strong(instruction: Instruction, values: Sequence[Any]) -> Sequence[Any] | None:
    """`StringToHashBucketStrong`."""
    key = instruction.attrs["key"]
    return _buckets(_strong_text((key[0], key[1])), instruction, values) if len(key) == 2 else None


def old(instruction: Instruction, values: Sequence[Any]) -> Sequence[Any] | None:
    """`StringToHashBucket`."""
    return _buckets(_MURMUR, instruction, values)


def _buckets(text: str, instruction: Instruction, values: Sequence[Any]) -> Sequence[Any] | None:
    texts = views_of(values[0])
    count = instruction.attrs["num_buckets"]
    if texts is None or count < 1:
        return None
    result = np.empty(texts.size, np.int64)
    run = loop(text, ("u64", "u64", "i64", "i64"))
    run([MEMORY, texts.addresses, texts.sizes, result], [count], [texts.size], 1)
    return [result.reshape(texts.shape)]
