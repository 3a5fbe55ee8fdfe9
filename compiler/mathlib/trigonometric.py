"""sin, cos and tan, for every float.

|x| = n*(pi/2) + r with |r| <= pi/4.  Up to 2**30 the reduction subtracts n times pi/2 in two or three parts; beyond,
`huge.py` reduces exactly.  float32 is computed in float64.
Source: the reduction after Cody and Waite, with fused multiply-adds; the polynomials are our own fits.
"""

from __future__ import annotations

from fractions import Fraction

from . import coefficients as fitted
from .constants import INFINITY, NAN, PI, TWO_OVER_PI
from .emit import FLOAT32, FLOAT64, Format, Value, absolute, as_float, as_integer, fma, fused, polynomial, select, split
from .exponential import magic
from .huge import LARGEST_PLAIN, reduce_huge

__all__ = ["cos", "sin", "tan"]


def reduce_single(size: Value) -> tuple[Value, Value]:
    """Return r and n mod 4 for a float32 in a float64: the last place of r does not matter."""
    high, low = split(PI * Fraction(1, 2), FLOAT64, 53)
    folded = reduce_huge(size, "single")
    shifted = fused(folded, FLOAT64.round(TWO_OVER_PI), magic(FLOAT64))
    n = shifted - magic(FLOAT64)
    turns = as_integer(folded)
    quadrant = as_integer(shifted) + select(size > LARGEST_PLAIN, turns, turns.constant(0))
    return fma(n, -low, fma(n, -high, folded)), quadrant


def reduce_double(size: Value) -> tuple[Value, Value, Value]:
    """Return r in two floats, and n mod 4; the first product is exact, whatever n below 2**31."""
    high, middle, low = split(PI * Fraction(1, 2), FLOAT64, 53, 53)
    folded, folded_low = reduce_huge(size, "high"), reduce_huge(size, "low")
    shifted = fused(folded, FLOAT64.round(TWO_OVER_PI), magic(FLOAT64))
    n = shifted - magic(FLOAT64)
    first = fma(n, -high, folded)
    second = n * middle
    top = first - second
    share = first - top
    lost = (first - (top + share)) + (share - second)
    rest = (lost - fused(n, low, fma(n, middle, -second))) + folded_low
    r = top + rest
    return r, (top - r) + rest, as_integer(shifted) + as_integer(folded_low)


Pair = tuple[Value, Value]


def sine_and_cosine(size: Value, good_for: Format) -> tuple[Pair, Pair, Value]:
    """Return sin(r), cos(r), each with what its last rounding lost, and n mod 4, in float64."""
    if good_for is FLOAT32:
        r, quadrant = reduce_single(size)
        z = r * r
        zero = r.constant(0.0)
        sine = fused(r * z, polynomial(z, fitted.SIN_MID), r)
        cosine = fused(z * z, polynomial(z, fitted.COS_MID), fused(z, -0.5, 1.0))
        return (sine, zero), (cosine, zero), quadrant
    r, low, quadrant = reduce_double(size)
    z = r * r
    z_low = fma(r, r, -z)
    sine, sine_low = sine_of_rest(r, z, z_low)
    cosine, cosine_low = cosine_of_rest(z, z_low)
    sine_low, cosine_low = fused(low, cosine, sine_low), fused(-low, sine, cosine_low)
    return normal(sine, sine_low), normal(cosine, cosine_low), quadrant


def normal(value: Value, low: Value) -> Pair:
    """Return the sum of two numbers, the second far smaller, as a float and what it lacks."""
    total = value + low
    return total, (value - total) + low


def sine_of_rest(r: Value, z: Value, z_low: Value) -> Pair:
    """Return sin(r) for r*r = z + z_low, in two parts.

    sin(r) = r + r*u: of u = z*p(z), the first term is kept in two parts.
    """
    first, *others = fitted.SIN_F64
    u = z * first
    u_low = fused(z * z, polynomial(z, others), fma(z_low, first, fma(z, first, -u)))
    sine = fma(r, u, r)
    return sine, fused(r, u_low, fma(r, u, r - sine))


def cosine_of_rest(z: Value, z_low: Value) -> Pair:
    """Return the cosine of the root of z + z_low, in two parts.

    cos(r) = 1 + z*u: u = -1/2 + z*p(z), and p by its last step, in two parts.
    """
    first, *others = fitted.COS_F64
    series = polynomial(z, others)
    p = fused(z, series, first)
    u = fma(z, p, -0.5)
    u_low = fused(z, fused(z, series, first - p), fma(z, p, -0.5 - u))
    cosine = fma(z, u, 1.0)
    slope = fused(z, 1.0 / 12.0, -0.5)
    return cosine, fused(z, u_low, fused(z_low, slope, fma(z, u, 1.0 - cosine)))


def flip(value: Value, quadrant: Value) -> Value:
    """Return `value` negated where bit 1 of `quadrant` is set."""
    return as_float(as_integer(value) ^ ((quadrant & 2) << 62))


def finish(x: Value, value: Value) -> Value:
    """Return `value` in the format of `x`, NaN where x is infinite or NaN."""
    return select(absolute(x) < INFINITY, value.to(x.form), NAN)


def sin(x: Value) -> Value:
    """sin(x)."""
    wide = x.to(FLOAT64)
    sine, cosine, quadrant = sine_and_cosine(absolute(wide), x.form)
    value = flip(select((quadrant & 1).equals(0), sine[0], cosine[0]), quadrant)
    signed = as_float(as_integer(value) ^ (as_integer(wide) & -(2**63)))
    return finish(x, signed)


def cos(x: Value) -> Value:
    """cos(x)."""
    sine, cosine, quadrant = sine_and_cosine(absolute(x.to(FLOAT64)), x.form)
    value = flip(select((quadrant & 1).equals(0), cosine[0], sine[0]), quadrant + 1)
    return finish(x, value)


def tan(x: Value) -> Value:
    """tan(x); no float is close enough to a pole to overflow."""
    wide = x.to(FLOAT64)
    sine, cosine, quadrant = sine_and_cosine(absolute(wide), x.form)
    even = (quadrant & 1).equals(0)
    value = quotient(
        (select(even, sine[0], -cosine[0]), select(even, sine[1], -cosine[1])),
        (select(even, cosine[0], sine[0]), select(even, cosine[1], sine[1])),
        x.form,
    )
    return finish(x, as_float(as_integer(value) ^ (as_integer(wide) & -(2**63))))


def quotient(top: Pair, bottom: Pair, good_for: Format) -> Value:
    """Return top/bottom, each a float and what it lacks; for float64 with the remainder of the division added."""
    if good_for is FLOAT32:
        return top[0] / bottom[0]
    inverse = 1.0 / bottom[0]
    ratio = top[0] * inverse
    remainder = fma(-ratio, bottom[0], top[0]) + fused(-ratio, bottom[1], top[1])
    return fused(remainder, inverse, ratio)
