"""Reduce |x| >= 2**30 modulo pi/2, exactly, for the trigonometric functions.

x = m * 2**e with an integer m below 2**53.  Of the 1168 bits of 2/pi kept in a table, the 192 that matter for this
e are multiplied by m as integers, modulo 2**192: two bits of the quadrant and 190 of the fraction remain.  The
smallest fraction that a float64 can leave is about 2**-62, and the fraction is good to 2**-130.

The function is called for every x and gives a smaller one back as it is.  So that a loop around it is vectorised all
the same, it comes with vector variants (the `vector-function-abi-variant` attribute): they test whether any lane is
huge, which costs a few instructions, and only then go through the lanes one by one.  They call another function for
that, which has no variants: an optimiser that pairs calls of straight code could make a variant call itself.
Source: the idea of Payne and Hanek (1983); the integer form is our own.
"""

from __future__ import annotations

import platform
from fractions import Fraction
from functools import cache

from .constants import PI, TWO_OVER_PI
from .emit import FLOAT64, Value, split
from .instructions import Call

__all__ = ["LARGEST_PLAIN", "reduce_huge"]

LARGEST_PLAIN = 2.0**30
# The convention made for vector mathematics: half of the vector registers survive the call, so that a loop keeps its
# constants in them.  Spilled ones are read back from an unaligned stack, at twice the cost of the whole function.
CONVENTION = "intel_ocl_bicc" if platform.machine() in ("x86_64", "AMD64") else "ccc"
LIMIT = FLOAT64.literal(LARGEST_PLAIN)

TABLE_BITS, TABLE_BYTES = 1168, 160
LANES = (2, 4, 8)

SCALAR = """
define linkonce_odr {convention} double @sessile_reduce_{part}(double %x) noinline nounwind willreturn memory(none)
    "vector-function-abi-variant"="{variants}" {{
  %result = tail call {convention} double @sessile_reduce_{part}_one(double %x)
  ret double %result
}}
define linkonce_odr {convention} double @sessile_reduce_{part}_one(double %x) noinline nounwind willreturn
    memory(none) {{
entry:
  %large = fcmp ogt double %x, {limit}
  br i1 %large, label %exact, label %plain
plain:
  ret double {otherwise}
exact:
  %bits = bitcast double %x to i64
  %field = lshr i64 %bits, 52
  %e = sub i64 %field, 1075
  %fraction = and i64 %bits, 4503599627370495
  %m = or i64 %fraction, 4503599627370496
  %past = add i64 %e, 190
  %scale = and i64 %past, -8
  %place = sub i64 {table_bits}, %scale
  %offset = lshr i64 %place, 3
  %address = getelementptr i8, ptr @sessile_two_over_pi, i64 %offset
  %window = load i192, ptr %address, align 1
  %factor = zext i64 %m to i192
  %product = mul i192 %window, %factor
  %over = sub i64 %past, %scale
  %shift = zext i64 %over to i192
  %turns = shl i192 %product, %shift
  %floor = lshr i192 %turns, 190
  %signed = shl i192 %turns, 2
  %up = lshr i192 %signed, 191
  %rounded = add i192 %floor, %up
  %count = trunc i192 %rounded to i64
  %quadrant = and i64 %count, {bits_of_quadrant}
  %size = call i192 @llvm.abs.i192(i192 %signed, i1 false)
  %zeros = call i192 @llvm.ctlz.i192(i192 %size, i1 false)
  %whole = shl i192 %size, %zeros
  %first = lshr i192 %whole, 139
  %second = lshr i192 %whole, 86
  %first64 = trunc i192 %first to i64
  %second64 = trunc i192 %second to i64
  %second53 = and i64 %second64, 9007199254740991
  %h = uitofp i64 %first64 to double
  %l.up = uitofp i64 %second53 to double
  %l = fmul double %l.up, {second_unit}
  %top = fmul double %h, {pi_high}
  %negated = fneg double %top
  %error = call double @llvm.fma.f64(double %h, double {pi_high}, double %negated)
  %cross = fmul double %h, {pi_low}
  %cross2 = fmul double %l, {pi_high}
  %low.1 = fadd double %cross, %cross2
  %low.2 = fadd double %low.1, %error
  %high = fadd double %top, %low.2
  %lost = fsub double %top, %high
  %low = fadd double %lost, %low.2
  %zeros64 = trunc i192 %zeros to i64
  %unit.field = sub i64 970, %zeros64
  %unit.bits = shl i64 %unit.field, 52
  %unit = bitcast i64 %unit.bits to double
  %scaled = fmul double %{value}, %unit
  %value.bits = bitcast double %scaled to i64
  %up64 = trunc i192 %up to i64
  %sign = shl i64 %up64, 63
  %turned = xor i64 %value.bits, %sign
  %cleared = and i64 %turned, {bits_kept}
  %packed = or i64 %cleared, %quadrant
  %result = bitcast i64 %packed to double
  ret double %result
}}
"""

