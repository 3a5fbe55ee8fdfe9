"""log, log2, log1p and the inverse hyperbolic functions.

All start from x = 2**k * m with sqrt(1/2) <= m < sqrt(2) and f = m - 1.  In float64 the logarithm is taken through
s = f/(2 + f), whose series in s*s is short; in float32 directly as a polynomial in f.
Source: the reductions and polynomials are our own; errors are stated in `table.py`.
"""

from __future__ import annotations

import math
import struct

from . import coefficients as fitted
from .constants import INFINITY, LN2, LOG2E, NAN
from .emit import (
    FLOAT32,
    FLOAT64,
    Format,
    Value,
    absolute,
    as_float,
    as_integer,
    copysign,
    fma,
    fused,
    polynomial,
    select,
    split,
    sqrt,
)

__all__ = ["acosh", "asinh", "atanh", "log", "log1p", "log2", "normalise"]


def root_half_bits(form: Format) -> int:
    """Return the bits of sqrt(1/2) in `form`."""
    if form is FLOAT32:
        return int(struct.unpack("<i", struct.pack("<f", math.sqrt(0.5)))[0])
    return int(struct.unpack("<q", struct.pack("<d", math.sqrt(0.5)))[0])


def normalise(x: Value) -> tuple[Value, Value]:
    """Return k and m, both floats, with x = 2**k * m and m in [sqrt(1/2), sqrt(2)), for finite x > 0."""
    form = x.form
    lift = form.significand + 1
    denormal = x < form.tiny
    scaled = select(denormal, x * 2.0**lift, x)
    steps = as_integer(scaled) - root_half_bits(form)
    mantissa = (1 << form.significand) - 1
    m = as_float((steps & mantissa) + root_half_bits(form))
    # k + bias as an integer, moved into the low bits of the float 2**significand, whose spacing is 1
    biased = (steps + (form.bias << form.significand)) >> form.significand
    integer_one = (form.bias + form.significand) << form.significand
    offset = select(denormal, x.constant(2.0**form.significand + form.bias + lift), 2.0**form.significand + form.bias)
    return as_float(biased | integer_one) - offset, m


def outside(x: Value, value: Value) -> Value:
    """Return `value` where 0 < x < infinity, and the right special logarithm elsewhere."""
    special = select(x.equals(0.0), x.constant(-INFINITY), NAN)
    return select(x > 0.0, select(x < INFINITY, value, x), special)


def log_of_ratio(f: Value, good_for: Format) -> tuple[Value, Value]:
    """Return f and d, float64, with log(1 + f) = f - d."""
    s = f / (f + 2.0)
    z = s * s
    rest = z * polynomial(z, fitted.RATIO_F64 if good_for is FLOAT64 else fitted.RATIO_MID)
    return f, s * (f - rest)


def log_plus(high: Value, low: Value, good_for: Format, extra: Value | None = None) -> Value:
    """Return log((high + low) * 2**extra) in float64 for a normal `high` and a `low` below its last place.

    Where high + low is near 1, the sum is taken as exact.
    """
    k, m = normalise(high)
    # m and high differ in their exponents alone; where k is large, low is 0 anyway
    one = FLOAT64.bias << FLOAT64.significand
    inverse = select(k < 1000.0, as_float(as_integer(m) - as_integer(high) + one), high.constant(0.0))
    f = fma(inverse, low, m - 1.0)
    if good_for is FLOAT64:
        lost = fma(inverse, low, (m - 1.0) - f)
    f, difference = log_of_ratio(f, good_for)
    if good_for is FLOAT64:  # the slope of the logarithm, 1/(1 + f), need not be exact
        difference = fused(-lost, fused(f, f - 1.0, 1.0), difference)
    if extra is not None:
        k = k + extra
    return add_exponent(k, f, difference)


def add_exponent(k: Value, f: Value, difference: Value) -> Value:
    """Return k*ln(2) + (f - difference); the first part of ln(2) is short, so k times it is exact."""
    high, low = split(LN2, FLOAT64, 42)
    return fused(k, high, f - (difference - k * low))


def log(x: Value) -> Value:
    """log(x)."""
    k, m = normalise(x)
    f = m - 1.0
    if x.form is FLOAT64:
        return outside(x, add_exponent(k, *log_of_ratio(f, FLOAT64)))
    square = f * f
    high, low = split(LN2, FLOAT32, 15)
    rest = fused(square * f, polynomial(f, fitted.LOG_F32), k * low)
    return outside(x, fused(k, high, f + fused(square, -0.5, rest)))


