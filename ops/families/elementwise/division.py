"""Quotients and remainders: rounded down, towards zero, or real."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.apply import apply
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.element_kinds import dtype_of, is_short_float, on_floats, on_kinds, widened
from ...definition.opdef import OpDef
from ...definition.shapes import broadcast_shape, same_shape
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from . import binary_gradients as binary
from . import unary_gradients as unary
from .cast import CAST
from .integer_division import by_known, check_divisor, truncate_divide

_SIGNED = (*dtypes.FLOATS, dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64)
_INTEGERS_AS = {1: dtypes.float32, 2: dtypes.float32, 4: dtypes.float64, 8: dtypes.float64}  # by bytes per element


def _refuse_complex(x: Any, what: str) -> None:
    if x.dtype.kind == "c":
        raise ValueError(f"{what} takes no complex numbers ({x.dtype.name}): they cannot be rounded")


def quotient(x: Any, y: Any) -> Any:
    """`x / y`; an infinite complex number stays infinite, as C divides (annex G) and TensorFlow with it."""
    if x.dtype.kind == "c" and y.size == 1 and x.size > 1:
        divided = _by_real(x, y)
        if divided is not None:
            return divided
    result = np.divide(x, y)
    if x.dtype.kind != "c" or np.isfinite(np.add.reduce(result, None)):
        return result
    lost = np.isinf(x) & np.isfinite(y) & np.isnan(result.real) & np.isnan(result.imag)
    return np.where(lost, _infinite_quotient(x, y), result) if np.any(lost) else result


def _by_real(x: Any, y: Any) -> Any:
    """Complex numbers by one that has no imaginary part: `x * (1 / y)`, which is how NumPy divides, in an eighth of
    the time. None for another divisor, and where something is not finite.
    """
    divisor = y.reshape(())[()]
    if divisor.imag or not divisor.real or not np.isfinite(divisor.real):
        return None
    parts = np.ascontiguousarray(x).view(x.real.dtype)
    parts = parts * (parts.dtype.type(1) / divisor.real)
    if not np.isfinite(np.add.reduce(parts, None)):
        return None
    return parts.view(x.dtype).reshape(np.broadcast_shapes(x.shape, y.shape))


def _infinite_quotient(x: Any, y: Any) -> Any:
    a, b = (np.copysign(np.isinf(part).astype(part.dtype), part) for part in (x.real, x.imag))
    result = np.empty(np.broadcast_shapes(x.shape, y.shape), x.dtype)
    result.real = np.inf * (a * y.real + b * y.imag)
    result.imag = np.inf * (b * y.real - a * y.imag)
    return result


def _divide_kernel(x: Any, y: Any) -> Any:
    """Integers towards zero, others really."""
    if x.dtype.kind in "iu":
        return truncate_divide(x, y)
    return quotient(x, y)


def _real_divide_kernel(x: Any, y: Any) -> Any:
    if x.dtype.kind in "iu":
        raise ValueError(f"RealDiv divides no integers ({x.dtype.name}): cast them, or use truediv")
    return quotient(x, y)


def _truncate_divide_kernel(x: Any, y: Any) -> Any:
    if x.dtype == object or x.dtype.kind in "iu":
        return truncate_divide(x, y)
    _refuse_complex(x, "TruncateDiv")
    return widened(np.trunc)(np.asarray(np.divide(x, y)))


def _floor_divide_kernel(x: Any, y: Any) -> Any:
    if x.dtype == object:
        return np.floor_divide(x, y)
    if x.dtype.kind in "iu":
        check_divisor(x, y)
        return np.floor_divide(x, y)
    _refuse_complex(x, "FloorDiv")
    if is_short_float(x.dtype):
        return np.floor(np.divide(x, y).astype(np.float32)).astype(x.dtype)
    return np.floor(np.divide(x, y))


def _floor_remainder(x: Any, y: Any) -> Any:
    remainder = np.fmod(x, y)
    return np.where((remainder != 0) & ((y < 0) != (remainder < 0)), remainder + y, remainder)


def _floor_mod_kernel(x: Any, y: Any) -> Any:
    if x.dtype == object:
        return np.remainder(x, y)
    if x.dtype.kind in "iu":
        check_divisor(x, y)
        return np.remainder(x, y)
    return widened(_floor_remainder)(x, y)


def _truncate_mod_kernel(x: Any, y: Any) -> Any:
    if x.dtype.kind in "iu":
        check_divisor(x, y)
    return widened(np.fmod)(x, y)


REAL_DIV = OpDef(
    name="RealDiv",
    signature="x: T, y: T -> z: T",
    where={"T": dtypes.NUMERIC},
    shape=broadcast_shape,
    kernel=_real_divide_kernel,
    scalar=on_kinds("fc", "{x} / {y}"),
    gradient=binary.real_div,
)

DIV = OpDef(
    name="Div",
    signature="x: T, y: T -> z: T",
    where={"T": dtypes.NUMERIC},
    shape=broadcast_shape,
    kernel=_divide_kernel,
    scalar=on_kinds("fc", "{x} / {y}"),
    expansion=by_known("_TruncateDivBy"),
    routine=("integer division", "quotient towards zero"),
    gradient=binary.div,
)

FLOOR_DIV = OpDef(
    name="FloorDiv",
    signature="x: T, y: T -> z: T",
    where={"T": dtypes.NUMERIC},
    shape=broadcast_shape,
    kernel=_floor_divide_kernel,
    scalar=on_floats("floor(rounded({x} / {y}))"),
    computes_extents=True,
    expansion=by_known("_FloorDivBy"),
    routine=("integer division", "quotient rounded down"),
    gradient=unary.flat,
)

TRUNCATE_DIV = OpDef(
    name="TruncateDiv",
    signature="x: T, y: T -> z: T",
    where={"T": dtypes.NUMERIC},
    shape=broadcast_shape,
    kernel=_truncate_divide_kernel,
    scalar=on_floats("trunc(rounded({x} / {y}))"),
    computes_extents=True,
    expansion=by_known("_TruncateDivBy"),
    routine=("integer division", "quotient towards zero"),
    gradient=unary.flat,
)

FLOOR_MOD = OpDef(
    name="FloorMod",
    signature="x: T, y: T -> z: T",
    where={"T": dtypes.INTEGERS + dtypes.FLOATS},
    shape=broadcast_shape,
    kernel=_floor_mod_kernel,
    scalar=on_floats("floormod({x}, {y})"),
    computes_extents=True,
    expansion=by_known("_FloorModBy"),
    routine=("integer division", "remainder rounded down"),
    gradient=binary.floor_mod,
)

TRUNCATE_MOD = OpDef(
    name="TruncateMod",
    signature="x: T, y: T -> z: T",
    where={"T": dtypes.INDEX + dtypes.FLOATS},
    shape=broadcast_shape,
    kernel=_truncate_mod_kernel,
    scalar=on_floats("truncmod({x}, {y})"),
    expansion=by_known("_TruncateModBy"),
    routine=("integer division", "remainder towards zero"),
    gradient=binary.truncate_mod,
)

MOD = OpDef(
    name="Mod",
    signature="x: T, y: T -> z: T",
    where={"T": dtypes.INDEX + dtypes.FLOATS},
    shape=broadcast_shape,
    kernel=_truncate_mod_kernel,
    scalar=on_floats("truncmod({x}, {y})"),
    expansion=by_known("_TruncateModBy"),
    routine=("integer division", "remainder towards zero"),
    gradient=binary.truncate_mod,
)


def _divide_no_nan_kernel(x: Any, y: Any) -> Any:
    return np.where(y == 0, np.zeros((), y.dtype), quotient(x, y))


DIV_NO_NAN = OpDef(
    name="DivNoNan",
    signature="x: T, y: T -> z: T",
    where={"T": dtypes.INEXACT},
    shape=broadcast_shape,
    kernel=_divide_no_nan_kernel,
    scalar=on_floats("({x} / {y} if {y} != T(0) else T(0))"),
    gradient=binary.div_no_nan,
)


def _reciprocal_kernel(x: Any) -> Any:
    if x.dtype.kind in "iu":
        return truncate_divide(np.ones((), x.dtype), x)
    return np.divide(np.ones((), x.dtype), x)


RECIPROCAL = OpDef(
    name="Reciprocal",
    signature="x: T -> y: T",
    where={"T": _SIGNED + dtypes.COMPLEX},
    shape=same_shape,
    kernel=_reciprocal_kernel,
    scalar=on_floats("T(1) / {x}"),
    gradient=unary.reciprocal,
)

INV = OpDef(
    name="Inv",
    signature="x: T -> y: T",
    where={"T": _SIGNED + dtypes.COMPLEX},
    shape=same_shape,
    kernel=_reciprocal_kernel,
    scalar=on_floats("T(1) / {x}"),
    gradient=unary.reciprocal,
)


def _same_types(x: TensorLike, y: TensorLike, hint: Any) -> tuple[Tensor, Tensor]:
    left = convert_to_tensor(x, dtype_hint=hint, name="x")
    right = convert_to_tensor(y, dtype_hint=left.dtype.base_dtype, name="y")
    if left.dtype.base_dtype is not right.dtype.base_dtype:
        raise TypeError(
            f"`x` and `y` must have the same dtype, got {left.dtype.base_dtype!r} != {right.dtype.base_dtype!r}."
        )
    return left, right


def real_operands(x: TensorLike, y: TensorLike, hint: Any = None) -> tuple[Tensor, Tensor]:
    """Return the operands of a real division as tensors: integers cast to float32 or float64 by their size.

    Args:
      hint: the type that a Python value `x` should become, if it fits.
    Raises: TypeError if the types differ or cannot be divided.
    """
    left, right = _same_types(x, y, hint)
    dtype = left.dtype.base_dtype
    if dtype.is_integer:
        wide = _INTEGERS_AS[dtype.size]
        return apply(CAST, left, DstT=wide), apply(CAST, right, DstT=wide)
    if dtype not in dtypes.NUMERIC:
        names = ", ".join(t.name for t in dtypes.NUMERIC)
        raise TypeError(f"Invalid dtype {dtype!r} in __truediv__. Expected one of {{{names}}}.")
    return left, right


def truediv(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return `x / y` as Python divides: integers give float32 (8 and 16 bits) or float64 (32 and 64 bits).

    Args:
      x, y: numbers of one type, shapes that broadcast.
      name: a name for the operation.
    Raises: TypeError while building, if the types differ or are not numbers.

    >>> truediv(3, 2).dtype
    tf.float64
    """
    with name_scope(name, "truediv", [x, y]) as scope:
        return apply(REAL_DIV, *real_operands(x, y), name=scope)


