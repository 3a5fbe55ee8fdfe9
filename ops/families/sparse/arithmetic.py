"""Arithmetic of sparse tensors with each other: sum, maximum, minimum; softmax of rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.opdef import OpDef
from ...definition.shape_checks import ranked
from ...definition.shapes import broadcast, with_rank
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import TensorShape, brackets
from . import sparse_gradients as gradients
from .rows import is_ascending, reduced, require_inside, require_parts, require_same_shape, row_keys, row_order
from .sparse_tensor import SparseTensor, as_sparse, is_sparse
from .to_dense import SPARSE_TENSOR_DENSE_ADD


def _merged(a: Any, b: Any) -> tuple[Any, Any, Any]:
    """Merge two lists of rows: all rows in order; per row the place in `a` and in `b`, or -1.

    As in TensorFlow the lists are taken to be ascending, and are walked in step whether they are or not.
    """
    if is_ascending(a) and is_ascending(b):
        both = np.concatenate([a, b])
        keys = row_keys(a, b)
        order = row_order(both) if keys is None else np.argsort(keys, kind="stable")
        new = np.ones(len(both), bool)
        if keys is None:
            ordered = both[order]
            new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1) if both.shape[1] else False
        else:
            ordered = keys[order]
            new[1:] = ordered[1:] != ordered[:-1]
        slot = np.cumsum(new) - 1
        places = np.full((2, int(new.sum())), -1, np.int64)
        from_b = order >= len(a)
        places[0, slot[~from_b]] = order[~from_b]
        places[1, slot[from_b]] = order[from_b] - len(a)
        return both.take(order[new], axis=0), places[0], places[1]
    return _walked(a, b)


def _walked(a: Any, b: Any) -> tuple[Any, Any, Any]:
    rows_a, rows_b = a.tolist(), b.tolist()
    rows: list[Any] = []
    places: list[tuple[int, int]] = []
    i = j = 0
    while i < len(rows_a) or j < len(rows_b):
        take_a = j == len(rows_b) or (i < len(rows_a) and rows_a[i] <= rows_b[j])
        take_b = i == len(rows_a) or (j < len(rows_b) and rows_b[j] <= rows_a[i])
        rows.append(rows_a[i] if take_a else rows_b[j])
        places.append((i if take_a else -1, j if take_b else -1))
        i, j = i + take_a, j + take_b
    pairs = np.array(places, np.int64).reshape(-1, 2)
    return np.array(rows, np.int64).reshape(-1, a.shape[1]), pairs[:, 0], pairs[:, 1]


def _taken(values: Any, places: Any) -> Any:
    """The values at `places`, zero where there is none."""
    if not len(values):
        return np.zeros(len(places), values.dtype)
    return np.where(places >= 0, values[places], np.zeros((), values.dtype))


def _add_kernel(
    a_indices: Any, a_values: Any, a_shape: Any, b_indices: Any, b_values: Any, b_shape: Any, thresh: Any
) -> Any:
    require_parts(a_indices, a_values, a_shape)
    require_parts(b_indices, b_values, b_shape)
    if a_indices.shape[1] != b_indices.shape[1]:
        raise ValueError(
            f"Input indices must have the same dimension, got {a_indices.shape[1]} and {b_indices.shape[1]}"
        )
    require_same_shape(a_shape, b_shape)
    if thresh.ndim:
        raise ValueError(f"The magnitude threshold must be a scalar: got shape {brackets(thresh.shape)}")
    rows, in_a, in_b = _merged(a_indices, b_indices)
    total = _taken(a_values, in_a) + _taken(b_values, in_b)
    keep = (np.abs(total) >= thresh) | (in_a < 0) | (in_b < 0)  # what only one of them lists is kept
    return (rows, total, a_shape) if keep.all() else (rows[keep], total[keep], a_shape)


def _add_shape(query: Any) -> Any:
    whole = with_rank(query.shapes[2], 1)
    return [(None, whole[0]), (None,), whole]


SPARSE_ADD = OpDef(
    name="SparseAdd",
    signature=(
        "a_indices: int64, a_values: T, a_shape: int64, b_indices: int64, b_values: T, b_shape: int64, thresh: Treal"
        " -> sum_indices: int64, sum_values: T, sum_shape: int64"
    ),
    where={"T": dtypes.NUMERIC, "Treal": dtypes.REAL},
    shape=_add_shape,
    kernel=_add_kernel,
    routine=("sparse add",),
    gradient=gradients.add,
)


def _extremum(name: str, ufunc: Callable[..., Any]) -> OpDef:
    def kernel(a_indices: Any, a_values: Any, a_shape: Any, b_indices: Any, b_values: Any, b_shape: Any) -> Any:
        require_parts(a_indices, a_values, a_shape)
        require_parts(b_indices, b_values, b_shape)
        require_same_shape(a_shape, b_shape)
        require_inside(a_indices, a_shape)
        require_inside(b_indices, b_shape)
        rows, in_a, in_b = _merged(a_indices, b_indices)
        return rows, ufunc(_taken(a_values, in_a), _taken(b_values, in_b))

    return OpDef(
        name=name,
        signature=(
            "a_indices: int64, a_values: T, a_shape: int64, b_indices: int64, b_values: T, b_shape: int64"
            " -> output_indices: int64, output_values: T"
        ),
        where={"T": dtypes.REAL},
        shape=ranked(lambda query: [(None, None), (None,)], 2, 1, 1, 2, 1, 1),
        kernel=kernel,
        routine=("sparse extremes", ufunc.__name__),
        gradient=gradients.extremum,
    )


SPARSE_SPARSE_MAXIMUM = _extremum("SparseSparseMaximum", np.maximum)
SPARSE_SPARSE_MINIMUM = _extremum("SparseSparseMinimum", np.minimum)


def _softmax_kernel(sp_indices: Any, sp_values: Any, sp_shape: Any) -> Any:
    require_parts(sp_indices, sp_values, sp_shape)
    if len(sp_shape) < 2:
        raise ValueError(f"Input should have rank >= 2, but received shape: {' '.join(map(str, sp_shape.tolist()))}")
    require_inside(sp_indices, sp_shape)
    order = row_order(sp_indices)
    starts = np.ones(len(order), bool)
    starts[1:] = False
    for axis in range(len(sp_shape) - 1):
        column = sp_indices[order, axis]
        starts[1:] |= column[1:] != column[:-1]
    begins = np.flatnonzero(starts)
    group = np.cumsum(starts) - 1
    # As in TensorFlow the results stay in sorted order: indices are expected to be sorted.
    values = sp_values[order].astype(np.float32) if sp_values.dtype == np.float16 else sp_values[order]
    powers = np.exp(values - reduced(np.maximum, values, begins)[group])
    return (powers / reduced(np.add, powers, begins)[group]).astype(sp_values.dtype, copy=False)


SPARSE_SOFTMAX = OpDef(
    name="SparseSoftmax",
    signature="sp_indices: int64, sp_values: T, sp_shape: int64 -> output: T",
    where={"T": (dtypes.half, dtypes.float32, dtypes.float64)},
    shape=ranked(lambda query: query.shapes[1], 2, 1, 1),
    ulp=4,
    kernel=_softmax_kernel,
    gradient=gradients.softmax,
)


def sparse_add(a: Any, b: Any, threshold: Any = None, thresh: Any = None) -> Any:
    """Return the sum of two tensors, at least one of them sparse.

    Args:
      a, b: SparseTensors, or one of them a dense tensor: of one shape, nothing broadcasts.
      threshold: of two sparse ones, where both list an element whose sum is below this magnitude, none is listed.
      thresh: the old name of `threshold`.
    Returns: a SparseTensor if both are sparse, else a Tensor.
    Raises: TypeError if neither is sparse, ValueError for shapes that differ; InvalidArgumentError when it runs.
    """
    from ..reductions.reductions import renamed

    limit = renamed("threshold", threshold, "thresh", thresh)
    if not is_sparse(a) and not is_sparse(b):
        raise TypeError("At least one input should be SparseTensor; do you mean to use tf.add()?")
    if is_sparse(a) and is_sparse(b):
        return _add_sparse(as_sparse(a), as_sparse(b), 0 if limit is None else limit)
    if is_sparse(b):
        a, b = b, a
    sparse = as_sparse(a)
    result: Tensor = build(SPARSE_TENSOR_DENSE_ADD, sparse.indices, sparse.values, sparse.dense_shape, b)
    return result


def _add_sparse(a: SparseTensor, b: SparseTensor, limit: Any) -> SparseTensor:
    thresh = convert_to_tensor(limit, a.values.dtype.real_dtype.base_dtype, name="threshold")
    a.shape.assert_is_compatible_with(b.shape)
    indices, values, whole = build(
        SPARSE_ADD, a.indices, a.values, a.dense_shape, b.indices, b.values, b.dense_shape, thresh
    )
    shape = TensorShape._of(broadcast(a._shape, b._shape))
    if shape.is_fully_defined():
        return SparseTensor(indices, values, shape.as_list())
    result = SparseTensor(indices, values, whole)
    result.set_shape(shape)
    return result


def _sparse_extremum(op_def: OpDef, sp_a: Any, sp_b: Any, name: str | None) -> SparseTensor:
    a, b = as_sparse(sp_a), as_sparse(sp_b)
    with name_scope(name, op_def.name, [a.indices, a.values, b.indices, b.values]) as scope:
        indices, values = build(
            op_def, a.indices, a.values, a.dense_shape, b.indices, b.values, b.dense_shape, name=scope
        )
    return SparseTensor(indices, values, a.dense_shape)


def sparse_maximum(sp_a: Any, sp_b: Any, name: str | None = None) -> SparseTensor:
    """Return the larger of two SparseTensors, element by element; what only one of them lists is compared to 0."""
    return _sparse_extremum(SPARSE_SPARSE_MAXIMUM, sp_a, sp_b, name)


def sparse_minimum(sp_a: Any, sp_b: Any, name: str | None = None) -> SparseTensor:
    """Return the smaller of two SparseTensors, element by element; what only one of them lists is compared to 0."""
    return _sparse_extremum(SPARSE_SPARSE_MINIMUM, sp_a, sp_b, name)


def sparse_softmax(sp_input: Any, name: str | None = None) -> SparseTensor:
    """Return the softmax along the last dimension, of the listed elements only.

    Args:
      sp_input: a SparseTensor of floats, of rank 2 or more, its indices sorted.
      name: a name for the scope of the operation.
    """
    sparse = as_sparse(sp_input)
    with name_scope(name, "SparseSoftmax", [sparse.indices, sparse.values]):
        values = build(SPARSE_SOFTMAX, sparse.indices, sparse.values, sparse.dense_shape)
        return SparseTensor(sparse.indices, values, sparse.dense_shape)
