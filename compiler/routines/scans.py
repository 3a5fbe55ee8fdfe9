"""Running folds along an axis: `cumsum`, `cumprod`, `cumulative_logsumexp`.

A sum that waits for the one before takes 4 cycles an element. So lines along the axis are cut into blocks of 2032,
and four blocks, each with a sum of its own, take turns. What comes before each block is found first:

    phase 0: what each block comes to          sums of any order, in vectors
    phase 1: per line, what its blocks before each one come to
    phase 2: the results, block by block, beginning with that

For example, 5,000 numbers are three blocks of 2032, 2032 and 936: phase 0 sums each, s0 s1 s2; phase 1 makes 0, s0,
s0 + s1 of these; phase 2 runs through all three side by side, each from its own start. Lines of one block need only the
last phase. Blocks depend on sizes alone, so bits do not depend on the threads. Where many elements lie side by side,
whole rows of them are added instead, in vectors, which is NumPy's order of sums.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, Final, NamedTuple

import numpy as np

from ..plan.plan import Instruction
from ..runtime import recycle
from .kernel import loop, threads_for

_BLOCK: Final = 2032  # no power of two: blocks that take turns begin in different sets of a cache
_ALONGSIDE: Final = 4  # blocks that take turns
_WIDE: Final = 16  # elements side by side from which on rows are added
_CHUNK: Final = 256  # columns of rows that one thread adds


class Scan(NamedTuple):
    """How values are folded: text of two of them, the same in any order, and what none comes to."""

    step: str
    many: str
    start: str


_LOG_SUM: Final = (
    "({a} + {T}(0.6931471805599453) if {a} == {b} else maximum({a}, {b}) + log1p_{T}(exp_{T}(-fabs({a} - {b}))))"
)
SCANS: Final = {
    "sum": Scan("{a} + {b}", "add_any_order({a}, {b})", "0"),
    "prod": Scan("{a} * {b}", "multiply_any_order({a}, {b})", "1"),
    "logsumexp": Scan(_LOG_SUM, _LOG_SUM, "-inf"),
}

_LINES = """def kernel(x, r, before, n, inner, blocks, units, has_before, phase, start, stop):
    if phase == U(0):
        for u in range(start, stop):
            place = u // inner % blocks * U({block})
            count = min(U({block}), n - place)
            at = {first}
            a = {T}({start})
            for i in range(count):
                v = load(x, {at})
                a = {T}({many})
            store(before, u, a)
    elif phase == U(1):
        for line in range(start, stop):
            unit = line // inner * blocks * inner + line % inner
            a = {T}({start})
            for i in range(blocks):
                v = load_result(before, unit + i * inner)
                store(before, unit + i * inner, a)
                a = {T}({step})
    else:
        for group in range(start, stop):
{begin}            for i in range(shortest):
{turns}{rest}"""
_BEGIN = """u = min(group * U({lanes}) + U({lane}), units - U(1))
place = u // inner % blocks * U({block})
count{lane} = min(U({block}), n - place)
at{lane} = {first}
a{lane} = {T}({start})
if has_before > U(0):
    a{lane} = load_result(before, u)"""
_TURN: Final = {
    False: "v{lane} = load(x, {at})\na{lane} = {T}({step})\nstore(r, {at}, a{lane})",
    True: "v{lane} = load(x, {at})\nstore(r, {at}, a{lane})\na{lane} = {T}({step})",
}
_ROWS = """def kernel(x, r, n, inner, chunks, start, stop):
    for piece in range(start, stop):
        first = piece % chunks * U({chunk})
        last = min(first + U({chunk}), inner)
        base = piece // chunks * n * inner
        for j in range(first, last):
            at = base + j{to_end}
            v = load(x, at)
            store(r, at, {T}({first_value}))
        for i in range(U(1), n):
            now = base + ({now}) * inner
            past = {past}
            for j in range(first, last):
                a = load_result(r, past + j)
                v = load(x, {source} + j)
                store(r, now + j, {T}({step}))