def divide(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return `x / y` as Python divides; the same as `truediv` and the operator `/`."""
    if name is not None:
        return truediv(x, y, name)
    if not isinstance(x, Tensor) and not hasattr(x, "_as_graph_element"):
        x = convert_to_tensor(x, dtype_hint=dtype_of(y))
    return truediv(x, y)


def realdiv(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return `x / y` for floating-point and complex types."""
    return apply(REAL_DIV, x, y, name=name)


def floordiv(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return `x / y` rounded down, in the type of the operands.

    Raises: InvalidArgumentError when it runs, if an integer is divided by zero.
    """
    with name_scope(name, "floordiv", [x, y]) as scope:
        return apply(FLOOR_DIV, x, y, name=scope)


def floor_div(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return `x / y` rounded down; the operation `FloorDiv` itself."""
    return apply(FLOOR_DIV, x, y, name=name)


def truncatediv(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return `x / y` of integers, rounded towards zero as in C.

    Raises: InvalidArgumentError when it runs, if an integer is divided by zero.
    """
    return apply(TRUNCATE_DIV, x, y, name=name)


def div(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return `x / y` as Python 2 divides: integers rounded down, other numbers really. Deprecated: use `divide`.

    Raises: TypeError while building, if the types differ.
    """
    with name_scope(name, "div", [x, y]) as scope:
        left = convert_to_tensor(x, name="x")
        right = convert_to_tensor(y, left.dtype.base_dtype, name="y")
        real = left.dtype.is_floating or left.dtype.is_complex
        return apply(REAL_DIV if real else FLOOR_DIV, left, right, name=scope)


def mod(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return the remainder of `floordiv`: `x - floor(x / y) * y`, with the sign of `y`.

    Raises: InvalidArgumentError when it runs, if an integer is divided by zero.
    """
    return apply(FLOOR_MOD, x, y, name=name)


floormod = mod


def truncatemod(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return the remainder of a division rounded towards zero, with the sign of `x` as in C.

    Raises: InvalidArgumentError when it runs, if an integer is divided by zero.
    """
    return apply(TRUNCATE_MOD, x, y, name=name)


def div_no_nan(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Return `x / y`, and 0 where `y` is 0. Integers are cast as `truediv` does."""
    with name_scope(name, "div_no_nan", [x, y]) as scope:
        return apply(DIV_NO_NAN, *real_operands(x, y, dtype_of(y)), name=scope)


divide_no_nan = div_no_nan


def reciprocal_no_nan(x: TensorLike, name: str | None = None) -> Tensor:
    """Return `1 / x` where `x` is not 0, else 0.

    Args:
      x: floating-point or complex numbers.
      name: a name for the operation.
    """
    with name_scope(name, "reciprocal_no_nan", [x]) as scope:
        divisor = convert_to_tensor(x, name="x")
        one = convert_to_tensor(1, dtype=divisor.dtype.base_dtype, name="one")
        return apply(DIV_NO_NAN, one, divisor, name=scope)


def reciprocal(x: TensorLike, name: str | None = None) -> Tensor:
    """Return `1 / x`, in the type of `x`."""
    return apply(RECIPROCAL, x, name=name)


def inv(x: TensorLike, name: str | None = None) -> Tensor:
    """Return `1 / x`: the operation that `reciprocal` was in TensorFlow 0.x."""
    return apply(INV, x, name=name)
