"""erf and erfc.

erf(a) = -expm1(-u(a)) with u = -log(erfc(a)), which is smooth and nearly a parabola: one polynomial serves the
whole range, and its relative error fades where erf approaches 1.  erfc(a) = exp(-a*a) * g(t)/(a + c) with
t = (a - c)/(a + c) serves the whole range with small relative error.
Source: the second form after Shepherd and Laframboise, Math. Comp. 36 (1981); both fits are our own.
"""

from __future__ import annotations

import math

from . import coefficients as fitted
from .emit import (
    FLOAT32,
    FLOAT64,
    Value,
    absolute,
    at_most,
    copysign,
    fma,
    fused,
    horner,
    horner_of,
    polynomial,
    select,
    smaller,
)
from .exponential import Extra, exp_below, expm1_bounded, expm1_of_rest, reduce, two_to

__all__ = ["erf", "erfc"]

TWO_OVER_ROOT_PI = 2.0 / math.sqrt(math.pi)
CENTRE = {FLOAT32: 3.0, FLOAT64: 2.0}


def erf(x: Value) -> Value:
    """The error function."""
    return erf_single(x) if x.form is FLOAT32 else erf_double(x)


def erf_single(x: Value) -> Value:
    """1 - 2**p(|x|), or an odd polynomial where that would lose digits; from 3.94 on it rounds to 1."""
    size = at_most(absolute(x), 3.95)
    z = x * x
    is_near = size < 0.9
    first, *others = fitted.ERF_FAR_F32
    rest = horner_of(is_near, z, fitted.ERF_NEAR_F32, size, others)
    power, scale = two_to(fused(rest, size, first))
    far = fused(-power, scale, 1.0)
    return copysign(select(is_near, fused(rest, size, size), far), x)


def erf_double(x: Value) -> Value:
    """-expm1(-u(|x|)), u a polynomial; from 5.94 on it rounds to 1."""
    size = smaller(absolute(x), 5.94)
    value = -expm1_bounded(-fused(size, TWO_OVER_ROOT_PI, size * polynomial(size, fitted.ERF_F64)))
    return select(x.equals(x), copysign(value, x), x)


def scaled_tail(size: Value) -> tuple[Value, Value]:
    """Return exp(a*a)*erfc(a) for a float64 a, in two parts.

    The rounding errors of a - c, a + c, t, the reciprocal and the last step of Horner's rule are known, and their
    effect on the result is added: that of t through the slope of the polynomial there.
    """
    centre = CENTRE[FLOAT64]
    over, under = size - centre, size + centre
    over_low, under_low = size - (over + centre), size - (under - centre)
    inverse = 1.0 / under
    inverse_error = fused(-inverse, under_low, fma(-inverse, under, 1.0))
    t = over * inverse
    t_error = (fma(-t, under, over) + fused(-t, under_low, over_low)) * inverse
    first, *others = fitted.ERFC_F64
    rest = horner(t, others)
    value = fused(t, rest, first)
    lost = fused(t, rest, first - value)
    correction = fused(value, inverse_error, fused(t_error, polynomial(t, fitted.ERFC_SLOPE_F64), lost))
    tail = value * inverse
    return tail, fused(correction, inverse, fma(value, inverse, -tail))


def erfc_single(size: Value) -> Value:
    """Return erfc(a) in float64, good for float32: a*a is exact."""
    inverse = 1.0 / (size + CENTRE[FLOAT32])
    t = (size - CENTRE[FLOAT32]) * inverse
    reduced = reduce(-(size * size))
    power = reduced.two_to_n()
    decay = fused(power, expm1_of_rest(reduced.r, FLOAT32), power)
    return decay * polynomial(t, fitted.ERFC_MID) * inverse


def erfc_double(size: Value) -> Value:
    """Return erfc(a) in float64, the square in the exponent in two parts."""
    square = size * size
    return exp_below(-square, Extra(-fma(size, size, -square), *scaled_tail(size)))


def erfc(x: Value) -> Value:
    """1 - erf(x), with small relative error down to the denormals; float32 is computed in float64."""
    single = x.form is FLOAT32
    size = smaller(absolute(x).to(FLOAT64), 10.25 if single else 27.4)
    tail = erfc_single(size) if single else erfc_double(size)
    value = select(x < 0.0, 2.0 - tail, tail).to(x.form)
    return select(x.equals(x), value, x)
