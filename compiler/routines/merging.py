"""Sparse tensors added: two lists of rows of coordinates are walked side by side, as `sparse_add`'s kernel says.

(0, 1) 5  (2, 0) 7   and   (0, 1) 1  (1, 1) 3:   (0, 1) 6  (1, 1) 3  (2, 0) 7
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from ..plan.plan import Instruction
from ..runtime import recycle
from .kernel import loop

# `side` is below 0 where the row of `a` is next, above 0 where that of `b` is, 0 for equal rows.
_ADD: Final = """def kernel(ai, av, bi, bv, limit, ri, rv, state, n, m, rank, start, stop):
    for once in range(start, stop):
        i = U(0)
        j = U(0)
        count = U(0)
        least = load(limit, U(0))
        while i + j < n + m:
            side = i32(0)
            if j >= m:
                side = i32(-1)
            else:
                if i >= n:
                    side = i32(1)
                else:
                    for k in range(rank):
                        p = load(ai, i * rank + k)
                        q = load(bi, j * rank + k)
                        if side == i32(0):
                            side = i32(p > q) - i32(p < q)
            total = {T}(0)
            if side > i32(0):
                for k in range(rank):
                    store(ri, count * rank + k, load(bi, j * rank + k))
                total = load(bv, j) + {T}(0)
            else:
                for k in range(rank):
                    store(ri, count * rank + k, load(ai, i * rank + k))
                total = load(av, i) + {T}(0)
                if side == i32(0):
                    total = load(av, i) + load(bv, j)
            store(rv, count, total)
            size = total
            if total < {T}(0):
                size = -total
            if (side != i32(0)) or (size >= least):
                count = count + U(1)
            if side <= i32(0):
                i = i + U(1)
            if side >= i32(0):
                j = j + U(1)
        store(state, U(0), count)
"""


def add(
    instruction: Instruction, values: Sequence[Any], threads: int, unused: Sequence[bool] = ()
) -> Sequence[Any] | None:
    """`SparseAdd`; None unless all is as it should be."""
    a, a_values, a_shape, b, b_values, b_shape, limit = values
    kind = instruction.inputs[1].dtype.short
    rank = len(a_shape) if a_shape.ndim == 1 else 0
    if kind not in ("f32", "f64", "i32", "i64") or not rank or limit.ndim or limit.dtype != a_values.dtype:
        return None
    if a_shape.shape != b_shape.shape or (a_shape != b_shape).any():
        return None
    for rows, listed in ((a, a_values), (b, b_values)):
        if rows.ndim != 2 or rows.shape[1] != rank or listed.shape != rows.shape[:1]:
            return None
    most = len(a) + len(b)
    found, sums = np.empty((most, rank), np.int64), np.empty(most, a_values.dtype)
    state = np.zeros(1, np.uint64)
    arrays = [*map(np.ascontiguousarray, (a, a_values, b, b_values, limit)), found, sums, state]
    types = ("i64", kind, "i64", kind, kind, "i64", kind, "u64")
    loop(_ADD.format(T=kind), types)(arrays, [len(a), len(b), rank], [1], 1)
    count = int(state[0])
    indices, total = recycle.empty((count, rank), found.dtype), recycle.empty((count,), sums.dtype)
    np.copyto(indices, found[:count])
    np.copyto(total, sums[:count])
    return [indices, total, a_shape]


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {"sparse add": add}
