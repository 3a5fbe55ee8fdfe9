"""From sparse tensors to dense ones: `SparseToDense`, products and sums with a dense tensor."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.opdef import OpDef
from ...definition.shape_checks import check_ranks
from ...definition.shapes import merge_extent, with_rank
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.tensor_shape import Extents, brackets
from ..arrays.filling import zeros
from . import sparse_gradients as gradients
from .rows import first_outside, flat_positions, require_parts, row_steps, row_text
from .sparse_tensor import SparseTensor, as_sparse, is_sparse


def spelled_extents(query: Any, index: int) -> Extents:
    """The shape that an integer vector spells; -1 is unknown. Raises: ValueError for other negative numbers."""
    whole = query.shapes[index]
    if whole is not None and len(whole) != 1:
        raise ValueError(f"Shape must be rank 1 but is rank {len(whole)}")
    values = query.integers(index)
    if values is None:
        return None if whole is None or whole[0] is None else (None,) * whole[0]
    for value in values:
        if type(value) is int and value < -1:
            raise ValueError(f"Invalid value in tensor used for shape: {value}")
    return tuple(None if type(value) is int and value < 0 else value for value in values)


def _as_rows(indices: Any) -> Any:
    if indices.ndim > 2:
        raise ValueError(f"sparse_indices should be a scalar, vector, or matrix, got shape {brackets(indices.shape)}")
    return indices.reshape(-1, 1) if indices.ndim < 2 else indices


def _check_rows(rows: Any, extents: Any) -> None:
    """Rows must be inside, ascending and different; the first that is not is named."""
    if rows.shape[1] == 1 and len(rows):  # a vector's places
        places = rows[:, 0]
        if places[0] >= 0 and places[-1] < extents[0] and (places[1:] > places[:-1]).all():
            return
    outside = first_outside(rows, extents)
    if outside is None and math.prod(extents.tolist()) < 1 << 62:
        places = flat_positions(rows, extents)
        if (places[1:] > places[:-1]).all():
            return
    steps = row_steps(rows)
    wrong = np.flatnonzero(steps <= 0)
    at = int(wrong[0]) + 1 if len(wrong) else None
    if outside is not None and (at is None or outside <= at):
        raise ValueError(
            f"indices[{outside}] = {row_text(rows[outside])} is out of bounds: need 0 <= index < {row_text(extents)}"
        )
    if at is None:
        return
    if steps[at - 1] == 0:
        raise ValueError(f"indices[{at}] = {row_text(rows[at])} is repeated")
    raise ValueError(
        f"indices[{at}] = {row_text(rows[at])} is out of order. Many sparse ops require sorted indices.\n"
        "    Use `tf.sparse.reorder` to create a correctly ordered copy.\n\n"
    )


def _to_dense_kernel(
    sparse_indices: Any, output_shape: Any, sparse_values: Any, default_value: Any, *, validate_indices: bool
) -> Any:
    rows = _as_rows(sparse_indices)
    if output_shape.ndim != 1:
        raise ValueError(f"output_shape must be rank 1, got shape {brackets(output_shape.shape)}")
    if len(output_shape) != rows.shape[1]:
        raise ValueError(
            f"output_shape has incorrect number of elements: {len(output_shape)} should be: {rows.shape[1]}"
        )
    if sparse_values.ndim and sparse_values.shape != (len(rows),):
        raise ValueError(
            f"sparse_values has incorrect shape {brackets(sparse_values.shape)}, should be [] or [{len(rows)}]"
        )
    if default_value.ndim:
        raise ValueError("default_value should be a scalar.")
    if validate_indices:
        _check_rows(rows, output_shape)
    elif first_outside(rows, output_shape) is not None:
        raise ValueError(f"Indices are not valid (out of bounds).  Shape: {row_text(output_shape)}")
    result = np.empty(tuple(output_shape.tolist()), sparse_values.dtype)
    result.fill(default_value.item() if default_value.dtype == object else default_value[()])
    result[tuple(rows.T)] = sparse_values
    return result


SPARSE_TO_DENSE = OpDef(
    name="SparseToDense",
    signature="sparse_indices: Tindices, output_shape: Tindices, sparse_values: T, default_value: T -> dense: T",
    where={"Tindices": dtypes.INDEX},
    attrs={"validate_indices": ("bool", True)},
    shape=lambda query: spelled_extents(query, 1),
    kernel=_to_dense_kernel,
    gradient=gradients.to_dense,
)


def _product_shape(query: Any) -> Extents:
    check_ranks(query, 2, 1)
    a = with_rank(spelled_extents(query, 2), 2)
    b = with_rank(query.shapes[3], 2)
    if query.attrs["adjoint_a"]:
        a = a[::-1]
    if query.attrs["adjoint_b"]:
        b = b[::-1]
    merge_extent(a[1], b[0])
    return (a[0], b[1])


def _check_product(indices: Any, values: Any, a_shape: Any, b: Any, adjoint_a: bool, adjoint_b: bool) -> None:
    if a_shape.shape != (2,):
        raise ValueError(f"Tensor 'a_shape' must have 2 elements, but has shape {brackets(a_shape.shape)}")
    if b.ndim != 2:
        raise ValueError(f"Tensor 'b' is not a matrix, but has shape {brackets(b.shape)}")
    require_parts(indices, values, a_shape)
    inner_a = a_shape[0 if adjoint_a else 1]
    inner_b = b.shape[1 if adjoint_b else 0]
    if inner_a != inner_b:
        raise ValueError(
            "Cannot multiply A and B because inner dimension does not match: "
            f"{inner_a} vs. {inner_b}.  Did you forget a transpose?  Dimensions of A: "
            f"[{a_shape[0]}, {a_shape[1]}).  Dimensions of B: {brackets(b.shape)}"
        )
    row = first_outside(indices, a_shape)
    if row is not None:
        column = 0 if not 0 <= indices[row, 0] < a_shape[0] else 1
        letter = "mk"[column ^ int(adjoint_a)]
        raise ValueError(
            f"{letter} ({indices[row, column]}) from index[{row},{column}] out of bounds (>={a_shape[column]})"
        )


def _product_kernel(a_indices: Any, a_values: Any, a_shape: Any, b: Any, *, adjoint_a: bool, adjoint_b: bool) -> Any:
    from scipy import sparse

    _check_product(a_indices, a_values, a_shape, b, adjoint_a, adjoint_b)
    short = a_values.dtype.kind == "V" or a_values.dtype == np.float16
    values = a_values.astype(np.float32) if short else a_values
    dense = b.astype(np.float32) if short else b
    if adjoint_a:
        values = values.conj()
    if adjoint_b:
        dense = dense.conj().T
    places = (a_indices[:, 1], a_indices[:, 0]) if adjoint_a else (a_indices[:, 0], a_indices[:, 1])
    extents = tuple(a_shape.tolist())
    matrix = sparse.csr_array((values, places), shape=extents[::-1] if adjoint_a else extents)
    return np.ascontiguousarray(matrix @ dense).astype(b.dtype, copy=False)


SPARSE_TENSOR_DENSE_MAT_MUL = OpDef(
    name="SparseTensorDenseMatMul",
    signature="a_indices: Tindices, a_values: T, a_shape: int64, b: T -> product: T",
    where={"T": dtypes.NUMERIC, "Tindices": dtypes.INDEX},
    attrs={"Tindices": ("type", dtypes.int64), "adjoint_a": ("bool", False), "adjoint_b": ("bool", False)},
    shape=_product_shape,
    kernel=_product_kernel,
    routine=("sparse product",),
    gradient=gradients.dense_mat_mul,
)


def _sum_kernel(a_indices: Any, a_values: Any, a_shape: Any, b: Any) -> Any:
    require_parts(a_indices, a_values, a_shape)
    if len(a_shape) != b.ndim:
        raise ValueError(f"Two operands have different ranks; received: {len(a_shape)} and {b.ndim}")
    for axis, (x, y) in enumerate(zip(a_shape, b.shape)):
        if x != y:
            raise ValueError(
                f"Dimension {axis} does not equal (no broadcasting is supported): sparse side {x} vs dense side {y}"
            )
    row = first_outside(a_indices, b.shape)
    if row is not None:
        axis = next(i for i, (place, n) in enumerate(zip(a_indices[row], b.shape)) if not 0 <= place < n)
        extents = " ".join(str(extent) for extent in b.shape)
        raise ValueError(
            f"Sparse tensor has an invalid index on dimension {axis}: a_indices({row},{axis}) = "
            f"{a_indices[row, axis]}, dense tensor shape: {extents}"
        )
    result = b.copy()
    np.add.at(result, tuple(a_indices.T), a_values)
    return result


SPARSE_TENSOR_DENSE_ADD = OpDef(
    name="SparseTensorDenseAdd",
    signature="a_indices: Tindices, a_values: T, a_shape: Tindices, b: T -> output: T",
    where={"T": dtypes.NUMERIC, "Tindices": dtypes.INDEX},
    shape=lambda query: query.shapes[3],
    kernel=_sum_kernel,
    gradient=gradients.dense_add,
)


def sparse_to_dense(
    sparse_indices: TensorLike,
    output_shape: TensorLike,
    sparse_values: TensorLike,
    default_value: TensorLike = 0,
    validate_indices: bool = True,
    name: str | None = None,
) -> Tensor:
    """Return a dense tensor with values at some places.

    Args:
      sparse_indices: integers: a matrix with a row of coordinates per value; a vector or scalar for rank 1.
      output_shape: vector of the extents.
      sparse_values: vector of the values, or a scalar for all places.
      default_value: scalar for the other places.
      validate_indices: whether coordinates must be ascending and differ.
      name: a name for the operation.
    Raises: InvalidArgumentError when it runs, for coordinates that are out of bounds, unsorted or repeated.
    """
    result: Tensor = build(
        SPARSE_TO_DENSE,
        sparse_indices,
        output_shape,
        sparse_values,
        default_value,
        name=name,
        validate_indices=validate_indices,
    )
    return result


def sparse_tensor_to_dense(
    sp_input: Any, default_value: Any = None, validate_indices: bool = True, name: str | None = None
) -> Tensor:
    """Return a SparseTensor as a dense one; arguments as in `sparse_to_dense`.

    Raises: TypeError if `sp_input` is not sparse; InvalidArgumentError when it runs, as `sparse_to_dense`.

    >>> sparse_tensor_to_dense(SparseTensor([[0, 1]], [2.0], [2, 3])).shape.as_list()
    [2, 3]
    """
    sparse = as_sparse(sp_input)
    if default_value is None:
        default_value = zeros([], dtype=sparse.dtype)
    return sparse_to_dense(sparse.indices, sparse.dense_shape, sparse.values, default_value, validate_indices, name)


def sparse_tensor_dense_matmul(
    sp_a: Any, b: Any, adjoint_a: bool = False, adjoint_b: bool = False, name: str | None = None
) -> Tensor:
    """Return the matrix product of a SparseTensor and a dense matrix.

    Args:
      sp_a: a SparseTensor of rank 2; or a dense matrix, if `b` is sparse.
      b: a dense matrix of the same type; or a SparseTensor.
      adjoint_a, adjoint_b: whether to take the conjugate transpose of a factor.
      name: a name for the scope of the operation.
    Raises: ValueError while building if the extents do not fit, InvalidArgumentError when it runs.
    """
    if is_sparse(b) and not is_sparse(sp_a):
        from ..arrays.transposing import transpose

        return transpose(sparse_tensor_dense_matmul(b, sp_a, not adjoint_b, not adjoint_a))
    a: SparseTensor = as_sparse(sp_a)
    with name_scope(name, "SparseTensorDenseMatMul", [a.indices, a.values, b]):
        dense = convert_to_tensor(b, name="b")
        result: Tensor = build(
            SPARSE_TENSOR_DENSE_MAT_MUL,
            a.indices,
            a.values,
            a.dense_shape,
            dense,
            adjoint_a=adjoint_a,
            adjoint_b=adjoint_b,
        )
        return result
