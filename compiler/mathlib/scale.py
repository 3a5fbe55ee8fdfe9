"""Multiply by powers of two that may lie beyond the normal numbers, in one instruction where the processor has it.

AVX-512 scales by any power of two and rounds denormals once, as `ldexp` does; LLVM turns a loop of `llvm.ldexp` into
it. Elsewhere it would become a call of the C library for each element, so there the powers are built from bits.
"""

from __future__ import annotations

from functools import cache

from .emit import Value
from .instructions import Cast

__all__ = ["nearest", "scaled", "scales_in_hardware"]


@cache
def scales_in_hardware() -> bool:
    """Return whether this processor scales vectors of floats by powers of two."""
    import llvmlite.binding as llvm

    features = llvm.get_host_cpu_features()
    return all(features.get(name) for name in ("avx512f", "avx512dq", "avx512vl"))


def nearest(x: Value) -> tuple[Value, Value]:
    """Return the integer nearest to `x` as i32, and as a float; without meaning beyond 2**31 and for NaN."""
    whole = x.body.call_as("i32", "lrint", ("i32", x.form.suffix), x)
    return whole, x.body.emit(x.type, Cast("sitofp", "i32", whole.name, x.type))


def scaled(x: Value, power: Value) -> Value:
    """Return `x * 2**power`, rounded once."""
    return x.body.call_as(x.type, "ldexp", (x.form.suffix, "i32"), x, power)
