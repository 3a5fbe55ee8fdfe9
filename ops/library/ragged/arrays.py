"""Arrays' functions for ragged tensors: joining, repeating, masks, choices, dimensions of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...building.basic_ops import identity
from ...building.convert import convert_to_tensor
from ...building.default_graph import control_dependencies, name_scope
from ...families.arrays import rearranging, reshaping, stacking, transposing
from ...families.arrays.filling import fill
from ...families.arrays.filling import range as range_of
from ...families.arrays.shape_ops import size as size_of
from ...families.debugging.assertions import assert_equal
from ...families.elementwise.cast import cast
from ...families.indexing import masking, positions
from ...families.indexing.gathering import gather as gather_dense
from ...families.indexing.repeating import repeat
from ...graph.node import Tensor
from ...types import dtypes
from .elementwise import map_flat_values
from .ragged_tensor import RaggedTensor, is_ragged, nonnegative_axis, to_ragged_or_tensor
from .rows import coordinates, count_of, gather, of_lengths, splits_of

Ragged = Any  # a RaggedTensor or a Tensor


def concat(values: Sequence[Any], axis: int, name: str | None = None) -> Ragged:
    """`tf.concat` of tensors of which some are ragged."""
    parts = values if isinstance(values, (list, tuple)) else [values]
    with name_scope(name, "RaggedConcat", list(parts)):
        return _joined(list(parts), axis, is_stacked=False)


def stack(values: Sequence[Any], axis: int = 0, name: str | None = None) -> Ragged:
    """Return tensors as the rows of one with one more dimension, ragged or not, of any lengths.

    Args:
      values: tensors of one rank, RaggedTensors among them or not.
      axis: where the new dimension is. name: of the scope.
    """
    parts = values if isinstance(values, (list, tuple)) else [values]
    with name_scope(name, "RaggedConcat", list(parts)):
        return _joined(list(parts), axis, is_stacked=True)


def _joined(values: list[Any], axis: int, is_stacked: bool) -> Ragged:
    if not values:
        raise ValueError("values may not be an empty list")
    parts = [to_ragged_or_tensor(value) for value in values]
    ranks = {part.shape.ndims for part in parts} - {None}
    if len(ranks) > 1:
        for part in parts[1:]:
            part.shape.assert_has_rank(parts[0].shape.ndims)
    rank = ranks.pop() if ranks else None
    axis = nonnegative_axis(axis, None if rank is None else rank + is_stacked)
    if len(parts) == 1 and not is_stacked:
        return parts[0]
    if rank in (0, 1):
        return stacking.stack(parts, axis) if is_stacked else stacking.concat(parts, axis)
    rows_of = _of_one_rank(parts)
    if axis == 0:
        return _stacked(rows_of) if is_stacked else _below(rows_of)
    if axis == 1:
        return _beside(rows_of, is_stacked)
    values = [part.values for part in rows_of]
    if any(map(is_ragged, values)):
        inner = _joined(values, axis - 1, is_stacked)
    else:
        inner = stacking.stack(values, axis - 1) if is_stacked else stacking.concat(values, axis - 1)
    checks = [assert_equal(rows_of[0].row_splits, part.row_splits, message="Input tensors have incompatible shapes")
              for part in rows_of[1:]]  # fmt: skip
    with control_dependencies(checks):
        return RaggedTensor(inner, identity(rows_of[0].row_splits), internal=True)


def _of_one_rank(parts: Sequence[Any]) -> list[RaggedTensor]:
    """Ragged, with as many ragged dimensions as the one that has most, and splits of one type."""
    ranks = [part.ragged_rank if isinstance(part, RaggedTensor) else 0 for part in parts]
    most = max(1, *ranks)
    splits = {part.row_splits.dtype for part in parts if isinstance(part, RaggedTensor)}
    dtype = splits.pop() if len(splits) == 1 else dtypes.int64
    found = []
    for part, rank in zip(parts, ranks):
        if not rank:
            found.append(RaggedTensor.from_tensor(part, ragged_rank=most, row_splits_dtype=dtype))
        else:
            found.append(_with_rank(part.with_row_splits_dtype(dtype), most))
    return found


def _with_rank(rows: RaggedTensor, rank: int) -> RaggedTensor:
    if rank == 1:
        return rows
    values = rows.values
    if isinstance(values, RaggedTensor):
        return rows.with_values(_with_rank(values, rank - 1))
    inner = RaggedTensor.from_tensor(values, ragged_rank=rank - 1, row_splits_dtype=rows.row_splits.dtype)
    return rows.with_values(inner)


def _below(rows: Sequence[RaggedTensor]) -> RaggedTensor:
    """One below the other."""
    splits, total = [rows[0].row_splits], rows[0].row_splits[-1]
    for part in rows[1:]:
        splits.append(part.row_splits[1:] + total)
        total = total + part.row_splits[-1]
    values = [part.values for part in rows]
    joined = _below(values) if isinstance(values[0], RaggedTensor) else stacking.concat(values, 0)
    return RaggedTensor(joined, stacking.concat(splits, 0), internal=True)


def _stacked(rows: Sequence[RaggedTensor]) -> RaggedTensor:
    return of_lengths(_below(rows), stacking.stack([part.nrows() for part in rows]))


def _beside(rows: Sequence[RaggedTensor], is_stacked: bool) -> RaggedTensor:
    """Row for row: in turn the rows of each, joined or, stacked, as rows of rows."""
    count, number = rows[0].nrows(), len(rows)
    for part in rows[1:]:
        rows[0].shape[:1].assert_is_compatible_with(part.shape[:1])
    checks = [assert_equal(part.nrows(), count, message="Input tensors have incompatible shapes.")
              for part in rows[1:]]  # fmt: skip
    below = _below(rows)
    with control_dependencies(checks):
        count = identity(count)
    order = reshaping.reshape(transposing.transpose(reshaping.reshape(range_of(count * number), [number, -1])), [-1])
    turns = gather(below, order)
    if is_stacked:
        splits = range_of(0, count * number + 1, number)
        return RaggedTensor(turns, splits, internal=True)
    return RaggedTensor(turns.values, turns.row_splits[::number], internal=True)


def tile(input: Any, multiples: Any, name: str | None = None) -> RaggedTensor:
    """`tf.tile` of a ragged tensor."""
    with name_scope(name, "RaggedTile", [input.flat_values, multiples]):
        times = convert_to_tensor(multiples, name="multiples")
        times.shape.assert_has_rank(1)
        return _tiled(input, cast(times, input.row_splits.dtype))


def _tiled(rows: RaggedTensor, times: Tensor) -> RaggedTensor:
    values, one = rows.values, np.ones(1, times.dtype.np_dtype)
    inner = stacking.concat([one, times[2:]], 0)
    values = _tiled(values, inner) if isinstance(values, RaggedTensor) else rearranging.tile(values, inner)
    count = rows.nrows()
    lengths = rows.row_lengths()
    rows = RaggedTensor(values, rows.row_splits, internal=True)
    order = repeat(range_of(count), fill([cast(count, dtypes.int32)], times[1]))
    turns = gather(rows, order)
    wide = of_lengths(turns.values, lengths * times[1])
    return gather(wide, rearranging.tile(range_of(count), times[:1]))  # type: ignore[no-any-return]


def expand_dims(input: Any, axis: Any = None, name: str | None = None, dim: Any = None) -> RaggedTensor:
    """`tf.expand_dims` of a ragged tensor."""
    axis = axis if axis is not None else dim
    with name_scope(name, "RaggedExpandDims", [input.flat_values]):
        rank = input.shape.ndims
        return _expanded(input, nonnegative_axis(axis, None if rank is None else rank + 1))


def _expanded(rows: RaggedTensor, axis: int) -> RaggedTensor:
    dtype = rows.row_splits.dtype
    if axis == 0:
        return RaggedTensor(rows, splits_of(reshaping.reshape(rows.nrows(), [1])), internal=True)
    if axis == 1:
        return RaggedTensor(rows, range_of(rows.nrows(dtype) + 1), internal=True)
    values = rows.values
    if isinstance(values, RaggedTensor):
        return rows.with_values(_expanded(values, axis - 1))
    return rows.with_values(reshaping.expand_dims(values, axis - 1))


def squeeze(input: Any, axis: Any = None, name: str | None = None, squeeze_dims: Any = None) -> Ragged:
    """`tf.squeeze` of a ragged tensor; the axes have to be given."""
    axis = axis if axis is not None else squeeze_dims
    with name_scope(name, "RaggedSqueeze", [input.flat_values]):
        if axis is None:
            raise ValueError("Ragged.squeeze must have an axis argument.")
        axes = [axis] if isinstance(axis, int) else list(axis)
        for one in sorted((nonnegative_axis(one, input.shape.ndims) for one in axes), reverse=True):
            input = _squeezed(input, one)
        return input


def _squeezed(rows: Any, axis: int) -> Ragged:
    if not isinstance(rows, RaggedTensor):
        return reshaping.squeeze(rows, [axis])
    if axis > 1:
        return rows.with_values(_squeezed(rows.values, axis - 1))
    lengths = reshaping.reshape(rows.nrows(), [1]) if axis == 0 else rows.row_lengths()
    said = f"Dimension {axis} cannot be squeezed: it has not one element everywhere."
    check = assert_equal(lengths, np.ones((), lengths.dtype.np_dtype), message=said)
    values = rows.values
    with control_dependencies([check]):
        if isinstance(values, RaggedTensor):
            return RaggedTensor(values.values, identity(values.row_splits), internal=True)
        return identity(values)


def boolean_mask(data: Any, mask: Any, name: str | None = None) -> Ragged:
    """Return what a mask leaves of a tensor: with the mask's dimensions, of which the last one is ragged.

    Args:
      data: a tensor, ragged or not, or lists.
      mask: truth values, ragged or not, of the shape of the first dimensions of `data`.
      name: of the scope.
    Raises: ValueError for a scalar mask, or one of unknown rank.
    """
    with name_scope(name, "RaggedMask", [data, mask]):
        values = to_ragged_or_tensor(data, name="data")
        chosen = to_ragged_or_tensor(mask, dtypes.bool_, name="mask")
        rank = chosen.shape.ndims
        if rank is None:
            raise ValueError("mask.shape.ndims must be known statically")
        if rank == 0:
            raise ValueError("mask cannot be scalar")
        return _masked(values, chosen, rank)


def _masked(values: Any, mask: Any, rank: int) -> Ragged:
    if rank == 1:
        if not isinstance(values, RaggedTensor):
            return masking.boolean_mask(values, mask)
        return gather(values, positions.where(mask)[:, 0])
    if isinstance(values, RaggedTensor) and not isinstance(mask, RaggedTensor):
        mask = RaggedTensor.from_tensor(mask, ragged_rank=1, row_splits_dtype=values.row_splits.dtype)
    elif isinstance(mask, RaggedTensor) and not isinstance(values, RaggedTensor):
        values = RaggedTensor.from_tensor(values, ragged_rank=1, row_splits_dtype=mask.row_splits.dtype)
    elif not isinstance(values, RaggedTensor):
        values = RaggedTensor.from_tensor(values, ragged_rank=1)
        mask = RaggedTensor.from_tensor(mask, ragged_rank=1)
    check = assert_equal(cast(values.row_splits, dtypes.int64), cast(mask.row_splits, dtypes.int64),
                         message="data and mask must have the same rows")  # fmt: skip
    with control_dependencies([check]):
        splits = identity(mask.row_splits)
    kept = _masked(values.values, mask.values, rank - 1)
    if rank > 2:
        return RaggedTensor(kept, splits, internal=True)
    counts = cast(mask.values, splits.dtype)
    ends = splits_of(counts)
    return RaggedTensor(kept, gather_dense(ends, splits), internal=True)


def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Ragged:
    """`tf.where` of a ragged condition, or of ragged values."""
    if (x is None) != (y is None):
        raise ValueError("x and y must be either both None or both non-None")
    with name_scope("RaggedWhere", name, [condition, x, y]):
        chosen = to_ragged_or_tensor(condition, name="condition")
        if x is None:
            if not isinstance(chosen, RaggedTensor):
                return positions.where(chosen)
            places = [cast(place, dtypes.int64) for place in coordinates(chosen)]
            flat = chosen.flat_values
            found = positions.where(flat)
            outer = gather_dense(stacking.stack(places, axis=1), found[:, 0])
            return stacking.concat([outer, found[:, 1:]], 1)
        first, second = to_ragged_or_tensor(x, name="x"), to_ragged_or_tensor(y, name="y")
        if is_ragged(chosen) and is_ragged(first) and is_ragged(second):
            return map_flat_values(positions.where, chosen, first, second)
        if is_ragged(chosen):
            raise ValueError("Input shapes do not match.")
        if chosen.shape.ndims != 1 and chosen.shape.ndims is not None:
            raise ValueError("If condition is a dense tensor of rank 2 or more, x and y must not be ragged")
        count = count_of(first, dtypes.int64)
        both = _joined([first, second], 0, is_stacked=False)
        order = positions.where(chosen, range_of(count), count + range_of(count))
        return gather(both, order)


def gather_rows(
    params: Any,
    indices: Any,
    validate_indices: Any = None,
    name: str | None = None,
    axis: Any = None,
    batch_dims: int = 0,
) -> Ragged:
    """`tf.gather` of ragged tensors, or by ragged numbers; along the first dimension, or the first behind the batch."""
    if not isinstance(axis, int) and axis is not None:
        raise TypeError("axis must be an int")
    if batch_dims:
        return batch_gather(params, indices, name)
    if axis not in (None, 0):
        raise ValueError("axis>0 is not supported for ragged inputs yet.")
    with name_scope(name, "RaggedGather", [params, indices]):
        return gather(to_ragged_or_tensor(params, name="params"), to_ragged_or_tensor(indices, name="indices"))


def batch_gather(params: Any, indices: Any, name: str | None = None) -> Ragged:
    """`tf.batch_gather` of ragged tensors: for each row its own numbers."""
    with name_scope(name, "RaggedBatchGather", [params, indices]):
        rows, numbers = to_ragged_or_tensor(params, name="params"), to_ragged_or_tensor(indices, name="indices")
        if numbers.shape.ndims == 1:
            return gather(rows, numbers)
        if not isinstance(numbers, RaggedTensor):
            numbers = RaggedTensor.from_tensor(numbers, row_splits_dtype=rows.row_splits.dtype)
        if not isinstance(rows, RaggedTensor):
            rows = RaggedTensor.from_tensor(rows, row_splits_dtype=numbers.row_splits.dtype)
        if isinstance(numbers.values, RaggedTensor):
            return numbers.with_values(batch_gather(rows.values, numbers.values))
        starts = gather_dense(rows.row_starts(), numbers.value_rowids())
        places = cast(numbers.values, starts.dtype) + starts
        return numbers.with_values(gather(rows.values, places))


def size(input: Any, name: str | None = None, out_type: Any = dtypes.int32) -> Tensor:
    """`tf.size` of a ragged tensor: how many of the innermost values there are."""
    return size_of(input.flat_values, out_type=out_type, name=name)