VECTOR = """
define linkonce_odr {convention} <{n} x double> @sessile_reduce_{part}_v{n}(<{n} x double> %x) noinline nounwind {{
entry:
  %large = fcmp ogt <{n} x double> %x, splat (double {limit})
  %some = call i1 @llvm.vector.reduce.or.v{n}i1(<{n} x i1> %large)
  br i1 %some, label %lane, label %plain
plain:
  ret <{n} x double> {otherwise}
lane:
  %i = phi i32 [ 0, %entry ], [ %next, %lane ]
  %old = phi <{n} x double> [ %x, %entry ], [ %new, %lane ]
  %one = extractelement <{n} x double> %x, i32 %i
  %value = call {convention} double @sessile_reduce_{part}_one(double %one)
  %new = insertelement <{n} x double> %old, double %value, i32 %i
  %next = add i32 %i, 1
  %more = icmp ult i32 %next, {n}
  br i1 %more, label %lane, label %done
done:
  ret <{n} x double> %new
}}
declare i1 @llvm.vector.reduce.or.v{n}i1(<{n} x i1>)
"""


@cache
def shared_text() -> str:
    """Return the table of 2/pi, lowest byte first, and what every variant declares."""
    table = int(TWO_OVER_PI * (1 << TABLE_BITS)).to_bytes(TABLE_BYTES, "little")
    written = "".join(f"\\{byte:02x}" for byte in table)
    return (
        f'@sessile_two_over_pi = linkonce_odr constant [{TABLE_BYTES} x i8] c"{written}"\n'
        "declare i192 @llvm.abs.i192(i192, i1)\ndeclare i192 @llvm.ctlz.i192(i192, i1)\n"
    )


def scalar_text(part: str) -> str:
    """Return the function for one part of the result: "single", "high" or "low"; all but "high" carry the quadrant."""
    high, low = split(PI * Fraction(1, 2), FLOAT64, 53)
    packed = part != "high"
    return SCALAR.format(
        part=part, value="low" if part == "low" else "high", table_bits=TABLE_BITS, limit=LIMIT, convention=CONVENTION,
        second_unit=FLOAT64.literal(2.0**-53), pi_high=FLOAT64.literal(high), pi_low=FLOAT64.literal(low),
        bits_of_quadrant=3 if packed else 0, bits_kept=-4 if packed else -1,
        otherwise="0.0" if part == "low" else "%x",
        variants=",".join(f"_ZGV_LLVM_N{n}v_sessile_reduce_{part}(sessile_reduce_{part}_v{n})" for n in LANES),
    )  # fmt: skip


@cache
def part_text(part: str) -> str:
    """Return the function for one part and its vector variants, which nothing calls until the loop is vectorised."""
    kept = ", ".join(f"ptr @sessile_reduce_{part}_v{n}" for n in LANES)
    used = f'@llvm.compiler.used = appending global [{len(LANES)} x ptr] [{kept}], section "llvm.metadata"\n'
    return used + scalar_text(part) + "".join(vector_text(part, n) for n in LANES)


def vector_text(part: str, lanes: int) -> str:
    """Return the vector variant of the function for one part."""
    otherwise = "zeroinitializer" if part == "low" else "%x"
    return VECTOR.format(part=part, n=lanes, limit=LIMIT, otherwise=otherwise, convention=CONVENTION)


def reduce_huge(size: Value, part: str) -> Value:
    """Return one part of the rest of `size` modulo pi/2 if it is huge, else `size` ("low": else 0).

    A huge one's lowest two bits ("single", "low") are the quadrant it was in.
    """
    body = size.body
    body.helpers[shared_text()] = None
    body.helpers[part_text(part)] = None
    body.declarations["declare double @llvm.fma.f64(double, double, double)"] = None
    return body.emit("double", Call("double", f"sessile_reduce_{part}", (("double", size.name),), f"{CONVENTION} "))
