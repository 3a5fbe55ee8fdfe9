"""Fit the polynomials of `compiler/mathlib` and write `compiler/mathlib/coefficients.py`.

    python tools/fit_polynomials.py            # all of them, some seconds
    python tools/fit_polynomials.py erf_f32    # one, printed with its error

Each polynomial is a weighted minimax fit (Remez exchange on a fixed Chebyshev grid, in 60-digit arithmetic with
mpmath).  For float32, and where float64 has to be right to the last place, the coefficients are rounded one after the
other, lowest first, and the rest fitted again, so that the rounding of the early ones is made up for by the later
ones.  The error printed is the largest weighted one,
as a power of two.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import mpmath as mp
import numpy as np

mp.mp.dps = 60
Real = Callable[[mp.mpf], mp.mpf]
TARGET = Path(__file__).parent.parent / "compiler" / "mathlib" / "coefficients.py"


@dataclass(frozen=True)
class Fit:
    """Fit `function` on [low, high] with a polynomial of `degree`; the error counts times `weight`.

    The coefficients are float32 if `single`; they are rounded one after the other if so or if `careful`.
    """

    name: str
    function: Real
    weight: Real
    low: mp.mpf
    high: mp.mpf
    degree: int
    single: bool = False
    careful: bool = False


def grid_of(fit: Fit, points: int) -> list[mp.mpf]:
    """Return Chebyshev points of the interval, its ends left out."""
    middle, half = (fit.high + fit.low) / 2, (fit.high - fit.low) / 2
    return [middle - half * mp.cos(mp.pi * (k + mp.mpf(1) / 2) / points) for k in range(points)]


def alternation(errors: list[mp.mpf], count: int) -> list[int]:
    """Return `count` grid places where the error is extreme with alternating sign."""
    peaks: list[int] = []
    for place, error in enumerate(errors):
        if peaks and (error > 0) == (errors[peaks[-1]] > 0):
            if abs(error) > abs(errors[peaks[-1]]):
                peaks[-1] = place
        else:
            peaks.append(place)
    while len(peaks) > count:
        ends = (0, -1) if abs(errors[peaks[0]]) < abs(errors[peaks[-1]]) else (-1, 0)
        peaks.pop(ends[0])
    return peaks


def remez(points: list[mp.mpf], values: list[mp.mpf], weights: list[mp.mpf], first: int, degree: int) -> list[mp.mpf]:
    """Return the coefficients of x**first .. x**degree that minimise the largest weighted error."""
    count = degree - first + 2
    step = (len(points) - 1) / (count - 1)
    places = [round(k * step) for k in range(count)]
    best: tuple[mp.mpf, list[mp.mpf]] = (mp.inf, [])
    for _ in range(12):
        system = mp.matrix(count, count)
        right = mp.matrix(count, 1)
        for row, place in enumerate(places):
            for column in range(count - 1):
                system[row, column] = points[place] ** (first + column)
            system[row, count - 1] = (-1) ** row / weights[place]
            right[row] = values[place]
        solved = list(mp.lu_solve(system, right))[:-1]
        errors = [
            (mp.polyval(solved[::-1], x) * x**first - value) * weight
            for x, value, weight in zip(points, values, weights, strict=True)
        ]
        worst = max(abs(error) for error in errors)
        if worst < best[0]:
            best = (worst, solved)
        peaks = alternation(errors, count)
        if len(peaks) < count or peaks == places:
            break
        places = peaks
    return best[1]


def solve(fit: Fit) -> tuple[list[float], float]:
    """Return the rounded coefficients and the largest weighted error."""
    points = grid_of(fit, 24 * (fit.degree + 2))
    exact = [fit.function(x) for x in points]
    weights = [abs(fit.weight(x)) for x in points]
    values, done = list(exact), []
    if fit.single or fit.careful:
        for first in range(fit.degree + 1):
            rounded = float(remez(points, values, weights, first, fit.degree)[0])
            rounded = float(np.float32(rounded)) if fit.single else rounded
            done.append(rounded)
            values = [value - rounded * x**first for value, x in zip(values, points, strict=True)]
    else:
        done = [float(c) for c in remez(points, values, weights, 0, fit.degree)]
    errors = [
        abs((mp.polyval([mp.mpf(c) for c in done[::-1]], x) - value) * weight)
        for x, value, weight in zip(points, exact, weights, strict=True)
    ]
    return done, float(mp.log(max(errors), 2))


def root(function: Real) -> Real:
    """Return the function of z = x*x that `function` is of x."""
    return lambda z: function(mp.sqrt(z))


HALF_LN2, QUARTER_PI = mp.log(2) / 2 * mp.mpf("1.003"), mp.pi / 4 * mp.mpf("1.0001")
LOG_LOW, LOG_HIGH = mp.sqrt(mp.mpf(1) / 2) - 1, mp.sqrt(2) - 1
LOG_Z = (LOG_HIGH / (2 + LOG_HIGH)) ** 2 * mp.mpf("1.001")
QUARTER = mp.mpf("0.2501")
ERFC_CENTRE = {"f64": mp.mpf(2), "mid": mp.mpf(3)}


def exponential(name: str, degree: int, single: bool = False) -> Fit:
    """exp(r) = 1 + r + r*r*p(r)."""
    return Fit(f"exp_{name}", lambda r: (mp.expm1(r) - r) / r**2, lambda r: r**2 / mp.expm1(r), -HALF_LN2, HALF_LN2,
               degree, single)  # fmt: skip


def exponential1(degree: int) -> Fit:
    """exp(r) = 1 + r*p(r), in float32."""
    return Fit("exp1_f32", lambda r: mp.expm1(r) / r, lambda r: r / mp.exp(r), -HALF_LN2, HALF_LN2, degree, True)


def power_of_two(degree: int) -> Fit:
    """2**f = 1 + f*p(f), in float32."""
    return Fit("power_of_two_f32", lambda f: (mp.mpf(2) ** f - 1) / f, lambda f: f / mp.mpf(2) ** f,
               mp.mpf("-0.501"), mp.mpf("0.501"), degree, True)  # fmt: skip


def exponential2(name: str, degree: int) -> Fit:
    """2**f = 1 + f*(ln 2 + f*p(f))."""
    ln2 = mp.log(2)
    return Fit(f"exp2_{name}", lambda f: (mp.expm1(f * ln2) - f * ln2) / f**2, lambda f: f**2, mp.mpf("-0.501"),
               mp.mpf("0.501"), degree)  # fmt: skip


def ratio_log(name: str, high: mp.mpf, degree: int, single: bool = False) -> Fit:
    """log((1+s)/(1-s)) = s*(2 + z*p(z)), z = s*s."""
    return Fit(name, root(lambda s: (2 * mp.atanh(s) - 2 * s) / s**3), lambda z: z, mp.mpf("1e-9"), high, degree,
               single)  # fmt: skip


def power_log(name: str, degree: int) -> Fit:
    """log((1+s)/(1-s)) = 2*s + s*z*(2/3 + z*p(z)), z = s*s."""
    third = mp.mpf(2) / 3
    return Fit(name, root(lambda s: (2 * mp.atanh(s) - 2 * s - third * s**3) / s**5), lambda z: z * z,
               mp.mpf("1e-7"), LOG_Z, degree)  # fmt: skip


def series(
    name: str, function: Real, power: int, high: mp.mpf, degree: int, single: bool = False, careful: bool = False
) -> Fit:
    """Fit `function(x)`, already freed of its leading terms and divided by x**power, in z = x*x."""
    return Fit(name, root(function), lambda z: z ** (mp.mpf(power) / 2), mp.mpf("1e-9"), high, degree, single, careful)


def log_series(name: str, base: mp.mpf, power: int, degree: int) -> Fit:
    """log(1+f)/log(base), freed of its first `power` terms, divided by f**power."""
    scale, low = 1 / mp.log(base), LOG_LOW * mp.mpf("1.001")

    def rest(f: mp.mpf) -> mp.mpf:
        known = sum(-((-f) ** k) / k for k in range(1, power)) * scale
        return (mp.log1p(f) * scale - known) / f**power

    return Fit(name, rest, lambda f: f**power / mp.log1p(f), low, LOG_HIGH * mp.mpf("1.001"), degree, single=True)


def error_function(name: str, high: float, degree: int, leading: float, single: bool = False) -> Fit:
    """erf(a) = -expm1(-a*(leading + p(a)))."""

    def weight(a: mp.mpf) -> mp.mpf:
        return a * mp.erfc(a) / mp.erf(a)

    return Fit(f"erf_{name}", lambda a: -mp.log(mp.erfc(a)) / a - leading, weight, mp.mpf("1e-6"), mp.mpf(high),
               degree, single)  # fmt: skip


def scaled_erfc(name: str, high: float, degree: int) -> Fit:
    """erfc(x) = exp(-x*x) * p(t) / (x + centre), t = (x - centre)/(x + centre)."""
    centre = ERFC_CENTRE[name]

    def value(t: mp.mpf) -> mp.mpf:
        x = centre * (1 + t) / (1 - t)
        return mp.exp(x * x) * mp.erfc(x) * (x + centre)

    last = (mp.mpf(high) - centre) / (mp.mpf(high) + centre)
    return Fit(f"erfc_{name}", value, lambda t: 1 / value(t), mp.mpf(-1), last, degree)


def scaled_erfc_slope(name: str, high: float, degree: int) -> Fit:
    """The derivative of `scaled_erfc`'s function, roughly: it corrects for the rounding of t."""
    base = scaled_erfc(name, high, 1)
    return Fit(f"erfc_slope_{name}", lambda t: mp.diff(base.function, t), lambda t: mp.mpf(1), mp.mpf("-0.999"),
               base.high, degree)  # fmt: skip


