"""Powers, exponentials and logarithms."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.apply import apply, apply_to_values
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.element_kinds import on_floats, widened
from ...definition.opdef import OpDef
from ...definition.shapes import broadcast_shape, same_shape
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from . import binary_gradients as binary
from . import unary_gradients as unary

SQRT = OpDef(
    name="Sqrt",
    signature="x: T -> y: T",
    where={"T": dtypes.INEXACT},
    shape=same_shape,
    kernel=np.sqrt,
    scalar=on_floats("sqrt({x})"),
    gradient=unary.sqrt,
)


def _rsqrt_kernel(x: Any) -> Any:
    return np.divide(x.dtype.type(1), np.sqrt(x))  # of a complex 0 the reciprocal would be NaN


RSQRT = OpDef(
    name="Rsqrt",
    signature="x: T -> y: T",
    where={"T": dtypes.INEXACT},
    shape=same_shape,
    kernel=widened(_rsqrt_kernel),
    scalar=on_floats("rsqrt({x})"),
    ulp=2,
    gradient=unary.rsqrt,
)

EXP = OpDef(
    name="Exp",
    signature="x: T -> y: T",
    where={"T": dtypes.INEXACT},
    shape=same_shape,
    kernel=np.exp,
    scalar=on_floats("exp({x})"),
    ulp=4,
    gradient=unary.exp,
)

EXPM1 = OpDef(
    name="Expm1",
    signature="x: T -> y: T",
    where={"T": dtypes.INEXACT},
    shape=same_shape,
    kernel=np.expm1,
    scalar=on_floats("expm1({x})"),
    ulp=4,
    gradient=unary.expm1,
)

LOG = OpDef(
    name="Log",
    signature="x: T -> y: T",
    where={"T": dtypes.INEXACT},
    shape=same_shape,
    kernel=np.log,
    scalar=on_floats("log({x})"),
    ulp=4,
    gradient=unary.log,
)

LOG1P = OpDef(
    name="Log1p",
    signature="x: T -> y: T",
    where={"T": dtypes.INEXACT},
    shape=same_shape,
    kernel=np.log1p,
    scalar=on_floats("log1p({x})"),
    ulp=4,
    gradient=unary.log1p,
)


def _pow_kernel(x: Any, y: Any) -> Any:
    if x.dtype.kind in "iu" and x.size and np.any(y < 0):
        raise ValueError("Integers to negative integer powers are not allowed")
    power = np.power(x, y)
    if x.dtype.kind == "c":
        return _complex_ends(x, y, power)
    return power if x.dtype.kind in "iu" else _root_ends(x, y, power)


def _root_ends(x: Any, y: Any, power: Any) -> Any:
    """NumPy takes the square root where one exponent 0.5 is broadcast: NaN for -inf and -0.0 for -0.0."""
    half = y == y.dtype.type(0.5)
    if not np.any(half):
        return power
    power = np.where(half & (x == 0), x.dtype.type(0), power)
    return np.where(half & (x == -np.inf), x.dtype.type(np.inf), power)


def _complex_ends(x: Any, y: Any, power: Any) -> Any:
    """Powers of 0 and infinity as `exp(y * log(x))`, C's rule and TensorFlow's: `0 ** 0` is NaN."""
    ends = (x == 0) | ~np.isfinite(x)
    return np.where(ends, np.exp(y * np.log(x)), power) if np.any(ends) else power


POW = OpDef(
    name="Pow",
    signature="x: T, y: T -> z: T",
    where={"T": (*dtypes.INEXACT, dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64)},
    shape=broadcast_shape,
    kernel=_pow_kernel,
    scalar=on_floats("pow({x}, {y})"),
    ulp=4,
    gradient=binary.power,
)


def sqrt(x: TensorLike, name: str | None = None) -> Any:
    """Return the square root, NaN for negative numbers. `x` may be a SparseTensor."""
    return apply_to_values(SQRT, x, name)


def rsqrt(x: TensorLike, name: str | None = None) -> Tensor:
    """Return `1 / sqrt(x)`."""
    return apply(RSQRT, x, name=name)


def exp(x: TensorLike, name: str | None = None) -> Tensor:
    """Return e to the power of `x`."""
    return apply(EXP, x, name=name)


def expm1(x: TensorLike, name: str | None = None) -> Tensor:
    """Return `exp(x) - 1`, exact also for `x` near 0."""
    return apply(EXPM1, x, name=name)


def log(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the natural logarithm, NaN for negative numbers."""
    return apply(LOG, x, name=name)


def log1p(x: TensorLike, name: str | None = None) -> Tensor:
    """Return `log(1 + x)`, exact also for `x` near 0."""
    return apply(LOG1P, x, name=name)


def pow(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return `x` to the power of `y`, element by element.

    Args:
      x, y: numbers of one type, shapes that broadcast.
      name: a name for the operation.
    Raises: InvalidArgumentError when it runs, if an integer has a negative exponent.
    """
    return apply(POW, x, y, name=name)


def polyval(coeffs: Any, x: TensorLike, name: str | None = None) -> Tensor:
    """Return the value of a polynomial at `x`, by Horner's rule.

    Args:
      coeffs: a list of coefficients, the one of the highest power first; an empty list gives zeros.
      x: where to evaluate; its shape broadcasts with those of the coefficients.
      name: a name for the operation.
    Raises: ValueError if `coeffs` is no list.
    """
    if not isinstance(coeffs, list):
        raise ValueError(f"Argument coeffs must be list type. Received type {type(coeffs)}.")
    with name_scope(name, "polyval", [*coeffs, x]) as scope:
        value = convert_to_tensor(x, name="x")
        if not coeffs:
            from .like import zeros_like

            return zeros_like(value, name=scope)
        factors = [convert_to_tensor(c, name=f"coeff_{index}") for index, c in enumerate(coeffs)]
        result = factors[0]
        for factor in factors[1:]:
            result = factor + result * value
        return result
