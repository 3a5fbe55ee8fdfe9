"""How `Session.run` takes sparse tensors and indexed slices: as the tensors they are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...ops.families.sparse.indexed_slices import IndexedSlices, IndexedSlicesValue
from ...ops.families.sparse.sparse_tensor import SparseTensor, SparseTensorValue

Fetch = tuple[list[Any], Callable[[list[Any]], Any]]


def fetch_sparse(fetch: SparseTensor) -> Fetch:
    """The three tensors of a SparseTensor; their values make a SparseTensorValue."""
    return sparse_parts(fetch), lambda values: SparseTensorValue(*values)


def sparse_parts(key: SparseTensor) -> list[Any]:
    """The three tensors of a SparseTensor."""
    return [key.indices, key.values, key.dense_shape]


def feed_sparse(key: SparseTensor, value: Any) -> list[tuple[Any, Any]]:
    """Pair the three tensors with the parts of a SparseTensorValue, a triple, or a `scipy.sparse` matrix.

    Raises: TypeError if the value has no parts, ValueError if it has not three of them.
    """
    if not hasattr(value, "tocoo") and not hasattr(value, "__iter__"):
        raise TypeError(
            f"The value of a SparseTensor is fed as (indices, values, dense_shape) or as a SparseTensorValue: got "
            f"{value!r} of type {type(value).__name__} for {key}."
        )
    parts = _scipy_parts(value) if hasattr(value, "tocoo") else tuple(value)
    if len(parts) != 3:
        raise ValueError(
            f"The value of a SparseTensor is fed as (indices, values, dense_shape) or as a SparseTensorValue: expected "
            f"3 parts for {key}, got {len(parts)}."
        )
    return list(zip(sparse_parts(key), parts))


def _scipy_parts(matrix: Any) -> tuple[Any, Any, Any]:
    """The elements a `scipy.sparse` matrix or array of any format stores, row-major, repeated ones added."""
    listed = matrix.tocoo(copy=True)
    listed.sum_duplicates()
    places = getattr(listed, "coords", None) or (listed.row, listed.col)
    order = np.lexsort(places[::-1])
    indices = np.stack([place[order] for place in places], axis=1).astype(np.int64)
    return indices, listed.data[order], np.array(listed.shape, np.int64)


def fetch_slices(fetch: IndexedSlices) -> Fetch:
    """The tensors of IndexedSlices; their values make an IndexedSlicesValue, whose `dense_shape` may be None."""
    parts = slices_parts(fetch)
    return parts, lambda values: IndexedSlicesValue(*values, *[None] * (3 - len(parts)))


def slices_parts(key: IndexedSlices) -> list[Any]:
    """The two or three tensors of IndexedSlices."""
    return [key.values, key.indices] if key.dense_shape is None else [key.values, key.indices, key.dense_shape]


def feed_slices(key: IndexedSlices, value: Any) -> list[tuple[Any, Any]]:
    """Pair the tensors with the parts of an IndexedSlicesValue or a tuple. Raises: ValueError if one is missing."""
    tensors, parts = slices_parts(key), tuple(value)
    if len(parts) < len(tensors):
        raise ValueError(f"Expected {len(tensors)} parts for {key}, got {len(parts)}.")
    return list(zip(tensors, parts))


def fetch_ragged(fetch: Any) -> Fetch:
    """The innermost values and the splits; their values make a RaggedTensorValue."""
    return ragged_parts(fetch), fetch._nest_rebuild


def ragged_parts(key: Any) -> list[Any]:
    """The innermost values and the splits."""
    parts: list[Any] = key._nest_components()
    return parts


def feed_ragged(key: Any, value: Any) -> list[tuple[Any, Any]]:
    """Pair the parts with those of a RaggedTensorValue. Raises: TypeError, ValueError for what is none of this rank."""
    if not hasattr(value, "nested_row_splits"):
        raise TypeError(f"The value of a RaggedTensor is fed as a RaggedTensorValue: got {value!r} for {key}.")
    if value.ragged_rank != key.ragged_rank:
        raise ValueError(f"{key} has {key.ragged_rank} ragged dimensions, but the value fed {value.ragged_rank}.")
    return list(zip(ragged_parts(key), (value.flat_values, *value.nested_row_splits)))
