"""erf and erfc.

erf(a) = -expm1(-u(a)) with u = -log(erfc(a)), which is smooth and nearly a parabola: one polynomial serves the
whole range, and its relative error fades where erf approaches 1.  erfc(a) = exp(-a*a) * g(t)/(1 + 2*a) with
t = (a - c)/(a + c) serves the whole range with small relative error.
Source: the second form after Shepherd and Laframboise, Math. Comp. 36 (1981); both fits are our own.
"""

from __future__ import annotations

import math

from . import coefficients as fitted
from .emit import FLOAT32, FLOAT64, Value, absolute, copysign, fma, fused, polynomial, select, smaller
from .exponential import exp_below, expm1_bounded, expm1_of_rest, reduce

__all__ = ["erf", "erfc"]

TWO_OVER_ROOT_PI = 2.0 / math.sqrt(math.pi)
CENTRE = {FLOAT32: 3.0, FLOAT64: 4.0}


def erf(x: Value) -> Value:
    """The error function; from 3.94 (5.94) on it rounds to 1."""
    single = x.form is FLOAT32
    size = smaller(absolute(x), 3.94 if single else 5.94)
    bend = size * polynomial(size, fitted.ERF_F32 if single else fitted.ERF_F64)
    value = -expm1_bounded(-fused(size, TWO_OVER_ROOT_PI, bend))
    return select(x.equals(x), copysign(value, x), x)


def scaled_tail(size: Value) -> Value:
    """Return exp(a*a)*erfc(a) for a float64; what the rounding of t loses is made up for by the slope there."""
    centre = CENTRE[FLOAT64]
    over, under = size - centre, size + centre
    inverse = 1.0 / under
    t = over * inverse
    residue = fma(-t, under, over) + ((size - (over + centre)) - t * (size - (under - centre)))
    value = polynomial(t, fitted.ERFC_F64)
    value = fused(residue * inverse, polynomial(t, fitted.ERFC_SLOPE_F64), value)
    return value / fused(size, 2.0, 1.0)


def erfc_single(size: Value) -> Value:
    """Return erfc(a) in float64, good for float32: a*a is exact."""
    t = (size - CENTRE[FLOAT32]) / (size + CENTRE[FLOAT32])
    reduced = reduce(-(size * size))
    power = reduced.two_to_n()
    decay = fused(power, expm1_of_rest(reduced.r, FLOAT32), power)
    return decay * (polynomial(t, fitted.ERFC_MID) / fused(size, 2.0, 1.0))


def erfc_double(size: Value) -> Value:
    """Return erfc(a) in float64, the square in the exponent in two parts."""
    square = size * size
    return exp_below(-square, -fma(size, size, -square)) * scaled_tail(size)


def erfc(x: Value) -> Value:
    """1 - erf(x), with small relative error down to the denormals; float32 is computed in float64."""
    single = x.form is FLOAT32
    size = smaller(absolute(x).to(FLOAT64), 10.25 if single else 27.4)
    tail = erfc_single(size) if single else erfc_double(size)
    value = select(x < 0.0, 2.0 - tail, tail).to(x.form)
    return select(x.equals(x), value, x)
