"""Gradient rules of sparse tensors: of the values that are listed; indices and shapes have none."""

from __future__ import annotations

from typing import Any

from ..reductions.reduction_gradients import reduced_shape


def unknown(g: Any, op: Any, *gradients: Any) -> Any:
    """No rule is known, in TensorFlow neither; to go on as if nothing flowed would be wrong."""
    raise LookupError(f"No gradient is known of operations of type {op.type}: '{op.name}'.")


def reorder(g: Any, op: Any, _: Any, dvalues: Any) -> list[Any]:
    """The gradients in the order the values had."""
    indices, _, shape = op.inputs
    count = g.shape(indices)[0]
    _, order = g("SparseReorder", indices, g.range(0, count), shape)
    back = g("InvertPermutation", order)
    return [None, g("GatherV2", dvalues, back, 0), None]


def add(g: Any, op: Any, _: Any, dvalues: Any, __: Any) -> list[Any]:
    """Each value has the gradient of the sum it is in, if that is listed."""
    a, b = g("SparseAddGrad", dvalues, op.inputs[0], op.inputs[3], op.outputs[0])
    return [None, a, None, None, b, None, None]


def dense_add(g: Any, op: Any, dy: Any) -> list[Any]:
    """The values have the gradient of their places, the tensor has all."""
    return [None, g("GatherNd", dy, op.inputs[0]), None, dy]


def reduce_sum(g: Any, op: Any, dy: Any) -> list[Any]:
    """Each value has the gradient of the sum it is in."""
    indices, _, shape, axes = op.inputs
    spread, scale = _kept(g, dy, shape, axes)
    return [None, g("GatherNd", spread, indices // scale), None, None]


def _kept(g: Any, dy: Any, shape: Any, axes: Any) -> tuple[Any, Any]:
    """The gradient with the axes that were folded, and how many elements were folded along each."""
    kept = reduced_shape(g, shape, axes)
    return g.reshape(dy, kept), shape // g.cast(kept, g.int64)


def reduce_max(g: Any, op: Any, dy: Any) -> list[Any]:
    """The gradient goes to the largest values, in equal parts."""
    indices, values, shape, axes = op.inputs
    spread, scale = _kept(g, dy, shape, axes)
    places = indices // scale
    largest = g("GatherNd", g.reshape(op.outputs[0], g.shape(spread)), places)
    hits = g.cast(g("Equal", values, largest), values.dtype)
    count = g("SparseReduceSum", indices, hits, shape, axes, keep_dims=True)
    share = g.reshape(spread, g.shape(count)) / count
    return [None, hits * g("GatherNd", share, places), None, None]


def slice_(g: Any, op: Any, _: Any, dvalues: Any, __: Any) -> list[Any]:
    """The values inside have their gradients, those outside none."""
    indices, _, _, start, _ = op.inputs
    return [None, g("SparseSliceGrad", dvalues, indices, start, op.outputs[0]), None, None, None]


def dense_mat_mul(g: Any, op: Any, dy: Any) -> list[Any]:
    """By the matrix: the transposed product. By each value: the inner product of a row and a row of the gradient."""
    indices, values, shape, b = op.inputs
    adjoint_a, adjoint_b = op.attrs["adjoint_a"], op.attrs["adjoint_b"]
    db = g("SparseTensorDenseMatMul", indices, values, shape, dy, adjoint_a=not adjoint_a)
    if adjoint_b:
        db = g.adjoint(db)
    rows, columns = indices[:, 0], indices[:, 1]
    if adjoint_a:
        rows, columns = columns, rows
    parts_dy = g("GatherV2", dy, rows, 0)
    parts_b = g("GatherV2", g.adjoint(b) if adjoint_b else b, columns, 0)
    products = parts_dy * g.conj(parts_b)
    if adjoint_a:
        products = g.conj(products)
    return [None, g("Sum", products, 1), None, db]


def cwise_mul(g: Any, op: Any, dy: Any) -> list[Any]:
    """As of a product, at the places that are listed."""
    return _with_dense(g, op, lambda dense: dy * dense, lambda values, dense: dy * values)


def cwise_div(g: Any, op: Any, dy: Any) -> list[Any]:
    """As of a quotient, at the places that are listed."""
    return _with_dense(
        g, op, lambda dense: dy / dense, lambda values, dense: dy * (g("Neg", values) / g("Square", dense))
    )


def cwise_add(g: Any, op: Any, dy: Any) -> list[Any]:
    """As of a sum, at the places that are listed."""
    return _with_dense(g, op, lambda dense: dy, lambda values, dense: dy)


def _with_dense(g: Any, op: Any, by_values: Any, by_dense: Any) -> list[Any]:
    indices, values, shape, dense = op.inputs
    dense_shape = g.cast(g.shape(dense), g.int64)
    lead = g("ExpandDims", g.size(shape) - g.rank(dense), 0)
    scale = shape // g.concat([g.fill(lead, g.constant(1, g.int64)), dense_shape], 0)
    places = (indices // scale)[:, g.size(shape) - g.rank(dense) :]
    taken = g("GatherNd", dense, places)
    by_tensor = g("ScatterNd", places, by_dense(values, taken), dense_shape)
    return [None, by_values(taken), None, by_tensor]


def softmax(g: Any, op: Any, dy: Any) -> list[Any]:
    """(dy - sum(dy y)) y, row by row."""
    indices, _, shape = op.inputs
    y = op.outputs[0]
    total = g("Neg", g("SparseReduceSum", indices, y * dy, shape, [-1], keep_dims=True))
    return [None, g("SparseDenseCwiseAdd", indices, dy, shape, total) * y, None]


def extremum(g: Any, op: Any, _: Any, dvalues: Any) -> list[Any]:
    """No gradient, as in TensorFlow."""
    return [None] * 6


def fill_empty_rows(g: Any, op: Any, _: Any, dvalues: Any, __: Any, ___: Any) -> list[Any]:
    """Values have their gradients; the default has those of the rows it filled."""
    values, default = g("SparseFillEmptyRowsGrad", op.outputs[3], dvalues)
    return [None, values, None, default]


def fill_empty_rows_grad(g: Any, op: Any, dvalues: Any, ddefault: Any) -> list[Any]:
    """Each gradient went to its value or to the default."""
    places = op.inputs[0]
    count = g.shape(op.inputs[1])
    column = g("ExpandDims", places, -1)
    taken = g("ScatterNd", column, g.ones_like(dvalues), g.cast(count, places.dtype))
    values = g("ScatterNd", column, dvalues, g.cast(count, places.dtype))
    return [None, values + (1 - taken) * ddefault]


def to_dense(g: Any, op: Any, dy: Any) -> list[Any]:
    """Values have the gradients of their places; the default has those of all others."""
    is_list = len(g.extents(op.inputs[0]) or (None, None)) < 2  # of positions along the only axis
    values = g("GatherV2", dy, op.inputs[0], 0) if is_list else g("GatherNd", dy, op.inputs[0])
    everywhere = g("Sum", dy, g.all_axes(dy))
    listed = g("Sum", values, g.all_axes(values))
    return [None, None, values, everywhere - listed]
