"""A SparseTensor times, divided by or plus a dense tensor, element by element: the operators of SparseTensor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.opdef import OpDef
from ...definition.shapes import with_rank
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import brackets
from ..elementwise.cast import cast
from . import sparse_gradients as gradients
from .rows import require_inside, require_parts, row_text
from .sparse_tensor import SparseTensor


def _values_shape(query: Any) -> Any:
    rows = with_rank(query.shapes[0], 2)
    return (rows[0],)


def _at_rows(indices: Any, extents: Any, dense: Any) -> Any:
    """The elements of `dense`, broadcast to `extents`, at each row of coordinates."""
    offset = len(extents) - dense.ndim
    fits = offset >= 0 and all(n in (1, whole) for n, whole in zip(dense.shape, extents[max(offset, 0) :]))
    if not fits:
        raise ValueError(
            "SparseDenseBinaryOpShared broadcasts dense to sparse only; got incompatible shapes: "
            f"{row_text(extents)} vs. {brackets(dense.shape)}"
        )
    require_inside(indices, extents)
    places = (0 if n == 1 else indices[:, offset + axis] for axis, n in enumerate(dense.shape))
    return np.broadcast_to(dense[tuple(places)], len(indices))


def _kernel(combine: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    def kernel(sp_indices: Any, sp_values: Any, sp_shape: Any, dense: Any) -> Any:
        require_parts(sp_indices, sp_values, sp_shape)
        return np.asarray(combine(sp_values, _at_rows(sp_indices, sp_shape, dense))).astype(sp_values.dtype, copy=False)

    return kernel


def _quotient(x: Any, y: Any) -> Any:
    if x.dtype.kind not in "iu":
        return x / y
    quotient = np.where(y == 0, 0, x // np.where(y == 0, 1, y)).astype(x.dtype)
    return quotient + ((quotient < 0) & (quotient * y != x)).astype(x.dtype)  # towards zero


def _divide_kernel(sp_indices: Any, sp_values: Any, sp_shape: Any, dense: Any) -> Any:
    if (dense == 0).any():
        raise ValueError("SparseDenseCwiseDiv cannot divide by zero,but input dense tensor contains zero ")
    return _kernel(_quotient)(sp_indices, sp_values, sp_shape, dense)


def _define(name: str, kernel: Callable[..., Any], gradient: Callable[..., Any]) -> OpDef:
    return OpDef(
        name=name,
        signature="sp_indices: int64, sp_values: T, sp_shape: int64, dense: T -> output: T",
        where={"T": dtypes.NUMERIC},
        shape=_values_shape,
        kernel=kernel,
        gradient=gradient,
    )


SPARSE_DENSE_CWISE_MUL = _define("SparseDenseCwiseMul", _kernel(np.multiply), gradients.cwise_mul)
SPARSE_DENSE_CWISE_DIV = _define("SparseDenseCwiseDiv", _divide_kernel, gradients.cwise_div)
SPARSE_DENSE_CWISE_ADD = _define("SparseDenseCwiseAdd", _kernel(np.add), gradients.cwise_add)

_AS_FLOATS = {
    **dict.fromkeys((dtypes.uint8, dtypes.int8, dtypes.uint16, dtypes.int16), dtypes.float32),
    **dict.fromkeys((dtypes.int32, dtypes.int64, dtypes.uint32, dtypes.uint64), dtypes.float64),
}


def _with_dense(op_def: OpDef, operator: str, x: SparseTensor, y: Any) -> SparseTensor:
    with name_scope(None, operator, [x.values, y]) as scope:
        dense = convert_to_tensor(y, x.dtype.base_dtype, name="y")
        values = build(op_def, x.indices, x.values, x.dense_shape, dense, name=scope)
        return SparseTensor(x.indices, values, x.dense_shape)


def multiply(x: SparseTensor, y: Any) -> SparseTensor:
    """Return the sparse tensor `x * y`: the listed elements times those of the dense `y`, which broadcasts to `x`."""
    return _with_dense(SPARSE_DENSE_CWISE_MUL, "mul", x, y)


def divide(x: SparseTensor, y: Any) -> SparseTensor:
    """Return the sparse tensor of the listed elements divided by the dense `y`; integers are truncated."""
    return _with_dense(SPARSE_DENSE_CWISE_DIV, "div", x, y)


def true_divide(x: SparseTensor, y: Any) -> SparseTensor:
    """Return the sparse tensor `x / y`; integers are divided as floats.

    Raises: TypeError if the types differ.
    """
    with name_scope(None, "truediv", [x.values, y]) as scope:
        dense: Tensor = convert_to_tensor(y, x.dtype.base_dtype, name="y")
        wanted = _AS_FLOATS.get(x.dtype.base_dtype)
        values = x.values
        if wanted is not None:
            values, dense = cast(values, wanted), cast(dense, wanted)
        quotient = build(SPARSE_DENSE_CWISE_DIV, x.indices, values, x.dense_shape, dense, name=scope)
        return SparseTensor(x.indices, quotient, x.dense_shape)
