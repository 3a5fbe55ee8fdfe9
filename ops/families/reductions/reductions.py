"""The public reductions: `reduce_sum` and its kin, with TensorFlow 1's old names of arguments."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.build import build
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.opdef import OpDef
from ...definition.registry import lookup
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from . import reduction_ops as reduce


def renamed(name: str, value: Any, old_name: str, old_value: Any) -> Any:
    """The argument that was given under its name or under its old one. Raises: ValueError if both were."""
    if old_value is None:
        return value
    if value is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{name}'.")
    return old_value


def _keep(keepdims: Any, keep_dims: Any) -> bool:
    return bool(renamed("keepdims", keepdims, "keep_dims", keep_dims))


def _all_axes(x: Any) -> Tensor:
    """The axes of `x`, as a constant if its rank is known."""
    if isinstance(x, Tensor) and x._extents is not None:
        return constant(np.arange(len(x._extents), dtype=np.int32))
    if isinstance(x, Tensor):
        rank = build(lookup("Rank"), x)
    else:
        with name_scope(None, "Rank", [x]) as scope:
            tensor = convert_to_tensor(x)
            known = tensor._extents
            rank = build(lookup("Rank"), tensor, name=scope) if known is None else constant(len(known), name=scope)
    with name_scope(None, "range", [rank]) as scope:
        start = constant(0, name="start")
        delta = constant(1, name="delta")
        axes: Tensor = build(lookup("Range"), start, rank, delta, name=scope)
        return axes


def _reduce(op: OpDef, x: Any, axis: Any, keep_dims: bool, name: str | None) -> Tensor:
    indices = _all_axes(x) if axis is None else axis
    wide = isinstance(axis, (np.ndarray, np.generic)) and axis.dtype == np.int64
    attrs = {"Tidx": dtypes.int64} if wide else {}
    result: Tensor = build(op, x, indices, name=name, keep_dims=keep_dims, **attrs)
    if axis is None and not keep_dims:
        result.set_shape(())
    return result


def reduce_sum(
    input_tensor: TensorLike,
    axis: Any = None,
    keepdims: bool | None = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: bool | None = None,
) -> Tensor:
    """Return the sum of the elements along `axis`; nothing sums to 0.

    Args:
      input_tensor: numbers.
      axis: the axis or axes to fold, negative ones counted from the back; None for all.
      keepdims: whether folded axes stay, with extent 1.
      name: a name for the operation.
      reduction_indices, keep_dims: old names of `axis` and `keepdims`.
    Raises: ValueError if an axis is out of range, or an argument is given under both names.
    """
    axes = renamed("axis", axis, "reduction_indices", reduction_indices)
    return _reduce(reduce.SUM, input_tensor, axes, _keep(keepdims, keep_dims), name)


def reduce_mean(
    input_tensor: TensorLike,
    axis: Any = None,
    keepdims: bool | None = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: bool | None = None,
) -> Tensor:
    """Return the mean along `axis`: of integers truncated, of nothing NaN (0 for integers). See `reduce_sum`."""
    axes = renamed("axis", axis, "reduction_indices", reduction_indices)
    return _reduce(reduce.MEAN, input_tensor, axes, _keep(keepdims, keep_dims), name)


def reduce_prod(
    input_tensor: TensorLike,
    axis: Any = None,
    keepdims: bool | None = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: bool | None = None,
) -> Tensor:
    """Return the product along `axis`, 1 for nothing. See `reduce_sum`."""
    axes = renamed("axis", axis, "reduction_indices", reduction_indices)
    return _reduce(reduce.PROD, input_tensor, axes, _keep(keepdims, keep_dims), name)


def reduce_max(
    input_tensor: TensorLike,
    axis: Any = None,
    keepdims: bool | None = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: bool | None = None,
) -> Tensor:
    """Return the largest element along `axis`; NaN wins, and of nothing it is the type's lowest. See `reduce_sum`."""
    axes = renamed("axis", axis, "reduction_indices", reduction_indices)
    return _reduce(reduce.MAX, input_tensor, axes, _keep(keepdims, keep_dims), name)


def reduce_min(
    input_tensor: TensorLike,
    axis: Any = None,
    keepdims: bool | None = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: bool | None = None,
) -> Tensor:
    """Return the smallest element along `axis`; NaN wins, and of nothing it is the type's highest. See `reduce_sum`."""
    axes = renamed("axis", axis, "reduction_indices", reduction_indices)
    return _reduce(reduce.MIN, input_tensor, axes, _keep(keepdims, keep_dims), name)


def reduce_all(
    input_tensor: TensorLike,
    axis: Any = None,
    keepdims: bool | None = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: bool | None = None,
) -> Tensor:
    """Return whether all bools along `axis` are true. See `reduce_sum`."""
    axes = renamed("axis", axis, "reduction_indices", reduction_indices)
    return _reduce(reduce.ALL, input_tensor, axes, _keep(keepdims, keep_dims), name)


