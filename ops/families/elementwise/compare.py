"""Comparisons, tests for NaN and infinities, and logic."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.apply import apply
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shapes import broadcast, broadcast_shape, same_shape
from ...graph.node import Tensor, TensorLike
from ...types import dtypes


def equality_shape(query: Any) -> Any:
    """Broadcasting; or, where that is no error, a scalar for shapes that do not broadcast."""
    x, y = query.shapes
    if query.attrs["incompatible_shape_error"]:
        return broadcast(x, y)
    if x is None or y is None or None in x or None in y:
        return None
    try:
        return broadcast(x, y)
    except ValueError:
        return ()


def _broadcasts(x: Any, y: Any) -> bool:
    return all(a in (1, b) or b == 1 for a, b in zip(x.shape[::-1], y.shape[::-1]))


def _equal_kernel(x: Any, y: Any, *, incompatible_shape_error: Any) -> Any:
    if not incompatible_shape_error and not _broadcasts(x, y):
        return np.array(False)
    return np.asarray(np.equal(x, y), np.bool_)


def _not_equal_kernel(x: Any, y: Any, *, incompatible_shape_error: Any) -> Any:
    if not incompatible_shape_error and not _broadcasts(x, y):
        return np.array(True)
    return np.asarray(np.not_equal(x, y), np.bool_)


def _equality_scalar(operator: str) -> Any:
    def scalar(attrs: Any, types: Any) -> str | None:
        return f"({{x}} {operator} {{y}})" if types[0].kind in "fiubc" and attrs["incompatible_shape_error"] else None

    return scalar


EQUAL = OpDef(
    name="Equal",
    signature="x: T, y: T -> z: bool",
    attrs={"incompatible_shape_error": ("bool", True)},
    shape=equality_shape,
    kernel=_equal_kernel,
    scalar=_equality_scalar("=="),
    commutative=True,
    gradient=NOT_DIFFERENTIABLE,
)

NOT_EQUAL = OpDef(
    name="NotEqual",
    signature="x: T, y: T -> z: bool",
    attrs={"incompatible_shape_error": ("bool", True)},
    shape=equality_shape,
    kernel=_not_equal_kernel,
    scalar=_equality_scalar("!="),
    commutative=True,
    gradient=NOT_DIFFERENTIABLE,
)

LESS = OpDef(
    name="Less",
    signature="x: T, y: T -> z: bool",
    where={"T": dtypes.REAL},
    shape=broadcast_shape,
    kernel=np.less,
    scalar="({x} < {y})",
    gradient=NOT_DIFFERENTIABLE,
)

LESS_EQUAL = OpDef(
    name="LessEqual",
    signature="x: T, y: T -> z: bool",
    where={"T": dtypes.REAL},
    shape=broadcast_shape,
    kernel=np.less_equal,
    scalar="({x} <= {y})",
    gradient=NOT_DIFFERENTIABLE,
)

GREATER = OpDef(
    name="Greater",
    signature="x: T, y: T -> z: bool",
    where={"T": dtypes.REAL},
    shape=broadcast_shape,
    kernel=np.greater,
    scalar="({x} > {y})",
    gradient=NOT_DIFFERENTIABLE,
)

GREATER_EQUAL = OpDef(
    name="GreaterEqual",
    signature="x: T, y: T -> z: bool",
    where={"T": dtypes.REAL},
    shape=broadcast_shape,
    kernel=np.greater_equal,
    scalar="({x} >= {y})",
    gradient=NOT_DIFFERENTIABLE,
)

IS_NAN = OpDef(
    name="IsNan",
    signature="x: T -> y: bool",
    where={"T": dtypes.FLOATS},
    shape=same_shape,
    kernel=np.isnan,
    scalar="isnan({x})",
    gradient=NOT_DIFFERENTIABLE,
)

IS_INF = OpDef(
    name="IsInf",
    signature="x: T -> y: bool",
    where={"T": dtypes.FLOATS},
    shape=same_shape,
    kernel=np.isinf,
    scalar="isinf({x})",
    gradient=NOT_DIFFERENTIABLE,
)

IS_FINITE = OpDef(
    name="IsFinite",
    signature="x: T -> y: bool",
    where={"T": dtypes.FLOATS},
    shape=same_shape,
    kernel=np.isfinite,
    scalar="isfinite({x})",
    gradient=NOT_DIFFERENTIABLE,
)

LOGICAL_AND = OpDef(
    name="LogicalAnd",
    signature="x: bool, y: bool -> z: bool",
    shape=broadcast_shape,
    kernel=np.logical_and,
    scalar="({x} and {y})",
    commutative=True,
    gradient=NOT_DIFFERENTIABLE,
)

LOGICAL_OR = OpDef(
    name="LogicalOr",
    signature="x: bool, y: bool -> z: bool",
    shape=broadcast_shape,
    kernel=np.logical_or,
    scalar="({x} or {y})",
    commutative=True,
    gradient=NOT_DIFFERENTIABLE,
)

LOGICAL_NOT = OpDef(
    name="LogicalNot",
    signature="x: bool -> y: bool",
    shape=same_shape,
    kernel=np.logical_not,
    scalar="(not {x})",
    gradient=NOT_DIFFERENTIABLE,
)


def equal(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return whether `x` equals `y`, element by element; NaN equals nothing.

    Args:
      x, y: values of one type, strings and bools included, shapes that broadcast.
      name: a name for the operation.
    Returns: a bool tensor of the broadcast shape.

    >>> equal([1, 2], 2).dtype
    tf.bool
    """
    return apply(EQUAL, x, y, name=name)


def not_equal(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return whether `x` differs from `y`, element by element; NaN differs from everything."""
    return apply(NOT_EQUAL, x, y, name=name)


def less(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return whether `x < y`, element by element, for real numbers of one type; False for NaN."""
    return apply(LESS, x, y, name=name)


def less_equal(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return whether `x <= y`, element by element, for real numbers of one type; False for NaN."""
    return apply(LESS_EQUAL, x, y, name=name)


def greater(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return whether `x > y`, element by element, for real numbers of one type; False for NaN."""
    return apply(GREATER, x, y, name=name)


def greater_equal(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return whether `x >= y`, element by element, for real numbers of one type; False for NaN."""
    return apply(GREATER_EQUAL, x, y, name=name)


def is_nan(x: TensorLike, name: str | None = None) -> Tensor:
    """Return which elements of floating-point `x` are NaN."""
    return apply(IS_NAN, x, name=name)


def is_inf(x: TensorLike, name: str | None = None) -> Tensor:
    """Return which elements of floating-point `x` are infinite."""
    return apply(IS_INF, x, name=name)


def is_finite(x: TensorLike, name: str | None = None) -> Tensor:
    """Return which elements of floating-point `x` are neither infinite nor NaN."""
    return apply(IS_FINITE, x, name=name)


def logical_and(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return `x and y`, element by element, for bools whose shapes broadcast."""
    return apply(LOGICAL_AND, x, y, name=name)


def logical_or(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return `x or y`, element by element, for bools whose shapes broadcast."""
    return apply(LOGICAL_OR, x, y, name=name)


def logical_not(x: TensorLike, name: str | None = None) -> Tensor:
    """Return `not x`, element by element."""
    return apply(LOGICAL_NOT, x, name=name)


def logical_xor(x: TensorLike, y: TensorLike, name: str | None = "LogicalXor") -> Tensor:
    """Return whether just one of `x` and `y` is True, element by element."""
    either = logical_or(x, y)
    neither_or_one = logical_not(logical_and(x, y))
    return logical_and(either, neither_or_one, name=name)
