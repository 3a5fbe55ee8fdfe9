"""Making ragged tensors: constants, placeholders, ranges; segments and their rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...building.basic_ops import placeholder as dense_placeholder
from ...building.build import build
from ...building.constant import constant as dense_constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.arrays.filling import range as range_of
from ...families.arrays.reshaping import reshape
from ...families.arrays.shape_ops import shape as shape_of
from ...families.arrays.stacking import concat, stack
from ...families.elementwise.cast import cast
from ...families.indexing.gathering import gather
from ...families.indexing.partitioning import dynamic_partition
from ...families.indexing.repeating import repeat
from ...families.ragged.ragged_ops import RAGGED_RANGE
from ...families.reductions.counting import bincount
from ...families.reductions.sorting import argsort
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import as_shape
from .ragged_tensor import RaggedTensor, RaggedTensorValue
from .rows import of_lengths, splits_of


def constant(
    pylist: Any, dtype: Any = None, ragged_rank: int | None = None, inner_shape: Any = None, name: str | None = None,
    row_splits_dtype: Any = dtypes.int64,
) -> Any:  # fmt: skip
    """Return a ragged tensor of nested lists; of a list of numbers, a Tensor.

    Args:
      pylist: lists of lists of any lengths.
      dtype: of the values; by default as they are.
      ragged_rank: how many dimensions are ragged. Default: all but the first, without those of `inner_shape`.
      inner_shape: the shape of the innermost values.
      name: of the scope. row_splits_dtype: int32 or int64.
    Raises: ValueError for lists that are not as deep everywhere, or have not this shape.

    >>> with tf.Session() as sess:
    ...     sess.run(tf.ragged.constant([[1, 2], [], [3]])).to_list()
    [[1, 2], [], [3]]
    """
    with name_scope(name, "RaggedConstant", []):
        kind = dtypes.as_dtype(row_splits_dtype)

        def rows(values: Any, splits: Any) -> RaggedTensor:
            return RaggedTensor(values, dense_constant(np.array(splits, kind.np_dtype)), internal=True)

        def flat(values: Any, shape: Any) -> Tensor:
            return dense_constant(values, dtype, shape, name="values")

        return _built(pylist, ragged_rank, inner_shape, rows, flat)


def constant_value(
    pylist: Any, dtype: Any = None, ragged_rank: int | None = None, inner_shape: Any = None,
    row_splits_dtype: Any = "int64",
) -> Any:  # fmt: skip
    """Return the RaggedTensorValue of nested lists, or an array; arguments as of `ragged.constant`."""
    if dtype is not None and isinstance(dtype, dtypes.DType):
        dtype = dtype.as_numpy_dtype
    kind = dtypes.as_dtype(row_splits_dtype).np_dtype

    def flat(values: Any, shape: Any) -> Any:
        return np.reshape(np.array(values, dtype), shape)

    return _built(pylist, ragged_rank, inner_shape, lambda v, s: RaggedTensorValue(v, np.array(s, kind)), flat)


def _built(pylist: Any, ragged_rank: Any, inner_shape: Any, rows: Callable[..., Any], flat: Callable[..., Any]) -> Any:
    pylist = _listed(pylist)
    if not isinstance(pylist, list):
        if ragged_rank is not None and ragged_rank != 0:
            raise ValueError(f"Invalid pylist={pylist!r}: incompatible with ragged_rank={ragged_rank}")
        if inner_shape is not None and tuple(inner_shape):
            raise ValueError(f"Invalid pylist={pylist!r}: incompatible with dim(inner_shape)={len(inner_shape)}")
        return flat(pylist, ())
    if ragged_rank is not None and ragged_rank < 0:
        raise ValueError(f"Invalid ragged_rank={ragged_rank}: must be nonnegative")
    depth, most = _scalar_depth(pylist), _most_depth(pylist)
    if depth is not None and most > depth:
        raise ValueError(f"Invalid pylist={pylist!r}: empty list nesting is greater than scalar value nesting")
    if ragged_rank is not None and depth is not None and ragged_rank >= depth:
        raise ValueError(f"Invalid pylist={pylist!r}: incompatible with ragged_rank={ragged_rank}")
    if inner_shape is not None and not isinstance(inner_shape, (list, tuple)):
        inner_shape = (inner_shape,)
    if inner_shape is not None and ragged_rank is not None:
        expected = ragged_rank + 1 + len(inner_shape)
        if (depth is not None and expected != depth) or (depth is None and expected < most):
            raise ValueError(
                f"Invalid pylist={pylist!r}: incompatible with ragged_rank={ragged_rank} and "
                f"dim(inner_shape)={len(inner_shape)}"
            )
    if ragged_rank is None and inner_shape is None:
        ragged_rank = max(0, most - 1)
    elif ragged_rank is None:
        ragged_rank = max(0, most - 1 - len(inner_shape))
    if inner_shape is None:
        inner_shape = _inner_shape(pylist, ragged_rank)
    if ragged_rank == 0:
        return flat(pylist, None if inner_shape is None else (len(pylist), *inner_shape))
    all_splits, values = [], pylist
    for _ in range(ragged_rank):
        splits = [0]
        for row in values:
            splits.append(splits[-1] + len(row))
        values = [item for row in values for item in row]
        all_splits.append(splits)
    result = flat(values, (len(values), *(inner_shape or ())))
    for splits in reversed(all_splits):
        result = rows(result, splits)
    return result


def _listed(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        value = value.tolist()
    return [_listed(item) for item in value] if isinstance(value, (list, tuple)) else value


def _scalar_depth(value: Any) -> int | None:
    """How deep numbers stand; None if there are none. Raises: ValueError for several depths."""
    if not isinstance(value, list):
        return 0
    depths = {depth for depth in map(_scalar_depth, value) if depth is not None}
    if len(depths) > 1:
        raise ValueError("all scalar values must have the same nesting depth")
    return 1 + depths.pop() if depths else None


def _most_depth(value: Any) -> int:
    return 1 + max(map(_most_depth, value), default=0) if isinstance(value, list) else 0


def _inner_shape(pylist: Any, ragged_rank: int) -> tuple[int, ...]:
    flat = pylist
    for _ in range(ragged_rank):
        flat = [item for row in flat for item in row]
    shape: list[int] = []
    while flat and isinstance(flat[0], list):
        sizes = {len(row) for row in flat}
        if len(sizes) > 1:
            raise ValueError("inner values have inconsistent shape")
        shape.append(sizes.pop())
        flat = [item for row in flat for item in row]
    return tuple(shape)


def placeholder(dtype: Any, ragged_rank: int, value_shape: Any = None, name: str | None = None) -> Any:
    """Return a ragged tensor whose value must be fed.

    Args:
      dtype: of the values. ragged_rank: how many dimensions are ragged; 0 gives a placeholder.
      value_shape: the shape of the innermost values. name: of the scope.
    """
    if ragged_rank == 0:
        return dense_placeholder(dtype, value_shape, name)
    with name_scope(name, "RaggedPlaceholder", []):
        shape = as_shape([None]).concatenate(as_shape(value_shape))
        result: Any = dense_placeholder(dtype, shape, "flat_values")
        for level in reversed(range(ragged_rank)):
            splits = dense_placeholder(dtypes.int64, [None], f"row_splits_{level}")
            result = RaggedTensor(result, splits, internal=True)
        return result


def ragged_range(
    starts: Any, limits: Any = None, deltas: Any = 1, dtype: Any = None, name: str | None = None,
    row_splits_dtype: Any = dtypes.int64,
) -> RaggedTensor:  # fmt: skip
    """Return a row of numbers for each start, limit and step; scalars hold for all rows.

    Args:
      starts, limits, deltas: vectors or scalars; of one alone, limits.
      dtype: of the numbers. name: of the scope. row_splits_dtype: int32 or int64.
    """
    kind = dtypes.as_dtype(row_splits_dtype)
    if limits is None:
        starts, limits = 0, starts
    with name_scope(name, "RaggedRange", [starts, limits, deltas]) as scope:
        numbers = _one_type([starts, limits, deltas], dtype)
        splits, values = build(RAGGED_RANGE, *numbers, Tsplits=kind, name=scope)
        return RaggedTensor(values, splits, internal=True)


def _one_type(values: Sequence[Any], dtype: Any) -> list[Tensor]:
    if dtype is None:
        tensors = [convert_to_tensor(value) for value in values]
        order = [dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64]
        dtype = max((tensor.dtype.base_dtype for tensor in tensors), key=order.index)
        return [cast(tensor, dtype) for tensor in tensors]
    return [cast(convert_to_tensor(value), dtype) for value in values]


def row_splits_to_segment_ids(splits: Any, name: str | None = None, out_type: Any = None) -> Tensor:
    """Return for each value the number of its row, of rows that begin and end at `splits`.

    Raises: ValueError for splits that are no int32 or int64, or none.
    """
    with name_scope(name, "RaggedSplitsToSegmentIds", [splits]):
        ends = _integers(splits, "splits")
        ends.shape.assert_has_rank(1)
        if ends.shape[0].value == 0:
            raise ValueError("Invalid row_splits: []")
        wanted = ends.dtype if out_type is None else dtypes.as_dtype(out_type)
        lengths = ends[1:] - ends[:-1]
        return repeat(range_of(cast(shape_of(lengths)[0], wanted)), lengths)


def segment_ids_to_row_splits(
    segment_ids: Any, num_segments: Any = None, out_type: Any = None, name: str | None = None
) -> Tensor:
    """Return where the rows of values begin and end that say in which row they are.

    Args:
      segment_ids: the row of each value, ascending. num_segments: how many rows there are.
      out_type: int32 or int64. name: of the scope.
    """
    with name_scope(name, "SegmentIdsToRaggedSplits", [segment_ids]):
        ids = _integers(segment_ids, "segment_ids")
        ids.shape.assert_has_rank(1)
        wanted = ids.dtype if out_type is None else dtypes.as_dtype(out_type)
        count = None if num_segments is None else cast(convert_to_tensor(num_segments), dtypes.int32)
        lengths = bincount(cast(ids, dtypes.int32), minlength=count, maxlength=count, dtype=wanted)
        splits = splits_of(lengths)
        if isinstance(num_segments, int):
            splits.set_shape([num_segments + 1])
        return splits


def _integers(value: Any, name: str) -> Tensor:
    is_typed = isinstance(value, (Tensor, np.ndarray))
    found = convert_to_tensor(value, None if is_typed else dtypes.int64, name=name)
    if found.dtype not in (dtypes.int32, dtypes.int64):
        raise ValueError(f"{name} must have dtype int32 or int64")
    return found


def stack_dynamic_partitions(data: Any, partitions: Any, num_partitions: Any, name: str | None = None) -> RaggedTensor:
    """Return the elements of each partition as a row, in their order.

    Args:
      data: a Tensor. partitions: the partition of each of its elements. num_partitions: how many there are.
      name: of the scope.
    """
    with name_scope(name, "SegmentStack", [data, partitions, num_partitions]):
        values, chosen = convert_to_tensor(data, name="data"), convert_to_tensor(partitions, name="partitions")
        count = convert_to_tensor(num_partitions, name="num_partitions")
        if isinstance(num_partitions, int):
            parts = dynamic_partition(values, chosen, num_partitions)
            lengths = stack([shape_of(part, out_type=chosen.dtype)[0] for part in parts])
            return of_lengths(concat(parts, 0), lengths)
        flat = reshape(chosen, [-1])
        order = argsort(flat, stable=True)
        inner = shape_of(values)[chosen.shape.ndims or 1 :]
        spread = reshape(values, concat([[-1], inner], 0))
        rows = segment_ids_to_row_splits(gather(flat, order), cast(count, dtypes.int32))
        return RaggedTensor(gather(spread, order), rows, internal=True)
