"""Sparse tensors rearranged: reordered, reshaped, rows filled up, elements kept."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...building.basic_ops import identity
from ...building.build import build
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.opdef import OpDef
from ...definition.shapes import merge_extent, shape_from_value, with_rank
from ...graph.node import Tensor, TensorLike
from ...graph.partial import static_value
from ...types import dtypes
from ...types.tensor_shape import brackets
from ..arrays.reshaping import reshape
from ..elementwise.cast import cast
from ..indexing.gathering import gather
from . import sparse_gradients as gradients
from .rows import coordinates, flat_positions, require_parts, row_order, row_text
from .sparse_tensor import SparseTensor, as_sparse


def _reorder_kernel(input_indices: Any, input_values: Any, input_shape: Any) -> Any:
    require_parts(input_indices, input_values, input_shape)
    order = row_order(input_indices)
    return input_indices.take(order, axis=0), input_values[order]


def _reorder_shape(query: Any) -> Any:
    rows, count = with_rank(query.shapes[0], 2), with_rank(query.shapes[1], 1)
    with_rank(query.shapes[2], 1)
    return [rows, count]


SPARSE_REORDER = OpDef(
    name="SparseReorder",
    signature="input_indices: int64, input_values: T, input_shape: int64 -> output_indices: int64, output_values: T",
    shape=_reorder_shape,
    kernel=_reorder_kernel,
    gradient=gradients.reorder,
)


def _target(input_shape: Any, new_shape: Any) -> list[int]:
    """The extents asked for, with -1 replaced by what is left."""
    extents = [int(extent) for extent in new_shape]
    implied = [axis for axis, extent in enumerate(extents) if extent == -1]
    if len(implied) > 1:
        raise ValueError(f"only one output dimension may be -1, not both {implied[0]} and {implied[1]}")
    for axis, extent in enumerate(extents):
        if extent < -1:
            raise ValueError(f"size {axis} must be non-negative, not {extent}")
    count = math.prod(int(extent) for extent in input_shape)
    if implied:
        given = math.prod(extent for extent in extents if extent != -1)
        if given == 0:
            raise ValueError(
                "reshape cannot infer the missing input size for an empty tensor unless all specified input sizes "
                "are non-zero"
            )
        extents[implied[0]] = max(count // given, 1) if count % given else count // given
        if count % given:
            raise ValueError(
                f"Input to reshape is a SparseTensor with {count} dense values, but the requested shape requires a "
                f"multiple of {given}. input_shape={row_text(input_shape)} output_shape={row_text(extents)}"
            )
    if math.prod(extents) != count:
        raise ValueError(
            f"Input to reshape is a tensor with {count} dense values, but the requested shape has "
            f"{math.prod(extents)}. input_shape={row_text(input_shape)} output_shape={row_text(extents)}"
        )
    return extents


def _reshape_kernel(input_indices: Any, input_shape: Any, new_shape: Any) -> Any:
    if input_indices.ndim != 2:
        raise ValueError(f"Input indices should be a matrix but received shape {brackets(input_indices.shape)}")
    if input_shape.ndim != 1:
        raise ValueError(f"Input shape should be a vector but received shape {brackets(input_shape.shape)}")
    if new_shape.ndim != 1:
        raise ValueError(f"Target shape should be a vector but received shape {brackets(new_shape.shape)}")
    if input_indices.shape[1] != len(input_shape):
        raise ValueError(
            f"Input tensor rank must match input shape length. Got rank {input_indices.shape[1]}, shape "
            f"{row_text(input_shape)}"
        )
    extents = _target(input_shape, new_shape)
    rows = coordinates(flat_positions(input_indices, input_shape), extents)
    return rows, np.array(extents, np.int64)


def _reshape_shape(query: Any) -> Any:
    rows, new = with_rank(query.shapes[0], 2), with_rank(query.shapes[2], 1)
    with_rank(query.shapes[1], 1)
    return [(rows[0], new[0]), (new[0],)]


SPARSE_RESHAPE = OpDef(
    name="SparseReshape",
    signature=(
        "input_indices: int64, input_shape: int64, new_shape: int64 -> output_indices: int64, output_shape: int64"
    ),
    shape=_reshape_shape,
    kernel=_reshape_kernel,
)


def _fill_kernel(indices: Any, values: Any, dense_shape: Any, default_value: Any) -> Any:
    require_parts(indices, values, dense_shape)
    if default_value.ndim:
        raise ValueError(f"default_value must be a scalar, saw: {brackets(default_value.shape)}")
    if not len(dense_shape):
        raise ValueError("Dense shape cannot be empty.")
    count = int(dense_shape[0])
    if (dense_shape < 0).any():
        raise ValueError(f"Dense shape must have no negative extents, got {row_text(dense_shape)}")
    if count == 0 and len(indices):
        raise ValueError(f"Received SparseTensor with dense_shape[0] = 0 but indices.shape[0] = {len(indices)}")
    firsts = indices[:, 0]
    if len(firsts) and (firsts.min() < 0 or firsts.max() >= count):
        row = int(((firsts < 0) | (firsts >= count)).argmax())
        at = int(firsts[row])
        raise ValueError(f"indices({row}, 0) is invalid: {at} {'< 0' if at < 0 else f'>= {count}'}")
    empty = np.ones(count, bool)
    empty[indices[:, 0]] = False
    missing = np.flatnonzero(empty)
    if not len(missing) and (indices[1:, 0] >= indices[:-1, 0]).all():
        return indices, values, empty, np.arange(len(indices))
    extra = np.zeros((len(missing), indices.shape[1]), np.int64)
    extra[:, 0] = missing
    every = np.concatenate([indices, extra])
    order = np.argsort(every[:, 0], kind="stable")
    fillers = np.empty(len(missing), values.dtype)
    fillers.fill(default_value.item() if values.dtype == object else default_value[()])
    back = np.empty(len(every), np.int64)
    back[order] = np.arange(len(every))
    return every[order], np.concatenate([values, fillers])[order], empty, back[: len(indices)]


def _fill_shape(query: Any) -> Any:
    rows, columns = with_rank(query.shapes[0], 2)
    count = merge_extent(rows, with_rank(query.shapes[1], 1)[0])
    rank = merge_extent(columns, with_rank(query.shapes[2], 1)[0])
    with_rank(query.shapes[3], 0)
    whole = shape_from_value(query, 2)
    return [(None, rank), (None,), (whole[0] if whole else None,), (count,)]


SPARSE_FILL_EMPTY_ROWS = OpDef(
    name="SparseFillEmptyRows",
    signature=(
        "indices: int64, values: T, dense_shape: int64, default_value: T"
        " -> output_indices: int64, output_values: T, empty_row_indicator: bool, reverse_index_map: int64"
    ),
    shape=_fill_shape,
    kernel=_fill_kernel,
    gradient=gradients.fill_empty_rows,
)


def sparse_reorder(sp_input: Any, name: str | None = None) -> SparseTensor:
    """Return a SparseTensor with its elements listed in row-major order."""
    sparse = as_sparse(sp_input)
    indices, values = build(SPARSE_REORDER, sparse.indices, sparse.values, sparse.dense_shape, name=name)
    if sparse.shape.is_fully_defined():
        return SparseTensor(indices, values, sparse.shape.as_list())
    result = SparseTensor(indices, values, identity(sparse.dense_shape))
    result.set_shape(sparse.shape)
    return result


def sparse_reshape(sp_input: Any, shape: TensorLike, name: str | None = None) -> SparseTensor:
    """Return a SparseTensor of the same elements, in row-major order, with another shape.

    Args:
      sp_input: the SparseTensor.
      shape: the new extents; one of them may be -1 for what is left.
      name: a name for the operation.
    Raises: ValueError while building, or InvalidArgumentError when it runs, if the numbers of elements differ.
    """
    sparse = as_sparse(sp_input)
    wanted = cast(shape, dtypes.int64)
    with name_scope(name, "SparseReshape", [sparse.indices, wanted]) as scope:
        indices, whole = build(SPARSE_RESHAPE, sparse.indices, sparse.dense_shape, wanted, name=scope)
        known = static_value(wanted)
        if known is not None and sparse.shape.is_fully_defined() and (known >= -1).all():
            whole = constant(np.array(_known_target(sparse.shape.as_list(), known), np.int64))
        return SparseTensor(indices, identity(sparse.values), whole)


def _known_target(extents: Any, wanted: Any) -> list[int]:
    if (wanted == -1).sum() > 1:
        raise ValueError(f"At most one dimension can be inferred (-1). Found: {wanted}")
    count = math.prod(extents)
    target = [int(extent) for extent in wanted]
    if -1 in target:
        given = math.prod(extent for extent in target if extent != -1)
        target[target.index(-1)] = count // given if given else 0
    if math.prod(target) != count:
        shown = [None if extent == -1 else int(extent) for extent in wanted]
        raise ValueError(
            f"Cannot reshape a tensor with {count} elements to shape {shown} ({math.prod(target)} elements)."
        )
    return target


def sparse_retain(sp_input: Any, to_retain: TensorLike) -> SparseTensor:
    """Return a SparseTensor with only some of the listed elements.

    Args:
      sp_input: the SparseTensor.
      to_retain: bool vector: which of the listed elements stay.
    """
    from ..indexing.positions import where

    sparse = as_sparse(sp_input)
    keep = convert_to_tensor(to_retain)
    if keep.shape.dims is not None:
        keep.shape.assert_has_rank(1)
        if sparse.values.shape.dims is not None:
            sparse.values.shape.dims[0].assert_is_compatible_with(keep.shape.dims[0])
    chosen = reshape(where(keep), [-1])
    return SparseTensor(gather(sparse.indices, chosen), gather(sparse.values, chosen), identity(sparse.dense_shape))


def sparse_fill_empty_rows(
    sp_input: Any, default_value: TensorLike, name: str | None = None
) -> tuple[SparseTensor, Tensor]:
    """Return a SparseTensor that lists `default_value` at the start of each row that listed nothing.

    Args:
      sp_input: the SparseTensor.
      default_value: scalar of its type.
      name: a name for the scope of the operation.
    Returns: the SparseTensor, and a bool vector that says which rows were empty.
    """
    sparse = as_sparse(sp_input)
    with name_scope(name, "SparseFillEmptyRows", [sparse.indices, sparse.values]):
        filler = convert_to_tensor(default_value, sparse.values.dtype.base_dtype)
        indices, values, empty, _ = build(
            SPARSE_FILL_EMPTY_ROWS, sparse.indices, sparse.values, sparse.dense_shape, filler
        )
        return SparseTensor(indices, values, sparse.dense_shape), empty