def log2(x: Value) -> Value:
    """log2(x); exact at powers of two."""
    k, m = normalise(x)
    f = m - 1.0
    if x.form is FLOAT32:
        scale, low = split(LOG2E, FLOAT32, 24)
        rest = f * fused(f, polynomial(f, fitted.LOG2_F32), low)
        return outside(x, k + fused(f, scale, rest))
    return outside(x, log2_double(k, f))


def log2_double(k: Value, f: Value) -> Value:
    """Return k + log2(1 + f): the sum f - d in two parts, times 1/ln(2) in two parts."""
    high, low = split(LOG2E, FLOAT64, 53)
    f, difference = log_of_ratio(f, FLOAT64)
    top = f - difference
    bottom = (f - top) - difference
    product = top * high
    error = fma(top, high, -product)
    tail = fused(bottom, high, fused(top, low, error))
    total = k + product
    return total + (((k - total) + product) + tail)


def log1p(x: Value) -> Value:
    """log(1 + x); x itself where x is tiny."""
    wide = x.to(FLOAT64)
    total = wide + 1.0
    lost = total - wide
    low = (wide - (total - lost)) + (1.0 - lost)
    value = log_plus(total, low, x.form)
    value = select(wide < INFINITY, value, wide)
    value = select(wide > -1.0, value, select(wide.equals(-1.0), wide.constant(-INFINITY), NAN))
    return select(absolute(x) < x.form.round(2.0**-60), x, value.to(x.form))


def asinh(x: Value) -> Value:
    """log(a + sqrt(a*a + 1)), a = |x|, as log(1 + a + a*a/(1 + sqrt(a*a + 1))); from 2**28 on, log(2*a)."""
    size = absolute(x).to(FLOAT64)
    big = size > 2.0**28
    square = size * size
    part = square / (sqrt(square + 1.0) + 1.0)
    high, low = sum_of_three(size.constant(1.0), size, part)
    high, low = select(big, size, high), select(big, size.constant(0.0), low)
    value = log_plus(high, low, x.form, select(big, size.constant(1.0), 0.0))
    value = select(size < 2.0**-30, size, value)
    return select(size < INFINITY, copysign(value.to(x.form), x), x)


def sum_of_three(one: Value, a: Value, b: Value) -> tuple[Value, Value]:
    """Return the sum of three positive numbers as a float and what it lacks."""
    first = a + b
    bigger = first - a
    lost = (a - (first - bigger)) + (b - bigger)
    total = one + first
    share = total - one
    lack = (one - (total - share)) + (first - share)
    return total, lost + lack


def acosh(x: Value) -> Value:
    """log(x + sqrt(x*x - 1)), with t = x - 1 as log(1 + (t + sqrt(t*(t + 2)))); from 2**28 on, log(2*x)."""
    wide = x.to(FLOAT64)
    big = wide > 2.0**28
    t = wide - 1.0
    twice = t + t
    square = fma(t, t, twice)
    root = sqrt(square)
    high, low = sum_of_three(wide.constant(1.0), t, root)
    if x.form is FLOAT64:
        low = low + (fma(-root, root, square) + fma(t, t, twice - square)) / (root + root + FLOAT64.tiny)
    high, low = select(big, wide, high), select(big, wide.constant(0.0), low)
    value = log_plus(high, low, x.form, select(big, wide.constant(1.0), 0.0))
    value = select(wide < INFINITY, value, wide)
    return select(wide >= 1.0, value, NAN).to(x.form)


def atanh(x: Value) -> Value:
    """log((1 + a)/(1 - a))/2, a = |x|, as log(1 + q)/2 with q = 2*a/(1 - a) in two parts."""
    size = absolute(x).to(FLOAT64)
    below = 1.0 - size
    lost = (1.0 - below) - size
    q = (size + size) / below
    total = q + 1.0
    share = total - q
    low = (q - (total - share)) + (1.0 - share)
    if x.form is FLOAT64:
        low = low + (fma(-q, below, size + size) - q * lost) / below
    value = log_plus(total, low, x.form) * 0.5
    value = select(size < 2.0**-30, size, value)
    value = select(size < 1.0, value, select(size.equals(1.0), size.constant(INFINITY), NAN))
    return copysign(value.to(x.form), x)
