"""What kernels on sparse tensors share: matrices of coordinates, one row per listed element."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...types.tensor_shape import brackets


def flat_positions(indices: Any, extents: Any) -> Any:
    """The row-major position of each row in a tensor of `extents`; out of bounds if the row is."""
    result = np.zeros(len(indices), np.int64)
    for axis, extent in enumerate(extents):
        if axis:
            result *= np.int64(extent)
        result += indices[:, axis]
    return result


def coordinates(positions: Any, extents: Any) -> Any:
    """The rows of coordinates of row-major positions: the inverse of `flat_positions`."""
    result = np.empty((len(positions), len(extents)), np.int64)
    for axis in range(len(extents) - 1, -1, -1):
        extent = max(int(extents[axis]), 1)
        result[:, axis] = positions if axis == 0 else positions % extent
        positions = positions // extent
    return result


def row_order(indices: Any) -> Any:
    """The order that sorts the rows; equal ones keep theirs."""
    if not indices.size:
        return np.arange(len(indices))
    keys = row_keys(indices)
    if keys is None:
        return np.lexsort(indices.T[::-1])
    if (keys[1:] >= keys[:-1]).all():
        return np.arange(len(indices))
    return np.argsort(keys, kind="stable")


def row_keys(*lists: Any) -> Any:
    """For each row of lists of rows, one behind the other, an integer that orders as the rows do; None if they are too
    far apart for that.
    """
    lists = tuple(rows for rows in lists if rows.size)
    if not lists:
        return None
    columns = lists[0].shape[1]
    # The extremes of a column at a time: along the rows NumPy is ten times as slow.
    lows = [min(int(rows[:, axis].min()) for rows in lists) for axis in range(columns)]
    highs = [max(int(rows[:, axis].max()) for rows in lists) for axis in range(columns)]
    extents = [high - low + 1 for low, high in zip(lows, highs)]
    if math.prod(extents) >= 1 << 62 or max(map(abs, (*lows, *highs))) >= 1 << 62:
        return None
    shift = sum(low * math.prod(extents[axis + 1 :]) for axis, low in enumerate(lows))
    if abs(shift) >= 1 << 62:
        return None
    return np.concatenate([flat_positions(rows, extents) for rows in lists])


def row_steps(indices: Any) -> Any:
    """Per row but the first, -1, 0 or 1: how it compares to the one before."""
    keys = row_keys(indices)
    if keys is not None:
        return np.sign(np.diff(keys))
    steps = np.sign(np.diff(indices, axis=0))
    first = (steps != 0).argmax(axis=1) if steps.shape[1] else np.zeros(len(steps), np.intp)
    return steps[np.arange(len(steps)), first] if steps.shape[1] else np.zeros(len(steps), np.int64)


def is_ascending(indices: Any) -> bool:
    """Whether the rows are sorted and differ."""
    keys = row_keys(indices)
    if keys is not None:
        return bool((keys[1:] > keys[:-1]).all())
    return bool((row_steps(indices) > 0).all())


def first_outside(indices: Any, extents: Any) -> int | None:
    """The first row that is out of bounds, or None."""
    found = None
    for axis, extent in enumerate(np.asarray(extents, np.int64).tolist()):
        column = indices[:, axis]
        if len(column) and (np.minimum.reduce(column) < 0 or np.maximum.reduce(column) >= extent):
            wrong = int(((column < 0) | (column >= extent)).argmax())
            found = wrong if found is None else min(found, wrong)
    return found


def row_text(row: Any) -> str:
    """`[1,2]`."""
    return brackets(tuple(int(item) for item in row))


def require_inside(indices: Any, extents: Any) -> None:
    """Raises: ValueError that names the first row that is out of bounds."""
    row = first_outside(indices, extents)
    if row is not None:
        place = ", ".join(str(int(item)) for item in indices[row])
        raise ValueError(f"Sparse index tuple indices[{row}, :] = [{place}] is out of bounds")


def require_same_shape(a: Any, b: Any) -> None:
    """Raises: ValueError if the shapes of two operands differ."""
    if len(a) != len(b):
        texts = [" ".join(str(int(item)) for item in shape) for shape in (a, b)]
        raise ValueError(f"Operands do not have the same ranks; got shapes: {texts[0]} and {texts[1]}")
    for axis, (x, y) in enumerate(zip(a, b)):
        if x != y:
            raise ValueError(f"Operands' shapes do not match: got {x} and {y} for dimension {axis}")


def require_parts(indices: Any, values: Any, extents: Any) -> None:
    """Raises: ValueError if the three arrays of a sparse tensor do not belong together."""
    if indices.ndim != 2:
        raise ValueError(f"Input indices should be a matrix but received shape {brackets(indices.shape)}")
    if values.ndim != 1:
        raise ValueError(f"Input values should be a vector but received shape {brackets(values.shape)}")
    if extents.ndim != 1:
        raise ValueError(f"Input shape should be a vector but received shape {brackets(extents.shape)}")
    if len(values) != len(indices):
        raise ValueError(
            f"Number of values must match first dimension of indices. Got {len(values)} values, indices shape: "
            f"{brackets(indices.shape)}"
        )
    if len(extents) != indices.shape[1]:
        raise ValueError(
            f"Number of dimensions must match second dimension of indices. Got {len(extents)} dimensions, indices "
            f"shape: {brackets(indices.shape)}"
        )


def grouped(groups: Any) -> tuple[Any, Any, Any]:
    """The order that sorts group numbers, where each group begins in it, and the numbers of the groups."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    begins = np.flatnonzero(np.diff(ordered, prepend=ordered[0] - 1)) if len(ordered) else np.empty(0, np.intp)
    return order, begins, ordered[begins]


def reduced(ufunc: Any, values: Any, begins: Any) -> Any:
    """Reduce runs of `values` that begin at `begins`."""
    if not len(begins):
        return values[:0]
    if values.dtype.kind == "V" or values.dtype == np.float16:
        return ufunc.reduceat(values.astype(np.float32), begins).astype(values.dtype)
    return ufunc.reduceat(values, begins).astype(values.dtype, copy=False)


def column_count(query: Any, indices: int, shape: int) -> Any:
    """The rank of a sparse tensor, from what is known of its indices or its shape."""
    rows, whole = query.shapes[indices], query.shapes[shape]
    if rows is not None and len(rows) == 2 and rows[1] is not None:
        return rows[1]
    return whole[0] if whole is not None and len(whole) == 1 else None
