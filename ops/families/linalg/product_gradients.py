"""Gradient rules of products of matrices. No factor is transposed: the products read them as they lie."""

from __future__ import annotations

from typing import Any


def mat_mul(g: Any, op: Any, dz: Any) -> list[Any]:
    """dA = dZ B', dB = A' dZ, with conjugates, for all four ways of transposing."""
    return _product_gradients(g, op, dz, "MatMul", "transpose_a", "transpose_b", g.conj)


def _product_gradients(g: Any, op: Any, dz: Any, kind: str, flag_a: str, flag_b: str, conj: Any) -> list[Any]:
    a, b = conj(op.inputs[0]), conj(op.inputs[1])

    def product(x: Any, y: Any, turn_x: bool, turn_y: bool) -> Any:
        turns = {flag: True for flag, turned in ((flag_a, turn_x), (flag_b, turn_y)) if turned}
        return g(kind, x, y, name="MatMul", **turns)

    turned_a, turned_b = op.attrs[flag_a], op.attrs[flag_b]
    if not turned_a and not turned_b:
        return [product(dz, b, False, True), product(a, dz, True, False)]
    if not turned_a:
        return [product(dz, b, False, False), product(dz, a, True, False)]
    if not turned_b:
        return [product(b, dz, False, True), product(a, dz, False, False)]
    return [product(b, dz, True, True), product(dz, a, True, True)]


def batch_mat_mul(g: Any, op: Any, dz: Any) -> list[Any]:
    """As of `MatMul`, for each matrix of a batch."""
    return _product_gradients(g, op, dz, "BatchMatMul", "adj_x", "adj_y", lambda x: x)


def batch_mat_mul_v2(g: Any, op: Any, dz: Any) -> list[Any]:
    """As of `BatchMatMul`, summed over the axes of the batch that were repeated."""
    dx, dy = _product_gradients(g, op, dz, "BatchMatMulV2", "adj_x", "adj_y", lambda x: x)
    x, y = op.inputs
    if g.same_static_shapes(x) and g.same_static_shapes(y) and g.extents(x)[:-2] == g.extents(y)[:-2]:
        return [dx, dy]
    x_shape, y_shape = g.shape(x), g.shape(y)
    x_axes, y_axes = g("BroadcastGradientArgs", x_shape[:-2], y_shape[:-2])
    return [g.summed(dx, x_axes, x_shape), g.summed(dy, y_axes, y_shape)]


def batch_mat_mul_v3(g: Any, op: Any, dz: Any) -> list[Any]:
    """As of `BatchMatMulV2`; of mixed types each gradient has the type of its factor."""
    dtypes = [tensor.dtype.base_dtype for tensor in op.inputs]
    if all(dtype is dz.dtype for dtype in dtypes):
        return batch_mat_mul_v2(g, op, dz)
    x, y = op.inputs
    wide = [g.cast(tensor, dz.dtype) for tensor in (x, y)]
    product = g("BatchMatMulV2", *wide, adj_x=op.attrs["adj_x"], adj_y=op.attrs["adj_y"])
    gradients = batch_mat_mul_v2(g, product.op, dz)
    return [g.cast(gradient, dtype) for gradient, dtype in zip(gradients, dtypes)]


def sparse_mat_mul(g: Any, op: Any, dz: Any) -> list[Any]:
    """As of `MatMul`; which factor has many zeros is known of the factors and of gradients of relu."""
    sparse = {op.inputs[0]: op.attrs["a_is_sparse"], op.inputs[1]: op.attrs["b_is_sparse"]}
    sparse[dz] = dz.op.type == "ReluGrad"
    types = [tensor.dtype.base_dtype for tensor in op.inputs]

    def product(x: Any, y: Any, dtype: Any, turn_x: bool = False, turn_y: bool = False) -> Any:
        made = g(
            "SparseMatMul", x, y, transpose_a=turn_x, transpose_b=turn_y, a_is_sparse=sparse[x], b_is_sparse=sparse[y]
        )
        return g.cast(made, dtype)

    a, b = op.inputs
    turned_a, turned_b = op.attrs["transpose_a"], op.attrs["transpose_b"]
    if not turned_a and not turned_b:
        return [product(dz, b, types[0], False, True), product(a, dz, types[1], True, False)]
    if not turned_a:
        return [product(dz, b, types[0]), product(dz, a, types[1], True, False)]
    if not turned_b:
        return [product(b, dz, types[0], False, True), product(a, dz, types[1])]
    return [product(b, dz, types[0], True, True), product(dz, a, types[1], True, True)]


def cross(g: Any, op: Any, dz: Any) -> list[Any]:
    """du = v x dz, dv = dz x u."""
    u, v = op.inputs
    return [g("Cross", v, dz), g("Cross", dz, u)]
