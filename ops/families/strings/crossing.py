"""Crosses of categorical features: every choice of one value from each column of an example."""

from __future__ import annotations

import itertools
from typing import Any, Final

import numpy as np

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...types import dtypes
from ..elementwise.cast import cast
from ..sparse.sparse_tensor import SparseTensor, is_sparse
from .hashing import fingerprint

DEFAULT_HASH_KEY: Final = 956888297470
_TYPES: Final = (dtypes.int64, dtypes.string)
_MASK: Final = (1 << 64) - 1
_MULTIPLIER: Final = 0xC6A4A7935BD1E995


def joined(first: int, second: int) -> int:
    """One fingerprint for two, of 64 bits."""
    result = first ^ _MULTIPLIER
    result ^= (_shifted((second * _MULTIPLIER) & _MASK) * _MULTIPLIER) & _MASK
    result = (result * _MULTIPLIER) & _MASK
    result = (_shifted(result) * _MULTIPLIER) & _MASK
    return _shifted(result)


def _shifted(value: int) -> int:
    return value ^ (value >> 47)


def _number(value: Any) -> int:
    return fingerprint(value) if isinstance(value, bytes) else int(value) & _MASK


def _text(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _rows_of_sparse(indices: Any, values: Any, batch: int) -> dict[int, list[Any]]:
    rows: dict[int, list[Any]] = {}
    for row, value in zip(indices[:, 0].tolist(), values.tolist()):
        if not 0 <= row < batch:
            raise ValueError(f"Sparse index {row} is out of bounds: there are {batch} examples")
        rows.setdefault(row, []).append(value)
    return rows


def _columns(indices: Any, values: Any, shapes: Any, dense: Any) -> tuple[int, list[dict[int, list[Any]]]]:
    """The number of examples, and for each column the values of those that have some: a shape may promise millions.

    Raises: ValueError for parts that do not fit each other.
    """
    for place, value, shape in zip(indices, values, shapes):
        if place.ndim != 2 or place.shape[1] != 2 or value.shape != place.shape[:1] or shape.shape != (2,):
            raise ValueError("A sparse input of a cross is a matrix: indices of two columns, values, two extents")
    for column in dense:
        if column.ndim != 2:
            raise ValueError(f"A dense input of a cross is a matrix, not of shape {list(column.shape)}")
    sizes = {int(shape[0]) for shape in shapes} | {column.shape[0] for column in dense}
    if len(sizes) != 1:
        raise ValueError(f"The inputs of a cross have the same number of examples, not {sorted(sizes)}")
    (batch,) = sizes
    sparse = [_rows_of_sparse(place, value, batch) for place, value in zip(indices, values)]
    return batch, [*sparse, *(dict(enumerate(column.tolist())) for column in dense)]


def _cross_kernel(
    indices: Any, values: Any, shapes: Any, dense_inputs: Any, *, hashed_output: bool, num_buckets: int, hash_key: int
) -> Any:
    batch, columns = _columns(indices, values, shapes, dense_inputs)
    places, found, widest = [], [], 0
    for row in sorted(set(columns[0]).intersection(*columns[1:])):
        crosses = list(itertools.product(*(column[row] for column in columns)))
        widest = max(widest, len(crosses))
        for place, cross in enumerate(crosses):
            places.append((row, place))
            found.append(_hashed(cross, num_buckets, hash_key) if hashed_output else b"_X_".join(map(_text, cross)))
    extents = np.array([batch, widest], np.int64)
    numbers = np.array(found, np.int64) if hashed_output else np.array(found, object)
    return np.array(places, np.int64).reshape(-1, 2), numbers, extents


def _hashed(cross: Any, num_buckets: int, hash_key: int) -> int:
    result = hash_key & _MASK
    for value in cross:
        result = joined(result, _number(value))
    return result % (num_buckets if num_buckets > 0 else np.iinfo(np.int64).max)


SPARSE_CROSS = OpDef(
    name="SparseCross",
    signature=(
        "indices: N * int64, values: list(sparse_types), shapes: N * int64, dense_inputs: list(dense_types) -> "
        "output_indices: int64, output_values: out_type, output_shape: int64"
    ),
    where={"sparse_types": _TYPES, "dense_types": _TYPES, "out_type": _TYPES, "internal_type": _TYPES},
    attrs={
        "hashed_output": ("bool",),
        "num_buckets": ("int",),
        "hash_key": ("int",),
        "internal_type": ("type",),
    },
    shape=lambda query: [(None, 2), (None,), (2,)],
    kernel=_cross_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def sparse_cross(inputs: Any, name: str | None = None) -> SparseTensor:
    """Return the crosses of columns as strings, joined by `_X_`.

    Args:
      inputs: matrices, dense or sparse, of integers or strings: one row for each example.
    Returns: a SparseTensor of strings.
    """
    return _crossed(inputs, False, 0, None, name)


def sparse_cross_hashed(
    inputs: Any, num_buckets: int = 0, hash_key: int | None = None, name: str | None = None
) -> SparseTensor:
    """Return the crosses of columns as hashes.

    Args:
      inputs: as of `sparse_cross`.
      num_buckets: if given, hashes are below it.
      hash_key: another one gives other hashes.
    Returns: a SparseTensor of int64.
    """
    return _crossed(inputs, True, num_buckets, hash_key, name)


def _crossed(inputs: Any, hashed: bool, num_buckets: int, hash_key: int | None, name: str | None) -> SparseTensor:
    if not isinstance(inputs, (list, tuple)):
        raise TypeError("Inputs must be a list")
    sparse = [_of_known_type(item) for item in inputs if is_sparse(item)]
    dense = [_of_known_type(convert_to_tensor(item)) for item in inputs if not is_sparse(item)]
    has_text = any(item.dtype.base_dtype is dtypes.string for item in (*sparse, *dense))
    result = build(
        SPARSE_CROSS,
        [item.indices for item in sparse],
        [item.values for item in sparse],
        [item.dense_shape for item in sparse],
        dense,
        hashed_output=hashed,
        num_buckets=num_buckets,
        hash_key=DEFAULT_HASH_KEY if hash_key is None else hash_key,
        out_type=dtypes.int64 if hashed else dtypes.string,
        internal_type=dtypes.string if has_text else dtypes.int64,
        name=name,
    )
    return SparseTensor(*result)


def _of_known_type(item: Any) -> Any:
    """Integers as int64."""
    if item.dtype.base_dtype is dtypes.string or item.dtype.base_dtype is dtypes.int64:
        return item
    if is_sparse(item):
        return SparseTensor(item.indices, cast(item.values, dtypes.int64), item.dense_shape)
    return cast(item, dtypes.int64)