"""


def run(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`Cumsum` and its like; None unless all is as it should be."""
    x, axis = values
    if axis.ndim or not x.size or not -x.ndim <= int(axis) < x.ndim:
        return None
    x, along = np.ascontiguousarray(x), int(axis) % x.ndim
    outer, n, inner = prod(x.shape[:along]), x.shape[along], prod(x.shape[along + 1 :])
    threads, result = threads_for(x.size, threads), recycle.empty(x.shape, x.dtype)
    kind, attrs = instruction.inputs[0].dtype.short, instruction.attrs
    how, is_exclusive, is_reversed = instruction.op_def.routine[1], attrs["exclusive"], attrs["reverse"]
    if inner >= _WIDE:
        chunks = -(-inner // _CHUNK)
        text = _rows_text(how, kind, is_exclusive, is_reversed)
        loop(text, (kind, kind))([x, result], [n, inner, chunks], [outer * chunks], threads)
        return [result]
    blocks = -(-n // _BLOCK)
    units, lanes = outer * blocks * inner, _lanes(how)
    before = np.empty(units if blocks > 1 else 1, x.dtype)
    counts = [units, outer * inner] if blocks > 1 else [0, 0]
    numbers = [n, inner, blocks, units, int(blocks > 1)]
    text = _lines_text(how, kind, is_exclusive, is_reversed)
    loop(text, (kind, kind, kind))([x, result, before], numbers, [*counts, -(-units // lanes)], threads)
    return [result]


def _lanes(how: str) -> int:
    """How many blocks take turns."""
    return 2 if how == "logsumexp" else _ALONGSIDE


def _indented(text: str, depth: int) -> str:
    return "".join(f"{' ' * depth}{line}\n" for line in text.split("\n"))


def _lines_text(how: str, kind: str, is_exclusive: bool, is_reversed: bool) -> str:
    """The kernel over blocks of lines."""
    scan, lanes = SCANS[how], _lanes(how)
    place = "(n - U(1) - place)" if is_reversed else "place"
    first = f"(u // inner // blocks * n + {place}) * inner + u % inner"
    sign = "-" if is_reversed else "+"
    fixed = {"T": kind, "start": scan.start, "block": _BLOCK, "first": first, "lanes": lanes}
    begin = "".join(_indented(_BEGIN.format(lane=lane, **fixed), 12) for lane in range(lanes))
    shortest = "count0"
    for lane in range(1, lanes):
        shortest = f"min({shortest}, count{lane})"
    begin += _indented(f"shortest = {shortest}", 12)

    def turn(lane: int) -> str:
        step = scan.step.format(a=f"a{lane}", b=f"v{lane}", T=kind)
        return _TURN[is_exclusive].format(lane=lane, at=f"at{lane} {sign} i * inner", step=step, T=kind)

    turns = "".join(_indented(turn(lane), 16) for lane in range(lanes))
    rest = "".join(
        _indented(f"for i in range(shortest, count{lane}):", 12) + _indented(turn(lane), 16) for lane in range(lanes)
    )
    step, many = (text.format(a="a", b="v", T=kind) for text in (scan.step, scan.many))
    return _LINES.format(
        step=step, many=many, at=f"at {sign} i * inner", begin=begin, turns=turns, rest=rest, **fixed
    )  # fmt: skip


def _rows_text(how: str, kind: str, is_exclusive: bool, is_reversed: bool) -> str:
    """The kernel over rows of elements side by side."""
    scan = SCANS[how]
    now, past = ("n - U(1) - i", "now + inner") if is_reversed else ("i", "now - inner")
    return _ROWS.format(
        chunk=_CHUNK, T=kind, to_end=" + (n - U(1)) * inner" if is_reversed else "",
        first_value=f"{kind}({scan.start})" if is_exclusive else "v", now=now, past=past,
        source="past" if is_exclusive else "now", step=scan.step.format(a="a", b="v", T=kind),
    )  # fmt: skip


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {"scan": run}
