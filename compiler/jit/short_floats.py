"""float16 and bfloat16 in kernels: 16 bits in memory, and float32 in registers, rounded where such a type is named.

So `f16(x)` in generated source is the float32 nearest to `x` among the numbers that float16 has, and what an operation
computes between is float32: its kernel computes so too, and the result is rounded once. Conversions of float16 are
instructions where the processor has them, else arithmetic on the bits; those of bfloat16 always are (AVX-512's own
take denormal numbers for zero). Both vectorise.
"""

from __future__ import annotations

import struct
from functools import cache
from typing import Any

from ..mathlib.instructions import Binary, Cast, Select
from .short_types import nearest

_SIGN, _MAGNITUDE = -0x80000000, 0x7FFFFFFF  # bits of float32, as numbers of 32 bits
_INFINITY, _QUIET = 0x7F800000, 0x00400000
_UP, _DOWN = "0x46F0000000000000", "0x38F0000000000000"  # 2**112, 2**-112: between the exponents of float16, float32
_HALF = "0x3FE0000000000000"


def is_exact(number: str, kind: str) -> bool:
    """Whether a constant of LLVM's is a number of a short type; False for what is no constant."""
    if not number.startswith("0x"):
        return False
    value = struct.unpack(">d", int(number, 16).to_bytes(8, "big"))[0]
    return bool(nearest(value, kind) == value)


def widen(f: Any, kind: str, bits: str) -> str:
    """Emit the float32 that 16 loaded bits mean."""
    if kind == "bf16":
        return _as_float(f, _op(f, "shl", _cast(f, "zext", "i16", bits, "i32"), 16))
    if _in_hardware(f):
        return _cast(f, "fpext", "half", _cast(f, "bitcast", "i16", bits, "half"), "float")
    return _widen_half(f, bits)


def narrow(f: Any, kind: str, x: str) -> str:
    """Emit the 16 bits of a float32 that is rounded already."""
    if kind == "f16" and _in_hardware(f):
        return _cast(f, "bitcast", "half", _cast(f, "fptrunc", "float", x, "half"), "i16")
    bits = _as_bits(f, x) if kind == "bf16" else _half_in_high_bits(f, x)
    return _cast(f, "trunc", "i32", _op(f, "lshr", bits, 16), "i16")


def round_to(f: Any, kind: str, x: str) -> str:
    """Emit the float32 nearest to another one among the numbers of a short type; ties go to even, NaN stays."""
    if kind == "bf16":
        return _as_float(f, _rounded_bits(f, x, 16))
    if _in_hardware(f):
        return _cast(f, "fpext", "half", _cast(f, "fptrunc", "float", x, "half"), "float")
    return _round_half(f, x)


def _in_hardware(f: Any) -> bool:
    """Whether a function may use the processor's conversions of float16.

    Where there are float64 numbers LLVM may round one to float16 at once, to which no instruction belongs: it takes the
    sign of `copysign` from what the sign was rounded from.
    """
    return not f.has_doubles and halves_in_hardware()


@cache
def halves_in_hardware() -> bool:
    """Whether this processor converts between float16 and float32."""
    import llvmlite.binding as llvm

    return bool(llvm.get_host_cpu_features().get("f16c")) or llvm.get_process_triple().startswith("aarch64")


def _op(f: Any, word: str, left: str, right: str | int, kind: str = "i32") -> str:
    return str(f.emit(Binary(word, kind, left, str(right))))


def _cast(f: Any, word: str, old: str, value: str, new: str) -> str:
    return str(f.emit(Cast(word, old, value, new)))


def _choose(f: Any, condition: str, yes: str | int, no: str) -> str:
    return str(f.emit(Select(condition, "i32", str(yes), no)))


def _as_float(f: Any, bits: str) -> str:
    return _cast(f, "bitcast", "i32", bits, "float")


def _as_bits(f: Any, x: str) -> str:
    return _cast(f, "bitcast", "float", x, "i32")


def _rounded_bits(f: Any, x: str, dropped: int) -> str:
    """The bits of a float32 with some of the last rounded off; NaN is made quiet, which leaves it one."""
    bits = _as_bits(f, x)
    last = _op(f, "and", _op(f, "lshr", bits, dropped), 1)
    above = _op(f, "add", _op(f, "add", bits, (1 << dropped - 1) - 1), last)
    is_nan = _op(f, "fcmp uno", x, x, "float")
    quiet = _op(f, "or", bits, _QUIET)
    return _op(f, "and", _choose(f, is_nan, quiet, above), -(1 << dropped))


def _round_half(f: Any, x: str) -> str:
    """Below the normal numbers of float16 its numbers are as far apart as those of float32 from 0.5 on."""
    bits = _as_bits(f, x)
    sign, size = _op(f, "and", bits, _SIGN), _op(f, "and", bits, _MAGNITUDE)
    rounded = _rounded_bits(f, _as_float(f, size), 13)
    is_large = _op(f, "fcmp oge", _as_float(f, rounded), "0x40F0000000000000", "float")  # 65536
    normal = _choose(f, is_large, _INFINITY, rounded)
    shifted = _op(f, "fadd", _as_float(f, size), _HALF, "float")
    small = _as_bits(f, _op(f, "fsub", shifted, _HALF, "float"))
    is_small = _op(f, "icmp ult", size, 0x38800000)  # 2**-14
    return _as_float(f, _op(f, "or", sign, _choose(f, is_small, small, normal)))


def _half_in_high_bits(f: Any, x: str) -> str:
    """The float16 that a rounded float32 is, as the high half of 32 bits."""
    bits = _as_bits(f, x)
    size = _as_float(f, _op(f, "and", bits, _MAGNITUDE))
    scaled = _op(f, "shl", _as_bits(f, _op(f, "fmul", size, _DOWN, "float")), 3)
    special = _op(f, "and", _op(f, "shl", bits, 3), 0x03FF0000)
    special = _op(f, "or", special, 0x7C000000)
    is_finite = _op(f, "fcmp olt", size, "0x7FF0000000000000", "float")
    magnitude = _choose(f, is_finite, scaled, special)
    return _op(f, "or", _op(f, "and", bits, _SIGN), magnitude)


def _widen_half(f: Any, bits: str) -> str:
    wide = _op(f, "shl", _cast(f, "zext", "i16", bits, "i32"), 16)
    size = _op(f, "lshr", _op(f, "and", wide, 0x7FFF0000), 3)
    number = _as_bits(f, _op(f, "fmul", _as_float(f, size), _UP, "float"))
    is_finite = _op(f, "icmp ult", size, 0x0F800000)
    magnitude = _choose(f, is_finite, number, _op(f, "or", size, _INFINITY))
    return _as_float(f, _op(f, "or", _op(f, "and", wide, _SIGN), magnitude))