def erf_near(high: float, degree: int) -> Fit:
    """erf(a) = a + a*p(a*a), in float32."""
    ratio = root(lambda a: mp.erf(a) / a)
    return Fit("erf_near_f32", lambda z: ratio(z) - 1, lambda z: 1 / ratio(z), mp.mpf("1e-9"), mp.mpf(high) ** 2,
               degree, single=True)  # fmt: skip


def erf_far(low: float, high: float, degree: int) -> Fit:
    """erf(a) = 1 - 2**p(a), in float32."""
    return Fit("erf_far_f32", lambda a: mp.log(mp.erfc(a), 2), lambda a: mp.log(2) * mp.erfc(a) / mp.erf(a),
               mp.mpf(low), mp.mpf(high), degree, single=True)  # fmt: skip


def inverse_root(name: str, degree: int) -> Fit:
    """m ** (-1/3)."""
    return Fit(f"cbrt_{name}", lambda m: m ** (-mp.mpf(1) / 3), lambda m: mp.cbrt(m), mp.mpf("0.7"), mp.mpf("1.4157"),
               degree)  # fmt: skip


TWO_OVER_ROOT_PI = float(2 / mp.sqrt(mp.pi))


def sine(x: mp.mpf) -> mp.mpf:
    return (mp.sin(x) - x) / x**3


