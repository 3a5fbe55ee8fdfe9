"""Numbers as small integers and back: `quantize`, `dequantize`, and both at once.

A range [min, max] is spread over all integers of a type. In the mode MIN_COMBINED the smallest integer is the minimum;
in MIN_FIRST 0 of the range is an integer exactly; in SCALED 0 is 0, the range as wide to both sides as it has to be.

Worked example: [-1, 2.5] as quint8 has 255 / 3.5 = 72.86 integers to 1; -0.5 lies 36.43 above the minimum: 36.
Source: TensorFlow 1.15, `tf.quantization`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from ...base.errors import InvalidArgumentError
from ...building.build import build
from ...definition.extent_math import require_rank
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.array_values import as_bytes
from ...types.dtypes import FLOATS, QUANTIZED, DType

_MODES: Final = (b"MIN_COMBINED", b"MIN_FIRST", b"SCALED")
_MODE: Final[dict[str, Any]] = {"mode": ("string", b"MIN_COMBINED")}
_TOP: Final = np.float32(np.finfo(np.float32).max)
F: Final = np.float32


def limits(dtype: DType) -> tuple[Any, Any]:
    """The least and the largest integer of a quantized type, as float32."""
    info = np.iinfo(dtype.np_dtype)
    return F(info.min), F(info.max)


def _away(x: Any) -> Any:
    """Rounded, halves away from zero."""
    return np.trunc(x + np.copysign(F(0.5), x))


def _integers(x: Any, dtype: DType) -> Any:
    with np.errstate(invalid="ignore"):  # what is beyond int32 becomes its least number, as of a processor's
        return x.astype(np.int32 if dtype.size < 4 else dtype.np_dtype).astype(dtype.np_dtype)


def adjusted(low: Any, high: Any) -> tuple[Any, Any]:
    """A range that has 0 in it, and is not empty. Raises: InvalidArgumentError if it is the wrong way round."""
    if high < low:
        raise InvalidArgumentError(None, None, "input_max_range must be larger than input_min_range.")
    first = min(F(0), low)
    least = first + max(F(1), abs(low), abs(high)) / F(100)
    return first, max(F(0), high, least)


def _steps(dtype: DType) -> float:
    return 2.0 ** (8 * dtype.size)


def to_integers(x: Any, low: Any, high: Any, dtype: DType) -> Any:
    """Numbers as integers of a range, in the way of MIN_FIRST."""
    steps = _steps(dtype)
    scale = F(steps / (float(high - low) * (steps / (steps - 1))))
    least, most = limits(dtype)
    shift = _away(F(low) * scale) - least
    top = most if dtype.size < 4 else np.nextafter(most, F(0))
    return _integers(np.clip(_away(x * scale) - shift, least, top), dtype)


def to_floats(x: Any, low: Any, high: Any, dtype: DType) -> Any:
    """Integers of a range as numbers, in the way of MIN_FIRST."""
    if low == high:
        return np.full(x.shape, low, np.float32)
    steps = _steps(dtype)
    scale = F(float(high - low) * (steps / (steps - 1)) / steps)
    first = float(_away(F(low) / scale)) * float(scale)
    least = float(np.iinfo(dtype.np_dtype).min)
    return (first + (x.astype(np.float64) - least) * float(scale)).astype(np.float32)


def _scaled(x: Any, low: Any, high: Any, dtype: DType, round_: Callable[[Any], Any]) -> tuple[Any, Any, Any]:
    least, most = limits(dtype)
    by_low = least / low if least * low > 0 else _TOP
    by_high = most / high if most * high > 0 else _TOP
    scale = min(by_low, by_high)
    low, high = least / scale, most / scale
    return _integers(round_(np.clip(x, low, high) * scale), dtype), low, high


def _quantize_kernel(
    input: Any, min_range: Any, max_range: Any, *, T: DType, mode: bytes, round_mode: bytes
) -> Any:  # fmt: skip
    low, high = adjusted(F(min_range), F(max_range))
    to_even = round_mode == b"HALF_TO_EVEN"
    if to_even and mode != b"SCALED":
        raise InvalidArgumentError(None, None, "Round mode 'HALF_TO_EVEN' only supported for mode 'SCALED'")
    if mode == b"SCALED":
        values, low, high = _scaled(input, low, high, T, np.rint if to_even else _away)
    elif mode == b"MIN_FIRST":
        values = to_integers(input, low, high, T)
    else:
        least, most = limits(T)
        moved = (np.clip(input, low, high) - low) * ((most - least) / (high - low))
        values = _integers(_away(moved - (most - least + F(1)) / F(2)) if least < 0 else moved + F(0.5), T)
    return values, np.array(low, np.float32), np.array(high, np.float32)


def _range_shape(query: Any) -> Any:
    for bound in query.shapes[1:3]:
        require_rank(bound, 0)
    return [query.shapes[0], (), ()]


QUANTIZE_V2 = OpDef(
    name="QuantizeV2",
    signature="input: float32, min_range: float32, max_range: float32 -> output: T, output_min: float32, "
    "output_max: float32",
    where={"T": QUANTIZED, "mode": _MODES, "round_mode": (b"HALF_AWAY_FROM_ZERO", b"HALF_TO_EVEN")},
    attrs={**_MODE, "round_mode": ("string", b"HALF_AWAY_FROM_ZERO")},
    shape=_range_shape,
    kernel=_quantize_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def _dequantize_kernel(input: Any, min_range: Any, max_range: Any, *, T: DType, mode: bytes) -> Any:
    low, high = F(min_range), F(max_range)
    least, most = limits(T)
    if mode == b"MIN_FIRST":
        return to_floats(input, low, high, T)
    wide = input.astype(np.float32)
    if mode == b"SCALED":
        return wide * (max(low / least, high / most) if least < 0 else high / most)
    half = (most - least + F(1)) / F(2) if least < 0 else F(0)
    return (wide + half) * ((high - low) / (most - least)) + low


DEQUANTIZE = OpDef(
    name="Dequantize",
    signature="input: T, min_range: float32, max_range: float32 -> output: float32",
    where={"T": QUANTIZED, "mode": _MODES},
    attrs=_MODE,
    shape=lambda query: _range_shape(query)[0],
    kernel=_dequantize_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def _to_steps(x: Any, low: Any, high: Any, bits: int, signed: bool, narrow: bool, given: bool, round_: Any) -> Any:
    """To the nearest of so many steps, and back."""
    if not 0 < bits < (62 if signed else 63):
        raise InvalidArgumentError(None, None, f"num_bits is out of range: {bits} with signed_input_ {signed}")
    if not given:
        low, high = x.min(), x.max()
    elif low > high:
        raise InvalidArgumentError(None, None, f"Invalid range: input_min {low} > input_max {high}")
    kind = np.float32 if x.dtype.itemsize < 4 else x.dtype.type
    least, most = kind(narrow - 2 ** (bits - 1) if signed else 0), kind(2 ** (bits - signed) - 1)
    low, high, wide = kind(low), kind(high), x.astype(kind, copy=False)
    top = np.finfo(kind).max
    by_low = least / low if least * low > 0 else top
    by_high = most / high if most * high > 0 else top
    if by_low < by_high:
        scale, inverse = by_low, low / least
        high = most * inverse
    else:
        scale, inverse = by_high, high / most
        low = least * inverse
    return (round_((np.clip(wide, low, high) if given else wide) * scale) * inverse).astype(x.dtype, copy=False)


def _half_up(x: Any) -> Any:
    return np.floor(x + x.dtype.type(0.5))


def _both_v2_kernel(
    input: Any, input_min: Any, input_max: Any, *, signed_input: bool, num_bits: int, range_given: bool,
    round_mode: bytes, narrow_range: bool,
) -> Any:  # fmt: skip
    round_ = np.rint if round_mode == b"HALF_TO_EVEN" else _half_up
    return _to_steps(input, input_min, input_max, num_bits, signed_input, narrow_range, range_given, round_)


def _both_v3_kernel(
    input: Any, input_min: Any, input_max: Any, num_bits: Any, *, signed_input: bool, range_given: bool,
    narrow_range: bool,
) -> Any:  # fmt: skip
    return _to_steps(input, input_min, input_max, int(num_bits), signed_input, narrow_range, range_given, np.rint)


def _both_v1_kernel(
    input: Any, *, signed_input: bool, num_bits: int, range_given: bool, input_min: float, input_max: float
) -> Any:
    return _to_steps(input, input_min, input_max, num_bits, signed_input, False, range_given, np.rint)


def _both_shape(query: Any) -> Any:
    for scalar in query.shapes[1:]:
        require_rank(scalar, 0)
    return query.shapes[0]


_BOTH: Final[dict[str, Any]] = {"signed_input": ("bool", True), "num_bits": ("int", 8), "range_given": ("bool", False)}
QUANTIZE_AND_DEQUANTIZE_V2 = OpDef(
    name="QuantizeAndDequantizeV2",
    signature="input: T, input_min: T, input_max: T -> output: T",
    where={"T": FLOATS, "round_mode": (b"HALF_TO_EVEN", b"HALF_UP")},
    attrs={**_BOTH, "round_mode": ("string", b"HALF_TO_EVEN"), "narrow_range": ("bool", False)},
    shape=_both_shape,
    kernel=_both_v2_kernel,
    gradient=lambda g, op, dy: [dy, None, None],
)
QUANTIZE_AND_DEQUANTIZE_V3 = OpDef(
    name="QuantizeAndDequantizeV3",
    signature="input: T, input_min: T, input_max: T, num_bits: int32 -> output: T",
    where={"T": FLOATS},
    attrs={"signed_input": ("bool", True), "range_given": ("bool", True), "narrow_range": ("bool", False)},
    shape=_both_shape,
    kernel=_both_v3_kernel,
    gradient=lambda g, op, dy: [dy, None, None, None],
)
QUANTIZE_AND_DEQUANTIZE = OpDef(
    name="QuantizeAndDequantize",
    signature="input: T -> output: T",
    where={"T": FLOATS},
    attrs={**_BOTH, "input_min": ("float", 0.0), "input_max": ("float", 0.0)},
    shape=lambda query: query.shapes[0],
    kernel=_both_v1_kernel,
    gradient=lambda g, op, dy: dy,
)


def quantize(
    input: TensorLike, min_range: TensorLike, max_range: TensorLike, T: Any, mode: str = "MIN_COMBINED",
    round_mode: str = "HALF_AWAY_FROM_ZERO", name: str | None = None,
) -> Any:  # fmt: skip
    """Return numbers as integers of a quantized type.

    Args:
      input: float32.
      min_range, max_range: the range that the integers stand for, scalars.
      T: the type of the integers: `quint8`, `qint8`, `qint32`, `qint16` or `quint16`.
      mode: "MIN_COMBINED", "MIN_FIRST" or "SCALED".
      round_mode: in the mode SCALED "HALF_AWAY_FROM_ZERO" or "HALF_TO_EVEN".
      name: a name for the operation.
    Returns: a named tuple `(output, output_min, output_max)`: the range is the one that was used.
    Raises: InvalidArgumentError when run, for a range the wrong way round.
    """
    from collections import namedtuple

    outputs = build(
        QUANTIZE_V2, input, min_range, max_range, T=dtypes.as_dtype(T), mode=as_bytes(mode),
        round_mode=as_bytes(round_mode), name=name,
    )  # fmt: skip
    return namedtuple("QuantizeV2", ("output", "output_min", "output_max"))(*outputs)


def quantize_v2(
    input: TensorLike, min_range: TensorLike, max_range: TensorLike, T: Any, mode: str = "MIN_COMBINED",
    name: str | None = None, round_mode: str = "HALF_AWAY_FROM_ZERO",
) -> Any:  # fmt: skip
    """Return `quantize`, with the name before the way of rounding."""
    return quantize(input, min_range, max_range, T, mode, round_mode, name)


def dequantize(
    input: TensorLike, min_range: TensorLike, max_range: TensorLike, mode: str = "MIN_COMBINED", name: str | None = None
) -> Tensor:
    """Return integers of a quantized type as the numbers that they stand for.

    Args: as of `quantize`.
    """
    result: Tensor = build(DEQUANTIZE, input, min_range, max_range, mode=as_bytes(mode), name=name)
    return result


def quantize_and_dequantize(
    input: TensorLike, input_min: TensorLike, input_max: TensorLike, signed_input: bool = True, num_bits: int = 8,
    range_given: bool = False, round_mode: str = "HALF_TO_EVEN", name: str | None = None, narrow_range: bool = False,
) -> Tensor:  # fmt: skip
    """Return numbers rounded to those that a few bits can tell apart. The gradient passes through.

    Args:
      input: numbers of a float type.
      input_min, input_max: the range, scalars, if `range_given`; else that of the numbers is taken.
      signed_input: whether the steps are to both sides of 0.
      num_bits: how many bits a step has.
      range_given: whether the range is given.
      round_mode: "HALF_TO_EVEN" or "HALF_UP".
      name: a name for the operation.
      narrow_range: whether the lowest step is left out, so that both sides are equal.
    Raises: InvalidArgumentError when run, for a range the wrong way round or another number of bits.
    """
    result: Tensor = build(
        QUANTIZE_AND_DEQUANTIZE_V2, input, input_min, input_max, signed_input=signed_input, num_bits=num_bits,
        range_given=range_given, round_mode=as_bytes(round_mode), narrow_range=narrow_range, name=name,
    )  # fmt: skip
    return result
