"""Changing the type of elements: by value (`cast`, `saturate_cast`) or by their bytes (`bitcast`)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...base import errors
from ...building.apply import apply
from ...building.build import build
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.element_kinds import is_short_float
from ...definition.opdef import OpDef
from ...definition.shapes import at_least_rank, same_shape
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.dtypes import DType
from . import unary_gradients as unary

# A float outside of the range of an integer type has no meaning in C. What comes out here is what x86 computes:
# int32 and int64: the smallest value; 8 and 16 bits: the low bits of the int32; uint32 and uint64: values down to
# half the range below zero wrap around, and all others give half the range. NaN counts as out of range.
# A float64 becomes a short float by way of float32, as in TensorFlow: it may be rounded twice.


def _truncate_to_integer(x: Any, to: Any) -> Any:
    whole = np.trunc(x)
    if to.itemsize < 4:
        return _truncate_to_integer(whole, np.dtype(np.int32)).astype(to)
    half = 2.0 ** (8 * to.itemsize - 1)
    if to.kind == "i":
        inside = (whole >= -half) & (whole < half)
        return np.where(inside, np.where(inside, whole, 0).astype(to), np.iinfo(to).min).astype(to, copy=False)
    below = (whole >= -half) & (whole < 0)
    inside = (whole >= 0) & (whole < 2 * half)
    signed = np.dtype(f"i{to.itemsize}")
    wrapped = np.where(below, np.where(below, whole, 0).astype(signed).astype(to), to.type(half))
    return np.where(inside, np.where(inside, whole, 0).astype(to), wrapped)


def _truncate_mantissa(x: Any, to: Any) -> Any:
    """Round towards zero; only defined for the two short types."""
    if to.kind == "V" or to.name == "bfloat16":
        if x.dtype != np.float32:
            return x.astype(to)
        return (x.view(np.uint32) >> np.uint32(16)).astype(np.uint16).view(to)
    single = x.astype(np.float32)
    rounded = np.asarray(single.astype(to))
    too_large = np.abs(rounded.astype(np.float32)) > np.abs(single)
    return np.where(too_large, np.nextafter(rounded, to.type(0)), rounded)


def _cast_kernel(x: Any, *, SrcT: Any, DstT: Any, Truncate: Any) -> Any:
    if SrcT is DstT:
        return x
    if SrcT.kind in "sr" or DstT.kind in "sr":
        raise errors.UnimplementedError(None, None, f"Cast {SrcT.name} to {DstT.name} is not supported")
    to = DstT.np_dtype
    if SrcT.kind == "c" and DstT.kind != "c":
        x = x.real
    if DstT.kind == "b":
        return x != np.zeros((), x.dtype)
    if SrcT.kind in "fc" and DstT.kind in "iuq":
        return _truncate_to_integer(x.astype(np.float32) if is_short_float(x.dtype) else x, to)
    if Truncate and SrcT in (dtypes.float32, dtypes.float64) and is_short_float(to):
        return _truncate_mantissa(x, to)
    if SrcT is dtypes.float64 and is_short_float(to):
        x = x.astype(np.float32)
    return x.astype(to)


def _whole_number(to: DType) -> str:
    """The element of a float cast to the integer type `to`, in the float type: see the rule above."""
    bits = 8 * to.np_dtype.itemsize
    span, half = 2**bits, 2 ** (bits - 1)
    if bits < 32:
        shift = f" + T({half})" if to.kind == "i" else ""
        wrapped = f"trunc({{x}}) - floor((trunc({{x}}){shift}) * T({1 / span!r})) * T({span})"
        return f"({wrapped} if T(-2147483649) < {{x}} < T(2147483648) else T(0))"
    if to.kind == "i":
        return f"({{x}} if T({-half - 1}.0) < {{x}} < T({half}.0) else T({-half}.0))"
    below = f"(trunc({{x}}) + T({span}.0) if T({-half - 1}.0) < {{x}} <= T(-1) else T({half}.0))"
    return f"(trunc({{x}}) if T(-1) < {{x}} < T({span}.0) else {below})"


def _cast_scalar(attrs: Any, types: Any) -> str | None:
    source, to = types[0], attrs["DstT"]
    if source.kind not in "fiub" or to.kind not in "fiub" or attrs["Truncate"]:
        return None
    if to.kind == "b":
        return "{x}" if source.kind == "b" else "({x} != T(0))"
    if source.kind == "f" and to.kind in "iu":
        if to is dtypes.uint64 or (to is dtypes.uint32 and source is not dtypes.float64):
            return None  # what wraps around is not exact in the float type
        return _whole_number(to)
    return "{x}"


CAST = OpDef(
    name="Cast",
    signature="x: SrcT -> y: DstT",
    attrs={"Truncate": ("bool", False)},
    shape=same_shape,
    kernel=_cast_kernel,
    scalar=_cast_scalar,
    computes_extents=True,
    converts=True,
    gradient=unary.cast,
)


def _bitcast_shape(query: Any) -> Any:
    shape = query.shapes[0]
    source, to = query.attrs["T"].size, query.attrs["type"].size
    if shape is None or source == to:
        return shape
    if source > to:
        return (*shape, source // to)
    at_least_rank(shape, 1)
    last = shape[-1]
    if last is not None and last != to // source:
        raise ValueError(f"Cannot bitcast from {to} to {source} due to shape. {last} does not match {to // source}")
    return shape[:-1]


def _bitcast_kernel(input: Any, *, type: Any) -> Any:
    to = type.np_dtype
    source = input.dtype.itemsize
    array = np.ascontiguousarray(input).reshape(input.shape)
    if source == to.itemsize:
        return array.view(to)
    if source > to.itemsize:
        return array.reshape(*input.shape, 1).view(to)
    if not input.ndim or input.shape[-1] != to.itemsize // source:
        raise ValueError(
            f"Cannot bitcast from {input.dtype.name} to {type.name}: the last dimension must be {to.itemsize // source}"
        )
    if not input.size:
        return np.empty(input.shape[:-1], to)
    return array.view(to).reshape(input.shape[:-1])


_BITS = dtypes.NUMERIC + dtypes.QUANTIZED

BITCAST = OpDef(
    name="Bitcast",
    signature="input: T -> output: type",
    where={"T": _BITS, "type": _BITS},
    shape=_bitcast_shape,
    kernel=_bitcast_kernel,
)


def cast(x: TensorLike, dtype: Any, name: str | None = None) -> Any:
    """Return `x` with its elements converted to `dtype`: floats to integers by dropping the fraction.

    Complex numbers give their real part, and whatever is not 0 is True. A value that is of that type already is
    returned itself. What is outside of an integer type's range gives a fixed, but meaningless value: see
    `saturate_cast`.

    Args:
      x: a number or bool tensor, SparseTensor or IndexedSlices.
      dtype: the type wanted.
      name: a name for the operation.
    Raises: UnimplementedError when it runs, for strings.

    >>> cast([1.7, -1.7], "int32").dtype
    tf.int32
    """
    to = dtypes.as_dtype(dtype).base_dtype
    if isinstance(x, Tensor):
        return x if x._dtype is to else apply(CAST, x, DstT=to, name=name or "Cast")
    with name_scope(name, "Cast", [x]) as scope:
        kind = type(x).__name__
        if kind == "SparseTensor":
            values = cast(x.values, to, name=scope)
            return type(x)(indices=x.indices, values=values, dense_shape=x.dense_shape)
        if kind == "IndexedSlices":
            return type(x)(cast(x.values, to, name=scope), x.indices, x.dense_shape)
        value = convert_to_tensor(x, name="x")
        return value if value.dtype.base_dtype is to else apply(CAST, value, DstT=to, name=scope)


def _limit_toward_zero(limit: Any, exact: Any, from_type: DType) -> Any:
    """The bound in the type of the values: no larger than `exact`, even after rounding."""
    array = np.asarray(limit, from_type.np_dtype)
    if from_type.is_floating and abs(float(array)) > abs(exact):
        wide = array.astype(np.float32) if from_type is dtypes.bfloat16 else array
        array = np.nextafter(wide, wide.dtype.type(0)).astype(from_type.np_dtype)
    return array


def saturate_cast(value: TensorLike, dtype: Any, name: str | None = None) -> Tensor:
    """Return `value` converted to `dtype`, with what is out of range replaced by the nearest value in range.

    Args:
      value: numbers; of complex ones cast to a real type, the real part is taken.
      dtype: the type wanted.
    Raises: TypeError for types without an order, such as bool.
    """
    to = dtypes.as_dtype(dtype).base_dtype
    with name_scope(name, "saturate_cast", [value]) as scope:
        tensor = convert_to_tensor(value, name="value")
        source = tensor.dtype.base_dtype
        if source.is_complex and not to.is_complex:
            from .complex import real

            tensor = real(tensor)
            source = tensor.dtype
        low, high = _saturation_limits(source, to)
        from .rounding import CLIP_BY_VALUE

        clamped = apply(CLIP_BY_VALUE, tensor, constant(low), constant(high), name="clamp")
        result: Tensor = cast(clamped, to, name=scope)
        return result


def _saturation_limits(source: DType, to: DType) -> tuple[Any, Any]:
    real_source, real_to = source.real_dtype, to.real_dtype
    for dtype in (real_source, real_to):
        if dtype.is_bool or dtype.kind in "sr":
            raise TypeError(f"Cannot find minimum value of {dtype!r}.")
    low = max(_number(real_source.min), _number(real_to.min))
    high = min(_number(real_source.max), _number(real_to.max))
    low_array = _limit_toward_zero(low, low, real_source)
    high_array = _limit_toward_zero(high, high, real_source)
    return low_array.astype(source.np_dtype), high_array.astype(source.np_dtype)


def _number(limit: Any) -> Any:
    """An int or float that compares exactly."""
    return int(limit) if isinstance(limit, (int, np.integer)) else float(limit)


def bitcast(input: TensorLike, type: Any, name: str | None = None) -> Tensor:
    """Return the bytes of `input` as elements of another type.

    Args:
      input: numbers.
      type: the type wanted. If it is smaller, the result has one more axis; if it is larger, the last axis must hold
        just the elements that make one of it, and disappears.
      name: a name for the operation.
    Raises: ValueError while building, InvalidArgumentError when it runs, if the last axis does not fit.
    """
    return apply(BITCAST, input, type=type, name=name)


def to_float(x: TensorLike, name: str = "ToFloat") -> Any:
    """`cast(x, float32)`. Deprecated."""
    return cast(x, dtypes.float32, name=name)


def to_double(x: TensorLike, name: str = "ToDouble") -> Any:
    """`cast(x, float64)`. Deprecated."""
    return cast(x, dtypes.float64, name=name)


def to_int32(x: TensorLike, name: str = "ToInt32") -> Any:
    """`cast(x, int32)`. Deprecated."""
    return cast(x, dtypes.int32, name=name)


def to_int64(x: TensorLike, name: str = "ToInt64") -> Any:
    """`cast(x, int64)`. Deprecated."""
    return cast(x, dtypes.int64, name=name)


def to_bfloat16(x: TensorLike, name: str = "ToBFloat16") -> Any:
    """`cast(x, bfloat16)`. Deprecated."""
    return cast(x, dtypes.bfloat16, name=name)


def to_complex64(x: TensorLike, name: str = "ToComplex64") -> Any:
    """`cast(x, complex64)`. Deprecated."""
    return cast(x, dtypes.complex64, name=name)


def to_complex128(x: TensorLike, name: str = "ToComplex128") -> Any:
    """`cast(x, complex128)`. Deprecated."""
    return cast(x, dtypes.complex128, name=name)


def build_cast(tensor: Tensor, dtype: Any) -> Tensor:
    """`tensor` as `dtype`, through a `Cast` operation if it has another type."""
    if tensor.dtype.base_dtype == dtype:
        return tensor
    from .cast import CAST

    result: Tensor = build(CAST, tensor, name="Cast", DstT=dtype)
    return result
