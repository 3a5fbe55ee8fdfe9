"""Products of sparse with dense matrices: each element adds its multiple of a row. Threads have rows of the result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

import numpy as np

from ...plan.plan import Instruction
from ...runtime import recycle
from ..kernel import loop, threads_for

_FEW: Final = 64  # columns up to which their number is part of the text
_WIDE: Final = 4  # columns from which on it pays that each thread reads all places
# `side` is the column of the indices that says the row of the result: 1 for the adjoint matrix.
_PRODUCT: Final = """def kernel(indices, values, b, r, bad, n, w, rows, inner, length, side, start, stop):
    for part in range(start, stop):
        first = min(part * length, rows)
        last = min(part * length + length, rows)
        for i in range(first * w, last * w):
            store(r, i, {T}(0))
        wrong = u64(0)
        for e in range(n):
            row = U(load(indices, e * U(2) + side))
            k = U(load(indices, e * U(2) + U(1) - side))
            if (row >= rows) or (k >= inner):
                wrong = u64(1)
            else:
                if row - first < last - first:
                    f = load(values, e)
                    to = row * w
                    from = k * w
                    for c in range({w}):
                        store(r, to + c, load_result(r, to + c) + f * load(b, from + c))
        store(bad, part, wrong)
"""


@cache
def _text(kind: str, width: int) -> str:
    return _PRODUCT.format(T=kind, w=f"U({width})" if width <= _FEW else "w")


def product(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`SparseTensorDenseMatMul`; None unless all is as it should be."""
    indices, listed, shape, b = values
    kind = instruction.inputs[1].dtype.short
    adjoint_a, adjoint_b = instruction.attrs["adjoint_a"], instruction.attrs["adjoint_b"]
    if kind not in ("f32", "f64") or shape.shape != (2,) or b.ndim != 2 or indices.shape != (len(listed), 2):
        return None
    if listed.ndim != 1 or not listed.size or not b.size:
        return None
    inner, width = b.shape[::-1] if adjoint_b else b.shape
    rows, needed = shape.tolist()[::-1] if adjoint_a else shape.tolist()
    if needed != inner or rows <= 0:
        return None
    threads = threads_for(listed.size * width, threads) if width >= _WIDE else 1
    result, bad = recycle.empty((rows, width), b.dtype), np.empty(threads, np.uint64)
    dense = np.ascontiguousarray(b.T if adjoint_b else b)
    arrays = [np.ascontiguousarray(indices), np.ascontiguousarray(listed), dense, result, bad]
    numbers = [len(listed), width, rows, inner, -(-rows // threads), int(adjoint_a)]
    loop(_text(kind, width), (instruction.inputs[0].dtype.short, kind, kind, kind, "u64"))(
        arrays, numbers, [threads], threads
    )
    return None if bad.any() else [result]


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {"sparse product": product}
