"""Ragged tensors from dense and sparse ones, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.basic_ops import identity
from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import control_dependencies, name_scope
from ...families.arrays.filling import fill
from ...families.arrays.filling import range as range_of
from ...families.arrays.rearranging import broadcast_to
from ...families.arrays.reshaping import expand_dims, reshape
from ...families.arrays.shape_ops import shape as shape_of
from ...families.arrays.stacking import concat
from ...families.debugging.printing import Assert
from ...families.elementwise.cast import cast
from ...families.elementwise.compare import equal, not_equal
from ...families.elementwise.rounding import maximum, minimum
from ...families.indexing.gathering import gather as gather_dense
from ...families.indexing.masking import boolean_mask, sequence_mask
from ...families.indexing.positions import where
from ...families.ragged.ragged_ops import RAGGED_TENSOR_TO_SPARSE
from ...families.reductions.reductions import reduce_all, reduce_any, reduce_max
from ...families.sparse.sparse_tensor import SparseTensor
from ...graph.node import Tensor
from ...graph.partial import partial_value
from ...types import dtypes
from .ragged_tensor import RaggedTensor
from .rows import of_lengths


def from_tensor(
    tensor: Any, lengths: Any, padding: Any, ragged_rank: int, name: str | None, row_splits_dtype: Any
) -> RaggedTensor:
    """See `RaggedTensor.from_tensor`."""
    dtype = dtypes.as_dtype(row_splits_dtype)
    if lengths is not None and padding is not None:
        raise ValueError("Specify lengths or padding, but not both")
    if not isinstance(ragged_rank, int):
        raise TypeError(f"ragged_rank expected int, got {ragged_rank!r}")
    if ragged_rank <= 0:
        raise ValueError(f"ragged_rank must be greater than 0; got {ragged_rank}")
    with name_scope(name, "RaggedFromTensor", [tensor, lengths, padding]):
        tensor = convert_to_tensor(tensor, name="tensor")
        tensor.shape.with_rank_at_least(ragged_rank + 1)
        extents = shape_of(tensor, out_type=dtype)
        if ragged_rank > 1:
            if lengths is not None and isinstance(lengths, (list, tuple)) and isinstance(lengths[0], (list, tuple)):
                values = from_tensor(tensor, None, None, 1, None, dtype).values
                inner = from_tensor(values, lengths[1:], None, ragged_rank - 1, None, dtype)
                return inner.from_row_lengths(inner, lengths[0])  # type: ignore[no-any-return]
            values = reshape(tensor, concat([[-1], extents[2:]], 0))
            values = _open(values, tensor.shape[2:])
            inner = from_tensor(values, lengths, padding, ragged_rank - 1, None, dtype)
            return of_lengths(inner, fill(extents[:1], extents[1]))
        if padding is not None:
            lengths = _lengths_without(tensor, padding, dtype)
        if lengths is None:
            values = _open(reshape(tensor, concat([[-1], extents[2:]], 0)), tensor.shape[2:])
            count = tensor.shape[0].value
            splits = range_of(extents[0] + 1) * extents[1]
            if count is not None:
                splits.set_shape([count + 1])
            return RaggedTensor(values, splits, internal=True)
        lengths = cast(convert_to_tensor(lengths, name="lengths"), dtype)
        lengths.shape.assert_has_rank(1)
        lengths = minimum(maximum(lengths, np.zeros((), dtype.np_dtype)), extents[1])
        values = boolean_mask(tensor, sequence_mask(lengths, extents[1]))
        return of_lengths(values, lengths)


def _open(values: Tensor, inner: Any) -> Tensor:
    """Tell what is known of the inner dimensions."""
    if inner.ndims is not None:
        values.set_shape([None, *inner.as_list()])
    return values


def _lengths_without(tensor: Tensor, padding: Any, dtype: Any) -> Tensor:
    """How much of each row is left without the padding at its end."""
    default = convert_to_tensor(padding, tensor.dtype, name="padding")
    default.shape.assert_is_compatible_with(tensor.shape[2:])
    differs = not_equal(tensor, default)
    rank = tensor.shape.ndims or 2
    if rank > 2:
        differs = reduce_any(differs, axis=list(range(2, rank)))
    width = shape_of(tensor, out_type=dtype)[1]
    places = cast(differs, dtype) * (range_of(width) + 1)
    return reduce_max(concat([places, fill([shape_of(tensor)[0], 1], np.zeros((), dtype.np_dtype))], 1), axis=1)


def from_sparse(st_input: Any, name: str | None, row_splits_dtype: Any) -> RaggedTensor:
    """See `RaggedTensor.from_sparse`."""
    dtype = dtypes.as_dtype(row_splits_dtype)
    if not isinstance(st_input, SparseTensor):
        raise TypeError(f"Expected SparseTensor, got {type(st_input).__name__}")
    with name_scope(name, "RaggedFromSparse", [st_input.indices]):
        rank, indices = st_input.shape.ndims, st_input.indices
        if rank is None and indices.shape[1].value is not None:
            rank = indices.shape[1].value
        if rank is None:
            raise ValueError("rank(st_input) must be statically known, but is unknown.")
        if rank != 2:
            raise ValueError("rank(st_input) must be 2")
        rows, columns = indices[:, 0], indices[:, 1]
        follows = columns[1:] - columns[:-1]
        same = equal(rows[1:], rows[:-1])
        good = where(same, equal(follows, 1), equal(columns[1:], 0))
        holds = reduce_all(concat([equal(columns[:1], 0), good], 0))
        check = Assert(holds, ["SparseTensor is not right-ragged", "SparseTensor.indices =", indices])
        with control_dependencies([check]):
            values = identity(st_input.values)
        known = partial_value(st_input.dense_shape)
        static = isinstance(st_input.shape[0].value, int) and known is not None
        nrows = int(known[0]) if static and known is not None else cast(st_input.dense_shape[0], dtype)
        return RaggedTensor.from_value_rowids(values, cast(rows, dtype), nrows, validate=False)  # type: ignore[no-any-return]


def to_tensor(rows: RaggedTensor, default_value: Any, name: str | None) -> Tensor:
    """See `RaggedTensor.to_tensor`."""
    with name_scope(name, "RaggedToTensor", [rows.flat_values, *rows.nested_row_splits]):
        flat = rows.flat_values
        inner = shape_of(flat)[1:]
        default = np.zeros((), flat.dtype.np_dtype) if default_value is None else default_value
        if default_value is None and flat.dtype is dtypes.string:
            default = ""
        default = convert_to_tensor(default, flat.dtype, name="default_value")
        if default.shape.ndims is not None and flat.shape.ndims is not None:
            default.shape.with_rank_at_most(flat.shape.ndims - 1)
        default = broadcast_to(default, inner)
        return _padded(rows, default)


def _padded(rows: RaggedTensor, default: Tensor) -> Tensor:
    values = rows.values
    if isinstance(values, RaggedTensor):
        values = _padded(values, default)
        default = broadcast_to(default, shape_of(values)[1:])
    lengths, dtype = rows.row_lengths(), rows.row_splits.dtype
    width = reduce_max(concat([lengths, [0]], 0))
    total = shape_of(values, out_type=dtype)[0]
    places = expand_dims(rows.row_starts(), 1) + expand_dims(range_of(width), 0)
    mask = sequence_mask(lengths, width)
    places = where(mask, places, broadcast_to(total, shape_of(mask)))
    found = gather_dense(concat([values, expand_dims(default, 0)], 0), places)
    known = partial_value(width)
    count = rows.shape[0].value
    found.set_shape([count, None if known is None else int(known), *_known(values.shape[1:])])
    return found


def _known(shape: Any) -> list[Any]:
    return [] if shape.ndims is None else list(shape.as_list())


def to_sparse(rows: RaggedTensor, name: str | None) -> SparseTensor:
    """See `RaggedTensor.to_sparse`."""
    with name_scope(name, "RaggedToSparse", [rows.flat_values, *rows.nested_row_splits]) as scope:
        splits = [level.row_splits for level in rows._levels()]
        return SparseTensor(*build(RAGGED_TENSOR_TO_SPARSE, splits, rows.flat_values, name=scope))
