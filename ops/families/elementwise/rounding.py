"""Bounds and rounding: the larger and smaller of two, clipping, floor, ceil, round."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.apply import apply
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.element_kinds import on_kinds, widened
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shapes import broadcast_shape, same_as_all, same_shape
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from . import binary_gradients as binary
from . import unary_gradients as unary

_SIGNED = (*dtypes.FLOATS, dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64)

# Of two zeros the second one, as compiled: NumPy's loops for float16 would take the first.
larger = widened(np.maximum)
smaller = widened(np.minimum)

MAXIMUM = OpDef(
    name="Maximum",
    signature="x: T, y: T -> z: T",
    where={"T": dtypes.REAL},
    shape=broadcast_shape,
    kernel=larger,
    scalar="maximum({x}, {y})",
    computes_extents=True,
    gradient=binary.maximum,
)

MINIMUM = OpDef(
    name="Minimum",
    signature="x: T, y: T -> z: T",
    where={"T": dtypes.REAL},
    shape=broadcast_shape,
    kernel=smaller,
    scalar="minimum({x}, {y})",
    computes_extents=True,
    gradient=binary.minimum,
)


def _clip_kernel(t: Any, clip_value_min: Any, clip_value_max: Any) -> Any:
    for bound in (clip_value_min, clip_value_max):
        if bound.ndim and bound.shape != t.shape:
            raise ValueError(
                "clip_value_min and clip_value_max must be either of the same shape as input, or a scalar. "
                f"input shape: {list(t.shape)}, clip_value shape: {list(bound.shape)}"
            )
    return larger(smaller(t, clip_value_max), clip_value_min)


def _clip_shape(query: Any) -> Any:
    """The shape of `t`; in a step none if the bounds have other shapes, so that it is left to the kernel."""
    t, *bounds = query.shapes
    for bound in () if query.is_building else bounds:
        if t is None or not bound:
            continue
        known = [(x, y) for x, y in zip(bound, t) if x is not None and y is not None]
        if len(bound) != len(t) or any(not (x is y or x == y) for x, y in known):
            return None
    return t


CLIP_BY_VALUE = OpDef(
    name="ClipByValue",
    signature="t: T, clip_value_min: T, clip_value_max: T -> output: T",
    where={"T": dtypes.NUMERIC + dtypes.QUANTIZED},
    shape=_clip_shape,
    kernel=_clip_kernel,
    scalar=on_kinds("fiu", "maximum(minimum({t}, {clip_value_max}), {clip_value_min})"),
    gradient=binary.clip_by_value,
)

FLOOR = OpDef(
    name="Floor",
    signature="x: T -> y: T",
    where={"T": dtypes.FLOATS},
    shape=same_shape,
    kernel=np.floor,
    scalar="floor({x})",
    gradient=unary.flat,
)

CEIL = OpDef(
    name="Ceil",
    signature="x: T -> y: T",
    where={"T": dtypes.FLOATS},
    shape=same_shape,
    kernel=np.ceil,
    scalar="ceil({x})",
    gradient=unary.flat,
)

RINT = OpDef(
    name="Rint",
    signature="x: T -> y: T",
    where={"T": dtypes.FLOATS},
    shape=same_shape,
    kernel=np.rint,
    scalar="rint({x})",
    gradient=unary.flat,
)


def _round_kernel(x: Any) -> Any:
    return x if x.dtype.kind in "iu" else np.rint(x)


def _round_scalar(attrs: Any, types: Any) -> str | None:
    kind = types[0].kind
    return "rint({x})" if kind == "f" else "{x}" if kind == "i" else None


ROUND = OpDef(
    name="Round",
    signature="x: T -> y: T",
    where={"T": _SIGNED + dtypes.COMPLEX},
    shape=same_shape,
    kernel=_round_kernel,
    scalar=_round_scalar,
    gradient=unary.flat,
)

NEXT_AFTER = OpDef(
    name="NextAfter",
    signature="x1: T, x2: T -> output: T",
    where={"T": (dtypes.float64, dtypes.float32)},
    attrs={"T": ("type", dtypes.float32)},
    shape=broadcast_shape,
    kernel=np.nextafter,
    gradient=binary.next_after,
)


def _approximately_equal(x: Any, y: Any, *, tolerance: Any) -> Any:
    if x.dtype.kind in "iu":
        return np.abs(x - y) < x.dtype.type(tolerance)
    return np.abs(x - y) < np.float64(tolerance)


def _approximately_equal_scalar(attrs: Any, types: Any) -> str | None:
    return f"(fabs(rounded({{x}} - {{y}})) < T({attrs['tolerance']!r}))" if types[0].kind == "f" else None


APPROXIMATE_EQUAL = OpDef(
    name="ApproximateEqual",
    signature="x: T, y: T -> z: bool",
    where={"T": dtypes.NUMERIC + dtypes.QUANTIZED},
    attrs={"tolerance": ("float", float(np.float32(1e-5)))},
    shape=same_as_all,
    kernel=_approximately_equal,
    scalar=_approximately_equal_scalar,
    commutative=True,
    gradient=NOT_DIFFERENTIABLE,
)


def maximum(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return the larger of `x` and `y`, element by element; NaN wins.

    Args:
      x, y: real, one type, shapes that broadcast.
      name: a name for the operation.

    >>> maximum([1.0, 5.0], 3.0).shape
    TensorShape([Dimension(2)])
    """
    return apply(MAXIMUM, x, y, name=name)


