"""Rows of numbers, rows picked out of others, and rows as a sparse tensor.

Rows of rows are several vectors of places, the outermost first: row `i` of a level is what lies between `splits[i]` and
`splits[i + 1]` of the next one; behind the last level are the values.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shapes import at_least_rank, element_count, merge_extent, with_rank
from ...types.dtypes import INDEX, DType, bfloat16, float32, float64, int32, int64
from ...types.tensor_shape import Extents

SPLITS: Any = {"Tsplits": ("type", int64)}


def _range_shape(query: Any) -> list[Extents]:
    rows: Any = 1
    known = False
    for shape in query.shapes:
        if shape is None:
            rows = rows if known else None
        elif len(shape) > 1:
            raise ValueError(f"Shape must be at most rank 1 but is rank {len(shape)}")
        elif shape:
            rows = merge_extent(rows if known else None, shape[0])
            known = True
    return [(None if rows is None else rows + 1,), (None,)]


def _row_counts(starts: Any, limits: Any, deltas: Any) -> Any:
    """How many numbers each row has."""
    if np.any(deltas == 0):
        raise InvalidArgumentError(None, None, "Requires delta != 0")
    empty = np.where(deltas > 0, limits < starts, limits > starts)
    if starts.dtype.kind == "i":
        span, step = np.abs(limits - starts), np.abs(deltas)
        counts = -(-span // step)
    else:
        counts = np.ceil(np.abs((limits - starts) / deltas)).astype(np.float64)
    return np.where(empty, 0, counts).astype(np.int64)


def _range_kernel(starts: Any, limits: Any, deltas: Any, *, Tsplits: DType) -> Any:
    arrays = (starts, limits, deltas)
    for array, name in zip(arrays, ("starts", "limits", "deltas")):
        if array.ndim > 1:
            raise InvalidArgumentError(None, None, f"{name} must be a scalar or vector")
    lengths = {len(array) for array in arrays if array.ndim}
    if len(lengths) > 1:
        raise InvalidArgumentError(None, None, "starts, limits, and deltas must have the same shape")
    rows = lengths.pop() if lengths else 1
    starts, limits, deltas = (np.broadcast_to(array, (rows,)) for array in arrays)
    counts = _row_counts(starts, limits, deltas)
    splits = np.concatenate([[0], np.cumsum(counts)]).astype(Tsplits.np_dtype)
    if starts.dtype.kind == "i":
        place = np.arange(splits[-1]) - np.repeat(splits[:-1], counts)
        return splits, (np.repeat(starts, counts) + place * np.repeat(deltas, counts)).astype(starts.dtype)
    values = np.empty(splits[-1], starts.dtype)
    for row, count in enumerate(counts.tolist()):  # each number is the one before it and the step, rounded
        steps = np.full(count, deltas[row], starts.dtype)
        steps[:1] = starts[row]
        np.add.accumulate(steps, out=values[splits[row] : splits[row + 1]])
    return splits, values


RAGGED_RANGE = OpDef(
    name="RaggedRange",
    signature="starts: T, limits: T, deltas: T -> rt_nested_splits: Tsplits, rt_dense_values: T",
    where={"T": (bfloat16, float32, float64, int32, int64), "Tsplits": INDEX},
    attrs={"T": ("type", int32), **SPLITS},
    shape=_range_shape,
    kernel=_range_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def _gather_shape(query: Any) -> list[Extents]:
    inner, outer = query.attrs["PARAMS_RAGGED_RANK"], query.attrs["OUTPUT_RAGGED_RANK"]
    *splits, values, indices = query.shapes
    for shape in splits:
        with_rank(shape, 1)
    at_least_rank(values, 1)
    rank = outer - inner + 1
    numbers = with_rank(indices, rank)
    counts = [element_count(numbers[: axis + 1]) for axis in range(rank)]
    known = [(None if count is None else count + 1,) for count in counts]
    return [*[*known, *[(None,)] * outer][:outer], None if values is None else (None, *values[1:])]


def _checked_numbers(indices: Any, count: int) -> Any:
    flat = indices.reshape(-1)
    wrong = np.flatnonzero((flat < 0) | (flat >= count))
    if wrong.size:
        raise InvalidArgumentError(
            None, None, f"indices{list(np.unravel_index(wrong[0], indices.shape))} = {flat[wrong[0]]} "
            f"is not in [0, {count})",
        )  # fmt: skip
    return flat


def _lengths_as_splits(lengths: Any, dtype: Any) -> Any:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(dtype)


def _picked(starts: Any, lengths: Any) -> Any:
    """The places from each start on, so many of each, one after the other."""
    ends = np.cumsum(lengths)
    return np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - (ends - lengths), lengths)


def check_splits(splits: Any, count: int) -> None:
    """Raises: InvalidArgumentError for what does not say where rows begin and end."""
    if splits.ndim != 1 or not splits.size:
        raise InvalidArgumentError(None, None, "Ragged splits must be vectors with at least one element")
    if splits[0] != 0:
        raise InvalidArgumentError(None, None, "First value of ragged splits must be 0.")
    if np.any(splits[1:] < splits[:-1]):
        raise InvalidArgumentError(None, None, "Ragged splits must be sorted in ascending order.")
    if splits[-1] > count:
        raise InvalidArgumentError(None, None, "Ragged splits must not point past values")


def _gather_kernel(params_nested_splits: Any, params_dense_values: Any, indices: Any) -> Any:
    counts = [len(splits) - 1 for splits in params_nested_splits[1:]] + [params_dense_values.shape[0]]
    for splits, count in zip(params_nested_splits, counts):
        check_splits(splits, count)
    dtype = params_nested_splits[0].dtype
    result = [
        np.arange(int(np.prod(indices.shape[:axis])) + 1, dtype=dtype) * dtype.type(indices.shape[axis])
        for axis in range(1, indices.ndim)
    ]
    places = _checked_numbers(indices, len(params_nested_splits[0]) - 1)
    for splits in params_nested_splits:
        lengths = (splits[1:] - splits[:-1])[places]
        result.append(_lengths_as_splits(lengths, dtype))
        places = _picked(splits[:-1][places], lengths)
    return (*(result if indices.ndim else result[1:]), params_dense_values[places])


def _gather_gradient(g: Any, op: Any, *gradients: Any) -> list[Any]:
    """Slices of the values: those of the rows that were picked, with the gradients as they stand in the result."""
    *splits, values, indices = op.inputs
    combined = splits[0]
    for inner in splits[1:]:
        combined = g("GatherV2", inner, combined, 0)
    flat = g.reshape(indices, [-1])
    starts, limits = g("GatherV2", combined, flat, 0), g("GatherV2", combined[1:], flat, 0)
    rows = g("RaggedRange", starts, limits, g.constant(1, starts.dtype), Tsplits=combined.dtype)[1]
    return [*[None] * len(splits), g.slices(gradients[-1], rows, g.shape(values)), None]


RAGGED_GATHER = OpDef(
    name="RaggedGather",
    signature="params_nested_splits: PARAMS_RAGGED_RANK*Tsplits, params_dense_values: Tvalues, indices: Tindices -> "
    "output_nested_splits: OUTPUT_RAGGED_RANK*Tsplits, output_dense_values: Tvalues",
    where={"Tindices": INDEX, "Tsplits": INDEX},
    attrs=SPLITS,
    shape=_gather_shape,
    kernel=_gather_kernel,
    gradient=_gather_gradient,
)


def _sparse_shape(query: Any) -> list[Extents]:
    *splits, values = query.shapes
    for shape in splits:
        with_rank(shape, 1)
    at_least_rank(values, 1)
    rank = None if values is None else len(values) + len(splits)
    count = element_count(values)
    return [(count, rank), (count,), (rank,)]


def _sparse_kernel(rt_nested_splits: Any, rt_dense_values: Any) -> Any:
    inner = rt_dense_values.shape
    counts = [len(splits) - 1 for splits in rt_nested_splits[1:]] + [inner[0]]
    columns: list[Any] = []
    for level, (splits, count) in enumerate(zip(rt_nested_splits, counts)):
        check_splits(splits, count)
        if splits[-1] != count:
            raise InvalidArgumentError(None, None, "Final value of ragged splits must match the length of its values.")
        lengths = splits[1:] - splits[:-1]
        columns = [np.repeat(column, lengths) for column in (columns if level else [np.arange(len(lengths))])]
        columns.append(np.arange(count) - np.repeat(splits[:-1], lengths))
    each = int(np.prod(inner[1:]))
    columns = [np.repeat(column, each) for column in columns]
    places = np.indices(inner[1:]).reshape(len(inner) - 1, each)
    indices = np.stack([*columns, *np.tile(places, (1, inner[0]))], axis=1).astype(np.int64)
    widest = [int((splits[1:] - splits[:-1]).max(initial=0)) for splits in rt_nested_splits]
    shape = np.array([len(rt_nested_splits[0]) - 1, *widest, *inner[1:]], np.int64)
    return indices, rt_dense_values.reshape(-1), shape


def _sparse_gradient(g: Any, op: Any, _: Any, values: Any, __: Any) -> list[Any]:
    """The values are those of the rows, in their order."""
    *splits, dense = op.inputs
    return [*[None] * len(splits), g.reshape(values, g.shape(dense))]


RAGGED_TENSOR_TO_SPARSE = OpDef(
    name="RaggedTensorToSparse",
    signature="rt_nested_splits: RAGGED_RANK*Tsplits, rt_dense_values: T -> sparse_indices: int64, sparse_values: T, "
    "sparse_dense_shape: int64",
    where={"Tsplits": INDEX},
    attrs=SPLITS,
    shape=_sparse_shape,
    kernel=_sparse_kernel,
    gradient=_sparse_gradient,
)
