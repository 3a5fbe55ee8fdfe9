"""Sparse tensors added, their larger or smaller elements taken, rows looked up: two lists of rows of coordinates are
walked side by side, as `sparse_add`'s kernel says.

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
            p_value = {T}(0)
            q_value = {T}(0)
            if side > i32(0):
                for k in range(rank):
                    store(ri, count * rank + k, load(bi, j * rank + k))
                q_value = load(bv, j)
            else:
                for k in range(rank):
                    store(ri, count * rank + k, load(ai, i * rank + k))
                p_value = load(av, i)
                if side == i32(0):
                    q_value = load(bv, j)
            total = {total}
            store(rv, count, total)
            size = total
            if total < {T}(0):
                size = -total
            if (side != i32(0)) or (size >= least){always}:
                count = count + U(1)
            if side <= i32(0):
                i = i + U(1)
            if side >= i32(0):
                j = j + U(1)
        store(state, U(0), count)
"""


_TYPES: Final = ("f32", "f64", "i32", "i64")


def add(
    instruction: Instruction, values: Sequence[Any], threads: int, unused: Sequence[bool] = ()
) -> Sequence[Any] | None:
    """`SparseAdd`; None unless all is as it should be."""
    *parts, limit = values
    if limit.ndim or limit.dtype != parts[1].dtype or not _fit(instruction, parts):
        return None
    kind = instruction.inputs[1].dtype.short
    indices, total = _merged(_ADD.format(T=kind, total="p_value + q_value", always=""), kind, parts, limit)
    return [indices, total, parts[2]]


def extremes(
    instruction: Instruction, values: Sequence[Any], threads: int, unused: Sequence[bool] = ()
) -> Sequence[Any] | None:
    """`SparseSparseMaximum` and its like; None unless all is as it should be."""
    if not _fit(instruction, values) or not all(_are_inside(values[n], values[2]) for n in (0, 3)):
        return None
    kind, how = instruction.inputs[1].dtype.short, instruction.op_def.routine[1]
    text = _ADD.format(T=kind, total=f"{how}(p_value, q_value)", always=" or True")
    return _merged(text, kind, values, np.zeros((), values[1].dtype))


def _fit(instruction: Instruction, parts: Sequence[Any]) -> bool:
    """Whether there are two sparse tensors of one shape and of a type that loops are written for."""
    a, a_values, a_shape, b, b_values, b_shape = parts
    rank = len(a_shape) if a_shape.ndim == 1 else 0
    if instruction.inputs[1].dtype.short not in _TYPES or not rank:
        return False
    if a_shape.shape != b_shape.shape or (a_shape != b_shape).any():
        return False
    pairs = ((a, a_values), (b, b_values))
    return all(rows.ndim == 2 and rows.shape[1] == rank and v.shape == rows.shape[:1] for rows, v in pairs)


def _are_inside(rows: Any, shape: Any) -> bool:
    if not len(rows):
        return True
    columns = ((rows[:, axis], extent) for axis, extent in enumerate(shape.tolist()))
    return all(column.min() >= 0 and column.max() < extent for column, extent in columns)


def _merged(text: str, kind: str, parts: Sequence[Any], limit: Any) -> list[Any]:
    """The rows that the walk finds, and their values."""
    a, a_values, a_shape, b, b_values, _ = parts
    most, rank = len(a) + len(b), len(a_shape)
    found, sums = np.empty((most, rank), np.int64), np.empty(most, a_values.dtype)
    state = np.zeros(1, np.uint64)
    arrays = [*map(np.ascontiguousarray, (a, a_values, b, b_values, limit)), found, sums, state]
    types = ("i64", kind, "i64", kind, kind, "i64", kind, "u64")
    loop(text, types)(arrays, [len(a), len(b), rank], [1], 1)
    count = int(state[0])
    indices, total = recycle.empty((count, rank), found.dtype), recycle.empty((count,), sums.dtype)
    np.copyto(indices, found[:count])
    np.copyto(total, sums[:count])
    return [indices, total]


# Rows are looked up in a list of ascending ones. `j` is the first row of the list that is not below the wanted one.
_LOOK_UP: Final = """def kernel(rows, values, wanted, r, bad, n, m, rank, start, stop):
    for once in range(start, stop):
        j = U(0)
        wrong = u64(0)
        for k in range(U(1), n):
            side = i32(0)
            for c in range(rank):
                p = load(rows, k * rank + c)
                q = load(rows, (k - U(1)) * rank + c)
                if side == i32(0):
                    side = i32(p > q) - i32(p < q)
            if side <= i32(0):
                wrong = u64(1)
        for i in range(m):
            order = i32(0)
            if i > U(0):
                for c in range(rank):
                    p = load(wanted, i * rank + c)
                    q = load(wanted, (i - U(1)) * rank + c)
                    if order == i32(0):
                        order = i32(p > q) - i32(p < q)
            if order < i32(0):
                wrong = u64(1)
            side = i32(-1)
            while both(side < i32(0), j < n):
                side = i32(0)
                for c in range(rank):
                    p = load(rows, j * rank + c)
                    q = load(wanted, i * rank + c)
                    if side == i32(0):
                        side = i32(p > q) - i32(p < q)
                if side < i32(0):
                    j = j + U(1)
            value = {T}(0)
            if side == i32(0):
                value = load(values, j)
            store(r, i, value)
        store(bad, U(0), wrong)
"""


def _looked_up(rows: Any, values: Any, wanted: Any, kind: str) -> Any:
    """For each row of `wanted` the value of the same one among `rows`, or zero; None unless both are ascending."""
    if rows.ndim != 2 or wanted.ndim != 2 or rows.shape[1:] != wanted.shape[1:] or values.shape != rows.shape[:1]:
        return None
    if not rows.size or not wanted.size:
        return None
    result, bad = recycle.empty(wanted.shape[:1], values.dtype), np.zeros(1, np.uint64)
    arrays = [*map(np.ascontiguousarray, (rows, values, wanted)), result, bad]
    loop(_LOOK_UP.format(T=kind), ("i64", kind, "i64", kind, "u64"))(arrays, [*rows.shape[:1], *wanted.shape], [1], 1)
    return None if bad[0] else result


def sum_gradients(
    instruction: Instruction, values: Sequence[Any], threads: int, unused: Sequence[bool] = ()
) -> Sequence[Any] | None:
    """`SparseAddGrad`; None unless all is as it should be."""
    gradient, a, b, rows = values
    kind = instruction.inputs[0].dtype.short
    found = [_looked_up(rows, gradient, wanted, kind) for wanted in (a, b)]
    return None if any(array is None for array in found) else found


def slice_gradient(
    instruction: Instruction, values: Sequence[Any], threads: int, unused: Sequence[bool] = ()
) -> Sequence[Any] | None:
    """`SparseSliceGrad`; None unless all is as it should be."""
    gradient, wanted, start, rows = values
    if rows.ndim != 2 or start.shape != rows.shape[1:]:
        return None
    found = _looked_up(rows + start, gradient, wanted, instruction.inputs[0].dtype.short)
    return None if found is None else [found]


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {
    "sparse add": add, "sparse extremes": extremes, "sparse sum gradients": sum_gradients,
    "sparse slice gradient": slice_gradient,
}  # fmt: skip
