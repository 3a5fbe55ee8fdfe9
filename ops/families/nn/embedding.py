"""Rows of one table, or of a table in parts, by their numbers: `nn.embedding_lookup`."""

from __future__ import annotations

from typing import Any

from ...building.basic_ops import identity
from ...building.build import build
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import colocate_with, name_scope
from ...definition.registry import lookup
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ..arrays.filling import range as range_
from ..arrays.reshaping import reshape
from ..arrays.shape_ops import shape, size
from ..arrays.stacking import concat, stack
from ..elementwise.cast import cast
from ..indexing.gathering import gather
from ..linalg.clip_norms import clip_by_norm
from ..reductions.reductions import reduce_sum


def embedding_lookup(
    params: Any,
    ids: TensorLike,
    partition_strategy: str = "mod",
    name: str | None = None,
    validate_indices: bool = True,
    max_norm: Any = None,
) -> Tensor:
    """Return the rows of a table that `ids` name.

    Args:
      params: the table, a tensor or variable with a row per number in dimension 0; or a list of its parts.
      ids: integers of any shape.
      partition_strategy: which part has row i of n parts: `"mod"`, part `i % n`; `"div"`, parts of neighbouring rows,
        the first ones a row longer where they cannot be equal.
      name: a name for the operations.
      validate_indices: has no effect; indices are always checked.
      max_norm: if given, longer rows are scaled to this Euclidean length.
    Returns: a tensor of shape `ids.shape + params.shape[1:]`.
    Raises: ValueError for an empty list or another strategy; InvalidArgumentError when it runs, for a number that the
      table does not have.

    >>> embedding_lookup([[1.0, 2.0], [3.0, 4.0]], [[1], [0], [1]]).shape.as_list()
    [3, 1, 2]
    """
    parts = list(params) if isinstance(params, (list, tuple)) else [params]
    if not parts:
        raise ValueError("Length of params is currently 0. Need at least one param.")
    with name_scope(name, "embedding_lookup", [*parts, ids]) as scope:
        tables = [_table(part) for part in parts]
        numbers = convert_to_tensor(ids, name="ids")
        if len(tables) == 1:
            with colocate_with(tables[0].op):
                rows = gather(tables[0], numbers, name=scope)
                rows = _clipped(rows, numbers, max_norm)
            found: Tensor = identity(rows)
            return found
        rows = _from_parts(tables, numbers, partition_strategy, scope)
        return _clipped(rows, numbers, max_norm)


def _table(part: Any) -> Any:
    """A resource variable stays one: its rows are looked up without a read of the others."""
    return part if hasattr(part, "_handle") else convert_to_tensor(part, name="params")


def _clipped(rows: Tensor, ids: Tensor, max_norm: Any) -> Tensor:
    if max_norm is None:
        return rows
    if ids._extents is None or rows._extents is None:
        raise ValueError("The ranks of `params` and `ids` must be known for `max_norm`.")
    clipped: Tensor = clip_by_norm(rows, max_norm, axes=list(range(len(ids._extents), len(rows._extents))))
    return clipped


def _from_parts(tables: list[Any], ids: Tensor, strategy: str, scope: str) -> Tensor:
    """Look each number up in its part, and put the rows into the order of the numbers."""
    flat = reshape(ids, [-1])
    positions = range_(size(flat))
    if strategy == "mod":
        count = len(tables)
        part, row = flat % count, flat // count
    elif strategy == "div":
        part, row = _neighbours(tables, flat)
    else:
        raise ValueError(f"Unrecognized partition strategy: {strategy}.Must be one of either `mod` or `div`.")
    part = cast(part, dtypes.int32)
    split = lookup("DynamicPartition")
    rows = build(split, row, part, num_partitions=len(tables))
    order = build(split, positions, part, num_partitions=len(tables))
    found = []
    for table, inside in zip(tables, rows):
        with colocate_with(table.op):
            found.append(gather(table, inside))
    stitched = build(lookup("ParallelDynamicStitch"), order, found, name=scope)
    tail = tables[0].shape[1:]
    rest: Any = tail.as_list() if tail.is_fully_defined() else shape(tables[0])[1:]
    return reshape(stitched, concat([shape(ids), rest], 0))


def _neighbours(tables: list[Any], ids: Tensor) -> tuple[Tensor, Tensor]:
    """Part and row where each part has neighbouring rows: the first `rest` parts have one more than `each`."""
    from ..indexing.positions import where

    maximum = lookup("Maximum")
    rows = [None if table.shape.ndims is None else table.shape[0].value for table in tables]
    if None not in rows:
        total = constant(sum(rows), ids.dtype)
    else:
        sizes = [cast(shape(table)[0], ids.dtype) for table in tables]
        total = reduce_sum(stack(sizes))
    count = len(tables)
    each = total // count
    rest = total % count
    part = build(maximum, ids // (each + 1), (ids - rest) // each)
    return part, where(part < rest, ids % (each + 1), (ids - rest) % each)
