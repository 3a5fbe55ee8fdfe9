"""float16 and bfloat16 in kernels: 16 bits in memory, and float32 in registers, rounded where such a type is named.

So `f16(x)` in generated source is the float32 nearest to `x` among the numbers that float16 has, and what an operation
computes between is float32: its kernel computes so too, and the result is rounded once. Conversions of float16 are
instructions where the processor has them, else arithmetic on the bits; those of bfloat16 always are (AVX-512's own
take denormal numbers for zero). Both vectorise.
"""

from __future__ import annotations

import struct
from functools import cache
from typing import Any, Final

import numpy as np

from ...ops.types import dtypes
from ...ops.types.dtypes import DType

SHORT: Final[dict[str, DType]] = {"f16": dtypes.float16, "bf16": dtypes.bfloat16}

_SIGN, _MAGNITUDE = -0x80000000, 0x7FFFFFFF  # bits of float32, as numbers of 32 bits
_INFINITY, _QUIET = 0x7F800000, 0x00400000
_UP, _DOWN = "0x46F0000000000000", "0x38F0000000000000"  # 2**112, 2**-112: between the exponents of float16, float32
_HALF = "0x3FE0000000000000"


def computed_in(dtype: DType) -> DType:
    """The type that kernels compute in: float32 for short floats, every other type itself."""
    return dtypes.float32 if dtype.short in SHORT else dtype


def nearest(number: Any, kind: str) -> float:
    """A number rounded to a short type."""
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.asarray(number, np.float32).astype(SHORT[kind].np_dtype))


def is_exact(number: str, kind: str) -> bool:
    """Whether a constant of LLVM's is a number of a short type; False for what is no constant."""
    if not number.startswith("0x"):
        return False
    value = struct.unpack(">d", int(number, 16).to_bytes(8, "big"))[0]
    return bool(nearest(value, kind) == value)


def widen(f: Any, kind: str, bits: str) -> str:
    """Emit the float32 that 16 loaded bits mean."""
    if kind == "bf16":
        wide = f.emit(f"zext i16 {bits} to i32")
        return str(f.emit(f"bitcast i32 {f.emit(f'shl i32 {wide}, 16')} to float"))
    if _in_hardware(f):
        return str(f.emit(f"fpext half {f.emit(f'bitcast i16 {bits} to half')} to float"))
    return _widen_half(f, bits)


def narrow(f: Any, kind: str, x: str) -> str:
    """Emit the 16 bits of a float32 that is rounded already."""
    if kind == "f16" and _in_hardware(f):
        return str(f.emit(f"bitcast half {f.emit(f'fptrunc float {x} to half')} to i16"))
    bits = f.emit(f"bitcast float {x} to i32") if kind == "bf16" else _half_in_high_bits(f, x)
    return str(f.emit(f"trunc i32 {f.emit(f'lshr i32 {bits}, 16')} to i16"))


def round_to(f: Any, kind: str, x: str) -> str:
    """Emit the float32 nearest to another one among the numbers of a short type; ties go to even, NaN stays."""
    if kind == "bf16":
        return _as_float(f, _rounded_bits(f, x, 16))
    if _in_hardware(f):
        return str(f.emit(f"fpext half {f.emit(f'fptrunc float {x} to half')} to float"))
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


def _as_float(f: Any, bits: str) -> str:
    return str(f.emit(f"bitcast i32 {bits} to float"))


def _as_bits(f: Any, x: str) -> str:
    return str(f.emit(f"bitcast float {x} to i32"))


def _rounded_bits(f: Any, x: str, dropped: int) -> str:
    """The bits of a float32 with some of the last rounded off; NaN is made quiet, which leaves it one."""
    bits = _as_bits(f, x)
    last = f.emit(f"and i32 {f.emit(f'lshr i32 {bits}, {dropped}')}, 1")
    above = f.emit(f"add i32 {f.emit(f'add i32 {bits}, {(1 << dropped - 1) - 1}')}, {last}")
    is_nan = f.emit(f"fcmp uno float {x}, {x}")
    quiet = f.emit(f"or i32 {bits}, {_QUIET}")
    return str(f.emit(f"and i32 {f.emit(f'select i1 {is_nan}, i32 {quiet}, i32 {above}')}, {-(1 << dropped)}"))


def _round_half(f: Any, x: str) -> str:
    """Below the normal numbers of float16 its numbers are as far apart as those of float32 from 0.5 on."""
    bits = _as_bits(f, x)
    sign, size = f.emit(f"and i32 {bits}, {_SIGN}"), f.emit(f"and i32 {bits}, {_MAGNITUDE}")
    rounded = _rounded_bits(f, _as_float(f, size), 13)
    is_large = f.emit(f"fcmp oge float {_as_float(f, rounded)}, 0x40F0000000000000")  # 65536
    normal = f.emit(f"select i1 {is_large}, i32 {_INFINITY}, i32 {rounded}")
    shifted = f.emit(f"fadd float {_as_float(f, size)}, {_HALF}")
    small = _as_bits(f, f.emit(f"fsub float {shifted}, {_HALF}"))
    is_small = f.emit(f"icmp ult i32 {size}, {0x38800000}")  # 2**-14
    return _as_float(f, f.emit(f"or i32 {sign}, {f.emit(f'select i1 {is_small}, i32 {small}, i32 {normal}')}"))


def _half_in_high_bits(f: Any, x: str) -> str:
    """The float16 that a rounded float32 is, as the high half of 32 bits."""
    bits = _as_bits(f, x)
    size = _as_float(f, f.emit(f"and i32 {bits}, {_MAGNITUDE}"))
    scaled = f.emit(f"shl i32 {_as_bits(f, f.emit(f'fmul float {size}, {_DOWN}'))}, 3")
    special = f.emit(f"and i32 {f.emit(f'shl i32 {bits}, 3')}, {0x03FF0000}")
    special = f.emit(f"or i32 {special}, {0x7C000000}")
    is_finite = f.emit(f"fcmp olt float {size}, 0x7FF0000000000000")
    magnitude = f.emit(f"select i1 {is_finite}, i32 {scaled}, i32 {special}")
    return str(f.emit(f"or i32 {f.emit(f'and i32 {bits}, {_SIGN}')}, {magnitude}"))


def _widen_half(f: Any, bits: str) -> str:
    wide = f.emit(f"shl i32 {f.emit(f'zext i16 {bits} to i32')}, 16")
    size = f.emit(f"lshr i32 {f.emit(f'and i32 {wide}, {0x7FFF0000}')}, 3")
    number = _as_bits(f, f.emit(f"fmul float {_as_float(f, size)}, {_UP}"))
    is_finite = f.emit(f"icmp ult i32 {size}, {0x0F800000}")
    magnitude = f.emit(f"select i1 {is_finite}, i32 {number}, i32 {f.emit(f'or i32 {size}, {_INFINITY}')}")
    return _as_float(f, f.emit(f"or i32 {f.emit(f'and i32 {wide}, {_SIGN}')}, {magnitude}"))
