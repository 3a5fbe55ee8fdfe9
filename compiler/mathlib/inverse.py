"""asin, acos, atan and atan2, in the format of their argument.

Source: the identities asin(a) = pi/2 - 2*asin(sqrt((1 - a)/2)) and atan(a) = pi/4 + atan((a - 1)/(a + 1)); the
polynomials are our own fits.
"""

from __future__ import annotations

from fractions import Fraction

from . import coefficients as fitted
from .constants import INFINITY, PI
from .emit import FLOAT32, Value, absolute, as_integer, copysign, fma, fused, is_nan, polynomial, select, split, sqrt

__all__ = ["acos", "asin", "atan", "atan2"]


def parts_of_pi(x: Value, times: Fraction) -> tuple[float, float]:
    """Return `times * pi` in two floats of the format of `x`."""
    high, low = split(PI * times, x.form, x.form.significand + 1)
    return high, low


def arc_sine_parts(size: Value) -> tuple[Value, Value, Value]:
    """Return (big, s, c): asin(size) = s + c for size <= 1/2, else asin(sqrt((1 - size)/2)) = s + c, with `big`."""
    big = size > 0.5
    z = select(big, (1.0 - size) * 0.5, size * size)
    s = select(big, sqrt(z), size)
    lack = fma(-s, s, z)
    s_low = select(big, lack / (s + s + size.form.tiny), 0.0)
    if size.form is FLOAT32:
        return big, s, fused(s * z, polynomial(z, fitted.ASIN_F32), s_low)
    # s + s*u, u = z*p(z), and p in two parts by its last step; where s is exact, z lacks something
    first, *others = fitted.ASIN_F64
    series = polynomial(z, others)
    p = fused(z, series, first)
    u = z * p
    u_low = fused(z, fused(z, series, first - p), fused(select(big, size.constant(0.0), -lack), p, fma(z, p, -u)))
    near = fma(s, u, s)
    return big, near, fused(s, u_low, fma(s, u, s - near) + fused(s_low, u, s_low))


def folded(base: Value, base_low: Value, times: Value, s: Value, c: Value) -> Value:
    """Return base + base_low + times*(s + c), for `times` a power of two; `base` is the larger one, or 0."""
    total = fma(times, s, base)
    return total + (fma(times, s, base - total) + fused(times, c, base_low))


def asin(x: Value) -> Value:
    """The arc sine, in [-pi/2, pi/2]; NaN beyond 1."""
    big, s, c = arc_sine_parts(absolute(x))
    high, low = parts_of_pi(x, Fraction(1, 2))
    if x.form is FLOAT32:
        return copysign(select(big, (high - (s + s)) - ((c + c) - low), s + c), x)
    zero, times = x.constant(0.0), select(big, x.constant(-2.0), 1.0)
    return copysign(folded(select(big, x.constant(high), zero), select(big, x.constant(low), zero), times, s, c), x)


def acos(x: Value) -> Value:
    """The arc cosine, in [0, pi]; NaN beyond 1."""
    big, s, c = arc_sine_parts(absolute(x))
    half, half_low = parts_of_pi(x, Fraction(1, 2))
    full, full_low = parts_of_pi(x, Fraction(1))
    far = big & (x < 0.0)
    zero = x.constant(0.0)
    base = select(far, x.constant(full), select(big, zero, half))
    low = select(far, x.constant(full_low), select(big, zero, half_low))
    times = copysign(select(big, x.constant(2.0), 1.0), select(big, x, -x))
    return folded(base, low, times, s, c)


def rotated(y: Value, x: Value) -> tuple[Value, Value, Value, Value]:
    """Return (first, last, top, bottom) of the angle of (x, y), both >= 0, turned into |tangent| <= 1/2.

    The angle is atan(top/bottom), plus pi/4, or 0 where `first`, or pi/2 where `last`.  Where two are subtracted,
    neither is more than twice the other, so that the difference is exact.
    """
    first = y <= x * 0.5
    last = y > x * 2.0
    top = select(first, y, select(last, -x, y - x))
    bottom = select(first, x, select(last, y, y + x))
    return first, last, top, bottom


def arc_tangent_bend(t: Value) -> Value:
    """Return atan(t) - t for |t| <= 1/2."""
    z = t * t
    return t * z * polynomial(z, fitted.ATAN_F32 if t.form is FLOAT32 else fitted.ATAN_F64)


def atan(x: Value) -> Value:
    """The arc tangent, in [-pi/2, pi/2]."""
    size = absolute(x)
    first, last, top, bottom = rotated(size, size.constant(1.0))
    t = top / bottom
    eighth, eighth_low = parts_of_pi(x, Fraction(1, 4))
    quarter, quarter_low = parts_of_pi(x, Fraction(1, 2))
    base = select(first, x.constant(0.0), select(last, x.constant(quarter), eighth))
    low = select(first, x.constant(0.0), select(last, x.constant(quarter_low), eighth_low))
    return copysign(base + (t + (arc_tangent_bend(t) + low)), x)


def atan2(y: Value, x: Value) -> Value:
    """The angle of the point (x, y), in [-pi, pi], signed zeros and infinities included."""
    form = x.form
    height, width = absolute(y), absolute(x)
    both = height.equals(INFINITY) & width.equals(INFINITY)
    huge = (height > form.huge / 4) | (width > form.huge / 4)
    scale = select(huge, x.constant(0.25), 1.0)
    height, width = select(both, x.constant(1.0), height * scale), select(both, x.constant(1.0), width * scale)
    first, last, top, bottom = rotated(height, width)
    t = select(height.equals(0.0), x.constant(0.0), top / bottom)
    left = as_integer(x) < 0
    base, low = atan2_base(x, left, first, last)
    t = select(left, -t, t)
    return select(is_nan(x) | is_nan(y), x + y, copysign(base + (t + (arc_tangent_bend(t) + low)), y))


def atan2_base(x: Value, left: Value, first: Value, last: Value) -> tuple[Value, Value]:
    """Return the multiple of pi/4 that `rotated` took off, in two floats; counted from pi where `left`."""
    parts = [parts_of_pi(x, Fraction(eighths, 4)) for eighths in range(5)]
    chosen = []
    for part in (0, 1):
        zero = select(left, x.constant(parts[4][part]), parts[0][part])
        middle = select(left, x.constant(parts[3][part]), parts[1][part])
        chosen.append(select(first, zero, select(last, x.constant(parts[2][part]), middle)))
    return chosen[0], chosen[1]
