"""Samples for every function of mathlib, and exact results by mpmath."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray

__all__ = ["EXACT", "exact", "samples"]

Array = NDArray[Any]
SEED = 20150909


def _erfc(x: Any) -> Any:
    if abs(x) > 100:  # mpmath fails for the very large ones
        return mpmath.mpf(0 if x > 0 else 2)
    return mpmath.erfc(x)


def _erf(x: Any) -> Any:
    return 1 - _erfc(x) if abs(x) > 100 else mpmath.erf(x)


def _pow(x: Any, y: Any) -> Any:
    return mpmath.power(x, y) if x != 0 else (mpmath.mpf(0) if y > 0 else mpmath.inf)


def _softplus(x: Any) -> Any:
    return mpmath.log1p(mpmath.exp(x)) if x < 0 else x + mpmath.log1p(mpmath.exp(-x))


def _sigmoid(x: Any) -> Any:
    return mpmath.exp(x) / (1 + mpmath.exp(x)) if x < 0 else 1 / (1 + mpmath.exp(-x))


def _log1p(x: Any) -> Any:
    return x - x * x / 2 if abs(x) < mpmath.mpf(2) ** -200 else mpmath.log1p(x)


EXACT: dict[str, Callable[..., Any]] = {
    "exp": mpmath.exp, "expm1": mpmath.expm1, "log": mpmath.log, "log1p": _log1p,
    "log2": lambda x: mpmath.log(x, 2), "sin": mpmath.sin, "cos": mpmath.cos, "tan": mpmath.tan,
    "asin": mpmath.asin, "acos": mpmath.acos, "atan": mpmath.atan, "atan2": mpmath.atan2, "sinh": mpmath.sinh,
    "cosh": mpmath.cosh, "tanh": mpmath.tanh, "asinh": mpmath.asinh, "acosh": mpmath.acosh, "atanh": mpmath.atanh,
    "sigmoid": _sigmoid, "softplus": _softplus, "erf": _erf, "erfc": _erfc,
    "rsqrt": lambda x: 1 / mpmath.sqrt(x), "cbrt": lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)), "pow": _pow,
}  # fmt: skip

INTERVALS: dict[str, tuple[tuple[float, float], ...]] = {
    "exp": ((-1, 1), (-104, 89), (-746, 710)), "expm1": ((-1, 1), (-50, 89), (-40, 710)),
    "log": ((0.5, 2), (0.99, 1.01), (0, 100)), "log1p": ((-1, 1), (-0.01, 0.01), (-0.5, 3), (0, 100)),
    "log2": ((0.5, 2), (0.99, 1.01), (0, 100)), "sin": ((-4, 4), (-100, 100), (-1e5, 1e5), (5e8, 4e9)),
    "cos": ((-4, 4), (-100, 100), (-1e5, 1e5), (5e8, 4e9)), "tan": ((-4, 4), (-100, 100), (-1e5, 1e5), (5e8, 4e9)),
    "asin": ((-1, 1), (0.49, 0.51), (0.99, 1)), "acos": ((-1, 1), (0.49, 0.51), (0.99, 1)),
    "atan": ((-1, 1), (-5, 5), (0.5, 0.53), (1.9, 2.0)), "sinh": ((-1, 1), (-90, 90), (-711, 711)),
    "cosh": ((-1, 1), (-90, 90), (-711, 711)), "tanh": ((-1, 1), (-10, 10), (-20, 20)),
    "asinh": ((-1, 1), (-100, 100), (2**27, 2**29)), "acosh": ((1, 1.01), (1, 3), (1, 100), (2**27, 2**29)),
    "atanh": ((-1, 1), (-0.1, 0.1), (0.99, 1)), "sigmoid": ((-5, 5), (-104, 90), (-746, 50)),
    "softplus": ((-5, 5), (-104, 90), (-746, 50)), "erf": ((-1, 1), (-4, 4), (-6, 6)),
    "erfc": ((-1, 1), (-6, 10.1), (5, 27.3)), "rsqrt": ((0, 10),), "cbrt": ((-10, 10),),
}  # fmt: skip


def samples(name: str, dtype: Any, count: int = 300) -> tuple[Array, ...]:
    """Return arguments for function `name`: `count` from each interval of interest and from all exponents."""
    draw = np.random.default_rng(SEED)
    if name in ("pow", "atan2"):
        return _pairs(draw, name, dtype, 4 * count)
    parts = [draw.uniform(low, high, count) for low, high in INTERVALS[name]]
    info = np.finfo(dtype)
    edges = np.array([low for low, _ in INTERVALS[name]] + [high for _, high in INTERVALS[name]], dtype)
    beside = [np.nextafter(edges, dtype(-np.inf)), edges, np.nextafter(edges, dtype(np.inf))]
    special = [info.max, info.tiny, info.smallest_subnormal, 0.5, 1.0, 2.0, 2.0**30, 1e-3]
    x = np.concatenate([*parts, *beside, _any_exponent(draw, dtype, 3 * count), special]).astype(dtype)
    exact_domain = _defined(name, x)
    return (x[exact_domain & np.isfinite(x) & (x != 0)],)


def _any_exponent(draw: np.random.Generator, dtype: Any, count: int) -> Array:
    """Return floats of random bits: every exponent alike, denormals and both signs included."""
    integer = np.uint32 if dtype == np.float32 else np.uint64
    bits = draw.integers(0, np.iinfo(integer).max, count, dtype=integer)
    values = bits.view(dtype)
    return np.asarray(values[np.isfinite(values)])


def _defined(name: str, x: Array) -> Array:
    low = {"log": 0, "log2": 0, "rsqrt": 0, "log1p": -1, "acosh": 1, "asin": -1, "acos": -1, "atanh": -1}
    high = {"asin": 1, "acos": 1, "atanh": 1}
    inside = (x > low.get(name, -np.inf)) & (x < high.get(name, np.inf))
    return np.asarray(inside)


def _pairs(draw: np.random.Generator, name: str, dtype: Any, count: int) -> tuple[Array, ...]:
    first, second = _any_exponent(draw, dtype, count), _any_exponent(draw, dtype, count)
    size = min(len(first), len(second))
    first, second = first[:size], second[:size]
    if name == "atan2":
        near = draw.uniform(-3, 3, (2, 3 * count)).astype(dtype)
        beside = near[0] * draw.uniform(1.9, 2.0, near[0].size).astype(dtype)  # where `inverse.py` changes its ways
        return np.concatenate([near[0], near[0], first]), np.concatenate([near[1], beside, second])
    limit = 126.0 if dtype == np.float32 else 1022.0
    base = np.concatenate([np.abs(first), draw.uniform(0, 3, count), draw.uniform(0.99, 1.01, count)]).astype(dtype)
    base = base[base > 0]
    wanted = draw.uniform(-1.17, 1.01, base.size) * limit
    with np.errstate(divide="ignore"):
        power = (wanted / np.log2(base.astype(np.float64))).astype(dtype)
    power[::5] = draw.uniform(-3, 3, power[::5].size)
    fine = np.isfinite(power) & (base != 1)
    return base[fine], power[fine]


def exact(name: str, arguments: tuple[Array, ...]) -> tuple[Array, Array]:
    """Return the exact results as float64 and what those lack."""
    highs, lows = [], []
    with mpmath.workprec(200 if arguments[0].dtype == np.float64 else 120):
        for values in zip(*arguments, strict=True):
            numbers = [mpmath.mpf(float(value)) for value in values]
            extra = max((int(mpmath.mag(number)) for number in numbers if number), default=0)
            with mpmath.extraprec(max(0, extra) if name in ("sin", "cos", "tan") else 0):
                result = EXACT[name](*numbers)
            high = float(result)
            highs.append(high)
            lows.append(float(result - high) if np.isfinite(high) else 0.0)
    return np.array(highs), np.array(lows)
