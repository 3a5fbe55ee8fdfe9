"""exp, expm1, sigmoid, softplus and the hyperbolic functions.

All start from x = n*ln(2) + r with an integer n and |r| <= ln(2)/2, then a polynomial in r.
Source: the reduction and the polynomials are our own; errors are stated in `table.py` and measured by
`tests/mathlib`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from . import coefficients as fitted
from .constants import INFINITY, LN2, LOG2E
from .emit import (
    FLOAT32,
    FLOAT64,
    Format,
    Value,
    absolute,
    as_float,
    as_integer,
    at_least,
    at_most,
    copysign,
    fused,
    horner,
    larger,
    polynomial,
    select,
    smaller,
    split,
)
from .scale import nearest, scaled, scales_in_hardware

__all__ = ["Extra", "cosh", "exp", "expm1", "magic", "sigmoid", "sinh", "softplus", "tanh", "two_to"]


def magic(form: Format) -> float:
    """Return the float that, added, rounds a number to an integer and leaves it in the lowest bits."""
    return 1.5 * 2.0**form.significand


@dataclass(frozen=True)
class Reduced:
    """x = n*ln(2) + r + low; `power` holds n where the exponent of a float has its bits.

    `low` is what the rounding of r lost, worth its two instructions in float64.
    """

    n: Value
    r: Value
    low: Value
    power: Value

    def two_to_n(self, shift: int = 0) -> Value:
        """Return 2**(n + shift), for a normal result."""
        form = self.n.form
        return as_float(self.power + ((form.bias + shift) << form.significand))


def split_ln2(form: Format) -> tuple[float, float]:
    """Return ln(2) in two floats; the first is short, so that small integers times it are exact."""
    high, low = split(LN2, form, 15 if form is FLOAT32 else 42)
    return high, low


def reduce(x: Value) -> Reduced:
    """Split `x`, below 2**11 in magnitude; the first part of ln(2) is short, so n times it is exact."""
    form = x.form
    high, low = split_ln2(form)
    shifted = fused(x, form.round(LOG2E), magic(form))
    n = shifted - magic(form)
    near = fused(n, -high, x)
    r = fused(n, -low, near)
    return Reduced(n, r, fused(n, -low, near - r), as_integer(shifted) << form.significand)


def expm1_of_rest(r: Value, good_for: Format | None = None) -> Value:
    """Return exp(r) - 1 for |r| <= ln(2)/2; in float64, good for a result in the format `good_for`."""
    if r.form is FLOAT32:
        table: tuple[float, ...] = fitted.EXP_F32
    else:
        table = fitted.EXP_MID if good_for is FLOAT32 else fitted.EXP_F64
    return fused(r * r, polynomial(r, table), r)


def expm1_of(reduced: Reduced) -> Value:
    """Return exp(r + low) - 1; float32 goes without `low`."""
    r = reduced.r
    if r.form is FLOAT32:
        return expm1_of_rest(r)
    return r + fused(r * r, polynomial(r, fitted.EXP_F64), reduced.low)


@dataclass(frozen=True)
class Extra:
    """What an exponential is taken with: exp(x + low) * (factor + factor_low).

    `low` lies below the last place of x, `factor` between 2**-10 and 2, `factor_low` below its last place.
    """

    low: Value
    factor: Value
    factor_low: Value

    def exp_of_rest(self, r: Value, r_low: Value) -> Value:
        """Return the product for x = r + r_low with |r| <= ln(2)/2."""
        low = self.low + r_low
        total = r + low
        grown = total + fused(total * total, polynomial(total, fitted.EXP_F64), (r - total) + low)
        return self.factor + fused(grown, self.factor, fused(grown, self.factor_low, self.factor_low))


def exp_below(x: Value, extra: Extra | None = None) -> Value:
    """Return exp(x), or the product `extra` describes; denormals are rounded once more.

    For x above the logarithm of the largest float, or NaN, the result means nothing.
    """
    if scales_in_hardware():
        return exp_scaled(larger(x, -104.0 if x.form is FLOAT32 else -746.0), extra)
    form = x.form
    lowest, boundary, lift = (-104.0, -80.0, 64) if form is FLOAT32 else (-746.0, -700.0, 128)
    reduced = reduce(larger(x, lowest))
    value = exp_of_rest(reduced.r) if extra is None else extra.exp_of_rest(reduced.r, reduced.low)
    small = x < boundary
    raised = select(small, reduced.power + (lift << form.significand), reduced.power)
    return as_float(as_integer(value) + raised) * select(small, x.constant(2.0**-lift), 1.0)


def exp_scaled(x: Value, extra: Extra | None = None) -> Value:
    """Return exp(x), or what `extra` describes, for |x| < 2**11 or NaN, where the processor scales."""
    form = x.form
    power, n = nearest(x * form.round(LOG2E))
    high, rest = split_ln2(form)
    near = fused(n, -high, x)
    r = fused(n, -rest, near)
    value = exp_of_rest(r) if extra is None else extra.exp_of_rest(r, fused(n, -rest, near - r))
    return scaled(value, power)


def exp_of_rest(r: Value) -> Value:
    """Return exp(r) for |r| <= ln(2)/2."""
    if r.form is FLOAT32:
        return horner(r, (1.0, *fitted.EXP1_F32))
    return expm1_of_rest(r) + 1.0


def largest_exponent(form: Format) -> float:
    """Return the largest x with a finite exp(x)."""
    return 88.72283172607422 if form is FLOAT32 else 709.782712893384


def exp(x: Value) -> Value:
    """exp(x)."""
    if scales_in_hardware():
        lowest, highest = (-104.0, 89.0) if x.form is FLOAT32 else (-746.0, 710.0)
        return exp_scaled(at_least(at_most(x, highest), lowest))
    return select(x <= largest_exponent(x.form), exp_below(x), x + INFINITY)


def expm1_below(x: Value) -> Value:
    """Return exp(x) - 1 for x from -50 to the logarithm of the largest float; x itself where that is tiny."""
    reduced = reduce(x)
    half = reduced.two_to_n(-1)
    value = fused(half, expm1_of(reduced), half - 0.5)
    return select(absolute(x) < 2.0**-30 if x.form is FLOAT32 else absolute(x) < 2.0**-60, x, value + value)


def expm1_bounded(x: Value) -> Value:
    """Return exp(x) - 1 for |x| < 80; right for the tiniest x, but -0 becomes 0."""
    reduced = reduce(x)
    power = reduced.two_to_n()
    return fused(power, expm1_of(reduced), power - 1.0)


def expm1(x: Value) -> Value:
    """exp(x) - 1, exact to the last place near 0 too."""
    value = expm1_below(larger(x, -50.0))
    return select(x <= largest_exponent(x.form), value, x + INFINITY)


def sigmoid(x: Value) -> Value:
    """1/(1 + exp(-x)); the exponential is of -|x|, so nothing overflows and small results keep their digits.

    With e = exp(-|x|), q = e/(1 + e) changes by -q*(1 - q) times what 1 + e lost in rounding.  For 1/(1 + e) that
    is less than due, which only helps less.
    """
    decay = exp_below(-absolute(x))
    below = decay + 1.0
    lost = decay - (below - 1.0)
    q = select(x < 0.0, decay, 1.0) / below
    value = fused(q * lost, q - 1.0, q)
    return select(x.equals(x), value, x)


def softplus(x: Value) -> Value:
    """log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)), the logarithm by s = e/(2 + e)."""
    decay = exp_below(-absolute(x))
    s = decay / (decay + 2.0)
    z = s * s
    rest = z * polynomial(z, fitted.SOFTPLUS_F32 if x.form is FLOAT32 else fitted.SOFTPLUS_F64)
    value = larger(x, 0.0) + fused(-s, decay - rest, decay)
    return select(x < INFINITY, value, x)


def two_to(exponent: Value) -> tuple[Value, Value]:
    """Return p and s, float32, with 2**exponent = p*s for an exponent between -127 and 127, or NaN.

    The integer part, with the bias of the format added, is shifted from the lowest bits to where exponents lie.
    """
    lift = magic(FLOAT32) + FLOAT32.bias
    shifted = exponent + lift
    f = exponent - (shifted - lift)
    return power_of_rest(f), as_float(as_integer(shifted) << FLOAT32.significand)


def power_of_rest(f: Value) -> Value:
    """Return 2**f for |f| <= 1/2."""
    return horner(f, (1.0, *fitted.POWER_OF_TWO_F32))


def tanh(x: Value) -> Value:
    """tanh(x)."""
    return tanh_single(x) if x.form is FLOAT32 else tanh_double(x)


def tanh_single(x: Value) -> Value:
    """tanh(n*ln(2)/2 + r) = g/(g + 1 - t), g = p - 1/2 + (p + 1/2)*t, 2*p = 2**n, t = tanh(r); from 9.1 on it is 1.

    Where n = 0, g is t and the sum below it 1.  Further out an error of g counts less, being in both; r is never
    negative, so that g and 1 - t keep their digits.
    """
    size = at_most(absolute(x), 9.25)
    lift = magic(FLOAT32) + (FLOAT32.bias - 1)
    shifted = fused(size - LN2 * Fraction(1, 4), 2 * LOG2E, lift)
    r = fused(shifted - lift, LN2 * Fraction(-1, 2), size)
    p = as_float(as_integer(shifted) << FLOAT32.significand)
    z = r * r
    t = fused(r * z, polynomial(z, fitted.TANH_F32), r)
    g = fused(p + 0.5, t, p - 0.5)
    return copysign(g / (g + (1.0 - t)), x)


def tanh_double(x: Value) -> Value:
    """tanh(x) = e/(e + 2), e = exp(2|x|) - 1; from 19.1 on it rounds to 1.

    The quotient q changes by -q*(1 - q)/2 times what e + 2 lost in rounding.
    """
    size = absolute(x)
    grown = expm1_bounded(smaller(size, 19.5) * 2.0)
    below = grown + 2.0
    lost = smaller(grown, 2.0) - (below - larger(grown, 2.0))
    q = grown / below
    value = fused(q * lost, fused(q, 0.5, -0.5), q)
    return select(x.equals(x), copysign(value, x), x)


def hyperbolic_parts(x: Value, form: Format) -> tuple[Value, Value]:
    """Return sinh(x)/4 and cosh(x)/4 for 0 <= x < 711, in float64 good for a result in `form`.

    sinh(n*ln2 + r) = S*cosh(r) + C*sinh(r) with S, C = sinh, cosh of n*ln2, which are sums of powers of two.
    """
    reduced = reduce(x)
    double = form is FLOAT64
    r = reduced.r
    z = r * r
    bend = fused(r * z, polynomial(z, fitted.SINH_F64 if double else fitted.SINH_MID), reduced.low)
    excess = z * polynomial(z, fitted.COSH_F64 if double else fitted.COSH_MID)
    up = reduced.two_to_n(-3)
    down = as_float((FLOAT64.bias - 3 << FLOAT64.significand) - smaller_power(reduced))
    odd, even = up - down, up + down
    sine = odd + fused(even, r, fused(even, bend, odd * excess))
    return sine, up + fused(odd, r, fused(odd, bend, fused(even, excess, down)))


def smaller_power(reduced: Reduced) -> Value:
    """Return `power` up to 2**64: beyond, 2**-n adds nothing and its exponent would run out."""
    limit = 64 << FLOAT64.significand
    return select(reduced.n < 64.0, reduced.power, limit)


def sinh(x: Value) -> Value:
    """sinh(x); x itself where x is tiny, so that denormals stay."""
    size = absolute(x).to(FLOAT64)
    bounded = smaller(size, 711.0)
    value = hyperbolic_parts(bounded, x.form)[0] * 4.0
    value = select(size < 2.0**-30, size, value)
    return select(is_bounded(size), copysign(value.to(x.form), x), x)


def cosh(x: Value) -> Value:
    """cosh(x)."""
    size = absolute(x).to(FLOAT64)
    value = (hyperbolic_parts(smaller(size, 711.0), x.form)[1] * 4.0).to(x.form)
    return select(is_bounded(size), value, absolute(x))


def is_bounded(size: Value) -> Value:
    """Return whether `size` is neither NaN nor infinite."""
    return size < INFINITY
