"""Operations on the bits of integers."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.apply import apply
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shapes import broadcast_shape, same_shape
from ...graph.node import Tensor, TensorLike
from ...types import dtypes

BITWISE_AND = OpDef(
    name="BitwiseAnd",
    signature="x: T, y: T -> z: T",
    where={"T": dtypes.INTEGERS},
    shape=broadcast_shape,
    kernel=np.bitwise_and,
    scalar="({x} & {y})",
    commutative=True,
    gradient=NOT_DIFFERENTIABLE,
)

BITWISE_OR = OpDef(
    name="BitwiseOr",
    signature="x: T, y: T -> z: T",
    where={"T": dtypes.INTEGERS},
    shape=broadcast_shape,
    kernel=np.bitwise_or,
    scalar="({x} | {y})",
    commutative=True,
    gradient=NOT_DIFFERENTIABLE,
)

BITWISE_XOR = OpDef(
    name="BitwiseXor",
    signature="x: T, y: T -> z: T",
    where={"T": dtypes.INTEGERS},
    shape=broadcast_shape,
    kernel=np.bitwise_xor,
    scalar="({x} ^ {y})",
    commutative=True,
    gradient=NOT_DIFFERENTIABLE,
)

INVERT = OpDef(
    name="Invert",
    signature="x: T -> y: T",
    where={"T": dtypes.INTEGERS},
    shape=same_shape,
    kernel=np.invert,
    scalar="~{x}",
    gradient=NOT_DIFFERENTIABLE,
)


def _shift_count(y: Any) -> Any:
    """Shifts by less than 0 or more than the width are none, or as far as it goes."""
    return np.clip(y, 0, 8 * y.dtype.itemsize - 1)


def _left_shift_kernel(x: Any, y: Any) -> Any:
    return np.left_shift(x, _shift_count(y))


def _right_shift_kernel(x: Any, y: Any) -> Any:
    return np.right_shift(x, _shift_count(y))


def _shift_scalar(operator: str) -> Any:
    def scalar(attrs: Any, types: Any) -> str:
        last = 8 * types[0].size - 1
        return f"({{x}} {operator} minimum(maximum({{y}}, T(0)), T({last})))"

    return scalar


LEFT_SHIFT = OpDef(
    name="LeftShift",
    signature="x: T, y: T -> z: T",
    where={"T": dtypes.INTEGERS},
    shape=broadcast_shape,
    kernel=_left_shift_kernel,
    scalar=_shift_scalar("<<"),
    gradient=NOT_DIFFERENTIABLE,
)

RIGHT_SHIFT = OpDef(
    name="RightShift",
    signature="x: T, y: T -> z: T",
    where={"T": dtypes.INTEGERS},
    shape=broadcast_shape,
    kernel=_right_shift_kernel,
    scalar=_shift_scalar(">>"),
    gradient=NOT_DIFFERENTIABLE,
)


def _population_count_kernel(x: Any) -> Any:
    # Bytes, each looked up; NumPy's own bitwise_count needs NumPy 2 and counts the absolute value.
    octets = np.ascontiguousarray(x).reshape(*x.shape, 1).view(np.uint8)
    return np.unpackbits(octets, axis=-1).sum(axis=-1, dtype=np.uint8)


POPULATION_COUNT = OpDef(
    name="PopulationCount",
    signature="x: T -> y: uint8",
    where={"T": dtypes.INTEGERS},
    shape=same_shape,
    kernel=_population_count_kernel,
    scalar="popcount({x})",
    gradient=NOT_DIFFERENTIABLE,
)


def bitwise_and(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return the bits set in both `x` and `y`, for integers of one type whose shapes broadcast."""
    return apply(BITWISE_AND, x, y, name=name)


def bitwise_or(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return the bits set in `x` or `y`, for integers of one type whose shapes broadcast."""
    return apply(BITWISE_OR, x, y, name=name)


def bitwise_xor(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return the bits set in just one of `x` and `y`, for integers of one type whose shapes broadcast."""
    return apply(BITWISE_XOR, x, y, name=name)


def invert(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the integers with every bit changed."""
    return apply(INVERT, x, name=name)


def left_shift(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return the bits of `x` moved up by `y` places.

    Args:
      x: integers.
      y: of the same type; a count below 0 counts as 0, one above the highest place as the highest place.
    """
    return apply(LEFT_SHIFT, x, y, name=name)


def right_shift(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return the bits of `x` moved down by `y` places; signed integers keep their sign.

    Args:
      x: integers.
      y: of the same type; a count below 0 counts as 0, one above the highest place as the highest place.
    """
    return apply(RIGHT_SHIFT, x, y, name=name)


def population_count(x: TensorLike, name: str | None = None) -> Tensor:
    """Return how many bits of each integer are set, as uint8."""
    return apply(POPULATION_COUNT, x, name=name)
