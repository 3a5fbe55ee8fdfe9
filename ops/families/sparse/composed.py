"""Functions on sparse tensors that are several operations."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.basic_ops import identity
from ...building.build import build, build_operation
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph, name_scope
from ...graph.node import Tensor, TensorLike
from ...graph.partial import static_value
from ...types import dtypes
from ..arrays.filling import fill, ones, zeros
from ..arrays.filling import range as tensor_range
from ..arrays.reshaping import expand_dims
from ..arrays.shape_ops import shape, shape_internal
from ..arrays.slicing import slice as tensor_slice
from ..arrays.stacking import concat, stack
from ..arrays.transposing import transpose
from ..elementwise.arithmetic import add
from ..elementwise.cast import cast
from ..elementwise.compare import equal, less_equal, not_equal
from ..elementwise.like import ones_like, zeros_like
from ..elementwise.rounding import maximum, minimum
from ..indexing.batch_gathering import gather_nd
from ..indexing.gathering import gather
from ..indexing.positions import where, where_v2
from ..reductions.reductions import reduce_all, reduce_max
from .indexed_slices import IndexedSlices
from .sparse_tensor import SparseTensor, as_sparse
from .structure import sparse_reorder
from .to_dense import sparse_tensor_to_dense


def sparse_transpose(sp_input: Any, perm: TensorLike = None, name: str | None = None) -> SparseTensor:
    """Return a SparseTensor with its dimensions permuted, its elements listed in row-major order.

    Args:
      sp_input: the SparseTensor.
      perm: the old number of each new dimension; default: reversed.
      name: a name for the scope of the operations.
    """
    sparse = as_sparse(sp_input)
    with name_scope(name, "SparseTranspose", [sparse.indices, sparse.values]):
        if perm is None:
            perm = _reversed_axes(sparse)
        indices = transpose(gather(transpose(sparse.indices), perm))
        order = static_value(convert_to_tensor(perm))
        if order is not None and sparse.shape.is_fully_defined():
            extents = sparse.shape.as_list()
            if any(not -len(extents) <= axis < len(extents) for axis in order):
                raise IndexError(f"perm {order.tolist()} names dimensions that a tensor of rank {len(extents)} has not")
            whole: Any = [extents[int(axis)] for axis in order] + [0] * (len(extents) - len(order))
        else:
            whole = gather(sparse.dense_shape, perm)
        return sparse_reorder(SparseTensor(indices, sparse.values, whole))


def _reversed_axes(sparse: SparseTensor) -> Any:
    from ..arrays.shape_ops import SIZE

    if sparse.shape.rank is not None:
        return np.arange(sparse.shape.rank)[::-1]
    count = build(SIZE, sparse.dense_shape, name="Rank", out_type=dtypes.int32)
    return (count - 1) - tensor_range(0, count, 1)


def sparse_reset_shape(sp_input: Any, new_shape: TensorLike = None) -> SparseTensor:
    """Return a SparseTensor with the same elements listed, and another shape.

    Args:
      sp_input: the SparseTensor.
      new_shape: the extents, none smaller than before; default: the smallest that hold what is listed.
    Raises: ValueError while building, or InvalidArgumentError when it runs, for extents that are too small.
    """
    sparse = as_sparse(sp_input)
    indices, values, old = identity(sparse.indices), identity(sparse.values), identity(sparse.dense_shape)
    if new_shape is None:
        largest = reduce_max(indices, axis=0)
        return SparseTensor(indices, values, maximum(constant(0, dtypes.int64), add(largest, ones_like(old))))
    new = convert_to_tensor(new_shape)
    new.shape.with_rank(1)
    new = cast(new, dtypes.int64)
    known = static_value(new)
    if old.shape.dims is not None and new.shape.dims is not None:
        old.shape.dims[0].assert_is_compatible_with(new.shape.dims[0])
    if known is not None and sparse.shape.is_fully_defined():
        extents = np.array(sparse.shape.as_list(), np.int64)
        if (extents > known).any():
            raise ValueError(
                "Requested new_shape should have dimension sizes >= sp_input.shape.  "
                f"Found new_shape ({known}), sp_input.shape ({extents})."
            )
        return SparseTensor(indices, values, known)
    return SparseTensor(indices, values, _checked_shape(old, new))


def _checked_shape(old: Tensor, new: Tensor) -> Tensor:
    """`new`, checked when it runs to have as many extents as `old`, none smaller."""
    from ..debugging.printing import ASSERT

    with name_scope(None, "assert_equal", [old, new]):
        same = reduce_all(equal(shape_internal(old, None, True), shape_internal(new, None, True)))
        rank_kept = build_operation(ASSERT, same, [constant("Condition x == y did not hold element-wise:"), old, new])
    with get_default_graph().control_dependencies([rank_kept]):
        new = identity(new)
    with name_scope(None, "assert_less_equal", [old, new]):
        fits = reduce_all(less_equal(old, new))
        checked = build_operation(ASSERT, fits, [constant("Condition x <= y did not hold element-wise:"), old, new])
    with get_default_graph().control_dependencies([checked]):
        result: Tensor = identity(new)
        return result


def sparse_merge(
    sp_ids: Any, sp_values: Any, vocab_size: Any, name: str | None = None, already_sorted: bool = False
) -> SparseTensor:
    """Return a SparseTensor whose last dimension is told by ids: `result[..., ids[..., j]] = values[..., j]`.

    Args:
      sp_ids: integer SparseTensor; or a list of them, each of which gives a dimension.
      sp_values: a SparseTensor with the same elements listed.
      vocab_size: the extent of the new last dimension; a list of them for a list of ids.
      name: a name for the scope of the operations.
      already_sorted: whether the ids ascend, so that nothing needs to be sorted.
    Raises: TypeError, ValueError if the arguments do not belong together.
    """
    several = isinstance(sp_ids, (list, tuple)) and not hasattr(sp_ids, "values")
    ids = [as_sparse(item) for item in (sp_ids if several else [sp_ids])]
    sizes = list(vocab_size) if isinstance(vocab_size, (list, tuple)) else [vocab_size]
    if several and not isinstance(vocab_size, (list, tuple)):
        raise TypeError(f"vocab_size has to be a list of Tensors or Python ints. Found {type(vocab_size)}")
    if len(ids) != len(sizes):
        raise ValueError("sp_ids and vocab_size have to have equal lengths.")
    values = as_sparse(sp_values)
    with name_scope(name, "SparseMerge", [*[item.indices for item in ids], values.values]):
        columns = [expand_dims(_as_int64(item.values), axis=1) for item in ids]
        extents = [_as_int64(size) for size in sizes]
        indices = concat([ids[0].indices[:, :-1], *columns], 1)
        whole = concat([ids[0].dense_shape[:-1], extents], 0)
        result = SparseTensor(indices, values.values, whole)
        if already_sorted:
            return result
        ordered = sparse_reorder(result)
        return SparseTensor(ordered.indices, ordered.values, whole)


def _as_int64(value: Any) -> Any:
    if isinstance(value, Tensor) and value.dtype.base_dtype is dtypes.int64:
        return value
    return cast(value, dtypes.int64)


def sparse_to_indicator(sp_input: Any, vocab_size: Any, name: str | None = None) -> Tensor:
    """Return a dense bool tensor that is true at the ids listed: `result[..., ids[..., j]]`.

    Args:
      sp_input: integer SparseTensor of ids.
      vocab_size: the extent of the last dimension.
      name: a name for the operation.
    """
    sparse = as_sparse(sp_input)
    with name_scope(name, "SparseToIndicator", [sparse.indices, sparse.values]) as scope:
        count = shape(sparse.indices)[0]
        flags = fill(expand_dims(count, 0), True)
        marked = SparseTensor(sparse.indices, flags, sparse.dense_shape)
        merged = sparse_merge(sparse, marked, vocab_size, scope)
        return sparse_tensor_to_dense(merged, default_value=False, validate_indices=False, name=scope)


def sparse_expand_dims(sp_input: Any, axis: TensorLike = None, name: str | None = None) -> SparseTensor:
    """Return a SparseTensor with a dimension of extent 1 put in.

    Args:
      sp_input: the SparseTensor; its rank must be known.
      axis: where; negative numbers count from the end; default -1.
      name: a name for the scope of the operations.
    """
    sparse = as_sparse(sp_input)
    rank = sparse.dense_shape.shape.dims[0] if sparse.dense_shape.shape.dims is not None else None
    if rank is None or rank.value is None:
        raise ValueError("Cannot convert unknown Dimension ? to a Tensor.")
    with name_scope(name, "expand_dims", [sparse.indices, sparse.values]):
        place = convert_to_tensor(-1 if axis is None else axis, name="axis")
        known = static_value(place)
        position = None if known is None else _position(int(known), rank.value)
        place = where_v2(place >= 0, place, place + rank.value + 1)
        rows = shape(sparse.indices)[0]
        column = zeros([rows, 1], dtype=dtypes.int64)
        before = tensor_slice(sparse.indices, [0, 0], [-1, place])
        after = tensor_slice(sparse.indices, [0, place], [-1, -1])
        indices = concat([before, column, after], axis=1)
        front = tensor_slice(sparse.dense_shape, [0], [place])
        back = tensor_slice(sparse.dense_shape, [place], [-1])
        new = convert_to_tensor([1], dtypes.int64, name="new_shape")
        whole = concat([front, new, back], axis=0)
        indices.set_shape([None, rank.value + 1])
        whole.set_shape([rank.value + 1])
        result = SparseTensor(indices, sparse.values, whole)
        if position is not None:
            result.set_shape([1 if i == position else None for i in range(rank.value + 1)])
        return result


def _position(axis: int, rank: int) -> int:
    """The place of a new dimension, counted from the front. Raises: ValueError if there is no such place."""
    position = axis if axis >= 0 else axis + rank + 1
    if not 0 <= position <= rank:
        raise ValueError(f"axis {axis} is out of range: a dimension is put into a sparse tensor of rank {rank}")
    return position


def sparse_eye(
    num_rows: TensorLike, num_columns: TensorLike = None, dtype: Any = dtypes.float32, name: str | None = None
) -> SparseTensor:
    """Return a sparse matrix with ones on its diagonal.

    Args:
      num_rows, num_columns: the extents; as many columns as rows by default.
      dtype: the type of the elements.
      name: a name for the scope of the operations.
    """
    with name_scope(name, "eye", [num_rows, num_columns]):
        rows = _extent(num_rows, "num_rows")
        columns = rows if num_columns is None else _extent(num_columns, "num_columns")
        count = minimum(rows, columns)
        places = tensor_range(count, dtype=dtypes.int64)
        indices = stack([places, places], axis=1)
        return SparseTensor(indices, ones(count, dtype=dtype), [rows, columns])


def _extent(value: Any, name: str) -> Tensor:
    result: Tensor
    result = (
        cast(value, dtypes.int64) if isinstance(value, Tensor) else convert_to_tensor(value, dtypes.int64, name=name)
    )
    return result


def from_dense(tensor: TensorLike, name: str | None = None) -> SparseTensor:
    """Return a SparseTensor that lists the elements of a dense tensor that are not zero (or the empty string).

    Args:
      tensor: the dense tensor.
      name: a name for the scope of the operations.
    """
    with name_scope(name, "dense_to_sparse"):
        dense = convert_to_tensor(tensor)
        indices = where(not_equal(dense, zeros_like(dense)))
        values = gather_nd(dense, indices)
        return SparseTensor(indices, values, shape(dense, out_type=dtypes.int64))


def sparse_mask(a: IndexedSlices, mask_indices: TensorLike, name: str | None = None) -> IndexedSlices:
    """Return IndexedSlices without those at some places.

    Args:
      a: the IndexedSlices.
      mask_indices: the places, along the first dimension of the whole, to leave out.
      name: a name for the operation.
    """
    from ..indexing.positions import setdiff1d

    with name_scope(name, "sparse_mask", [a.values, a.indices, mask_indices]) as scope:
        kept, places = setdiff1d(a.indices, mask_indices)
        return IndexedSlices(gather(a.values, places, name=scope), kept, a.dense_shape)
