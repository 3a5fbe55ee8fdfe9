"""Multiply by powers of two that may lie beyond the normal numbers, in one instruction where the processor has it.

AVX-512 scales by any power of two and rounds denormals once, as `ldexp` does; LLVM turns a loop of `llvm.ldexp` into
it. Elsewhere it would become a call of the C library for each element, so there the powers are built from bits.
"""

from __future__ import annotations

from functools import cache

from .emit import Value

__all__ = ["nearest", "scaled", "scales_in_hardware"]


@cache
def scales_in_hardware() -> bool:
    """Return whether this processor scales vectors of floats by powers of two."""
    import llvmlite.binding as llvm

    features = llvm.get_host_cpu_features()
    return all(features.get(name) for name in ("avx512f", "avx512dq", "avx512vl"))


def nearest(x: Value) -> tuple[Value, Value]:
    """Return the integer nearest to `x` as i32, and as a float; without meaning beyond 2**31 and for NaN."""
    intrinsic = f"@llvm.lrint.i32.{x.form.suffix}"
    x.body.declarations[f"declare i32 {intrinsic}({x.type})"] = None
    whole = x.body.emit("i32", f"call i32 {intrinsic}({x.type} {x.name})")
    return whole, x.body.emit(x.type, f"sitofp i32 {whole.name} to {x.type}")


def scaled(x: Value, power: Value) -> Value:
    """Return `x * 2**power`, rounded once."""
    intrinsic = f"@llvm.ldexp.{x.form.suffix}.i32"
    x.body.declarations[f"declare {x.type} {intrinsic}({x.type}, i32)"] = None
    return x.body.emit(x.type, f"call {x.type} {intrinsic}({x.type} {x.name}, i32 {power.name})")
