"""What a mask, a number of a part or a length picks: `where`, `dynamic_partition`, `in_top_k`, `reverse_sequence`.

`where` and `dynamic_partition` put elements one behind the other, and where one goes depends on all before it. So the
elements are cut into blocks; a first phase counts what each block has, the counts before each block are its places in
the result, and a second phase fills them. Blocks depend on sizes alone.

    mask 1 0 1 | 0 1 1 in two blocks: counts 2, 2; places 0, 2; the blocks write 0 2 and 4 5
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from math import prod
from typing import Any, Final

import numpy as np

from ..plan.plan import Instruction
from ..runtime import recycle
from .kernel import Loop, loop, threads_for

_BLOCK: Final = 1 << 14  # elements
_TURNS: Final = 8  # elements that are looked at without asking whether all was found
_FEW_PARTS: Final = 8
_MOST_PARTS: Final = 64
_LEAST_WIDTH: Final = 4  # elements side by side that are worth a jump


def _indented(text: str, depth: int) -> str:
    return "".join(f"{' ' * depth}{line}\n" for line in text.split("\n"))


def _plain(array: Any) -> Any:
    """Dense; bools as bytes."""
    dense = np.ascontiguousarray(array)
    return dense.view(np.uint8) if dense.dtype == bool else dense


def _short(value: Any) -> str:
    """The type of a value's elements in a text, where bools are bytes."""
    short: str = value.dtype.short
    return "u8" if short == "bool" else short


_PLACES: Final = """def kernel(x, counts, r, n, phase, start, stop):
    if phase == U(0):
        for b in range(start, stop):
            c = i32(0)
            for i in range(b * U({block}), min(b * U({block}) + U({block}), n)):
                c = c + i32(load(x, i) != {T}(0))
            store(counts, b, U(c))
    else:
        for b in range(start, stop):
            at = load_result(counts, b)
            last = load_result(counts, b + U(1))
            i = b * U({block})
            while at + U({turns}) < last:
{turn}                i = i + U({turns})
            while at < last:
                store(r, at, i64(i))
                at = at + U(load(x, i) != {T}(0))
                i = i + U(1)
"""
# A place is written whether it counts or not; while more are to come than are looked at, there is room for all.
_PLACE: Final = """                store(r, at, i64(i + U({n})))
                at = at + U(load(x, i + U({n})) != {T}(0))
"""
# Places stand in order: mostly one is in the line of the one before, and has its coordinates but for the last.
_COORDINATES: Final = """def kernel(flat, extents, r, rank, inner, stretch, count, start, stop):
    for piece in range(start, stop):
        begin = U(0)
        end = U(0)
        for i in range(piece * stretch, min(piece * stretch + stretch, count)):
            e = U(load(flat, i))
            if e < end:
                for j in range(rank - U(1)):
                    store(r, i * rank + j, load_result(r, i * rank + j - rank))
            else:
                left = e // inner
                begin = left * inner
                end = begin + inner
                for j in range(U(1), rank):
                    extent = U(load(extents, rank - U(1) - j))
                    store(r, i * rank + rank - U(1) - j, i64(left % extent))
                    left = left // extent
            store(r, i * rank + rank - U(1), i64(e - begin))
"""


@cache
def _places_loop(kind: str) -> Loop:
    """The loop that finds the places of what is not zero."""
    turn = "".join(_PLACE.format(n=n, T=kind) for n in range(_TURNS))
    return loop(_PLACES.format(T=kind, block=_BLOCK, turns=_TURNS, turn=turn), (kind, "u64", "i64"))