def reduce_any(
    input_tensor: TensorLike,
    axis: Any = None,
    keepdims: bool | None = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: bool | None = None,
) -> Tensor:
    """Return whether any bool along `axis` is true. See `reduce_sum`."""
    axes = renamed("axis", axis, "reduction_indices", reduction_indices)
    return _reduce(reduce.ANY, input_tensor, axes, _keep(keepdims, keep_dims), name)


def reduce_euclidean_norm(
    input_tensor: TensorLike, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Tensor:
    """Return the square root of the sum of squares along `axis`. See `reduce_sum`."""
    return _reduce(reduce.EUCLIDEAN_NORM, input_tensor, axis, bool(keepdims), name)


def reduce_logsumexp(
    input_tensor: TensorLike,
    axis: Any = None,
    keepdims: bool | None = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: bool | None = None,
) -> Tensor:
    """Return `log(sum(exp(x)))` along `axis` without overflow on the way. See `reduce_sum`."""
    axis = renamed("axis", axis, "reduction_indices", reduction_indices)
    keep = _keep(keepdims, keep_dims)
    with name_scope(name, "ReduceLogSumExp", [input_tensor]):
        largest = _reduce(reduce.MAX, input_tensor, axis, True, None)
        finite = build(lookup("IsFinite"), largest)
        zero = np.zeros((), largest.dtype.np_dtype)
        shift = build(lookup("StopGradient"), build(lookup("SelectV2"), finite, largest, zero))
        exponentials = build(lookup("Exp"), build(lookup("Sub"), input_tensor, shift))
        result = build(lookup("Log"), _reduce(reduce.SUM, exponentials, axis, keep, None))
        if not keep:
            shift = build(lookup("Reshape"), shift, build(lookup("Shape"), result))
        total: Tensor = build(lookup("Add"), result, shift)
        if axis is None and not keep:
            total.set_shape(())
        return total


def reduce_variance(
    input_tensor: TensorLike, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Tensor:
    """Return the mean of the squared distances from the mean along `axis`; real also for complex numbers.

    Raises: TypeError for integers. See `reduce_sum`.
    """
    with name_scope(name, "reduce_variance", [input_tensor]):
        x = convert_to_tensor(input_tensor)
        mean = _reduce(reduce.MEAN, x, axis, True, None)
        if mean.dtype.is_integer:
            raise TypeError(f"Input must be either real or complex. Received integer type {mean.dtype}.")
        difference = x - mean
        if difference.dtype.is_complex:
            conjugate = build(lookup("Conj"), difference)
            product = build(lookup("Mul"), conjugate, difference)
            squares = build(lookup("Real"), product, Tout=product.dtype.real_dtype)
        else:
            squares = build(lookup("Square"), difference)
        return _reduce(reduce.MEAN, squares, axis, bool(keepdims), None)


def reduce_std(input_tensor: TensorLike, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Tensor:
    """Return the standard deviation along `axis`: the root of `reduce_variance`."""
    with name_scope(name, "reduce_std", [input_tensor]):
        x = convert_to_tensor(input_tensor)
        variance = reduce_variance(x, axis, keepdims)
        result: Tensor = build(lookup("Sqrt"), variance)
        return result


def count_nonzero(
    input_tensor: TensorLike = None,
    axis: Any = None,
    keepdims: bool | None = None,
    dtype: Any = dtypes.int64,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: bool | None = None,
    input: TensorLike = None,
) -> Tensor:
    """Return how many elements along `axis` are not zero (for strings: not empty), as `dtype`.

    Args:
      input_tensor: numbers, bools or strings.
      dtype: the type of the count.
      input: the same as `input_tensor`. The others as in `reduce_sum`.
    """
    from ..elementwise.cast import cast

    keep = _keep(keepdims, keep_dims)
    value = renamed("input", input, "input_tensor", input_tensor)
    axis = renamed("axis", axis, "reduction_indices", reduction_indices)
    with name_scope(name, "count_nonzero", [value]):
        tensor = convert_to_tensor(value, name="input")
        if not tensor.dtype.is_bool:
            zero = constant(b"" if tensor.dtype.kind == "s" else np.zeros((), tensor.dtype.np_dtype), name="zeros")
            tensor = build(lookup("NotEqual"), tensor, zero)
        total = _reduce(reduce.SUM, cast(tensor, dtypes.int64), axis, keep, None)
        result: Tensor = cast(total, dtypes.as_dtype(dtype))
        return result


def lbeta(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the logarithm of the beta function along the last dimension: `sum(lgamma(x)) - lgamma(sum(x))`.

    Args:
      x: positive numbers, of rank 1 or more.
      name: a name for the scope of the operations.
    """
    lgamma = lookup("Lgamma")
    with name_scope(name, "lbeta", [x]):
        value = convert_to_tensor(x, name="x")
        parts = reduce_sum(build(lgamma, value), [-1])
        whole = build(lgamma, reduce_sum(value, [-1]))
        result: Tensor = build(lookup("Sub"), parts, whole)
        return result
