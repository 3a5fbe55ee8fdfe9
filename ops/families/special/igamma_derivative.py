"""`IgammaGradA`: the derivative of the regularized lower incomplete gamma function by its first argument.

Where `x <= a + 1` the series of P(a, x) is differentiated term by term, elsewhere the continued fraction of
Q(a, x) = 1 - P(a, x), whose convergents carry their derivatives along.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...definition.element_kinds import keep_dtype
from ...definition.opdef import OpDef
from ...definition.shapes import broadcast_shape
from ...types import dtypes
from . import special_gradients as gradients

_TERMS = 2000


def _derivative(a: Any, x: Any) -> Any:
    a, x = np.broadcast_arrays(np.asarray(a, np.float64), np.asarray(x, np.float64))
    result = np.full(a.shape, np.nan)
    result[(x == 0) & (a > 0)] = 0
    result[np.isposinf(x) & (a > 0)] = 0
    inside = (a > 0) & (x > 0) & np.isfinite(a) & np.isfinite(x)
    for mask, function in ((inside & (x <= a + 1), _by_series), (inside & (x > a + 1), _by_fraction)):
        if mask.any():
            result[mask] = function(a[mask], x[mask])
    return result


def _by_series(a: Any, x: Any) -> Any:
    """P = x^a e^-x / gamma(a + 1) * sum of x^k / ((a + 1) ... (a + k))."""
    from scipy.special import digamma, gammaln

    term, total = np.ones_like(x), np.ones_like(x)
    slope, total_slope = np.zeros_like(x), np.zeros_like(x)
    for k in range(1, _TERMS):
        factor = x / (a + k)
        slope = slope * factor - term * factor / (a + k)
        term = term * factor
        total += term
        total_slope += slope
        if np.all((term < 1e-17 * total) & (np.abs(slope) < 1e-17 * np.abs(total_slope))):
            break
    front = np.exp(a * np.log(x) - x - gammaln(a + 1))
    return front * (total * (np.log(x) - digamma(a + 1)) + total_slope)


def _by_fraction(a: Any, x: Any) -> Any:
    """Q = x^a e^-x / gamma(a) * 1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - ...)), by the method of Lentz."""
    from scipy.special import digamma, gammaln

    b, db = x + 1 - a, -np.ones_like(x)
    c, dc = np.full_like(x, 1e300), np.zeros_like(x)
    d = 1 / b
    dd = -db * d * d
    h, dh = d.copy(), dd.copy()
    for k in range(1, _TERMS):
        numerator, dnumerator = -k * (k - a), float(k)
        b = b + 2
        inverse, dinverse = numerator * d + b, dnumerator * d + numerator * dd + db
        c, dc = b + numerator / c, db + dnumerator / c - numerator * dc / c / c
        d = 1 / inverse
        dd = -dinverse * d * d
        step, dstep = c * d, dc * d + c * dd
        dh = dh * step + h * dstep
        h = h * step
        if np.all((np.abs(step - 1) < 1e-16) & (np.abs(h * dstep) < 1e-16 * np.abs(dh))):
            break
    front = np.exp(a * np.log(x) - x - gammaln(a))
    return -front * (h * (np.log(x) - digamma(a)) + dh)


IGAMMA_GRAD_A = OpDef(
    name="IgammaGradA",
    signature="a: T, x: T -> z: T",
    where={"T": (dtypes.float32, dtypes.float64)},
    shape=broadcast_shape,
    kernel=keep_dtype(_derivative),
    gradient=gradients.igamma_grad_a,
    routine=("incomplete gamma's derivative", "derivative"),
)


def _sample_derivative(alpha: Any, sample: Any) -> Any:
    """How a number drawn from a gamma distribution moves with `alpha` if P(alpha, sample) stays: implicitly."""
    from scipy.special import gammaln

    alpha, sample = np.asarray(alpha, np.float64), np.asarray(sample, np.float64)
    with np.errstate(all="ignore"):
        density = np.exp((alpha - 1) * np.log(sample) - sample - gammaln(alpha))
        return np.where(sample == 0, 0, -_derivative(alpha, sample) / density)


RANDOM_GAMMA_GRAD = OpDef(
    name="RandomGammaGrad",
    signature="alpha: T, sample: T -> output: T",
    where={"T": (dtypes.float32, dtypes.float64)},
    shape=broadcast_shape,
    kernel=keep_dtype(_sample_derivative),
    gradient=gradients.unknown,
    routine=("incomplete gamma's derivative", "sample"),
)
