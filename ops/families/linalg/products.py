"""Products of matrices: `matmul`, `matvec`, `tensordot`, `cross`. Factorizations are in `factorizations.py`."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.opdef import OpDef
from ...definition.registry import lookup
from ...definition.shapes import at_least_rank, broadcast, merge, merge_extent, with_rank
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.dtypes import (
    bfloat16,
    complex64,
    complex128,
    float32,
    float64,
    half,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
)
from ...types.tensor_shape import Extents
from . import product_gradients as gradients

_MATMUL_TYPES: Final = (
    bfloat16, half, float32, float64, int32, int64, uint8, uint16, uint32, uint64, complex64, complex128,
)  # fmt: skip
_BATCH_TYPES: Final = (*_MATMUL_TYPES, int16)
_WIDE_TYPES: Final = (
    bfloat16, half, float32, float64, uint8, dtypes.int8, int16, int32, int64, complex64, complex128,
)  # fmt: skip


def _product_extents(a: Any, b: Any, transpose_a: bool, transpose_b: bool) -> tuple[Any, Any]:
    """Rows and columns of the product of matrices whose last two extents are given."""
    rows, inner_a = (a[1], a[0]) if transpose_a else a
    inner_b, columns = (b[1], b[0]) if transpose_b else b
    merge_extent(inner_a, inner_b)
    return rows, columns


def _matmul_shape(query: Any) -> Extents:
    a, b = with_rank(query.shapes[0], 2), with_rank(query.shapes[1], 2)
    return _product_extents(a, b, query.attrs["transpose_a"], query.attrs["transpose_b"])


def _batch_shape(query: Any) -> Extents:
    a, b = at_least_rank(query.shapes[0], 2), at_least_rank(query.shapes[1], 2)
    if a is None or b is None:
        return None
    rows, columns = _product_extents(a[-2:], b[-2:], query.attrs["adj_x"], query.attrs["adj_y"])
    batch = broadcast(a[:-2], b[:-2])
    assert batch is not None
    return (*batch, rows, columns)


def _equal_batch_shape(query: Any) -> Extents:
    a, b = query.shapes
    if a is not None and b is not None:
        merge(a[:-2], b[:-2])
    return _batch_shape(query)


def product(a: Any, b: Any, out: Any = None) -> Any:
    """The matrix product in the type of `a`, or `out`; 16-bit floats accumulate in float32.

    Raises: ValueError if the extents do not fit.
    """
    if a.shape[-1] != b.shape[-2]:
        raise ValueError(f"Matrix size-incompatible: In[0]: {list(a.shape)}, In[1]: {list(b.shape)}")
    dtype = np.dtype(a.dtype if out is None else out)
    if dtypes.is_short_float(dtype):
        return np.matmul(a.astype(np.float32), b.astype(np.float32)).astype(dtype)
    if dtype.kind in "iu" and a.shape[-2] * a.shape[-1] * b.shape[-1] >= _BY_FLOATS and _is_exact(a, b):
        return np.matmul(a.astype(np.float64), b.astype(np.float64)).astype(np.int64).astype(dtype)
    return np.matmul(a, b) if a.dtype == b.dtype == dtype else np.matmul(a.astype(dtype), b.astype(dtype))


_BY_FLOATS: Final = 4096  # multiplications of integers, of two matrices, from which on BLAS is quicker


def _is_exact(a: Any, b: Any) -> bool:
    """Whether float64 holds all sums of a product of integers."""
    if a.dtype.kind not in "iu" or b.dtype.kind not in "iu" or not a.size or not b.size:
        return False
    most = [max(int(x.max()), -int(x.min())) for x in (a, b)]
    return bool(most[0] * most[1] * a.shape[-1] < 1 << 53)


def _matmul_kernel(a: Any, b: Any, *, transpose_a: bool, transpose_b: bool) -> Any:
    return product(a.T if transpose_a else a, b.T if transpose_b else b)


def _adjoint(x: Any) -> Any:
    swapped = np.swapaxes(x, -1, -2)
    return np.conj(swapped) if x.dtype.kind == "c" else swapped


def _batch_kernel(x: Any, y: Any, *, adj_x: bool, adj_y: bool) -> Any:
    return product(_adjoint(x) if adj_x else x, _adjoint(y) if adj_y else y)


def _wide_batch_kernel(x: Any, y: Any, *, adj_x: bool, adj_y: bool, Tout: Any) -> Any:
    return product(_adjoint(x) if adj_x else x, _adjoint(y) if adj_y else y, Tout.np_dtype)


_BATCH_ATTRS: Final[dict[str, tuple[Any, ...]]] = {
    "adj_x": ("bool", False),
    "adj_y": ("bool", False),
    "grad_x": ("bool", False),
    "grad_y": ("bool", False),
}

MAT_MUL = OpDef(
    name="MatMul",
    signature="a: T, b: T -> product: T",
    where={"T": _MATMUL_TYPES},
    attrs={
        "transpose_a": ("bool", False),
        "transpose_b": ("bool", False),
        "grad_a": ("bool", False),
        "grad_b": ("bool", False),
    },
    shape=_matmul_shape,
    kernel=_matmul_kernel,
    product=("transpose_a", "transpose_b"),
    uses_blas=True,
    gradient=gradients.mat_mul,
)


def _sparse_mat_mul_kernel(
    a: Any, b: Any, *, transpose_a: bool, transpose_b: bool, a_is_sparse: bool, b_is_sparse: bool
) -> Any:
    left, right = (operand.astype(np.float32, copy=False) for operand in (a, b))
    left, right = left.T if transpose_a else left, right.T if transpose_b else right
    result = product(left, right)
    if a_is_sparse and not np.isfinite(right).all():
        return _skipping_zeros(left, right)
    if b_is_sparse and not a_is_sparse and not np.isfinite(left).all():
        return _skipping_zeros(right.T, left.T).T
    return result


def _skipping_zeros(sparse: Any, dense: Any) -> Any:
    """The product where what is zero in the first matrix takes no part: 0 times infinity is 0."""
    from scipy.sparse import csr_matrix

    return csr_matrix(sparse) @ dense


SPARSE_MAT_MUL = OpDef(
    name="SparseMatMul",
    signature="a: Ta, b: Tb -> product: float32",
    where={"Ta": (float32, bfloat16), "Tb": (float32, bfloat16)},
    attrs={
        "transpose_a": ("bool", False),
        "transpose_b": ("bool", False),
        "a_is_sparse": ("bool", False),
        "b_is_sparse": ("bool", False),
        "Ta": ("type", float32),
        "Tb": ("type", float32),
    },
    shape=_matmul_shape,
    kernel=_sparse_mat_mul_kernel,
    uses_blas=True,
    gradient=gradients.sparse_mat_mul,
)

BATCH_MAT_MUL = OpDef(
    name="BatchMatMul",
    signature="x: T, y: T -> output: T",
    where={"T": _BATCH_TYPES},
    attrs=_BATCH_ATTRS,
    shape=_equal_batch_shape,
    kernel=_batch_kernel,
    product=("adj_x", "adj_y"),
    uses_blas=True,
    gradient=gradients.batch_mat_mul,
)

BATCH_MAT_MUL_V2 = OpDef(
    name="BatchMatMulV2",
    signature="x: T, y: T -> output: T",
    where={"T": _BATCH_TYPES},
    attrs=_BATCH_ATTRS,
    shape=_batch_shape,
    kernel=_batch_kernel,
    product=("adj_x", "adj_y"),
    uses_blas=True,
    gradient=gradients.batch_mat_mul_v2,
)

BATCH_MAT_MUL_V3 = OpDef(
    name="BatchMatMulV3",
    signature="x: Ta, y: Tb -> output: Tout",
    where={"Ta": _WIDE_TYPES, "Tb": _WIDE_TYPES, "Tout": _WIDE_TYPES},
    attrs={**_BATCH_ATTRS, "Tout": ("type",)},
    shape=_batch_shape,
    kernel=_wide_batch_kernel,
    product=("adj_x", "adj_y"),
    uses_blas=True,
    gradient=gradients.batch_mat_mul_v3,
)


def _arranged_shape(query: Any) -> Extents:
    x, y = (tuple(shape[axis] for axis in query.attrs[f"order_{n}"]) for n, shape in zip("xy", query.shapes))
    rows, columns = _product_extents(x[-2:], y[-2:], False, False)
    batch = broadcast(x[:-2], y[:-2])
    assert batch is not None
    return tuple((*batch, rows, columns)[axis] for axis in query.attrs["order_output"])


def _arranged_kernel(x: Any, y: Any, *, order_x: Any, order_y: Any, order_output: Any) -> Any:
    return product(x.transpose(order_x), y.transpose(order_y)).transpose(order_output)


# What the compiler makes of a product with transpositions in front and behind.
ARRANGED_PRODUCT = OpDef(
    name="_ArrangedProduct",
    signature="x: T, y: T -> output: T",
    where={"T": (float32, float64)},
    attrs={"order_x": ("list(int)",), "order_y": ("list(int)",), "order_output": ("list(int)",)},
    shape=_arranged_shape,
    kernel=_arranged_kernel,
)


def _cross_shape(query: Any) -> Extents:
    shape = merge(at_least_rank(query.shapes[0], 1), at_least_rank(query.shapes[1], 1))
    if shape is None:
        return None
    return (*shape[:-1], merge_extent(shape[-1], 3))


def _cross_kernel(a: Any, b: Any) -> Any:
    if a.shape != b.shape:
        raise ValueError(f"Both inputs must be of same shape: {list(a.shape)} vs. {list(b.shape)}")
    if a.shape[-1] != 3:
        raise ValueError(f"Cross-products are only defined for 3-element vectors, got {list(a.shape)}")
    x, y = (np.moveaxis(value, -1, 0) for value in (a, b))
    parts = (x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0])
    return np.stack(parts, -1)


CROSS = OpDef(
    name="Cross",
    signature="a: T, b: T -> product: T",
    where={"T": dtypes.REAL},
    shape=_cross_shape,
    kernel=_cross_kernel,
    gradient=gradients.cross,
)


def matmul(
    a: TensorLike,
    b: TensorLike,
    transpose_a: bool = False,
    transpose_b: bool = False,
    adjoint_a: bool = False,
    adjoint_b: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    output_type: Any = None,
    grad_a: bool = False,
    grad_b: bool = False,
    name: str | None = None,
) -> Tensor:
    """Return the product of two matrices, or of batches of them, which broadcast.

    Args:
      a, b: the last two axes are rows and columns; the ones before are batches.
      transpose_a, transpose_b: take the matrix transposed.
      adjoint_a, adjoint_b: take it transposed and conjugated.
      a_is_sparse, b_is_sparse: whether it has many zeros, which take no part: 0 times infinity is 0. For matrices
        of float32 and bfloat16, not for batches; other types ignore it.
      output_type: the type of the result if it is not that of `a`; int8 matrices may give int32.
      grad_a, grad_b: whether an argument is a gradient; only kept as attributes.
      name: a name for the operation.
    Raises: ValueError if the extents do not fit, or both transpose and adjoint are asked for; TypeError if the types
      differ.
    """
    for which, transpose, adjoint in (("a", transpose_a, adjoint_a), ("b", transpose_b, adjoint_b)):
        if transpose and adjoint:
            raise ValueError(
                f"Only one of `transpose_{which}` and `adjoint_{which}` can be True. "
                f"Received `transpose_{which}`={transpose}, `adjoint_{which}`={adjoint}."
            )
    with name_scope(name, "MatMul", [a, b]) as scope:
        left = convert_to_tensor(a, name="a")
        right = convert_to_tensor(b, name="b", dtype_hint=left.dtype.base_dtype)
        hinted = bool(a_is_sparse or b_is_sparse)
        if not hinted and (output_type is not None or _is_batch(left) or _is_batch(right)):
            left, adj_x = _conjugated(left, transpose_a, adjoint_a)
            right, adj_y = _conjugated(right, transpose_b, adjoint_b)
            attrs = {"adj_x": adj_x, "adj_y": adj_y, "grad_x": bool(grad_a), "grad_y": bool(grad_b), "name": scope}
            return _batch_matmul(left, right, output_type, attrs)
        left, right = _conj(left) if adjoint_a else left, _conj(right) if adjoint_b else right
        transposes = {"transpose_a": bool(transpose_a or adjoint_a), "transpose_b": bool(transpose_b or adjoint_b)}
        if _is_sparse_product(left, right, hinted):
            return _sparse_matmul(left, right, bool(a_is_sparse), bool(b_is_sparse), name=scope, **transposes)
        result: Tensor = build(MAT_MUL, left, right, name=scope, grad_a=bool(grad_a), grad_b=bool(grad_b), **transposes)
        return result


def _is_sparse_product(a: Tensor, b: Tensor, hinted: bool) -> bool:
    """Whether TensorFlow builds SparseMatMul: where it is asked to and can, and to mix bfloat16 with another type."""
    types = {a.dtype.base_dtype, b.dtype.base_dtype}
    return (hinted and types <= {float32, bfloat16}) or (bfloat16 in types and len(types) > 1)


def _sparse_matmul(a: Tensor, b: Tensor, a_is_sparse: bool, b_is_sparse: bool, **attrs: Any) -> Tensor:
    result: Tensor = build(SPARSE_MAT_MUL, a, b, a_is_sparse=a_is_sparse, b_is_sparse=b_is_sparse, **attrs)
    if a.dtype.base_dtype is b.dtype.base_dtype is bfloat16:
        result = build(lookup("Cast"), result, DstT=bfloat16)
    return result


def sparse_matmul(
    a: TensorLike,
    b: TensorLike,
    transpose_a: bool = False,
    transpose_b: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: str | None = None,
) -> Tensor:
    """Return the product of two matrices of float32 or bfloat16, as float32. See `matmul`.

    >>> with Session():
    ...     print(sparse_matmul([[0.0, 2.0]], [[float("inf")], [3.0]], a_is_sparse=True).eval())
    [[6.]]
    """
    flags = {"transpose_a": transpose_a, "transpose_b": transpose_b}
    result: Tensor = build(SPARSE_MAT_MUL, a, b, a_is_sparse=a_is_sparse, b_is_sparse=b_is_sparse, name=name, **flags)
    return result


def _is_batch(x: Tensor) -> bool:
    return x._extents is None or len(x._extents) > 2


def _conj(x: Tensor) -> Tensor:
    result: Tensor = build(lookup("Conj"), x) if x.dtype.is_complex else x
    return result


def _conjugated(x: Tensor, transpose: bool, adjoint: bool) -> tuple[Tensor, bool]:
    """The tensor and whether to take its adjoint, so that it comes out transposed or adjoint as asked."""
    return (_conj(x), True) if transpose else (x, bool(adjoint))


def _batch_matmul(a: Tensor, b: Tensor, output_type: Any, attrs: dict[str, Any]) -> Tensor:
    if output_type is None or dtypes.as_dtype(output_type) == a.dtype.base_dtype == b.dtype.base_dtype:
        result: Tensor = build(BATCH_MAT_MUL_V2, a, b, **attrs)
    else:
        result = build(BATCH_MAT_MUL_V3, a, b, Tout=dtypes.as_dtype(output_type), **attrs)
    return result


def matvec(
    a: TensorLike,
    b: TensorLike,
    transpose_a: bool = False,
    adjoint_a: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: str | None = None,
) -> Tensor:
    """Return the product of matrices `a` with vectors `b`: `matmul` with the vector as one column. See `matmul`."""
    with name_scope(name, "MatVec", [a, b]):
        column = build(lookup("ExpandDims"), b, -1)
        result = matmul(a, column, transpose_a, adjoint_a=adjoint_a, a_is_sparse=a_is_sparse, b_is_sparse=b_is_sparse)
        squeezed: Tensor = build(lookup("Squeeze"), result, squeeze_dims=[-1])
        return squeezed


def cross(a: TensorLike, b: TensorLike, name: str | None = None) -> Tensor:
    """Return the cross product of 3-vectors along the last axis; the shapes are the same."""
    result: Tensor = build(CROSS, a, b, name=name)
    return result
