"""Trigonometric and hyperbolic functions and their inverses; angles in radians."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.apply import apply, apply_to_values
from ...definition.element_kinds import on_floats
from ...definition.opdef import OpDef
from ...definition.shapes import broadcast_shape, same_shape
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from . import binary_gradients as binary
from . import unary_gradients as unary

SIN = OpDef(
    name="Sin",
    signature="x: T -> y: T",
    where={"T": dtypes.INEXACT},
    shape=same_shape,
    kernel=np.sin,
    scalar=on_floats("sin({x})"),
    ulp=4,
    gradient=unary.sin,
)

COS = OpDef(
    name="Cos",
    signature="x: T -> y: T",
    where={"T": dtypes.INEXACT},
    shape=same_shape,
    kernel=np.cos,
    scalar=on_floats("cos({x})"),
    ulp=4,
    gradient=unary.cos,
)

TAN = OpDef(
    name="Tan",
    signature="x: T -> y: T",
    where={"T": dtypes.INEXACT},
    shape=same_shape,
    kernel=np.tan,
    scalar=on_floats("tan({x})"),
    ulp=4,
    gradient=unary.tan,
)

ASIN = OpDef(
    name="Asin",
    signature="x: T -> y: T",
    where={"T": dtypes.INEXACT},
    shape=same_shape,
    kernel=np.arcsin,
    scalar=on_floats("asin({x})"),
    ulp=4,
    gradient=unary.asin,
)

ACOS = OpDef(
    name="Acos",
    signature="x: T -> y: T",
    where={"T": dtypes.INEXACT},
    shape=same_shape,
    kernel=np.arccos,
    scalar=on_floats("acos({x})"),
    ulp=4,
    gradient=unary.acos,
)

ATAN = OpDef(
    name="Atan",
    signature="x: T -> y: T",
    where={"T": dtypes.INEXACT},
    shape=same_shape,
    kernel=np.arctan,
    scalar=on_floats("atan({x})"),
    ulp=4,
    gradient=unary.atan,
)

SINH = OpDef(
    name="Sinh",
    signature="x: T -> y: T",
    where={"T": dtypes.INEXACT},
    shape=same_shape,
    kernel=np.sinh,
    scalar=on_floats("sinh({x})"),
    ulp=4,
    gradient=unary.sinh,
)

COSH = OpDef(
    name="Cosh",
    signature="x: T -> y: T",
    where={"T": dtypes.INEXACT},
    shape=same_shape,
    kernel=np.cosh,
    scalar=on_floats("cosh({x})"),
    ulp=4,
    gradient=unary.cosh,
)

TANH = OpDef(
    name="Tanh",
    signature="x: T -> y: T",
    where={"T": dtypes.INEXACT},
    shape=same_shape,
    kernel=np.tanh,
    scalar=on_floats("tanh({x})"),
    ulp=4,
    gradient=unary.tanh,
)

ASINH = OpDef(
    name="Asinh",
    signature="x: T -> y: T",
    where={"T": dtypes.INEXACT},
    shape=same_shape,
    kernel=np.arcsinh,
    scalar=on_floats("asinh({x})"),
    ulp=4,
    gradient=unary.asinh,
)

ACOSH = OpDef(
    name="Acosh",
    signature="x: T -> y: T",
    where={"T": dtypes.INEXACT},
    shape=same_shape,
    kernel=np.arccosh,
    scalar=on_floats("acosh({x})"),
    ulp=4,
    gradient=unary.acosh,
)

ATANH = OpDef(
    name="Atanh",
    signature="x: T -> y: T",
    where={"T": dtypes.INEXACT},
    shape=same_shape,
    kernel=np.arctanh,
    scalar=on_floats("atanh({x})"),
    ulp=4,
    gradient=unary.atanh,
)

ATAN2 = OpDef(
    name="Atan2",
    signature="y: T, x: T -> z: T",
    where={"T": dtypes.FLOATS},
    shape=broadcast_shape,
    kernel=np.arctan2,
    scalar="atan2({y}, {x})",
    ulp=4,
    gradient=binary.atan2,
)


def sin(x: TensorLike, name: str | None = None) -> Any:
    """Return the sine of `x`, in radians. `x` may be a SparseTensor."""
    return apply_to_values(SIN, x, name)


def cos(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the cosine of `x`, in radians."""
    return apply(COS, x, name=name)


def tan(x: TensorLike, name: str | None = None) -> Any:
    """Return the tangent of `x`, in radians. `x` may be a SparseTensor."""
    return apply_to_values(TAN, x, name)


def asin(x: TensorLike, name: str | None = None) -> Any:
    """Return the angle in [-pi/2, pi/2] whose sine is `x`, NaN outside of [-1, 1]. `x` may be a SparseTensor."""
    return apply_to_values(ASIN, x, name)


def acos(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the angle in [0, pi] whose cosine is `x`, NaN outside of [-1, 1]."""
    return apply(ACOS, x, name=name)


def atan(x: TensorLike, name: str | None = None) -> Any:
    """Return the angle in [-pi/2, pi/2] whose tangent is `x`. `x` may be a SparseTensor."""
    return apply_to_values(ATAN, x, name)


def sinh(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the hyperbolic sine."""
    return apply(SINH, x, name=name)


def cosh(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the hyperbolic cosine."""
    return apply(COSH, x, name=name)


def tanh(x: TensorLike, name: str | None = None) -> Any:
    """Return the hyperbolic tangent. `x` may be a SparseTensor."""
    return apply_to_values(TANH, x, name)


def asinh(x: TensorLike, name: str | None = None) -> Any:
    """Return the inverse of `sinh`. `x` may be a SparseTensor."""
    return apply_to_values(ASINH, x, name)


def acosh(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the inverse of `cosh`, NaN below 1."""
    return apply(ACOSH, x, name=name)


def atanh(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the inverse of `tanh`, NaN outside of [-1, 1]."""
    return apply(ATANH, x, name=name)


def atan2(y: TensorLike, x: TensorLike, name: str | None = None) -> Tensor:
    """Return the angle of the point (`x`, `y`), in (-pi, pi].

    Args:
      y, x: floating-point, one type, shapes that broadcast.
    """
    return apply(ATAN2, y, x, name=name)
