"""Counting into bins, and searching in sorted rows: `bincount`, `histogram_fixed_width`, `searchsorted`.

Counts: the elements are cut into blocks, each counts into bins of its own, and the bins of all blocks are added in
their order. How many blocks there are depends on sizes alone. Within a block four elements take turns, each with bins
of its own too where these are few: an element that counts where the one before did would wait for it.

    2 2 0 1 | 2 1 in two blocks, 3 bins:   1 1 2 and 0 1 1;   together 1 2 3

Searches: many values look at the middles of what is left of a row at once, in vectors and without a jump that nobody
can guess.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from ..plan.plan import Instruction
from ..runtime import recycle
from .kernel import loop, threads_for

_MOST_BLOCKS: Final = 32
_LANES: Final = 4  # bins of a block's own
_FEW: Final = 1 << 12  # bins of all lanes
_CHUNK: Final = 1024  # elements whose bins are found in vectors, before they are counted
_ALONGSIDE: Final = 64  # searches at once

_ADD_UP: Final = """    else:
        for i in range(start, stop):
            a = {R}(0)
            for b in range(tables):
                c = load_result(parts, b * s + i)
                a = {R}({join})
            store(r, i, {R}(a))
"""
_COUNT: Final = """def kernel(x, w, r, parts, bad, n, s, length, tables, phase, start, stop):
    if phase == U(0):
        for b in range(start, stop):
            table = b * U({lanes}) * s
            for i in range(U({lanes}) * s):
                store(parts, table + i, {R}(0))
            wrong = {I}(0)
            first = min(b * length, n)
            last = min(first + length, n)
            turns = (last - first) // U({lanes})
            for i in range(turns):
{turns}            for i in range(first + turns * U({lanes}), last):
                lane = U(0)
{rest}            store(bad, b, wrong)
"""
_ONE: Final = """e = load(x, {at})
wrong = wrong | e
if U(e) < s:
    a = load_result(parts, table + {lane} * s + U(e))
    store(parts, table + {lane} * s + U(e), {R}({new}))"""
_HISTOGRAM: Final = """def kernel(x, ends, r, parts, bins, bad, n, s, length, tables, phase, start, stop):
    if phase == U(0):
        for b in range(start, stop):
            table = b * U({lanes}) * s
            for i in range(U({lanes}) * s):
                store(parts, table + i, {R}(0))
            wrong = i32(0)
            low = load(ends, U(0))
            step = load(ends, U(1))
            top = load(ends, U(2))
            at = min(b * length, n)
            last = min(at + length, n)
            while at < last:
                count = min(U({chunk}), last - at)
                for i in range(count):
                    v = f64(load(x, at + i))
                    wrong = wrong | i32(isnan(v))
                    q = (v - low) / step
                    store(bins, b * U({chunk}) + i, i32(smaller(larger(q, f64(0)), top)))
                turns = count // U({lanes})
                for i in range(turns):
{turns}                for i in range(turns * U({lanes}), count):
                    e = U(load_result(bins, b * U({chunk}) + i))
                    a = load_result(parts, table + e)
                    store(parts, table + e, {R}(a + {R}(1)))
                at = at + count
            store(bad, b, wrong)
"""
_BIN: Final = """e = U(load_result(bins, b * U({chunk}) + i * U({lanes}) + U({lane})))
a = load_result(parts, table + U({lane}) * s + e)
store(parts, table + U({lane}) * s + e, {R}(a + {R}(1)))"""


def _indented(text: str, depth: int) -> str:
    return "".join(f"{' ' * depth}{line}\n" for line in text.split("\n"))


def _blocks(elements: int, bins: int) -> tuple[int, int]:
    """How many blocks count by themselves, and how many tables of bins each has."""
    lanes = _LANES if _LANES * bins <= _FEW else 1
    return max(min(elements // max(4 * lanes * bins, 1 << 13), _MOST_BLOCKS), 1), lanes


def bincount(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`DenseBincount` or `Bincount` of a vector; None unless all is as it should be."""
    x, number, weights = values
    count = int(number) if number.ndim == 0 else -1
    if x.ndim != 1 or count <= 0 or not x.size or (weights.size and weights.shape != x.shape):
        return None
    result, bad = _counted(instruction, x, weights, count, threads, bool(instruction.attrs.get("binary_output")))
    return None if (bad < 0).any() else [result]


