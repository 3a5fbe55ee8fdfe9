"""Reductions over segments of chosen rows: `sparse_segment_sum`, `sparse_segment_mean`, `sparse_segment_sqrt_n`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from ...building.build import build
from ...definition.extent_math import require_rank, vector_length
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shapes import at_least_rank, merge, merge_extent, with_rank
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.dtypes import FLOATS, INDEX, REAL
from ...types.tensor_shape import Extents

_TYPES: Final = {"Tidx": ("type", dtypes.int32), "Tsegmentids": ("type", dtypes.int32)}
_ATTRS: Final = {**_TYPES, "sparse_gradient": ("bool", False)}


def _divisors(counts: Any, how: str) -> Any:
    counts = np.maximum(counts, 1)
    return np.sqrt(counts) if how == "sqrt_n" else counts


def _kernel(how: str, is_counted: bool) -> Callable[..., Any]:
    def kernel(data: Any, indices: Any, segment_ids: Any, *number: Any) -> Any:
        if indices.shape != segment_ids.shape:
            raise ValueError("segment_ids and indices should have same size.")
        if len(segment_ids) and (segment_ids[1:] < segment_ids[:-1]).any():
            raise ValueError("segment ids are not increasing")
        if len(segment_ids) and segment_ids[0] < 0:
            raise ValueError("segment ids must be >= 0")
        if len(indices) and (indices.min() < 0 or indices.max() >= len(data)):
            wrong = int(np.flatnonzero((indices < 0) | (indices >= len(data)))[0])
            raise ValueError(f"Bad: indices[{wrong}] == {indices[wrong]} out of range [0, {len(data)})")
        count = int(segment_ids[-1]) + 1 if len(segment_ids) else 0
        if is_counted:
            if int(number[0]) < count:
                raise ValueError("segment ids must be < num_segments")
            count = int(number[0])
        return _folded(data[indices], segment_ids, count, how)

    if is_counted:
        return lambda data, indices, segment_ids, num_segments: kernel(data, indices, segment_ids, num_segments)
    return lambda data, indices, segment_ids: kernel(data, indices, segment_ids)


def _folded(rows: Any, segment_ids: Any, count: int, how: str) -> Any:
    wide = np.float32 if rows.dtype.itemsize == 2 and rows.dtype.kind not in "iu" else rows.dtype
    result = np.zeros((count, *rows.shape[1:]), wide)
    if len(rows):
        is_first = np.ones(len(segment_ids), bool)
        np.not_equal(segment_ids[1:], segment_ids[:-1], out=is_first[1:])
        starts = is_first.nonzero()[0]
        result[segment_ids[starts]] = np.add.reduceat(rows.astype(wide, copy=False), starts, axis=0, dtype=wide)
    if how != "sum":
        counts = np.bincount(segment_ids, minlength=count).reshape(-1, *[1] * (rows.ndim - 1))
        result = result / _divisors(counts, how).astype(wide)
    return result.astype(rows.dtype, copy=False)


def _shape(query: Any) -> Extents:
    data, indices, ids = query.shapes[:3]
    merge_extent(vector_length(indices), vector_length(ids))
    data = at_least_rank(data, 1)
    if data is None:
        return None
    known = None
    if len(query.shapes) > 3:
        require_rank(query.shapes[3], 0)
        known = query.known_integers(3)
    return (None if known is None else known[0], *data[1:])


def _rule(how: str, extra: int) -> Callable[..., Any]:
    def rule(g: Any, op: Any, dy: Any) -> Any:
        data, indices, segment_ids = op.inputs[:3]
        rows = g.shape(data)[0]
        if how == "sum":
            chosen = g("GatherV2", dy, segment_ids, 0)
            dx = g("UnsortedSegmentSum", chosen, indices, rows)
        else:
            dx = g(f"SparseSegment{'Mean' if how == 'mean' else 'SqrtN'}Grad", dy, indices, segment_ids, rows)
        return [dx, None, None, *[None] * extra]

    return rule


def _define(name: str, how: str, allowed: Any) -> tuple[OpDef, OpDef]:
    plain = OpDef(
        name=name,
        signature="data: T, indices: Tidx, segment_ids: Tsegmentids -> output: T",
        where={"T": allowed, "Tidx": INDEX, "Tsegmentids": INDEX},
        attrs=_ATTRS,
        shape=_shape,
        kernel=_kernel(how, False),
        routine=("chosen rows", how),
        gradient=_rule(how, 0),
    )
    counted = OpDef(
        name=f"{name}WithNumSegments",
        signature=("data: T, indices: Tidx, segment_ids: Tsegmentids, num_segments: Tnumsegments -> output: T"),
        where={"T": allowed, "Tidx": INDEX, "Tnumsegments": INDEX, "Tsegmentids": INDEX},
        attrs={**_ATTRS, "Tnumsegments": ("type", dtypes.int32)},
        shape=_shape,
        kernel=_kernel(how, True),
        routine=("chosen rows", how),
        gradient=_rule(how, 1),
    )
    return plain, counted


SPARSE_SEGMENT_SUM, SPARSE_SEGMENT_SUM_WITH_NUM_SEGMENTS = _define("SparseSegmentSum", "sum", REAL)
SPARSE_SEGMENT_MEAN, SPARSE_SEGMENT_MEAN_WITH_NUM_SEGMENTS = _define("SparseSegmentMean", "mean", FLOATS)
SPARSE_SEGMENT_SQRT_N, SPARSE_SEGMENT_SQRT_N_WITH_NUM_SEGMENTS = _define("SparseSegmentSqrtN", "sqrt_n", FLOATS)


def _gradient_kernel(how: str) -> Callable[..., Any]:
    def kernel(grad: Any, indices: Any, segment_ids: Any, output_dim0: Any) -> Any:
        result = np.zeros((int(output_dim0), *grad.shape[1:]), grad.dtype)
        if len(indices):
            counts = np.bincount(segment_ids, minlength=len(grad)).reshape(-1, *[1] * (grad.ndim - 1))
            share = (grad / _divisors(counts, how)).astype(grad.dtype, copy=False)
            np.add.at(result, indices, share[segment_ids])
        return result

    return kernel


def _gradient_shape(query: Any) -> Extents:
    grad = at_least_rank(query.shapes[0], 1)
    merge(with_rank(query.shapes[1], 1), query.shapes[2])
    require_rank(query.shapes[3], 0)
    known = query.known_integers(3)
    return None if grad is None else (None if known is None else known[0], *grad[1:])


def _define_gradient(name: str, how: str) -> OpDef:
    return OpDef(
        name=f"{name}Grad",
        signature="grad: T, indices: Tidx, segment_ids: Tsegmentids, output_dim0: int32 -> output: T",
        where={"T": FLOATS, "Tidx": INDEX, "Tsegmentids": INDEX},
        attrs=_TYPES,
        shape=_gradient_shape,
        kernel=_gradient_kernel(how),
        gradient=NOT_DIFFERENTIABLE,
    )


SPARSE_SEGMENT_MEAN_GRAD = _define_gradient("SparseSegmentMean", "mean")
SPARSE_SEGMENT_SQRT_N_GRAD = _define_gradient("SparseSegmentSqrtN", "sqrt_n")


def _built(
    plain: OpDef, counted: OpDef, data: Any, indices: Any, ids: Any, name: Any, number: Any, sparse: bool
) -> Tensor:
    if number is None:
        result: Tensor = build(plain, data, indices, ids, name=name, sparse_gradient=sparse)
    else:
        result = build(counted, data, indices, ids, number, name=name, sparse_gradient=sparse)
    return result


def sparse_segment_sum(
    data: TensorLike, indices: TensorLike, segment_ids: TensorLike, name: str | None = None, num_segments: Any = None,
    sparse_gradient: bool = False,
) -> Tensor:  # fmt: skip
    """Return the sums of chosen rows, segment by segment.

    Args:
      data: numbers of rank 1 or more.
      indices: which rows to take.
      segment_ids: for each of them the segment it belongs to, not descending.
      name: a name for the operation.
      num_segments: how many segments there are; by default up to the last one that is named.
      sparse_gradient: has no effect.
    Returns: [segments, ...]; a segment without rows is 0.
    """
    return _built(
        SPARSE_SEGMENT_SUM, SPARSE_SEGMENT_SUM_WITH_NUM_SEGMENTS, data, indices, segment_ids, name, num_segments,
        sparse_gradient,
    )  # fmt: skip


def sparse_segment_mean(
    data: TensorLike, indices: TensorLike, segment_ids: TensorLike, name: str | None = None, num_segments: Any = None,
    sparse_gradient: bool = False,
) -> Tensor:  # fmt: skip
    """Return the means of chosen rows, segment by segment. Arguments as of `sparse_segment_sum`."""
    return _built(
        SPARSE_SEGMENT_MEAN, SPARSE_SEGMENT_MEAN_WITH_NUM_SEGMENTS, data, indices, segment_ids, name, num_segments,
        sparse_gradient,
    )  # fmt: skip


def sparse_segment_sqrt_n(
    data: TensorLike, indices: TensorLike, segment_ids: TensorLike, name: str | None = None, num_segments: Any = None,
    sparse_gradient: bool = False,
) -> Tensor:  # fmt: skip
    """Return the sums of chosen rows over the root of their number. Arguments as of `sparse_segment_sum`."""
    return _built(
        SPARSE_SEGMENT_SQRT_N, SPARSE_SEGMENT_SQRT_N_WITH_NUM_SEGMENTS, data, indices, segment_ids, name, num_segments,
        sparse_gradient,
    )  # fmt: skip
