"""Sums and means of chosen rows of a table, by sorted ids of segments: `sparse_segment_sum` and its like.

A segment is one thread's: where it begins is found in the ids. Its rows are added in their order, as the kernel does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from math import prod
from typing import Any, Final

import numpy as np

from ..plan.plan import Instruction
from ..runtime import recycle
from .kernel import loop, threads_for

_ROWS: Final = """def kernel(x, indices, starts, divisors, r, width, start, stop):
    for s in range(start, stop):
        first = U(load(starts, s))
        last = U(load(starts, s + U(1)))
        if first == last:
            for j in range(width):
                store(r, s * width + j, {T}(0))
        else:
            at = U(load(indices, first)) * width
            for j in range(width):
                store(r, s * width + j, load(x, at + j))
            for k in range(first + U(1), last):
                at = U(load(indices, k)) * width
                for j in range(width):
                    store(r, s * width + j, load_result(r, s * width + j) + load(x, at + j))
{divide}"""
_DIVIDE: Final = """            d = load(divisors, s)
            for j in range(width):
                store(r, s * width + j, load_result(r, s * width + j) / d)
"""


@cache
def _text(kind: str, is_sum: bool) -> str:
    return _ROWS.format(T=kind, divide="" if is_sum else _DIVIDE)


def fold(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`SparseSegmentSum`, `Mean` and `SqrtN`, also with a number of segments; None unless all is as it should be."""
    data, indices, ids = values[:3]
    kind, how = instruction.inputs[0].dtype.short, instruction.op_def.routine[1]
    if kind not in ("f32", "f64") or not data.size or ids.ndim != 1 or indices.shape != ids.shape or not ids.size:
        return None
    if indices.min() < 0 or indices.max() >= len(data) or ids[0] < 0 or (ids[1:] < ids[:-1]).any():
        return None
    count = int(ids[-1]) + 1
    if len(values) > 3:
        if values[3].ndim or int(values[3]) < count:
            return None
        count = int(values[3])
    counts = np.bincount(ids, minlength=count)
    starts = np.concatenate([[0], np.cumsum(counts)])
    counts = np.maximum(counts, 1)
    divisors = (np.sqrt(counts) if how == "sqrt_n" else counts).astype(data.dtype)
    width = prod(data.shape[1:])
    result = recycle.empty((count, *data.shape[1:]), data.dtype)
    text = _text(kind, how == "sum")
    arrays = [np.ascontiguousarray(data), np.ascontiguousarray(indices), starts, divisors, result]
    run = loop(text, (kind, instruction.inputs[1].dtype.short, "i64", kind, kind))
    run(arrays, [width], [count], threads_for(ids.size * width, threads))
    return [result]


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {"chosen rows": fold}