def where(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`Where`; None unless all is as it should be."""
    (x,) = values
    if not x.ndim or not x.size:
        return None
    kind, threads = _short(instruction.inputs[0]), threads_for(x.size, threads)
    blocks = -(-x.size // _BLOCK)
    counts = np.zeros(blocks + 1, np.uint64)
    run, flat = _places_loop(kind), _plain(x)
    run([flat, counts[1:], counts], [x.size], [blocks], threads)  # which writes no places yet
    np.cumsum(counts, out=counts)
    found = int(counts[-1])
    places = recycle.empty((found, 1), np.dtype(np.int64))
    run([flat, counts, places], [x.size], [0, blocks], threads)
    if x.ndim == 1:
        return [places]
    result = recycle.empty((found, x.ndim), np.dtype(np.int64))
    extents = np.array(x.shape, np.int64)
    numbers, pieces = [x.ndim, x.shape[-1], _BLOCK, found], -(-found // _BLOCK)
    loop(_COORDINATES, ("i64",) * 3)([places, extents, result], numbers, [pieces], threads)
    return [result]


_PARTITION: Final = """def kernel(x, parts, counts, r, bad, n, w, s, phase, start, stop):
    for b in range(start, stop):
        first = b * U({block})
        last = min(first + U({block}), n)
        if phase == U(0):
            wrong = i32(0)
{none}            for i in range(first, last):
                p = load(parts, i)
                wrong = wrong | i32(either(p < i32(0), p >= i32(s)))
{count}{keep}            store(bad, b, wrong)
        else:
            for i in range(first, last):
                at = b * s + U(load(parts, i))
                c = load_result(counts, at)
                store(counts, at, c + U(1))
{row}"""
# What few parts have is counted in vector registers, each part's by itself; what many have is counted in memory.
_FEW: Final = {
    "none": "            c{n} = i32(0)\n",
    "count": "                c{n} = c{n} + i32(p == i32({n}))\n",
    "keep": "            store(counts, b * s + U({n}), U(c{n}))\n",
}
_MANY: Final = {
    "none": "            for j in range(s):\n                store(counts, b * s + j, U(0))\n",
    "count": "                at = b * s + min(U(p), s - U(1))\n                c = load_result(counts, at)\n"
    "                store(counts, at, c + U(1))\n",
    "keep": "",
}


def _partition_text(number: int, width: int) -> str:
    """The kernel for so many parts."""
    pieces = _MANY
    if number <= _FEW_PARTS:
        pieces = {name: "".join(each.format(n=n) for n in range(number)) for name, each in _FEW.items()}
    row = "store(r, c, load(x, i))" if width == 1 else "for j in range(w):\n    store(r, c * w + j, load(x, i * w + j))"
    return _PARTITION.format(block=_BLOCK, row=_indented(row, 16), **pieces)


def partition(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`DynamicPartition`; None unless all is as it should be. The results are parts of one array."""
    data, parts = values
    number, kind = instruction.attrs["num_partitions"], _short(instruction.inputs[0])
    if data.shape[: parts.ndim] != parts.shape or not data.size or not 0 < number <= _MOST_PARTS:
        return None
    rows, threads = parts.size, threads_for(data.size, threads)
    width, blocks = data.size // rows, -(-rows // _BLOCK)
    counts, bad = np.empty((blocks, number), np.uint64), np.empty(blocks, np.int32)
    text = _partition_text(number, width)
    result = recycle.empty((rows, *data.shape[parts.ndim :]), data.dtype)
    arrays = [_plain(data), np.ascontiguousarray(parts), counts, _plain(result), bad]
    run, numbers = loop(text, (kind, "i32", "u64", kind, "i32")), [rows, width, number]
    run(arrays, numbers, [blocks], threads)
    if bad.any():
        return None
    sizes = counts.sum(0)
    before = np.cumsum(counts.T.reshape(-1)) - counts.T.reshape(-1)  # part by part, and within by blocks
    counts[...] = before.reshape(number, blocks).T
    run(arrays, numbers, [0, blocks], threads)
    return np.split(result, np.cumsum(sizes.astype(np.int64))[:-1])


_IN_TOP_K: Final = """def kernel(x, targets, r, n, k, start, stop):
    for i in range(start, stop):
        e = U(load(targets, i))
        own = load(x, i * n + min(e, n - U(1)))
        better = i32(0)
        wrong = i32(0)
        for j in range(n):
            v = load(x, i * n + j)
            better = better + i32(v > own)
            wrong = wrong | i32(not isfinite(v))
        store(r, i, u8(both(both(e < n, wrong == i32(0)), i64(better) < i64(k))))
"""


def in_top_k(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`InTopKV2`; None unless all is as it should be."""
    x, targets, number = values
    if x.ndim != 2 or not x.size or targets.shape != x.shape[:1] or number.ndim:
        return None
    kinds = ("f32", instruction.inputs[1].dtype.short, "u8")
    result = recycle.empty(targets.shape, np.dtype(bool))
    numbers = [x.shape[1], min(max(int(number), 0), x.shape[1] + 1)]
    arrays = [np.ascontiguousarray(x), np.ascontiguousarray(targets), result.view(np.uint8)]
    loop(_IN_TOP_K, kinds)(arrays, numbers, [len(x)], threads_for(x.size, threads))
    return [result]


# The inner one of the two dimensions is reversed: a stretch backwards, the rest as it is.
_REVERSE_INNER: Final = """def kernel(x, lengths, r, a, m, c, w, start, stop):
    for unit in range(start, stop):
        base = unit * c
        length = min(U(load(lengths, unit // m % a)), c)
        for j in range(length):
{backwards}        for k in range(length * w, c * w):
            store(r, base * w + k, load(x, base * w + k))
"""
_REVERSE_OUTER: Final = """def kernel(x, lengths, r, a, m, c, w, start, stop):
    for unit in range(start, stop):
        line = unit % m
        outer = unit // (m * a)
        place = unit // m % a
        for j in range(c):
            length = U(load(lengths, j))
            source = length - U(1) - place if place < length else place
            at = (((outer * a + source) * m + line) * c + j) * w
            for k in range(w):
                store(r, (unit * c + j) * w + k, load(x, at + k))
"""
_BACKWARDS: Final = {
    True: "store(r, base + j, load(x, base + length - U(1) - j))",
    False: "for k in range(w):\n    store(r, (base + j) * w + k, load(x, (base + length - U(1) - j) * w + k))",
}


def reverse_sequence(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`ReverseSequence`; None unless all is as it should be."""
    x, lengths = values
    along, batch = instruction.attrs["seq_dim"], instruction.attrs["batch_dim"]
    if along == batch or not 0 <= along < x.ndim or not 0 <= batch < x.ndim or not x.size:
        return None
    if lengths.shape != (x.shape[batch],) or lengths.min() < 0 or lengths.max() > x.shape[along]:
        return None
    low, high = sorted((along, batch))
    a, m, c = x.shape[low], prod(x.shape[low + 1 : high]), x.shape[high]
    width, kind = prod(x.shape[high + 1 :]), _short(instruction.inputs[0])
    if along == low and width < _LEAST_WIDTH:
        return None  # elements come from rows far apart
    text = _REVERSE_OUTER if along == low else _REVERSE_INNER.format(backwards=_indented(_BACKWARDS[width == 1], 12))
    result = recycle.empty(x.shape, x.dtype)
    arrays = [_plain(x), np.ascontiguousarray(lengths), _plain(result)]
    units = x.size // (c * width)
    types = (kind, instruction.inputs[1].dtype.short, kind)
    loop(text, types)(arrays, [a, m, c, width], [units], threads_for(x.size, threads))
    return [result]


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {
    "where": where, "partition": partition, "in_top_k": in_top_k, "reverse_sequence": reverse_sequence,
}  # fmt: skip
