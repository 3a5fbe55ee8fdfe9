"""Rows of a table combined per example: `embedding_lookup_sparse`, `safe_embedding_lookup_sparse`."""

from __future__ import annotations

from typing import Any

from ....building.build import build
from ....building.convert import convert_to_tensor
from ....building.default_graph import name_scope
from ....definition.registry import lookup
from ....graph.node import Tensor
from ....types import dtypes
from ...arrays.filling import fill
from ...arrays.rearranging import tile
from ...arrays.reshaping import expand_dims, reshape
from ...arrays.shape_ops import rank, shape
from ...arrays.stacking import concat, stack
from ...elementwise.cast import cast
from ...elementwise.like import zeros_like
from ...indexing.gathering import gather
from ...indexing.positions import where
from ...reductions.reductions import reduce_prod
from ...sparse.sparse_tensor import SparseTensor
from ..embedding import embedding_lookup


def embedding_lookup_sparse(
    params: Any, sp_ids: Any, sp_weights: Any, partition_strategy: str = "mod", name: str | None = None,
    combiner: str | None = None, max_norm: Any = None, allow_fast_lookup: bool = False,
) -> Tensor:  # fmt: skip
    """Return for each row of `sp_ids` the rows of a table that it names, combined.

    Args:
      params: the table, or a list of its parts.
      sp_ids: a SparseTensor [batch, any] of integers; every row has one at least.
      sp_weights: a SparseTensor of weights with the indices of `sp_ids`, or None for ones.
      partition_strategy: as of `embedding_lookup`.
      name: a name for the operations.
      combiner: "mean" (default), "sum", or "sqrtn": the weighted sum divided by the root of the squares of the weights.
      max_norm: if given, longer rows are scaled to this Euclidean length first.
      allow_fast_lookup: has no effect.
    Returns: [batch, ...], as many rows as `sp_ids` has up to its last one that is not empty.
    Raises: ValueError for another combiner, TypeError if ids or weights are not sparse.
    """
    combiner = "mean" if combiner is None else combiner
    if combiner not in ("mean", "sqrtn", "sum"):
        raise ValueError(f"combiner must be one of 'mean', 'sqrtn' or 'sum', got {combiner}")
    if not isinstance(sp_ids, SparseTensor):
        raise TypeError(f"sp_ids must be SparseTensor, got {type(sp_ids)}")
    if sp_weights is not None and not isinstance(sp_weights, SparseTensor):
        raise TypeError(f"sp_weights must be either None or SparseTensor, got {type(sp_weights)}")
    parts = list(params) if isinstance(params, (list, tuple)) else [params]
    with name_scope(name, "embedding_lookup_sparse", [*parts, sp_ids.values]) as scope:
        segments = sp_ids.indices[:, 0]
        segments = cast(segments, dtypes.int32)
        ids, places = build(lookup("Unique"), sp_ids.values)
        table = parts if len(parts) > 1 else parts[0]
        rows = embedding_lookup(table, ids, partition_strategy=partition_strategy, max_norm=max_norm)
        if sp_weights is None:
            return _combined(rows, places, segments, combiner, scope)
        return _weighted(rows, places, sp_weights.values, segments, combiner, scope)


def _combined(rows: Tensor, places: Tensor, segments: Tensor, combiner: str, name: str) -> Tensor:
    op = lookup({"sum": "SparseSegmentSum", "mean": "SparseSegmentMean", "sqrtn": "SparseSegmentSqrtN"}[combiner])
    result: Tensor = build(op, rows, places, segments, name=name)
    return result


def _weighted(rows: Tensor, places: Tensor, weights: Tensor, segments: Tensor, combiner: str, name: str) -> Tensor:
    rows = gather(rows, places)
    weights = weights if weights.dtype.base_dtype is rows.dtype.base_dtype else cast(weights, rows.dtype)
    narrow = fill(expand_dims(rank(rows) - 1, 0), 1)
    wide = reshape(weights, concat([shape(weights), narrow], 0))
    if rows._extents is not None:
        wide.set_shape((*(weights._extents or (None,)), *(1,) * (len(rows._extents) - 1)))
    scaled = rows * wide
    total = lookup("SegmentSum")
    if combiner == "sum":
        result: Tensor = build(total, scaled, segments, name=name)
        return result
    sums = build(total, scaled, segments)
    if combiner == "mean":
        counts = build(total, wide, segments)
    else:
        counts = build(lookup("Sqrt"), build(total, build(lookup("Pow"), wide, 2), segments))
    quotient: Tensor = build(lookup("RealDiv"), sums, counts, name=name)
    return quotient


