"""Lengths, cases, parts, words and joins of strings in memory.

A part or a word is a place within the string it is cut out of. Strings in another case and joined ones are written
anew, word by word of eight bytes: the eight bytes of one are compared with `A` and `Z` by one addition each.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import numpy as np

from ...plan.plan import Instruction
from ..kernel import loop
from .views import MEMORY, Views, new_memory, views_of
from .words import HIGHS, ONES, some

Array = np.ndarray[Any, Any]
_SPACES: Final = b" \t\n\r\x0b\x0c"  # what bytes.split() ends words at
_MOST_JOINED: Final = 8


def lengths(instruction: Instruction, values: Sequence[Any]) -> Sequence[Any] | None:
    """`StringLength` in bytes."""
    if instruction.attrs["unit"] != b"BYTE":
        return None
    texts = views_of(values[0])
    return None if texts is None else [texts.sizes.astype(np.int32).reshape(texts.shape)]


_CASE: Final = f"""def kernel(memory, addresses, sizes, to, data, start, stop):
    for i in range(start, stop):
        a = load(addresses, i)
        left = u64(load(sizes, i))
        at = U(load(to, i))
        while left > u64(0):
            n = min(left, u64(8))
{some("w", "a", "n", 12)}            seven = w & u64({ONES * 0x7F})
            since = seven + u64({ONES}) * u64(%d)
            past = seven + u64({ONES}) * u64(%d)
            letters = (since ^ past) & (~w) & u64({HIGHS})
            store(data, at, w ^ (letters >> u64(2)))
            at = at + U(1)
            a = a + n
            left = left - n
"""


def cases(instruction: Instruction, values: Sequence[Any]) -> Sequence[Any] | None:
    """`StringLower` and `StringUpper` of ASCII letters."""
    if instruction.attrs["encoding"]:
        return None
    texts = views_of(values[0])
    if texts is None:
        return None
    first, last = b"AZ" if instruction.op_def.routine[1] == "lower" else b"az"
    data, places = new_memory(texts.sizes)
    text = _CASE % (0x80 - first, 0x7F - last)
    run = loop(text, ("u64", "u64", "i64", "u64", "u64"))
    run([MEMORY, texts.addresses, texts.sizes, places, data], [], [texts.size], 1)
    return [Views(places * np.uint64(8) + np.uint64(data.ctypes.data), texts.sizes, texts.shape, data)]


def parts(instruction: Instruction, values: Sequence[Any]) -> Sequence[Any] | None:
    """`Substr` of the same bytes of all strings."""
    texts, start, count = values
    if instruction.attrs["unit"] != b"BYTE" or start.ndim or count.ndim:
        return None
    texts = views_of(texts)
    start, count = int(start), int(count)
    if count < 0:
        count = sys.maxsize  # beyond all lengths, as the kernel has it
    if texts is None or int(texts.sizes.min()) < abs(start):
        return None  # the kernel says which one is too short
    if start < 0:
        addresses = texts.addresses + (texts.sizes + start).view(np.uint64)
        sizes = np.full(texts.size, min(count, -start), np.int64)
    else:
        addresses = texts.addresses + np.uint64(start)
        sizes = np.minimum(texts.sizes - start, count)
    return [Views(addresses, sizes, texts.shape, texts.owner)]


_COUNT: Final = """def kernel(memory, addresses, sizes, marks, counts, start, stop):
    for i in range(start, stop):
        a = load(addresses, i)
        n = u64(load(sizes, i))
        count = i64({first})
        before = u8(1)
        for j in range(U(n)):
            b = load(memory, U(a + u64(j)))
            mark = load(marks, U(b))
            {step}
            before = mark
        store(counts, i, count)
"""
_WORDS: Final = """def kernel(memory, addresses, sizes, marks, ends, to, lengths, indices, start, stop):
    for i in range(start, stop):
        a = load(addresses, i)
        n = u64(load(sizes, i))
        at = load(ends, i)
        column = i64(0)
        begin = u64(0)
        for j in range(U(n + u64(1))):
            mark = u8(1)
            if u64(j) < n:
                b = load(memory, U(a + u64(j)))
                mark = load(marks, U(b))
            if mark != u8(0):
                if {kept}:
                    store(to, U(at + column), a + begin)
                    store(lengths, U(at + column), i64(u64(j) - begin))
                    store(indices, U(at + column) * U(2), i64(i))
                    store(indices, U(at + column) * U(2) + U(1), column)
                    column = column + i64(1)
                begin = u64(j) + u64(1)
