"""Suppression of boxes: its kernels (`ops/families/images/suppression.py`) with compiled loops.

Candidates come in the order of their scores, and each is held against those chosen before, a few at a time, until one
covers too much of it. Classes and images are shared by threads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from ....ops.families.images.suppression import Ways, order_of
from ...plan.plan import Instruction
from ..kernel import loop, threads_for

_ALONGSIDE: Final = 32  # boxes that are compared in vectors before the answer is looked at
_CHOSEN: Final = """def kernel(corners, areas, orders, starts, limit, r, found, kept, count, most, start, stop):
    overlap = load(limit, U(0))
    for group in range(start, stop):
        at = U(load(starts, group))
        last = U(load(starts, group + U(1)))
        top = group * most * U(5)
        left = top + most
        bottom = left + most
        right = bottom + most
        size = right + most
        n = U(0)
        while (at < last) and (n < most):
            i = U(load(orders, at))
            y0 = load(corners, i)
            x0 = load(corners, count + i)
            y1 = load(corners, U(2) * count + i)
            x1 = load(corners, U(3) * count + i)
            area = load(areas, i)
            hit = i32(0)
            k = U(0)
            while (k < n) and (hit == i32(0)):
                end = min(k + U({alongside}), n)
                wrong = i32(0)
                for j in range(k, end):
                    tall = minimum(y1, load_result(kept, bottom + j)) - maximum(y0, load_result(kept, top + j))
                    wide = minimum(x1, load_result(kept, right + j)) - maximum(x0, load_result(kept, left + j))
                    shared = maximum(tall, f32(0)) * maximum(wide, f32(0))
                    other = load_result(kept, size + j)
                    union = other + area - shared
                    wrong = wrong | (i32(shared > overlap * union) & i32(other > f32(0)))
                hit = wrong & i32(area > f32(0))
                k = end
            if hit == i32(0):
                store(r, group * most + n, i32(i))
                store(kept, top + n, y0)
                store(kept, left + n, x0)
                store(kept, bottom + n, y1)
                store(kept, right + n, x1)
                store(kept, size + n, area)
                n = n + U(1)
            at = at + U(1)
        store(found, group, i32(n))
"""
# Scores only fall, so a candidate is opened when its own is the highest there is, and lowered by all that have been
# chosen. Few are ever open.
_LOWERED: Final = """def kernel({arrays}, count, length, most, start, stop):
    overlap = load(limits, U(0))
    least = load(limits, U(1))
    scale = load(limits, U(2))
    lowest = load(limits, U(3))
    for group in range(start, stop):
        n = U(0)
        open = U(0)
        next = U(0)
        slot = U(0)
        best = count
        high = lowest
        goes = i32(1)
        while (n < most) and (goes == i32(1)):
            ahead = load(scores, U(load(orders, min(next, length - U(1)))))
            while (next < length) and (ahead >= high):
                i = U(load(orders, next))
                value = ahead
                for k in range(n):
                    c = U(load_result(r, k))
{opening}                store(opened, open, i32(i))
                store(lowered, open, value)
                if (value > high) or ((value == high) and (i < best)):
                    high = value
                    best = i
                    slot = open
                open = open + U(1)
                next = next + U(1)
                ahead = load(scores, U(load(orders, min(next, length - U(1)))))
            goes = i32(high > lowest)
            if goes == i32(1):
                store(r, n, i32(best))
                store(values, n, high)
                n = n + U(1)
                c = best
                store(lowered, slot, lowest)
                high = lowest
                best = count
                for j in range(open):
                    i = U(load_result(opened, j))
                    value = load_result(lowered, j)
{turn}                    store(lowered, j, value)
                    if (value > high) or ((value == high) and (i < best)):
                        high = value
                        best = i
                        slot = j
        store(found, group, i32(n))
"""
_LOWER: Final = """{tab}if value > lowest:
{tab}    tall = smaller(load(corners, U(2) * count + i), load(corners, U(2) * count + c))
{tab}    tall = tall - larger(load(corners, i), load(corners, c))
{tab}    wide = smaller(load(corners, U(3) * count + i), load(corners, U(3) * count + c))
{tab}    wide = wide - larger(load(corners, count + i), load(corners, count + c))
{tab}    if (tall > f32(0)) and (wide > f32(0)):
{tab}        shared = tall * wide
{tab}        share = shared / (load(areas, c) + load(areas, i) - shared)
{tab}        value = value * f32(exp_f64(f64(scale * share * share)))
{tab}        if (share > overlap) or (value <= least):
{tab}            value = lowest
"""
_FREE: Final = """def kernel(overlaps, orders, limit, r, found, count, length, most, start, stop):
    overlap = load(limit, U(0))
    for group in range(start, stop):
        at = U(0)
        n = U(0)
        while (at < length) and (n < most):
            i = U(load(orders, at))
            hit = i32(0)
            k = U(0)
            while (k < n) and (hit == i32(0)):
                hit = i32(load(overlaps, i * count + U(load_result(r, k))) > overlap)
                k = k + U(1)
            if hit == i32(0):
                store(r, n, i32(i))
                n = n + U(1)
            at = at + U(1)
        store(found, group, i32(n))
