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


def erfc(x: Value) -> Value:
    """1 - erf(x), with small relative error down to the denormals; float32 is computed in float64."""
    single = x.form is FLOAT32
    size = smaller(absolute(x).to(FLOAT64), 10.25 if single else 27.4)
    centre = CENTRE[x.form]
    t = (size - centre) / (size + centre)
    scaled = polynomial(t, fitted.ERFC_MID if single else fitted.ERFC_F64) / fused(size, 2.0, 1.0)
    square = size * size
    if single:
        reduced = reduce(-square)
        power = reduced.two_to_n()
        decay = fused(power, expm1_of_rest(reduced.r, FLOAT32), power)
    else:
        decay = exp_below(-square)
        decay = fused(decay, -fma(size, size, -square), decay)
    tail = decay * scaled
    value = select(x < 0.0, 2.0 - tail, tail).to(x.form)
    return select(x.equals(x), value, x)
