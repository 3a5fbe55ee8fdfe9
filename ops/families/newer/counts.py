"""How often numbers occur in each row of a sparse or ragged matrix."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError
from ...definition.extent_math import require_rank, vector_length
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shape_checks import check_ranks
from ...types.dtypes import INDEX, float32, float64, int32, int64
from ...types.tensor_shape import Extents

_TYPES: Any = {"Tidx": INDEX, "T": (int32, int64, float32, float64)}


def _bins(query: Any, at: int) -> Any:
    require_rank(query.shapes[at], 0)
    count = (query.integers(at) or [None])[0]
    if type(count) is int and count < 0:
        raise ValueError(f"size ({count}) must be non-negative")
    return count


def _counted(rows: Any, values: Any, extents: tuple[int, ...], weights: Any, is_binary: bool) -> Any:
    """Count `values[i]` in row `rows[i]` of a matrix; values beyond its width count nowhere."""
    if extents[-1] < 0:
        raise InvalidArgumentError(None, None, f"size ({extents[-1]}) must be non-negative")
    if values.size and values.min() < 0:
        raise InvalidArgumentError(None, None, "Input must be non-negative")
    if weights.size and weights.size != values.size:
        raise InvalidArgumentError(
            None, None, f"`weights` must have as many elements as there are values, {values.size}, got {weights.size}"
        )
    result = np.zeros((int(np.prod(extents[:-1])), extents[-1]), weights.dtype)
    inside = values < extents[-1]
    places = rows[inside], values[inside]
    if is_binary:
        result[places] = 1
    else:
        np.add.at(result, places, weights.reshape(-1)[inside] if weights.size else np.ones((), weights.dtype))
    return result.reshape(extents)


def _sparse_shape(query: Any) -> Extents:
    check_ranks(query, 2, 1, 1)
    count, rank = _bins(query, 3), vector_length(query.shapes[2])
    extents = query.integers(2)
    if extents is None:
        return (count,) if type(rank) is int and rank == 1 else None
    return (*extents[:-1], count)


def _sparse_kernel(indices: Any, values: Any, dense_shape: Any, size: Any, weights: Any, *, binary_output: bool) -> Any:
    lead = dense_shape[:-1].tolist()
    if len(lead) > 1 or indices.shape != (len(values), len(lead) + 1):
        raise InvalidArgumentError(
            None, None, f"Sparse input must have rank 1 or 2 and an index per value, got indices {list(indices.shape)}"
        )
    rows = indices[:, 0] if lead else np.zeros(len(values), np.int64)
    if lead and len(rows) and not 0 <= rows.min() <= rows.max() < lead[0]:
        raise InvalidArgumentError(None, None, f"Index out of bound. `batch` must be less than {lead[0]}")
    return _counted(rows, values, (*lead, int(size)), weights, binary_output)


SPARSE_BINCOUNT = OpDef(
    name="SparseBincount",
    signature="indices: int64, values: Tidx, dense_shape: int64, size: Tidx, weights: T -> output: T",
    where=_TYPES,
    attrs={"binary_output": ("bool", False)},
    shape=_sparse_shape,
    kernel=_sparse_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def _ragged_shape(query: Any) -> Extents:
    ends = vector_length(query.shapes[0])
    return (None if ends is None else ends - 1, _bins(query, 2))


def _ragged_kernel(splits: Any, values: Any, size: Any, weights: Any, *, binary_output: bool) -> Any:
    if not splits.size or splits[0] != 0:
        raise InvalidArgumentError(None, None, "Splits must start with 0")
    lengths = splits[1:] - splits[:-1]
    if splits[-1] != values.size or np.any(lengths < 0):
        raise InvalidArgumentError(None, None, "Splits must ascend and end with the number of values")
    rows = np.repeat(np.arange(len(lengths)), lengths)
    return _counted(rows, values.reshape(-1), (len(lengths), int(size)), weights, binary_output)


RAGGED_BINCOUNT = OpDef(
    name="RaggedBincount",
    signature="splits: int64, values: Tidx, size: Tidx, weights: T -> output: T",
    where=_TYPES,
    attrs={"binary_output": ("bool", False)},
    shape=_ragged_shape,
    kernel=_ragged_kernel,
    gradient=NOT_DIFFERENTIABLE,
)
