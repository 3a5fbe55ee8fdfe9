"""Sparse tensors cut and joined: slice, concat, split."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ...building.build import build
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.opdef import OpDef
from ...definition.shapes import merge, merge_extent, with_rank
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ..arrays.reshaping import reshape
from ..arrays.stacking import concat
from ..reductions.reductions import reduce_max, renamed
from . import sparse_gradients as gradients
from .rows import require_inside, require_parts, row_order
from .sparse_tensor import SparseTensor, as_sparse


def _slice_kernel(indices: Any, values: Any, shape: Any, start: Any, size: Any) -> Any:
    require_parts(indices, values, shape)
    for what, vector in (("start", start), ("size", size)):
        if vector.ndim != 1 or len(vector) != len(shape):
            raise ValueError(f"Expected {what} to be a vector of length {len(shape)} but got length {vector.size}")
    if (size < 0).any():
        raise ValueError(f"Expected a non-negative size, got {size[size < 0][0]}")
    keep = np.ones(len(indices), bool)
    for axis, (first, count) in enumerate(zip(start.tolist(), size.tolist())):
        column = indices[:, axis]
        keep &= (column >= first) & (column < first + count)
    extents = np.where(start < shape, np.minimum(size, shape - start), 0)
    kept = np.flatnonzero(keep)
    return indices.take(kept, axis=0) - start, values[kept], extents.astype(np.int64)


def _slice_shape(query: Any) -> Any:
    whole = with_rank(query.shapes[2], 1)
    return [(None, whole[0]), (None,), whole]


SPARSE_SLICE = OpDef(
    name="SparseSlice",
    signature=(
        "indices: int64, values: T, shape: int64, start: int64, size: int64"
        " -> output_indices: int64, output_values: T, output_shape: int64"
    ),
    shape=_slice_shape,
    kernel=_slice_kernel,
    gradient=gradients.slice_,
)


def _check_joined(shapes: Any, axis: int, given: int) -> None:
    rank = len(shapes[0])
    if not 0 <= axis < rank:
        raise ValueError(f"Concat dimension must be in range [{-rank}, {rank}), got {given}")
    for position, shape in enumerate(shapes):
        if len(shape) != rank:
            raise ValueError(
                f"Ranks of all input tensors must match: expected {rank} but got {len(shape)} at position {position}"
            )
        for other in range(rank):
            if other != axis and shape[other] != shapes[0][other]:
                raise ValueError(
                    f"Input shapes must match: expected {shapes[0][other]} for dimension {other} but got "
                    f"{shape[other]} at position {position}"
                )


def _concat_kernel(indices: Any, values: Any, shapes: Any, *, concat_dim: int) -> Any:
    for part in zip(indices, values, shapes):
        require_parts(*part)
    axis = concat_dim + len(shapes[0]) if concat_dim < 0 else concat_dim
    _check_joined(shapes, axis, concat_dim)
    moved = []
    offset = 0
    for rows, shape in zip(indices, shapes):
        shifted = rows.copy()
        shifted[:, axis] += offset
        offset += int(shape[axis])
        moved.append(shifted)
    extents = shapes[0].copy()
    extents[axis] = offset
    joined = np.concatenate(moved)
    order = row_order(joined)
    return joined.take(order, axis=0), np.concatenate(values)[order], extents


def _concat_shape(query: Any) -> Any:
    count = query.attrs["N"]
    columns: Any = None
    whole: Any = None
    total: Any = 0
    for i in range(count):
        rows = with_rank(query.shapes[i], 2)
        listed = merge_extent(rows[0], with_rank(query.shapes[count + i], 1)[0])
        columns = merge_extent(columns, rows[1])
        whole = merge(whole, with_rank(query.shapes[2 * count + i], 1))
        total = None if total is None or listed is None else total + listed
    return [(total, columns), (total,), whole]


SPARSE_CONCAT = OpDef(
    name="SparseConcat",
    signature=(
        "indices: N*int64, values: N*T, shapes: N*int64 -> output_indices: int64, output_values: T, output_shape: int64"
    ),
    attrs={"concat_dim": ("int",)},
    shape=_concat_shape,
    kernel=_concat_kernel,
    gradient=gradients.unknown,
)


def _split_kernel(split_dim: Any, indices: Any, values: Any, shape: Any, *, num_split: int) -> Any:
    require_parts(indices, values, shape)
    rank = len(shape)
    axis = int(split_dim)
    if not -rank <= axis < rank:
        raise ValueError(f"Input axis should be in range [{-rank}, {rank}), got {axis}")
    axis %= rank
    extent = int(shape[axis])
    if not 1 <= num_split <= extent:
        raise ValueError(
            f"Input num_split should be between 1 and the splitting dimension size ({extent}), got {num_split}"
        )
    require_inside(indices, shape)
    small, larger = divmod(extent, num_split)
    sizes = [small + 1] * larger + [small] * (num_split - larger)
    parts: list[tuple[Any, Any, Any]] = []
    start = 0
    for size in sizes:
        keep = (indices[:, axis] >= start) & (indices[:, axis] < start + size)
        rows, extents = indices[keep], shape.copy()
        rows[:, axis] -= start
        extents[axis] = size
        parts.append((rows, values[keep], extents))
        start += size
    return tuple(item for column in zip(*parts) for item in column)


def _split_shape(query: Any) -> Any:
    count = query.attrs["num_split"]
    whole = with_rank(query.shapes[3], 1)
    return [(None, whole[0])] * count + [(None,)] * count + [whole] * count


SPARSE_SPLIT = OpDef(
    name="SparseSplit",
    signature=(
        "split_dim: int64, indices: int64, values: T, shape: int64"
        " -> output_indices: num_split*int64, output_values: num_split*T, output_shape: num_split*int64"
    ),
    shape=_split_shape,
    kernel=_split_kernel,
    gradient=gradients.unknown,
)


def sparse_slice(sp_input: Any, start: TensorLike, size: TensorLike, name: str | None = None) -> SparseTensor:
    """Return the part of a SparseTensor that begins at `start` and has the extents `size`, cut at its end.

    Args:
      sp_input: the SparseTensor.
      start, size: int64 vectors, one number per dimension.
      name: a name for the operation.
    """
    sparse = as_sparse(sp_input)
    begin = convert_to_tensor(start, dtypes.int64)
    extents = convert_to_tensor(size, dtypes.int64)
    with name_scope(name, "SparseSlice", [sparse.indices, sparse.values]) as scope:
        parts = build(SPARSE_SLICE, sparse.indices, sparse.values, sparse.dense_shape, begin, extents, name=scope)
        return SparseTensor(*parts)


def sparse_concat(
    axis: Any,
    sp_inputs: Any,
    name: str | None = None,
    expand_nonconcat_dim: Any = False,
    concat_dim: Any = None,
    expand_nonconcat_dims: Any = None,
) -> SparseTensor:
    """Return SparseTensors joined along an axis.

    Args:
      axis: the axis.
      sp_inputs: a list of SparseTensors.
      name: a name for the operation.
      expand_nonconcat_dim: whether the other extents may differ; the result has the largest of each.
      concat_dim: the old name of `axis`.
      expand_nonconcat_dims: the old name of `expand_nonconcat_dim`; as in TensorFlow not to be used without
        `expand_nonconcat_dim=None`.
    Raises: TypeError if `sp_inputs` is no list of SparseTensors, ValueError for different ranks; InvalidArgumentError
      when it runs, for extents that differ.
    """
    expand = renamed("expand_nonconcat_dim", expand_nonconcat_dim, "expand_nonconcat_dims", expand_nonconcat_dims)
    axis = renamed("axis", axis, "concat_dim", concat_dim)
    if not isinstance(sp_inputs, (list, tuple)):
        raise TypeError("Inputs must be a list or tuple.")
    if not all(isinstance(item, SparseTensor) or hasattr(item, "dense_shape") for item in sp_inputs):
        raise TypeError("All inputs must be SparseTensors.")
    inputs = [as_sparse(item) for item in sp_inputs]
    if len(inputs) == 1:
        return inputs[0]
    shapes = _widened(inputs, axis) if expand else [item.dense_shape for item in inputs]
    indices, values, whole = build(
        SPARSE_CONCAT,
        [item.indices for item in inputs],
        [item.values for item in inputs],
        shapes,
        name=name,
        concat_dim=axis,
    )
    known = _joined_extents(inputs, axis, bool(expand))
    if known is not None and None not in known:
        return SparseTensor(indices, values, constant(np.array(known, np.int64)))
    result = SparseTensor(indices, values, whole)
    result.set_shape(known)
    return result


def _widened(inputs: list[SparseTensor], axis: int) -> list[Tensor]:
    """The shapes, with every extent but that along `axis` the largest of all."""
    rows = [reshape(item.dense_shape, [1, -1]) for item in inputs]
    largest = reduce_max(concat(rows, 0), 0)
    last = axis == -1
    shapes = []
    for item in inputs:
        before = largest[:axis]
        own = item.dense_shape[-1:] if last else item.dense_shape[axis : axis + 1]
        shapes.append(concat([before, own, [] if last else largest[axis + 1 :]], axis=0))
    return shapes


def _joined_extents(inputs: list[SparseTensor], axis: int, expand: bool) -> list[int | None] | None:
    """What is known of the shape of the result. Raises: IndexError for an axis that is not there."""
    if any(item.shape.rank is None for item in inputs):
        return None
    rows: list[Any] = [item.shape.as_list() for item in inputs]
    if any(not -len(row) <= axis < len(row) for row in rows):
        raise IndexError(f"axis {axis} is none of those of tensors of rank {', '.join(str(len(row)) for row in rows)}")
    result = [_largest([row[i] for row in rows]) for i in range(len(rows[0]))] if expand else rows[0]
    parts: list[Any] = [row[axis] for row in rows]
    result[axis] = None if None in parts else sum(parts)
    return result


def _largest(extents: list[int | None]) -> int | None:
    known = [extent for extent in extents if extent is not None]
    return max(known) if len(known) == len(extents) else None


class _KeywordRequired:
    """The default of an argument that stands where no positional one may."""

    def __repr__(self) -> str:
        return "KeywordRequired()"


KEYWORD_REQUIRED: Final = _KeywordRequired()


def sparse_split(
    keyword_required: Any = KEYWORD_REQUIRED,
    sp_input: Any = None,
    num_split: int | None = None,
    axis: TensorLike = None,
    name: str | None = None,
    split_dim: TensorLike = None,
) -> list[SparseTensor]:
    """Return a SparseTensor cut into parts along an axis; the first ones are larger if it does not come out even.

    Args:
      keyword_required: takes no value: give all arguments by name.
      sp_input: the SparseTensor.
      num_split: how many parts.
      axis: integer scalar.
      name: a name for the operation.
      split_dim: the old name of `axis`; as in TensorFlow it is always refused.
    Raises: ValueError for positional or missing arguments; InvalidArgumentError when it runs.
    """
    if keyword_required is not KEYWORD_REQUIRED:
        raise ValueError("Keyword arguments are required for this function.")
    if sp_input is None:
        raise ValueError("sp_input is required")
    if num_split is None:
        raise ValueError("num_split is required")
    if num_split < 1:
        raise ValueError(f"Attr 'num_split' of 'SparseSplit' Op passed {num_split} less than minimum 1.")
    if axis is None:
        raise ValueError("axis is required")
    axis = renamed("axis", axis, "split_dim", split_dim)
    sparse = as_sparse(sp_input)
    parts = build(
        SPARSE_SPLIT, axis, sparse.indices, sparse.values, sparse.dense_shape, name=name, num_split=int(num_split)
    )
    columns = [parts[i * num_split : (i + 1) * num_split] for i in range(3)]
    return [SparseTensor(*part) for part in zip(*columns)]
