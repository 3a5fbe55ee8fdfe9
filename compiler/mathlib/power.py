"""pow, cbrt and rsqrt.

pow(x, y) = 2**(y * log2(x)).  For float64 the logarithm is carried in two floats (about 2**-68 relative), since
its error is multiplied by up to 1074; for float32 plain float64 does.
Source: the formulas are our own; special values as in IEEE 754-2019, 9.2.1.
"""

from __future__ import annotations

from fractions import Fraction

from . import coefficients as fitted
from .constants import INFINITY, LN2, LOG2E, NAN
from .emit import (
    FLOAT32,
    FLOAT64,
    Value,
    absolute,
    as_float,
    as_integer,
    copysign,
    fma,
    fused,
    is_nan,
    larger,
    polynomial,
    rint,
    select,
    smaller,
    split,
    sqrt,
)
from .exponential import magic
from .logarithm import normalise

__all__ = ["cbrt", "pow_", "rsqrt"]

Pair = tuple[Value, Value]


def product(left: Pair, right: Pair) -> Pair:
    """Return the product of two numbers of two floats each."""
    top = left[0] * right[0]
    error = fma(left[0], right[0], -top)
    return top, fused(left[1], right[0], fused(left[0], right[1], error))


def add_smaller(big: Value, small: Pair) -> Pair:
    """Return `big` plus `small`, which is the smaller one (or `big` is 0)."""
    top = big + small[0]
    return top, ((big - top) + small[0]) + small[1]


def pair(model: Value, number: Fraction) -> Pair:
    """Return a constant in two floats."""
    high, low = split(number, FLOAT64, 53)
    return model.constant(high), model.constant(low)


def log2_pair(k: Value, m: Value) -> Pair:
    """Return k + log2(m) in two floats, m in [sqrt(1/2), sqrt(2)), by s = (m - 1)/(m + 1)."""
    f = m - 1.0
    below = f + 2.0
    s_top = f / below
    s_low = (fma(-s_top, below, f) - s_top * (f - (below - 2.0))) / below
    s = (s_top, s_low)
    z = product(s, s)
    third = pair(f, Fraction(2, 3))
    tail = z[0] * polynomial(z[0], fitted.POWER_F64)
    series = add_smaller(third[0], (tail, third[1]))
    bend = product(s, product(z, series))
    natural = add_smaller(s_top + s_top, (bend[0], bend[1] + (s_low + s_low)))
    return add_smaller(k, product(natural, pair(f, LOG2E)))


def log2_plain(k: Value, m: Value) -> Value:
    """Return k + log2(m) in one float64, good to about 2**-43 of its fraction."""
    f = m - 1.0
    s = f / (f + 2.0)
    z = s * s
    bend = s * z * fused(z, polynomial(z, fitted.POWER_MID), 2.0 / 3.0)
    return fused(s + s + bend, FLOAT64.round(LOG2E), k)


def power_double(size: Value, y: Value) -> Value:
    """Return size**y for normal or denormal size > 0."""
    logarithm = log2_pair(*normalise(size))
    top = y * logarithm[0]
    low = fused(y, logarithm[1], fma(y, logarithm[0], -top))
    low = larger(smaller(low, 2.0**-20), -(2.0**-20))  # more only where `top` is far out of range
    too_big, big, small = top >= 1025.0, top > 1020.0, top < -1020.0  # near the ends, scale last: `low` may matter
    top = larger(smaller(top, 1025.0), -1080.0)
    shifted = top + magic(FLOAT64)
    f = (top - (shifted - magic(FLOAT64))) + low
    high, rest = split(LN2, FLOAT64, 53)
    value = fused(f, high, f * fused(f, polynomial(f, fitted.EXP2_F64), rest)) + 1.0
    power = as_integer(shifted) << FLOAT64.significand
    lift = 128 << FLOAT64.significand
    moved = select(small, power + lift, select(big, power + (-lift), power))
    scale = select(small, value.constant(2.0**-128), select(big, value.constant(2.0**128), 1.0))
    value = as_float(as_integer(value) + moved) * scale
    return select(too_big, INFINITY, value)


def power_single(size: Value, y: Value) -> Value:
    """Return size**y in float64, good for float32; the caller's rounding makes infinities and denormals."""
    top = larger(smaller(y * log2_plain(*normalise(size)), 300.0), -300.0)
    shifted = top + magic(FLOAT64)
    f = top - (shifted - magic(FLOAT64))
    value = fused(f, fused(f, polynomial(f, fitted.EXP2_MID), FLOAT64.round(LN2)), 1.0)
    return as_float(as_integer(value) + (as_integer(shifted) << FLOAT64.significand))


def pow_(x: Value, y: Value) -> Value:
    """x**y."""
    size, wide = absolute(x).to(FLOAT64), y.to(FLOAT64)
    bounded = larger(smaller(wide, 2.0**70), -(2.0**70))
    value = power_single(size, bounded) if x.form is FLOAT32 else power_double(size, bounded)
    whole, half = rint(wide).equals(wide), wide * 0.5
    odd = whole & (rint(half).equals(half) ^ 1)
    to_zero = size.equals(0.0) ^ (wide < 0.0)
    ends = size.equals(0.0) | size.equals(INFINITY)
    value = select(ends, select(to_zero, wide.constant(0.0), INFINITY), value)
    value = select((x < 0.0) & (whole ^ 1) & (ends ^ 1), NAN, value).to(x.form)
    value = copysign(value, select(odd, x, 1.0))
    value = select(is_nan(x) | is_nan(y), x + y, value)
    return select(y.equals(0.0) | x.equals(1.0), 1.0, value)


def cbrt(x: Value) -> Value:
    """The cube root, of the sign of x: r = m**(-1/3) by a polynomial and a step of third order, then m*r*r."""
    size = absolute(x).to(FLOAT64)
    k, m = normalise(size)
    thirds = k * (1.0 / 3.0) + magic(FLOAT64)
    rest = k - (thirds - magic(FLOAT64)) * 3.0
    down, up = rest < 0.0, rest > 0.0
    m = m * select(up, m.constant(2.0), select(down, m.constant(0.5), 1.0))
    root = 2.0 ** (1 / 3)
    mantissa = select(up, m * 0.5, select(down, m * 2.0, m))
    r = polynomial(mantissa, fitted.CBRT_F64) * select(up, m.constant(1 / root), select(down, m.constant(root), 1.0))
    error = fma(-(r * r) * r, m, 1.0)
    r = fused(r * error, fused(error, 2.0 / 9.0, 1.0 / 3.0), r)
    square = r * r
    y = m * square
    if x.form is FLOAT64:
        cube = y * y
        lack = fma(-cube, y, m) - fma(y, y, -cube) * y
        y = fused(lack, square * (1.0 / 3.0), y)
    power = as_float((as_integer(thirds) << FLOAT64.significand) + (FLOAT64.bias << FLOAT64.significand))
    value = copysign((y * power).to(x.form), x)
    return select((size > 0.0) & (size < INFINITY), value, x)


def rsqrt(x: Value) -> Value:
    """1/sqrt(x); infinite, of the sign of x, at the zeros."""
    return 1.0 / sqrt(x)
