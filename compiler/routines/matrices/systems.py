"""Systems of equations with triangular matrices, and with matrices of three diagonals: a matrix to a turn.

Triangles: each unknown is what its row leaves when those before it are put in. Three diagonals: elimination with
exchanges of neighbouring rows, as LAPACK's `gtsv` does it, so a third diagonal comes into being above the two that
are left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from math import prod
from typing import Any, Final

import numpy as np

from ...plan.plan import Instruction
from ...runtime import recycle
from ..kernel import loop, threads_for

_KINDS: Final = ("f32", "f64")
_LARGEST: Final = 64  # sides of matrices from which on BLAS is quicker
_UNROLLED: Final = 4  # columns up to which sums stay in registers

# Rows are taken from the last one up where `is_up` is 1. `across` and `down` are the steps along a row and a column.
_TRIANGLE: Final = """def kernel(a, b, x, n, w, down, across, is_up, start, stop):
    for m in range(start, stop):
        base = m * n * n
        top = m * n * w
        for t in range(n):
            i = n - U(1) - t if is_up == U(1) else t
            to = top + i * w
            pivot = load(a, base + i * n + i)
{row}"""
_FEW: Final = """{first}            for s in range(t):
                k = n - U(1) - s if is_up == U(1) else s
                f = load(a, base + i * down + k * across)
                from = top + k * w
{added}{stored}"""
_MANY: Final = """            for c in range(w):
                store(x, to + c, load(b, to + c))
            for s in range(t):
                k = n - U(1) - s if is_up == U(1) else s
                f = load(a, base + i * down + k * across)
                from = top + k * w
                for c in range(w):
                    store(x, to + c, load_result(x, to + c) - f * load_result(x, from + c))
            for c in range(w):
                store(x, to + c, load_result(x, to + c) / pivot)
"""


@cache
def _triangle_text(width: int) -> str:
    if width > _UNROLLED:
        return _TRIANGLE.format(row=_MANY)
    columns = range(width)
    first = "".join(f"            sum{c} = load(b, to + U({c}))\n" for c in columns)
    added = "".join(f"                sum{c} = sum{c} - f * load_result(x, from + U({c}))\n" for c in columns)
    stored = "".join(f"            store(x, to + U({c}), sum{c} / pivot)\n" for c in columns)
    return _TRIANGLE.format(row=_FEW.format(first=first, added=added, stored=stored))


def triangles(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`MatrixTriangularSolve`; None unless all is as it should be."""
    a, b = values
    kind = instruction.inputs[0].dtype.short
    if kind not in _KINDS or a.ndim < 2 or b.ndim < 2 or a.shape[-1] != a.shape[-2] or a.shape[-1] != b.shape[-2]:
        return None
    n, width = b.shape[-2:]
    if n > _LARGEST or not a.size or not b.size:
        return None
    if not (np.abs(np.diagonal(a, axis1=-2, axis2=-1)) > 0).all():  # zero, or not a number
        return None
    if a.shape[:-2] != b.shape[:-2]:
        try:
            batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        except ValueError:
            return None  # the kernel says so
        a, b = np.broadcast_to(a, (*batch, n, n)), np.broadcast_to(b, (*batch, n, width))
    lower, adjoint = instruction.attrs["lower"], instruction.attrs["adjoint"]
    result = recycle.empty(b.shape, b.dtype)
    numbers = [n, width, *((1, n) if adjoint else (n, 1)), int(bool(lower) == bool(adjoint))]
    arrays = [np.ascontiguousarray(a), np.ascontiguousarray(b), result]
    run = loop(_triangle_text(width), (kind,) * 3)
    run(arrays, numbers, [prod(b.shape[:-2])], threads_for(n * b.size, threads))
    return [result]


# `d`, `u` and `v` are what is left of a matrix: its diagonal, and the two above it.
_THREE: Final = """def kernel(diagonals, b, x, d, u, v, bad, n, w, start, stop):
    for m in range(start, stop):
        above = m * n * U(3)
        main = above + n
        below = main + n
        at = m * n
        wrong = u64(0)
        for i in range(n):
            store(d, at + i, load(diagonals, main + i))
            store(u, at + i, load(diagonals, above + i))
            store(v, at + i, {T}(0))
        for i in range(at * w, (at + n) * w):
            store(x, i, load(b, i))
        for i in range(n - U(1)):
            p = load_result(d, at + i)
            q = load(diagonals, below + i + U(1))
            p_size = p if p > {T}(0) else -p
            q_size = q if q > {T}(0) else -q
            next = load_result(d, at + i + U(1))
            here = (at + i) * w
            if p_size >= q_size:
                if p_size > {T}(0):
                    f = q / p
                    store(d, at + i + U(1), next - f * load_result(u, at + i))
                    for c in range(w):
                        old = load_result(x, here + w + c)
                        store(x, here + w + c, old - f * load_result(x, here + c))
                else:
                    wrong = u64(1)
            else:
                f = p / q
                store(d, at + i, q)
                store(d, at + i + U(1), load_result(u, at + i) - f * next)
                store(u, at + i, next)
                if i + U(2) < n:
                    second = load_result(u, at + i + U(1))
                    store(v, at + i, second)
                    store(u, at + i + U(1), -f * second)
                for c in range(w):
                    first = load_result(x, here + c)
                    other = load_result(x, here + w + c)
                    store(x, here + c, other)
                    store(x, here + w + c, first - f * other)
        for t in range(n):
            row = at + n - U(1) - t
            here = row * w
            p = load_result(d, row)
            if p == {T}(0):
                wrong = u64(1)
            for c in range(w):
                total = load_result(x, here + c)
                if t > U(0):
                    total = total - load_result(u, row) * load_result(x, here + w + c)
                if t > U(1):
                    total = total - load_result(v, row) * load_result(x, here + w + w + c)
                store(x, here + c, total / p)
        store(bad, m, wrong)
"""


def three_diagonals(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`TridiagonalSolve`; None unless all is as it should be."""
    diagonals, b = values
    kind = instruction.inputs[0].dtype.short
    if kind not in _KINDS or diagonals.ndim < 2 or b.ndim != diagonals.ndim or not b.size:
        return None
    n, width = b.shape[-2:]
    if diagonals.shape != (*b.shape[:-2], 3, n):
        return None
    count = prod(b.shape[:-2])
    result = recycle.empty(b.shape, b.dtype)
    left = [np.empty(count * n, b.dtype) for _ in range(3)]
    bad = np.empty(count, np.uint64)
    arrays = [np.ascontiguousarray(diagonals), np.ascontiguousarray(b), result, *left, bad]
    loop(_THREE.format(T=kind), (*(kind,) * 6, "u64"))(arrays, [n, width], [count], threads_for(8 * b.size, threads))
    return None if bad.any() or np.isnan(result).any() else [result]


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {
    "triangles": triangles, "three diagonals": three_diagonals,
}  # fmt: skip