def safe_embedding_lookup_sparse(
    embedding_weights: Any, sparse_ids: SparseTensor, sparse_weights: SparseTensor | None = None,
    combiner: str = "mean", default_id: int | None = None, name: str | None = None, partition_strategy: str = "div",
    max_norm: Any = None, allow_fast_lookup: bool = False,
) -> Tensor:  # fmt: skip
    """`embedding_lookup_sparse` where rows may be empty, and numbers below 0 or weights not above 0 are left out.

    Args:
      embedding_weights: the table, or a list of its parts.
      sparse_ids: a SparseTensor of integers, its last dimension the one that is combined.
      sparse_weights: a SparseTensor of weights with the same indices, or None.
      combiner: as of `embedding_lookup_sparse`.
      default_id: the row that stands for an empty one; None for zeros.
      name: a name for the operations.
      partition_strategy: as of `embedding_lookup`.
      max_norm: if given, longer rows are scaled to this Euclidean length first.
    Raises: ValueError without a table.
    """
    parts = list(embedding_weights) if isinstance(embedding_weights, (list, tuple)) else [embedding_weights]
    if not parts or parts[0] is None:
        raise ValueError(f"Missing embedding_weights {embedding_weights}.")
    with name_scope(name, "embedding_lookup", [*parts, sparse_ids.values]) as scope:
        original = sparse_ids.dense_shape
        known_rank = sparse_ids.dense_shape.shape.as_list()[0]
        whole = known_rank if known_rank is not None else build(lookup("Size"), original)
        outer = whole - 1
        flat_shape = stack([reduce_prod(build(lookup("Slice"), original, [0], [outer])), gather(original, outer)])
        ids, weights = _flattened(sparse_ids, flat_shape), sparse_weights
        if weights is not None:
            weights = SparseTensor(ids.indices, weights.values, ids.dense_shape)
        ids, weights = _valid(ids, weights, combiner)
        ids, is_empty = _filled(ids, default_id or 0)
        if weights is not None:
            weights, _ = _filled(weights, 1.0)
        combine_name = None if default_id is None else scope
        result = embedding_lookup_sparse(
            embedding_weights, ids, weights, partition_strategy, combine_name, combiner, max_norm
        )
        if default_id is None:
            result = _zeros_where(is_empty, result, scope)
        return _unflattened(result, sparse_ids, outer)


def _flattened(ids: SparseTensor, flat_shape: Tensor) -> SparseTensor:
    indices, extents = build(lookup("SparseReshape"), ids.indices, ids.dense_shape, flat_shape)
    return SparseTensor(indices, ids.values, extents)


def _valid(ids: SparseTensor, weights: SparseTensor | None, combiner: str) -> tuple[SparseTensor, SparseTensor | None]:
    """Without numbers below 0, and without weights that are not above 0 unless sums are asked for."""
    keep = ids.values >= 0
    if weights is not None and combiner != "sum":
        keep = build(lookup("LogicalAnd"), keep, weights.values > 0)
    places = reshape(build(lookup("Where"), keep), [-1])

    def kept(sparse: SparseTensor) -> SparseTensor:
        return SparseTensor(gather(sparse.indices, places), gather(sparse.values, places), sparse.dense_shape)

    return kept(ids), None if weights is None else kept(weights)


def _filled(sparse: SparseTensor, default: Any) -> tuple[SparseTensor, Tensor]:
    """An entry in each empty row, and which rows were empty."""
    value = convert_to_tensor(default, sparse.values.dtype.base_dtype)
    indices, values, is_empty, _ = build(
        lookup("SparseFillEmptyRows"), sparse.indices, sparse.values, sparse.dense_shape, value
    )
    return SparseTensor(indices, values, sparse.dense_shape), is_empty


def _zeros_where(is_empty: Tensor, rows: Tensor, name: str) -> Tensor:
    columns = tile(reshape(is_empty, [-1, 1]), stack([1, shape(rows)[1]]))
    result: Tensor = where(columns, zeros_like(rows), rows, name=name)
    return result


def _unflattened(rows: Tensor, ids: SparseTensor, outer: Any) -> Tensor:
    """The rows in the outer shape that the ids had."""
    cut = lookup("Slice")
    first = build(cut, cast(ids.dense_shape, dtypes.int32), [0], [outer])
    result: Tensor = reshape(rows, concat([first, build(cut, shape(rows), [1], [-1])], 0))
    return result