"""


def words(instruction: Instruction, values: Sequence[Any]) -> Sequence[Any] | None:
    """`StringSplit` and `StringSplitV2` at single bytes."""
    separator = values[1].item()
    if "skip_empty" in instruction.attrs:
        skips_empty, marks = instruction.attrs["skip_empty"], separator
    else:
        skips_empty, marks = not separator, separator or _SPACES
        if len(separator) > 1 or instruction.attrs["maxsplit"] >= 0:
            return None
    texts = views_of(values[0])
    if texts is None or not marks:
        return None
    if not skips_empty and "skip_empty" in instruction.attrs and not texts.sizes.all():
        return None  # an empty string has no word
    counts, found, indices = cut(texts, marks, skips_empty)
    return [indices, found, np.array([texts.size, counts.max()], np.int64)]


def cut(texts: Views, marks: bytes, skips_empty: bool) -> tuple[Array, Views, Array]:
    """Strings taken apart at some bytes.

    Args:
      skips_empty: whether empty words are left out.
    Returns: how many words each string has, the words, and for each the number of its string and its own there.
    """
    table = np.zeros(256, np.uint8)
    table[np.frombuffer(marks, np.uint8)] = 1
    counts = np.empty(texts.size, np.int64)
    step = "count = count + (i64(before) & i64(u8(1) - mark))" if skips_empty else "count = count + i64(mark)"
    text = _COUNT.format(first=0 if skips_empty else 1, step=step)
    given = [MEMORY, texts.addresses, texts.sizes, table]
    loop(text, ("u8", "u64", "i64", "u8", "i64"))([*given, counts], [], [texts.size], 1)
    ends = np.cumsum(counts)
    total = int(ends[-1])
    addresses, sizes = np.empty(total, np.uint64), np.empty(total, np.int64)
    indices = np.empty((total, 2), np.int64)
    text = _WORDS.format(kept="u64(j) > begin" if skips_empty else "begin <= n")
    run = loop(text, ("u8", "u64", "i64", "u8", "i64", "u64", "i64", "i64"))
    run([*given, ends - counts, addresses, sizes, indices], [], [texts.size], 1)
    return counts, Views(addresses, sizes, (total,), texts.owner), indices


@cache
def _join_text(count: int) -> str:
    """The kernel that joins so many pieces, each in the place of a string of its own or the same for all."""
    names = [f"a{k}, s{k}" for k in range(count)]
    steps = ", ".join(f"step{k}" for k in range(count))
    lines = [f"def kernel(memory, {', '.join(names)}, to, data, {steps}, start, stop):"]
    lines += ["    for i in range(start, stop):", "        at = U(load(to, i))", "        held = u64(0)"]
    lines.append("        bits = u64(0)")
    for k in range(count):
        lines.append(f"        a = load(a{k}, i * step{k})")
        lines.append(f"        left = u64(load(s{k}, i * step{k}))")
        lines.append("        while left > u64(0):")
        lines.append("            n = min(left, u64(8))")
        lines += some("w", "a", "n", 12).splitlines()
        lines.append("            held = held | (w << bits)")
        lines.append("            more = bits + (n << u64(3))")
        lines.append("            if more >= u64(64):")
        lines.append("                store(data, at, held)")
        lines.append("                at = at + U(1)")
        lines.append("                held = (w >> (u64(63) - bits)) >> u64(1)")
        lines.append("                more = more - u64(64)")
        lines.append("            bits = more")
        lines.append("            a = a + n")
        lines.append("            left = left - n")
    lines += ["        if bits > u64(0):", "            store(data, at, held)"]
    return "\n".join(lines) + "\n"


def joins(instruction: Instruction, values: Sequence[Any]) -> Sequence[Any] | None:
    """`StringJoin` of a few strings, or of the same string to all."""
    shapes = {value.shape for value in values if value.shape}
    if len(shapes) != 1 or len(values) > _MOST_JOINED:
        return None
    (shape,) = shapes
    separator = np.empty((), object)
    separator[()] = instruction.attrs["separator"]
    given = [piece for value in values for piece in (separator, value)][1:] if separator.item() else values
    pieces = [views_of(piece) for piece in given]
    texts = [piece for piece in pieces if piece is not None]
    if len(texts) < len(pieces):
        return None
    sizes: Any = sum(piece.sizes for piece in texts)
    data, places = new_memory(sizes)
    arrays = [array for piece in texts for array in (piece.addresses, piece.sizes)]
    kinds = ("u64", *("u64", "i64") * len(texts), "u64", "u64")
    steps = [1 if piece.shape else 0 for piece in texts]
    loop(_join_text(len(texts)), kinds)([MEMORY, *arrays, places, data], steps, [len(sizes)], 1)
    return [Views(places * np.uint64(8) + np.uint64(data.ctypes.data), sizes, shape, data)]