def cosine(x: mp.mpf) -> mp.mpf:
    return (mp.cos(x) - 1 + x * x / 2) / x**4


def arc_sine(x: mp.mpf) -> mp.mpf:
    return (mp.asin(x) - x) / x**3


def arc_tangent(x: mp.mpf) -> mp.mpf:
    return (mp.atan(x) - x) / x**3


def hyperbolic_tangent(x: mp.mpf) -> mp.mpf:
    return (mp.tanh(x) - x) / x**3


def hyperbolic_sine(x: mp.mpf) -> mp.mpf:
    return (mp.sinh(x) - x) / x**3


def hyperbolic_cosine(x: mp.mpf) -> mp.mpf:
    return (mp.cosh(x) - 1) / x**2


FITS = (
    exponential("f32", 5, True), exponential("f64", 10), exponential("mid", 4),
    exponential2("f64", 10), exponential2("mid", 4), exponential1(5), power_of_two(4),
    log_series("log_f32", mp.e, 3, 7), log_series("log2_f32", mp.mpf(2), 2, 8),
    ratio_log("ratio_f64", LOG_Z, 6), ratio_log("ratio_mid", LOG_Z, 3),
    power_log("power_mid", 3), power_log("power_f64", 7),
    ratio_log("softplus_f64", mp.mpf(1) / 9, 9), ratio_log("softplus_f32", mp.mpf(1) / 9, 3, True),
    series("sin_f64", sine, 2, QUARTER_PI**2, 6, careful=True), series("sin_mid", sine, 2, QUARTER_PI**2, 2),
    series("cos_f64", cosine, 4, QUARTER_PI**2, 6, careful=True), series("cos_mid", cosine, 4, QUARTER_PI**2, 2),
    series("asin_f64", arc_sine, 2, QUARTER, 13, careful=True), series("asin_f32", arc_sine, 2, QUARTER, 4, True),
    series("atan_f64", arc_tangent, 2, QUARTER, 12), series("atan_f32", arc_tangent, 2, QUARTER, 4, True),
    series("sinh_f64", hyperbolic_sine, 2, HALF_LN2**2, 4), series("sinh_mid", hyperbolic_sine, 2, HALF_LN2**2, 2),
    series("cosh_f64", hyperbolic_cosine, 2, HALF_LN2**2, 4), series("cosh_mid", hyperbolic_cosine, 2, HALF_LN2**2, 2),
    error_function("f64", 5.95, 24, TWO_OVER_ROOT_PI), erf_near(0.9, 5), erf_far(0.89, 4.0, 6),
    series("tanh_f32", hyperbolic_tangent, 2, HALF_LN2**2, 2, True),
    scaled_erfc("mid", 10.3, 9), scaled_erfc("f64", 27.5, 28), scaled_erfc_slope("f64", 27.5, 5),
    inverse_root("f64", 6), inverse_root("mid", 4),
)  # fmt: skip

HEADER = '''"""Polynomial coefficients, lowest power first.  Written by `tools/fit_polynomials.py`; do not edit.

Each comment states the largest weighted error of the fit, before any rounding of the evaluation.  `_f32` and `_f64`
are evaluated in that format; `_mid` in float64 for a float32 result.
"""

'''


def main(names: list[str]) -> None:
    """Fit the named polynomials, or write the file with all of them."""
    chunks = [HEADER.rstrip("\n")]
    for fit in FITS:
        if names and fit.name not in names:
            continue
        coefficients, error = solve(fit)
        print(f"{fit.name:14} degree {fit.degree:2}  error 2**{error:.1f}", flush=True)
        rows = "".join(f"    {value!r},\n" for value in coefficients)
        chunks.append(f"# error 2**{error:.1f}\n{fit.name.upper()} = (\n{rows})")
        if names:
            print(rows)
    if not names:
        TARGET.write_text("\n\n".join(chunks) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