def minimum(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return the smaller of `x` and `y`, element by element; NaN wins.

    Args:
      x, y: real, one type, shapes that broadcast.
    """
    return apply(MINIMUM, x, y, name=name)


def clip_by_value(t: Any, clip_value_min: TensorLike, clip_value_max: TensorLike, name: str | None = None) -> Any:
    """Return `t` with smaller elements raised to the minimum and larger ones lowered to the maximum.

    Args:
      t: real numbers, a tensor or IndexedSlices.
      clip_value_min, clip_value_max: bounds that broadcast to the shape of `t`. If they cross, the minimum wins.
      name: a name for the operation.
    Raises: ValueError while building, if a bound would broadcast to more than the shape of `t`.
    """
    with name_scope(name, "clip_by_value", [t, clip_value_min, clip_value_max]) as scope:
        sliced = type(t).__name__ == "IndexedSlices"
        values = convert_to_tensor(t.values if sliced else t, name="t")
        lower = apply(MINIMUM, values, clip_value_max)
        _assert_shape_kept(values, lower)
        result = apply(MAXIMUM, lower, clip_value_min, name=scope)
        _assert_shape_kept(values, result)
        return type(t)(result, t.indices, t.dense_shape) if sliced else result


def _assert_shape_kept(values: Tensor, result: Tensor) -> None:
    shape: TensorShape = values.shape
    shape.assert_is_compatible_with(result.shape)


def floor(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the largest whole number not above each element, in the type of `x` (floating-point)."""
    return apply(FLOOR, x, name=name)


def ceil(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the smallest whole number not below each element, in the type of `x` (floating-point)."""
    return apply(CEIL, x, name=name)


def round(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the nearest whole numbers, the even one of two that are equally near; integers as they are."""
    value = convert_to_tensor(x, name="x")
    return value if value.dtype.is_integer else apply(ROUND, value, name=name)


def rint(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the nearest whole numbers, the even one of two that are equally near, of floating-point `x`."""
    return apply(RINT, x, name=name)


def nextafter(x1: TensorLike, x2: TensorLike, name: str | None = None) -> Tensor:
    """Return the number next to `x1` in the direction of `x2` that the type can hold."""
    return apply(NEXT_AFTER, x1, x2, name=name)


def approximate_equal(x: TensorLike, y: TensorLike, tolerance: float = 1e-05, name: str | None = None) -> Tensor:
    """Return whether `|x - y| < tolerance`, element by element; both of one shape."""
    return apply(APPROXIMATE_EQUAL, x, y, tolerance=tolerance, name=name)
