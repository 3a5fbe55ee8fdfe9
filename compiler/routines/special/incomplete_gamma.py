"""The incomplete gamma functions of many float32 numbers and their derivatives by `a`, computed in float64.

With F = x^a e^-x / gamma(a), where x is not much above a the series of the lower one, elsewhere the continued fraction
of the upper one, whose convergents p / q follow one recurrence:

    P(a, x) = F / a * (1 + x / (a + 1) + x^2 / (a + 1) (a + 2) + ...)
    Q(a, x) = F * 1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - 2 (2 - a) / (x + 5 - a - ...)))

One is 1 minus the other, which in float64 costs nothing while it is above 1e-7. Terms, p and q carry their derivatives
along, for `IgammaGradA`. log(gamma(a)) and its derivative are Stirling's at a + 7. What the loops do not serve for is
stored as NaN and computed by the kernel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

import numpy as np

from ...plan.plan import Instruction
from ...runtime import recycle
from ..kernel import loop, threads_for
from .blocks import in_blocks

_LEAST: Final = {"lower": 1e-30, "upper": 1e-3}  # of `a`: below it Q nears 0 where the series serves
_MOST: Final = 1000.0  # of both: the loops take some 6 sqrt(a) turns
_SHIFT: Final = 7
_LOG_GAMMA: Final = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360)
_DIGAMMA: Final = (-1 / 12, 1 / 120, -1 / 252, 1 / 240, -1 / 132, 691 / 32760)
_HALF_LOG_2_PI: Final = 0.9189385332046727

_HEAD = """def kernel(a, x, r, start, stop):
    for i in range(start, stop):
        s = f64(load(a, i))
        v = f64(load(x, i))
        result = f64(nan)
        if s >= f64({least}) and s <= f64({most}) and v > f64(0) and v <= f64({most}):
            z = s + f64({shift})
            w = f64(1) / z
            u = w * w
            logz = log_f64(z)
            logv = log_f64(v)
            product = {product}
            lg = (z - f64(0.5)) * logz - z + f64({constant}) + w * {log_gamma} - log_f64(product)
            front = exp_f64(s * logv - v - lg)
{body}        store(r, i, f32(result))
"""
_VALUE = """            if v < s + f64(3):
                n = s
                term = f64(1)
                total = f64(1)
                while term > f64({enough}) * total:
                    n = n + f64(1)
                    term = term * (v / n)
                    total = total + term
                lower = front / s * total
                result = {of_lower}
            else:
                c = f64(0)
                y = f64(1) - s
                z = v + y + f64(1)
                p0 = f64(1)
                q0 = v
                p1 = v + f64(1)
                q1 = z * v
                apart = f64(1)
                near = f64(0)
                while apart > near:
                    c = c + f64(1)
                    y = y + f64(1)
                    z = z + f64(2)
                    p2 = p1 * z - p0 * (y * c)
                    q2 = q1 * z - q0 * (y * c)
                    apart = fabs(p2 * q1 - p1 * q2)
                    near = f64(1e-12) * fabs(p2 * q1)
                    scale = f64(7e-46) if fabs(p2) > f64(1e40) else f64(1)
                    p0 = p1 * scale
                    q0 = q1 * scale
                    p1 = p2 * scale
                    q1 = q2 * scale
                upper = front * (p1 / q1)
                result = {of_upper}
