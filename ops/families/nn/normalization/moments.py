"""Moments in parts: `sufficient_statistics`, `normalize_moments`, and `weighted_moments`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....building.basic_ops import identity
from ....building.build import build
from ....building.constant import constant
from ....building.convert import convert_to_tensor
from ....building.default_graph import leave_out, name_scope
from ....definition.registry import lookup
from ....graph.node import Tensor, TensorLike
from ....types import dtypes
from ...arrays.reshaping import squeeze
from ...arrays.shape_ops import shape
from ...elementwise.cast import cast
from ...elementwise.like import zeros_like
from ...indexing.gathering import gather
from ...reductions.reductions import reduce_prod, reduce_sum, renamed


def sufficient_statistics(
    x: TensorLike, axes: Any, shift: Any = None, keep_dims: bool | None = None, name: str | None = None,
    keepdims: bool | None = None,
) -> tuple[Tensor, Tensor, Tensor, Any]:  # fmt: skip
    """Return what mean and variance are computed from: `(count, sum of x, sum of squares, shift)`.

    Args:
      x: numbers.
      axes: the axes to fold.
      shift: a number near the mean, subtracted before summing, for accuracy; or None.
      keep_dims, keepdims: whether folded axes stay, with extent 1.
      name: a name for the operations.
    """
    keep = bool(renamed("keepdims", keepdims, "keep_dims", keep_dims))
    axes = [int(axis) for axis in (axes if isinstance(axes, (list, tuple, np.ndarray)) else [axes])]
    with name_scope(name, "sufficient_statistics", [x, shift]):
        values = convert_to_tensor(x, name="x")
        known = values._extents
        if known is not None and all(known[axis] is not None for axis in axes):
            count: Tensor = constant(float(np.prod([known[axis] for axis in axes])), values.dtype)
        else:
            extents = gather(cast(shape(values), values.dtype), axes)
            count = reduce_prod(extents, name="count")
        if shift is None:
            terms, squares = values, build(lookup("Square"), values)
        else:
            shift = convert_to_tensor(shift, dtype=values.dtype, name="shift")
            terms = build(lookup("Sub"), values, shift)
            squares = build(lookup("SquaredDifference"), values, shift)
        total = reduce_sum(terms, axes, keepdims=keep, name="mean_ss")
        return count, total, reduce_sum(squares, axes, keepdims=keep, name="var_ss"), shift


def normalize_moments(
    counts: TensorLike, mean_ss: TensorLike, variance_ss: TensorLike, shift: Any, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Return mean and variance of what `sufficient_statistics` gives."""
    multiply = lookup("Mul")
    with name_scope(name, "normalize", [counts, mean_ss, variance_ss, shift]):
        divisor = build(lookup("Reciprocal"), counts, name="divisor")
        if shift is not None:
            shifted = build(multiply, mean_ss, divisor, name="shifted_mean")
            mean = build(lookup("Add"), shifted, shift, name="mean")
        else:
            shifted = mean = build(multiply, mean_ss, divisor, name="mean")
        squares = build(multiply, variance_ss, divisor)
        return mean, build(lookup("Sub"), squares, build(lookup("Square"), shifted), name="variance")


def weighted_moments(
    x: TensorLike, axes: Any, frequency_weights: TensorLike, name: str | None = None, keep_dims: bool | None = None,
    keepdims: bool | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Return mean and variance along `axes` of numbers that count `frequency_weights` times.

    Args:
      x: floating-point numbers; float16 ones are computed with in float32.
      axes: the axes to fold.
      frequency_weights: weights that broadcast with `x`.
      name: a name for the operations.
      keep_dims, keepdims: whether folded axes stay, with extent 1.
    """
    keep = bool(renamed("keepdims", keepdims, "keep_dims", keep_dims))
    with name_scope(name, "weighted_moments", [x, frequency_weights, axes]):
        values = convert_to_tensor(x, name="x")
        weights = convert_to_tensor(frequency_weights, name="frequency_weights")
        is_half = values.dtype.base_dtype is dtypes.half
        wide = cast(values, dtypes.float32) if is_half else values
        weights = cast(weights, wide.dtype)
        mean, variance = _weighted(wide, weights, axes)
        if not keep:
            mean, variance = squeeze(mean, axes), squeeze(variance, axes)
        return (cast(mean, dtypes.half), cast(variance, dtypes.half)) if is_half else (mean, variance)


def _weighted(x: Tensor, weights: Tensor, axes: Any) -> tuple[Tensor, Tensor]:
    multiply = lookup("Mul")
    total = reduce_sum(weights * x, axes, keepdims=True, name="weighted_input_sum")
    # The weights broadcast with the values, so that their sum counts every value.
    everywhere = weights + zeros_like(x)
    inverse = build(
        lookup("Reciprocal"), reduce_sum(everywhere, axes, keepdims=True, name="sum_of_weights"), name="inv_weight_sum"
    )
    mean = build(multiply, total, inverse)
    distance = build(lookup("SquaredDifference"), x, mean)
    spread = reduce_sum(weights * distance, axes, keepdims=True, name="weighted_distsq")
    return mean, build(multiply, spread, inverse)


def zero_fraction(value: TensorLike, name: str | None = None) -> Tensor:
    """Return the share of zeros among the elements, float32; NaN if there are none."""
    from ...reductions.reductions import count_nonzero

    with name_scope(name, "zero_fraction", [value]):
        values = convert_to_tensor(value, name="value")
        size = build(lookup("Size"), values, out_type=dtypes.int64)
        zeros = size - count_nonzero(values, dtype=dtypes.int64)
        leave_out(15)  # counted in one of two branches there, by int32 or int64
        fraction: Tensor = identity(cast(zeros, dtypes.float32) / cast(size, dtypes.float32), name="fraction")
        return fraction


def log_poisson_loss(
    targets: TensorLike, log_input: TensorLike, compute_full_loss: bool = False, name: str | None = None
) -> Tensor:
    """Return `exp(log_input) - log_input * targets`: minus the logarithm of the likelihood of counts.

    Args:
      targets: counts, of the shape of `log_input`.
      log_input: logarithms of what is expected.
      compute_full_loss: whether Stirling's approximation of `log(targets!)` is added, for counts above 1.
      name: a name for the operations.
    Raises: ValueError if the shapes differ.
    """
    from ...elementwise.like import ones_like
    from ...indexing.positions import where

    with name_scope(name, "log_poisson_loss", [log_input, targets]):
        x, z = convert_to_tensor(log_input, name="log_input"), convert_to_tensor(targets, name="targets")
        if not z.shape.is_compatible_with(x.shape):
            raise ValueError(f"`log_input` and `targets` must have the same shape, received ({x.shape} vs {z.shape}).")
        result: Tensor = build(lookup("Exp"), x) - x * z
        if compute_full_loss:
            half, circle = constant(0.5, z.dtype), constant(2 * np.pi, z.dtype)
            factorial = z * build(lookup("Log"), z) - z + half * build(lookup("Log"), circle * z)
            zeros, ones = zeros_like(z, dtype=z.dtype), ones_like(z, dtype=z.dtype)
            small = build(lookup("LogicalAnd"), z >= zeros, z <= ones)
            result = result + where(small, zeros, factorial)
        return result
