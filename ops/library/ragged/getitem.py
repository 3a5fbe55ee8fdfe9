"""`r[...]` of ragged tensors: rows by number, slices of rows, parts of every row.

A number in the place of a ragged dimension is refused: rows may be too short for it. `r[:, 1:]` takes a part of each.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.arrays.filling import range as range_of
from ...families.arrays.reshaping import expand_dims
from ...families.arrays.stacking import concat
from ...families.elementwise.cast import cast
from ...families.elementwise.compare import less
from ...families.elementwise.rounding import maximum, minimum
from ...families.indexing.positions import where
from ...graph.node import Tensor
from ...types import dtypes
from .ragged_tensor import RaggedTensor
from .rows import gather, of_lengths, ranges, splits_of

_VALID: Final = (
    "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar tf.int32/tf.int64 tensors are valid "
    "indices"
)


def getitem(rows: RaggedTensor, key: Any) -> Any:
    """Return `rows[key]`.

    Raises: TypeError for keys of another kind; ValueError for a number in place of a ragged dimension.
    """
    keys = list(key) if isinstance(key, tuple) else [key]
    for one in keys:
        _check(one)
    with name_scope(None, "RaggedGetItem", [rows.flat_values, *rows.nested_row_splits]):
        if sum(one is Ellipsis for one in keys) > 1:
            raise ValueError("Only one ellipsis allowed")
        return _get(rows, _without_ellipsis(keys, rows.shape.ndims))


def _check(key: Any) -> None:
    if key is None or key is Ellipsis or isinstance(key, (int, np.integer)) and not isinstance(key, bool):
        return
    if isinstance(key, slice):
        for part in (key.start, key.stop, key.step):
            if part is not None and not _is_number(part):
                raise TypeError(f"slice offsets must be integers or None: {key}")
        return
    if not _is_number(key):
        raise TypeError(f"{_VALID}, got {key!r}")


def _is_number(key: Any) -> bool:
    if isinstance(key, Tensor):
        return key.dtype.base_dtype in (dtypes.int32, dtypes.int64) and key.shape.ndims in (0, None)
    return isinstance(key, (int, np.integer)) and not isinstance(key, bool)


def _without_ellipsis(keys: list[Any], rank: int | None) -> list[Any]:
    if Ellipsis not in [one for one in keys if not isinstance(one, Tensor)]:
        return keys
    place = next(number for number, one in enumerate(keys) if one is Ellipsis)
    if keys[place + 1 :] and rank is None:
        raise ValueError("Ellipsis not supported for unknown shape RaggedTensors")
    taken = sum(one is not None and one is not Ellipsis for one in keys)
    filled = [slice(None)] * (max((rank or taken) - taken, 0))
    return keys[:place] + filled + keys[place + 1 :]


def _get(values: Any, keys: list[Any]) -> Any:
    """Of a ragged tensor or a dense one."""
    if not keys:
        return values
    if not isinstance(values, RaggedTensor):
        return values[tuple(keys)]
    first, rest = keys[0], keys[1:]
    if first is None:
        inner = _get(values, rest)
        return _one_row(inner)
    if isinstance(first, slice):
        return _inner(_sliced(values, first), rest)
    starts, limits = values.row_starts(), values.row_limits()
    return _get(values.values[starts[first] : limits[first]], rest)


def _one_row(values: Any) -> Any:
    if not isinstance(values, RaggedTensor):
        return expand_dims(values, 0)
    count = values.nrows()
    return RaggedTensor(values, splits_of(expand_dims(count, 0)), internal=True)


def _sliced(values: RaggedTensor, key: slice) -> RaggedTensor:
    """Some of the rows."""
    if key.start is None and key.stop is None and key.step is None:
        return values
    starts, limits = values.row_starts()[key], values.row_limits()[key]
    if key.step is None or (isinstance(key.step, int) and key.step == 1):
        splits = concat_ends(values.row_splits, starts, limits)
        return RaggedTensor(values.values[splits[0] : splits[-1]], splits - splits[0], internal=True)
    places, lengths = ranges(starts, limits)
    return of_lengths(gather(values.values, places), lengths)


def concat_ends(splits: Tensor, starts: Tensor, limits: Tensor) -> Tensor:
    """The splits of rows that follow each other; of none, one."""
    return concat([starts, concat([np.zeros(1, splits.dtype.np_dtype), limits], 0)[-1:]], 0)


def _inner(values: RaggedTensor, keys: list[Any]) -> Any:
    """Keys for what is within rows."""
    if not keys:
        return values
    first, rest = keys[0], keys[1:]
    if first is None:
        dtype = values.row_splits.dtype
        inner = _inner(values, rest) if rest else values
        splits = range_of(inner.nrows(dtype) + 1)
        count = inner.shape[0].value
        if count is not None:
            splits.set_shape([count + 1])
        return RaggedTensor(inner, splits, internal=True)
    if not isinstance(first, slice):
        raise ValueError("Cannot index into an inner ragged dimension.")
    values = _parts(values, first)
    if not rest:
        return values
    inner = values.values
    if isinstance(inner, RaggedTensor):
        return values.with_values(_inner(inner, rest))
    key = (slice(None), *rest)
    return values.with_values(inner[key])


def _parts(values: RaggedTensor, key: slice) -> RaggedTensor:
    """The same part of each row."""
    if key.start is None and key.stop is None and key.step is None:
        return values
    dtype = values.row_splits.dtype
    starts, lengths = values.row_starts(), values.row_lengths()
    step = 1 if key.step is None else key.step
    if isinstance(step, Tensor) or step < 0:
        return _stepped(values, key, dtype)
    if step == 0:
        raise ValueError("slice step cannot be zero")
    zero = np.zeros((), dtype.np_dtype)
    first = starts + _place(0 if key.start is None else key.start, lengths, dtype, zero)
    last = starts + (lengths if key.stop is None else _place(key.stop, lengths, dtype, zero))
    if step == 1:
        places, counts = ranges(first, last)
        return of_lengths(gather(values.values, places), counts)
    counts = maximum((last - first + (step - 1)) // step, zero)
    return _every(values, first, counts, step)


def _every(values: RaggedTensor, first: Tensor, counts: Tensor, step: Any) -> RaggedTensor:
    places, _ = ranges(maximum(counts, 0) * 0, counts)
    rows = of_lengths(places, counts)
    offsets = gather(first, rows.value_rowids())
    return of_lengths(gather(values.values, offsets + places * step), counts)


def _stepped(values: RaggedTensor, key: slice, dtype: Any) -> RaggedTensor:
    """Backwards."""
    if isinstance(key.step, Tensor):
        raise ValueError("The step of a part of rows is a number that is known.")
    starts, lengths = values.row_starts(), values.row_lengths()
    lowest = np.full((), -1, dtype.np_dtype)
    first = lengths - 1 if key.start is None else minimum(_place(key.start, lengths, dtype, lowest), lengths - 1)
    last = 0 * lengths - 1 if key.stop is None else _place(key.stop, lengths, dtype, lowest)
    counts = maximum((first - last + (-key.step - 1)) // -key.step, np.zeros((), dtype.np_dtype))
    return _every(values, starts + first, counts, key.step)


def _place(given: Any, lengths: Tensor, dtype: Any, lowest: Any) -> Tensor:
    """A place counted from the end if it is negative, within each row."""
    number = cast(convert_to_tensor(given), dtype)
    from_front = lengths * 0 + number
    found = where(less(from_front, np.zeros((), dtype.np_dtype)), lengths + from_front, from_front)
    return maximum(minimum(found, lengths), lowest)