"""
_DERIVATIVE = """            digamma = logz - f64(0.5) * w + u * {digamma} - ({parts})
            if v < s + f64(1):
                n = s
                term = f64(1)
                total = f64(1)
                slope = f64(0)
                slopes = f64(0)
                while term > f64(1e-12) * total or fabs(slope) > f64(1e-12) * fabs(slopes):
                    n = n + f64(1)
                    factor = v / n
                    slope = (slope - term / n) * factor
                    term = term * factor
                    total = total + term
                    slopes = slopes + slope
                result = front / s * (total * (logv - digamma - f64(1) / s) + slopes)
            else:
                c = f64(0)
                y = f64(1) - s
                z = v + y + f64(1)
                p0 = f64(1)
                q0 = v
                p1 = v + f64(1)
                q1 = z * v
                dp0 = f64(0)
                dq0 = f64(0)
                dp1 = f64(0)
                dq1 = -v
                value = p1 / q1
                change = (dp1 - value * dq1) / q1
                apart = f64(1)
                while apart > f64(1e-11) * fabs(change):
                    c = c + f64(1)
                    y = y + f64(1)
                    z = z + f64(2)
                    p2 = p1 * z - p0 * (y * c)
                    q2 = q1 * z - q0 * (y * c)
                    dp2 = dp1 * z - p1 - dp0 * (y * c) + p0 * c
                    dq2 = dq1 * z - q1 - dq0 * (y * c) + q0 * c
                    value = p2 / q2
                    found = (dp2 - value * dq2) / q2
                    apart = fabs(found - change)
                    change = found
                    scale = f64(7e-46) if fabs(p2) > f64(1e40) else f64(1)
                    p0 = p1 * scale
                    q0 = q1 * scale
                    p1 = p2 * scale
                    q1 = q2 * scale
                    dp0 = dp1 * scale
                    dq0 = dq1 * scale
                    dp1 = dp2 * scale
                    dq1 = dq2 * scale
                result = -front * (value * (logv - digamma) + change)
"""
_OF_SAMPLE = """            result = -result * v / front if front > f64(1e-200) else f64(nan)
"""


def _horner(at: str, coefficients: tuple[float, ...]) -> str:
    text = f"f64({coefficients[-1]!r})"
    for value in reversed(coefficients[:-1]):
        text = f"({text} * {at} + f64({value!r}))"
    return text


@cache
def _text(which: str) -> str:
    if which in _LEAST:
        is_lower = which == "lower"
        words = ("lower", "f64(1) - upper") if is_lower else ("f64(1) - lower", "upper")
        body = _VALUE.format(of_lower=words[0], of_upper=words[1], enough="1e-11" if is_lower else "1e-13")
    else:
        parts = " + ".join(["f64(1) / s", *(f"f64(1) / (s + f64({k}))" for k in range(1, _SHIFT))])
        body = _DERIVATIVE.format(digamma=_horner("u", _DIGAMMA), parts=parts)
        body += _OF_SAMPLE if which == "sample" else ""
    product = " * ".join(["s", *(f"(s + f64({k}))" for k in range(1, _SHIFT))])
    return _HEAD.format(
        least=_LEAST.get(which, 1e-20), most=_MOST, shift=_SHIFT, product=product, constant=_HALF_LOG_2_PI,
        log_gamma=_horner("u", _LOG_GAMMA), body=body,
    )  # fmt: skip


def incomplete(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`Igamma`, `Igammac`, `IgammaGradA` and `RandomGammaGrad`; the first two of float64 by the kernel, in blocks."""
    a, x = values
    kernel, which = instruction.op_def.kernel, instruction.op_def.routine[1]
    if a.dtype != np.float32 or kernel is None:
        return in_blocks(instruction, values, threads) if which in _LEAST else None
    try:
        shape = np.broadcast_shapes(a.shape, x.shape)
    except ValueError:
        return None
    a, x = (np.ascontiguousarray(np.broadcast_to(value, shape)) for value in (a, x))
    result = recycle.empty(shape, a.dtype)
    text = _text(which)
    loop(text, ("f32", "f32", "f32"))([a, x, result], [], [x.size], threads_for(32 * x.size, threads))
    left = np.isnan(result)
    if left.any():
        with np.errstate(all="ignore"):
            result[left] = kernel(a[left], x[left])
    return [result]


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {
    "incomplete gamma": incomplete,
    "incomplete gamma's derivative": incomplete,
}