"""


def _chosen_by(threads: int) -> Callable[..., list[Any]]:
    def chosen(corners: Any, areas: Any, orders: Sequence[Any], most: int, overlap: float) -> list[Any]:
        lengths = [len(order) for order in orders]
        most = min(max(most, 0), max(lengths, default=0))
        if not most:
            return [np.zeros(0, np.int32) for _ in orders]
        starts = np.zeros(len(orders) + 1, np.int64)
        np.cumsum(lengths, out=starts[1:])
        found, result = np.empty(len(orders), np.int32), np.empty((len(orders), most), np.int32)
        arrays = [
            np.ascontiguousarray(corners), np.ascontiguousarray(areas), np.concatenate(orders).astype(np.int64), starts,
            np.array([overlap], np.float32), result, found, np.empty(len(orders) * most * 5, np.float32),
        ]  # fmt: skip
        run = loop(_CHOSEN.format(alongside=_ALONGSIDE), ("f32", "f32", "i64", "i64", "f32", "i32", "i32", "f32"))
        run(arrays, [areas.size, most], [len(orders)], threads_for(8 * int(starts[-1]), threads))
        return [row[:count].copy() for row, count in zip(result, found.tolist())]

    return chosen


def _lowered(
    corners: Any, areas: Any, scores: Any, most: int, overlap: float, least: float, scale: float
) -> tuple[Any, Any]:
    order = order_of(scores, least)
    most = min(max(most, 0), len(order))
    if not most:
        return np.zeros(0, np.int32), np.zeros(0, np.float32)
    if not np.isfinite(corners).all():
        raise ValueError("boxes of other than numbers are for NumPy's kernel")
    found, result, values = np.empty(1, np.int32), np.empty(most, np.int32), np.empty(most, np.float32)
    limits = np.array([overlap, least, scale, -np.inf], np.float32)
    arrays = [
        np.ascontiguousarray(corners), np.ascontiguousarray(areas), limits, np.ascontiguousarray(scores),
        order.astype(np.int64), result, values, found, np.empty(len(order), np.int32), np.empty(len(order), np.float32),
    ]  # fmt: skip
    names = "corners, areas, limits, scores, orders, r, values, found, opened, lowered"
    text = _LOWERED.format(arrays=names, opening=_LOWER.format(tab=" " * 20), turn=_LOWER.format(tab=" " * 20))
    run = loop(text, ("f32", "f32", "f32", "f32", "i64", "i32", "f32", "i32", "i32", "f32"))
    run(arrays, [areas.size, len(order), most], [1], 1)
    return result[: found[0]].copy(), values[: found[0]].copy()


def _free(overlaps: Any, order: Any, most: int, overlap: float) -> Any:
    most = min(max(most, 0), len(order))
    if not most:
        return np.zeros(0, np.int32)
    found, result = np.empty(1, np.int32), np.empty(most, np.int32)
    arrays = [
        np.ascontiguousarray(overlaps), order.astype(np.int64), np.array([overlap], np.float32), result, found
    ]  # fmt: skip
    run = loop(_FREE, ("f32", "i64", "f32", "i32", "i32"))
    run(arrays, [len(overlaps), len(order), most], [1], 1)
    return result[: found[0]].copy()


def suppression(
    instruction: Instruction, values: Sequence[Any], threads: int, unused: Sequence[bool] = ()
) -> Sequence[Any] | None:
    """The operations of `suppression.py`; None where the kernel refuses the arguments, which is its to say."""
    op_def = instruction.op_def
    attrs = {name: instruction.attrs[name] for name in op_def.kernel_attrs}
    kernel: Any = op_def.kernel
    try:
        made = kernel(*values, Ways(_chosen_by(threads), _lowered, _free), **attrs)
    except (IndexError, TypeError, ValueError):
        return None
    return list(made) if isinstance(made, tuple) else [made]


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {"suppression": suppression}