def hot_counts(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`_HotCounts`, where numbers out of range count nowhere."""
    x, number = values
    if number.ndim or int(number) <= 0 or not x.size:
        return None
    none = np.empty(0, instruction.outputs[0].dtype.np_dtype)
    return [_counted(instruction, x.reshape(-1), none, int(number), threads)[0]]


def _counted(
    instruction: Instruction, x: Any, weights: Any, count: int, threads: int, is_binary: bool = False
) -> tuple[Any, Any]:
    """How often each number is in a vector; and per block whether there is a negative one, as a negative number."""
    blocks, lanes = _blocks(x.size, count)
    kinds = instruction.inputs[0].dtype.short, instruction.outputs[0].dtype.short
    text = _count_text(kinds, lanes, bool(weights.size), is_binary)
    result, tables = recycle.empty((count,), weights.dtype), blocks * lanes
    parts, bad = np.empty(tables * count, weights.dtype), np.empty(blocks, x.dtype)
    arrays = [np.ascontiguousarray(x), np.ascontiguousarray(weights), result, parts, bad]
    numbers = [x.size, count, -(-x.size // blocks), tables]
    types = (kinds[0], kinds[1], kinds[1], kinds[1], kinds[0])
    loop(text, types)(arrays, numbers, [blocks, count], threads_for(x.size, threads))
    return result, bad


def _count_text(kinds: tuple[str, str], lanes: int, has_weights: bool, is_binary: bool) -> str:
    index, kind = kinds

    def one(at: str, lane: str) -> str:
        weight = f"load(w, {at})" if has_weights else f"{kind}(1)"
        new = f"{kind}(1)" if is_binary else f"a + {weight}"
        return _ONE.format(at=at, lane=lane, R=kind, new=new)

    turns = "".join(_indented(one(f"first + turns * U({lane}) + i", f"U({lane})"), 16) for lane in range(lanes))
    text = _COUNT.format(R=kind, I=index, lanes=lanes, turns=turns, rest=_indented(one("i", "lane"), 16))
    return text + _ADD_UP.format(R=kind, join="maximum(a, c)" if is_binary else "a + c")


def histogram(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`HistogramFixedWidth`; None unless all is as it should be."""
    x, ends, number = values
    count = int(number) if number.ndim == 0 else -1
    if not 0 < count < 1 << 31 or ends.shape != (2,) or not x.size:
        return None
    low, high = ends.tolist()
    if not low < high:
        return None
    blocks, lanes = _blocks(x.size, count)
    kind, counted = instruction.inputs[0].dtype.short, instruction.outputs[0].dtype
    turns = "".join(
        _indented(_BIN.format(chunk=_CHUNK, lanes=lanes, lane=n, R=counted.short), 20) for n in range(lanes)
    )
    text = _HISTOGRAM.format(R=counted.short, lanes=lanes, chunk=_CHUNK, turns=turns)
    text += _ADD_UP.format(R=counted.short, join="a + c")
    result, tables = recycle.empty((count,), counted.np_dtype), blocks * lanes
    limits = np.array([low, (high - low) / count, count - 1], np.float64)
    parts, bins = np.empty(tables * count, counted.np_dtype), np.empty(blocks * _CHUNK, np.int32)
    bad = np.empty(blocks, np.int32)
    numbers = [x.size, count, -(-x.size // blocks), tables]
    types = (kind, "f64", counted.short, counted.short, "i32", "i32")
    arrays = [np.ascontiguousarray(x), limits, result, parts, bins, bad]
    loop(text, types)(arrays, numbers, [blocks, count], threads_for(x.size, threads))
    return None if bad.any() else [result]


_SEARCH: Final = """def kernel(x, values, r, bases, n, k, stretches, start, stop):
    for piece in range(start, stop):
        row = piece // stretches * n
        place = piece % stretches * U({lanes})
        at = piece // stretches * k + place
        count = min(U({lanes}), k - place)
        own = piece * U({lanes})
        for i in range(count):
            store(bases, own + i, i32(0))
        left = n
        while left > U(1):
            half = left // U(2)
            before = row + half - U(1)
            for i in range(count):
                b = load_result(bases, own + i)
                v = load(values, at + i)
                store(bases, own + i, b + i32(half) * i32(load(x, before + U(b)) {relation} v))
            left = left - half
        for i in range(count):
            b = load_result(bases, own + i)
            store(r, at + i, {R}(b) + {R}(load(x, row + U(b)) {relation} load(values, at + i)))
"""


def bound(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`LowerBound` and `UpperBound`; None unless all is as it should be, and no number is NaN."""
    x, wanted = values
    if x.ndim != 2 or wanted.ndim != 2 or len(x) != len(wanted) or not wanted.size or not 0 < x.size < 1 << 31:
        return None
    kind, result_kind = instruction.inputs[0].dtype, instruction.outputs[0].dtype
    if kind.kind == "f" and (np.isnan(x[:, -1]).any() or np.isnan(wanted.min())):
        return None
    rows, count = wanted.shape
    relation = "<" if instruction.op_def.routine[1] == "lower" else "<="
    text = _SEARCH.format(lanes=_ALONGSIDE, relation=relation, R=result_kind.short)
    stretches = -(-count // _ALONGSIDE)
    result = recycle.empty(wanted.shape, result_kind.np_dtype)
    bases = np.empty(rows * stretches * _ALONGSIDE, np.int32)
    arrays = [np.ascontiguousarray(x), np.ascontiguousarray(wanted), result, bases]
    run = loop(text, (kind.short, kind.short, result_kind.short, "i32"))
    run(arrays, [x.shape[1], count, stretches], [rows * stretches], threads_for(8 * wanted.size, threads))
    return [result]


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {
    "bincount": bincount, "hot counts": hot_counts, "histogram": histogram, "bound": bound,
}  # fmt: skip
