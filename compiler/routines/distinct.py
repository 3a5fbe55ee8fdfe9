"""The distinct elements of a vector, as they first appear: `unique`, `unique_with_counts`.

One thread looks each element up in a table of what was seen. Integers that lie close together are places in that table;
others, and floats, are hashed, and the table is made anew, eight times as large, when half of it is full. With NaN
among the elements NumPy's kernel runs: no NaN equals another.

    5 7 5 6 in a table from 5 to 7:   1 . .   1 . 2   1 . 2   1 3 2   so they are 5 7 6, and the places 0 1 0 2
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from ..plan.plan import Instruction
from ..runtime import recycle
from .kernel import loop

_CLOSE: Final = 4  # places in the table for an element, up to which integers are not hashed
_BITS: Final = 12  # of the first table's size; each later one has three more

_NEW: Final = """total = total + U(1)
store(first, total - U(1), i64(i))
p = i32(total)
store(table, at, p)"""
_SEEN: Final = "store(idx, i, {I}(p - i32(1)))"
_COUNTED: Final = """store(idx, i, {I}(p - i32(1)))
c = load_result(counts, U(p - i32(1)))
store(counts, U(p - i32(1)), c + {I}(1))"""
_CLOSE_TEXT: Final = """def kernel(x, table, first, idx, counts, state, low, start, stop):
    total = U(0)
    for i in range(start, stop):
        at = U(load(x, i)) - low
        p = load_result(table, at)
        if p == i32(0):
{new}{seen}    store(state, U(0), total)
"""
# The place of a number: the first one of its hash and behind that is empty or has the number.
_FIND: Final = """e = U({key})
at = (e * U(11400714819323198485)) >> shift
p = load_result(table, at)
going = p != i32(0)
while going:
    going = U(load({keys}, U(load_result(first, U(p - i32(1)))))) != e
    if going:
        at = (at + U(1)) & mask
        p = load_result(table, at)
        going = p != i32(0)"""
_HASHED_TEXT: Final = """def kernel(x, table, first, idx, counts, state, n, shift, mask, most, phase, start, stop):
    if phase == U(0):
        for j in range(start, stop):
{find_old}            store(table, at, i32(j + U(1)))
    else:
        for once in range(start, stop):
            i = load_result(state, U(1))
            total = load_result(state, U(0))
            while both(i < n, total < most):
{find}                if p == i32(0):
{new}{seen}                i = i + U(1)
            store(state, U(0), total)
            store(state, U(1), i)
"""


def _indented(text: str, depth: int) -> str:
    return "".join(f"{' ' * depth}{line}\n" for line in text.split("\n"))


def unique(
    instruction: Instruction, values: Sequence[Any], threads: int, unused: Sequence[bool] = ()
) -> Sequence[Any] | None:
    """`Unique` and `UniqueWithCounts`; None unless all is as it should be."""
    (x,) = values
    dtype, index = instruction.inputs[0].dtype, instruction.outputs[1].dtype
    if x.ndim != 1 or not x.size or x.size >= 1 << 31:
        return None
    x = np.ascontiguousarray(x)
    if dtype.kind == "f":
        if np.isnan(x.max()):
            return None
        keys, kind = (x + x.dtype.type(0)).view(f"i{x.itemsize}"), f"i{8 * x.itemsize}"  # one key for both zeros
    else:
        keys, kind = (x.view(np.uint8), "u8") if x.dtype == bool else (x, dtype.short)
    idx, first = recycle.empty(x.shape, index.np_dtype), recycle.empty(x.shape, np.dtype(np.int64))
    types, is_counted = (kind, "i32", "i64", index.short, index.short, "u64"), len(instruction.outputs) > 2
    counts, seen = np.zeros(x.size if is_counted else 1, index.np_dtype), _COUNTED if is_counted else _SEEN
    low, high = int(keys.min()), int(keys.max())
    if high - low < _CLOSE * x.size:
        total = _close(keys, (first, idx, counts), types, seen, low)
    else:
        total = _hashed(keys, (first, idx, counts), types, seen)
    return [x[first[:total]], idx, *([counts[:total].copy()] if is_counted else [])]


def _close(keys: Any, made: tuple[Any, ...], types: tuple[str, ...], seen: str, low: int) -> int:
    """Integers that lie close together; how many there are."""
    table, state = np.zeros(int(keys.max()) - low + 1, np.int32), np.zeros(1, np.uint64)
    text = _CLOSE_TEXT.format(new=_indented(_NEW, 12), seen=_indented(seen.format(I=types[3]), 8))
    loop(text, types)([keys, table, *made, state], [low % (1 << 64)], [keys.size], 1)
    return int(state[0])


def _hashed(keys: Any, made: tuple[Any, ...], types: tuple[str, ...], seen: str) -> int:
    """Any numbers; how many there are."""
    text = _HASHED_TEXT.format(
        find_old=_indented(_FIND.format(key="load(x, U(load_result(first, j)))", keys="x"), 12),
        find=_indented(_FIND.format(key="load(x, i)", keys="x"), 16),
        new=_indented(_NEW, 20), seen=_indented(seen.format(I=types[3]), 16),
    )  # fmt: skip
    state, bits = np.zeros(2, np.uint64), _BITS
    while int(state[1]) < keys.size:
        table = np.zeros(1 << bits, np.int32)
        numbers = [keys.size, 64 - bits, (1 << bits) - 1, 1 << (bits - 1)]
        loop(text, types)([keys, table, *made, state], numbers, [int(state[0]), 1], 1)
        bits += 3
    return int(state[0])


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {"unique": unique}
