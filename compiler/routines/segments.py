"""Folding the rows of segments: `segment_sum` and its like, and those of ids in any order.

Each result comes of the same additions in the same order whatever the number of threads:

* Ids in any order, few targets: the rows are cut into blocks, each folds into targets of its own, and the targets of
  all blocks are joined in their order. How many blocks there are depends on sizes alone.
* Ids in any order, many targets: each thread folds all rows of a range of targets, in their order; see `scatters.py`.
* Sorted ids: the rows are cut into blocks; a run of equal ids is folded at once. What a block begins with may go on
  from the block before: that is kept apart and joined in a second phase.

Worked example, ids 0 0 1 1 | 1 3 3 3 in two blocks: the first writes targets 0 and 1; the second keeps its share of 1
apart, writes 3, and fills 2, which no id names. Then the share is joined to target 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np

from ...ops.types.dtypes import DType
from ..plan.plan import Instruction
from ..runtime import recycle
from .kernel import loop, threads_for
from .scatters import WIDE

_BLOCK: Final = 1 << 14  # rows of a block of sorted ids
_MOST_BLOCKS: Final = 32
_UNROLLED: Final = 16  # columns up to which the statements of a row are written out


class Fold(NamedTuple):
    """How values are folded: as text of two values, in any order of a run's, and what none of them comes to."""

    step: str
    many: str
    start: Callable[[Any], Any]


def _zero(dtype: Any) -> int:
    return 0


def _least(dtype: Any) -> str:
    return "-inf" if dtype.kind == "f" else str(dtype.min)


def _most(dtype: Any) -> str:
    return "inf" if dtype.kind == "f" else str(dtype.max)


FOLDS: Final = {
    "sum": Fold("{a} + {b}", "add_any_order({a}, {b})", _zero),
    "mean": Fold("{a} + {b}", "add_any_order({a}, {b})", _zero),
    "prod": Fold("{a} * {b}", "multiply_any_order({a}, {b})", lambda dtype: 1),
    "max": Fold("maximum({a}, {b})", "maximum({a}, {b})", _least),
    "min": Fold("minimum({a}, {b})", "minimum({a}, {b})", _most),
}


def _columns(width: int, indent: str, text: str) -> str:
    """A statement for each column `{j}` of a row: written out where they are few."""
    if width <= _UNROLLED:
        return "".join(f"{indent}{line}\n" for j in range(width) for line in text.format(j=f"U({j})", n=j).split("\n"))
    lines = "".join(f"{indent}    {line}\n" for line in text.format(j="j", n="").split("\n"))
    return f"{indent}for j in range(w):\n{lines}"


# Ids in any order.

_FEW = """def kernel(x, ids, r, parts, bad, n, w, s, length, blocks, phase, start, stop):
    if phase == U(0):
        for b in range(start, stop):
            for i in range(b * s * w, b * s * w + s * w):
                store(parts, i, {T}({start}))
            wrong = {I}(0)
            for i in range(b * length, min(b * length + length, n)):
                e = load(ids, i)
                if U(e) < s:
                    at = (b * s + U(e)) * w
{row}                elif e >= {I}(0):
                    wrong = {I}(1)
            store(bad, b, wrong)
    else:
        for i in range(start * w, stop * w):
            a = {T}({start})
            for b in range(blocks):
                c = load_result(parts, b * s * w + i)
                a = {T}({join})
            store(r, i, a)
"""

_MANY = """def kernel(x, ids, r, bad, n, w, s, length, start, stop):
    for b in range(start, stop):
        first = min(b * length, s)
        last = min(b * length + length, s)
        for i in range(first * w, last * w):
            store(r, i, {T}({start}))
        wrong = {I}(0)
        for i in range(n):
            e = load(ids, i)
            if U(e) - first < last - first:
                at = U(e) * w
{row}            elif (U(e) >= s) and (e >= {I}(0)):
                wrong = {I}(1)
        store(bad, b, wrong)
"""


def run_unsorted(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`UnsortedSegmentSum` and its like; None unless all is as it should be."""
    data, ids, number = values
    count = int(number) if number.ndim == 0 else -1
    if count <= 0 or data.shape[: ids.ndim] != ids.shape or not ids.size:
        return None
    data, ids = np.ascontiguousarray(data), np.ascontiguousarray(ids)
    rows, width = ids.size, data.size // ids.size
    result = recycle.empty((count, *data.shape[ids.ndim :]), data.dtype)
    if not width:
        return None
    blocks = min(rows * width // max(4 * count * width, 1 << 13), _MOST_BLOCKS)
    threads = threads_for(data.size, threads)
    text, types = _unsorted_text(instruction.op_def.routine[1], *_types(instruction), width, blocks > 1)
    if blocks > 1:
        parts, bad = np.empty(blocks * count * width, data.dtype), np.empty(blocks, ids.dtype)
        numbers = [rows, width, count, -(-rows // blocks), blocks]
        loop(text, types)([data, ids, result, parts, bad], numbers, [blocks, count], threads)
    else:
        threads = threads if width >= WIDE else 1
        bad = np.empty(threads, ids.dtype)
        numbers = [rows, width, count, -(-count // threads)]
        loop(text, types)([data, ids, result, bad], numbers, [threads], threads)
    return None if bad.any() else [result]


def _types(instruction: Instruction) -> tuple[DType, str]:
    """The type of the rows, and the short name of that of their ids."""
    return instruction.inputs[0].dtype, instruction.inputs[1].dtype.short


@lru_cache(1024)
def _unsorted_text(how: str, dtype: DType, ids: str, width: int, is_few: bool) -> tuple[str, tuple[str, ...]]:
    fold, kind = FOLDS[how], dtype.short
    start = {"max": dtype.min, "min": dtype.max}.get(how) or fold.start(dtype)  # what a target without rows holds
    target = "parts" if is_few else "r"
    step = fold.step.format(a="a{n}", b="c{n}")
    row = f"a{{n}} = load_result({target}, at + {{j}})\nc{{n}} = load(x, i * w + {{j}})\n"
    row += f"store({target}, at + {{j}}, {kind}({step}))"
    if width == 1:
        row = row.replace(" * w", "")
    text = (_FEW if is_few else _MANY).format(
        T=kind, I=ids, start=start, join=fold.step.format(a="a", b="c"),
        row=_columns(width, " " * (20 if is_few else 16), row),
    )  # fmt: skip
    return text, (kind, ids, kind, kind, ids) if is_few else (kind, ids, kind, ids)


# Sorted ids.

_SORTED = """def kernel(x, ids, r, sizes, heads, more, bad, n, w, s, length, blocks, phase, start, stop):
    if phase == U(0):
        for b in range(start, stop):
            i = b * length
            last = min(b * length + length, n)
            before = {I}(-1)
            if b > U(0):
                before = load(ids, i - U(1))
            wrong = load(ids, i) < before
            for k in range(i + U(1), last):
                wrong = either(wrong, load(ids, k) < load(ids, k - U(1)))
            wrong = either(wrong, U(load(ids, i)) >= s)
            wrong = either(wrong, U(load(ids, last - U(1))) >= s)
            store(bad, b, {I}(1) if wrong else {I}(0))
            if wrong:
                i = last
            while i < last:
                e = load(ids, i)
                stop_of_run = i
                going = True
                while going:
                    at = min(stop_of_run + U(16), last - U(1))
                    going = False
                    if load(ids, at) == e:
                        stop_of_run = at
                        going = at < last - U(1)
                stop_of_run = stop_of_run + U(1)
                at = min(stop_of_run, last - U(1))
                while both(stop_of_run < last, load(ids, at) == e):
                    stop_of_run = stop_of_run + U(1)
                    at = min(stop_of_run, last - U(1))
                if e == before:
                    store(more, b, stop_of_run - i)
{head}                else:
                    for k in range(U(before + {I}(1)), U(e)):
                        store(sizes, k, u64(0))
                        for j in range(w):
                            store(r, k * w + j, {T}({empty}))
                    store(sizes, U(e), stop_of_run - i)
{whole}                before = e
                i = stop_of_run
    else:
        for b in range(U(1), blocks):
            e = load(ids, b * length)
            if e == load(ids, b * length - U(1)):
                store(sizes, U(e), load_result(sizes, U(e)) + load_result(more, b))
                for j in range(w):
                    a = load_result(r, U(e) * w + j)
                    c = load_result(heads, b * w + j)
                    store(r, U(e) * w + j, {T}({join}))
"""
_RUN_OF_ONE = """{a} = {T}({start})
for k in range(i, stop_of_run):
    {b} = load(x, k)
    {a} = {T}({step})
store({target}, {at}, {a})"""


def run_sorted(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`SegmentSum` and its like; None unless all is as it should be."""
    data, ids = values
    how, dtype = instruction.op_def.routine[1], instruction.inputs[0].dtype
    if ids.ndim != 1 or len(ids) != len(data) or not data.size or how == "mean" and dtype.kind != "f":
        return None
    data, ids = np.ascontiguousarray(data), np.ascontiguousarray(ids)
    rows, width, count = len(ids), data.size // len(ids), int(ids[-1]) + 1
    if not 0 < count <= 4 * rows:  # else what no id names is most of the work, or it is an error
        return None
    blocks = -(-rows // _BLOCK)
    result = recycle.empty((count, *data.shape[1:]), data.dtype)
    sizes, more = np.empty(count, np.uint64), np.empty(blocks, np.uint64)
    heads, bad = np.empty(blocks * width, data.dtype), np.empty(blocks, ids.dtype)
    text, types = _sorted_text(how, *_types(instruction), width)
    arrays, numbers = [data, ids, result, sizes, heads, more, bad], [rows, width, count, _BLOCK, blocks]
    run, threads = loop(text, types), threads_for(data.size, threads)
    run(arrays, numbers, [blocks], threads)
    if bad.any():
        return None
    if blocks > 1:
        run(arrays, numbers, [0, 1], 1)
    if how == "mean":
        result /= np.maximum(sizes, 1).astype(data.dtype).reshape(count, *[1] * (data.ndim - 1))
    return [result]


@lru_cache(1024)
def _sorted_text(how: str, dtype: DType, ids: str, width: int) -> tuple[str, tuple[str, ...]]:
    fold, kind = FOLDS[how], dtype.short
    empty = 1 if how == "prod" else 0
    parts = {}
    for name, target, at in (("head", "heads", "b"), ("whole", "r", "U(e)")):
        a, c = f"{name}_a", f"{name}_c"
        if width == 1:
            lines = _RUN_OF_ONE.format(
                T=kind, a=a, b=c, start=fold.start(dtype), step=fold.many.format(a=a, b=c), target=target, at=at
            )
            parts[name] = "".join(f"{' ' * 20}{line}\n" for line in lines.split("\n"))
        else:
            parts[name] = _run_of_rows(fold, kind, width, (target, at, dtype), (a, c))
    text = _SORTED.format(T=kind, I=ids, empty=empty, join=fold.step.format(a="a", b="c"), **parts)
    return text, (kind, ids, kind, "u64", kind, "u64", ids)


def _run_of_rows(fold: Fold, kind: str, width: int, place: tuple[str, str, Any], names: tuple[str, str]) -> str:
    """The statements that fold the rows of a run, in their order; few columns are kept in registers."""
    (target, at, dtype), (a, c) = place, names
    indent, start = " " * 20, f"{kind}({fold.start(dtype)})"
    if width <= _UNROLLED:
        step = fold.step.format(a=f"{a}{{n}}", b=f"{c}{{n}}")
        lines = _columns(width, indent, f"{a}{{n}} = {start}") + f"{indent}for k in range(i, stop_of_run):\n"
        lines += _columns(width, indent + "    ", f"{c}{{n}} = load(x, k * w + {{j}})\n{a}{{n}} = {kind}({step})")
        return lines + _columns(width, indent, f"store({target}, {at} * w + {{j}}, {a}{{n}})")
    step = fold.step.format(a=a, b=c)
    lines = _columns(width, indent, f"store({target}, {at} * w + {{j}}, {start})")
    lines += f"{indent}for k in range(i, stop_of_run):\n"
    row = f"{a} = load_result({target}, {at} * w + {{j}})\n{c} = load(x, k * w + {{j}})\n"
    return lines + _columns(width, indent + "    ", row + f"store({target}, {at} * w + {{j}}, {kind}({step}))")


ROUTINES: Final = {"segments": run_sorted, "unsorted segments": run_unsorted}
