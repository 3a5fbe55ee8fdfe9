"""Gamma and Poisson numbers, by rejection: each takes as many uniform and normal numbers as it needs.

All numbers of a call are drawn at once, one lane each. A lane has its own stretch of the operation's stream, takes from
it a block of two doubles when it has none left, and uses the second one first, as TensorFlow does.

Source: Marsaglia and Tsang, "A simple method for generating gamma variables" (2000); Hormann, "The transformed
rejection method for generating Poisson random variables" (1993); for small rates Knuth's product of uniform numbers.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from .distributions import normal_doubles, unit_double
from .philox import BLOCKS_PER_NUMBER, blocks_from, native

_SMALL_RATE: Final = 10.0


class _Lanes:
    """Streams of doubles side by side, one for each number that is drawn."""

    def __init__(self, key: int, first: int, count: int) -> None:
        self._key, self._first = key, first
        self._next = np.arange(count, dtype=np.int64) * BLOCKS_PER_NUMBER
        self._uniform = np.empty((count, 2))
        self._normal = np.empty((count, 2))
        self._uniform_left = np.zeros(count, np.int64)
        self._normal_left = np.zeros(count, np.int64)

    def uniform(self, lanes: Any) -> Any:
        """The next number in [0, 1) of each of these lanes."""
        return self._take(lanes, self._uniform, self._uniform_left, _two_uniform)

    def normal(self, lanes: Any) -> Any:
        """The next normal number of each of these lanes."""
        return self._take(lanes, self._normal, self._normal_left, normal_doubles)

    def _take(self, lanes: Any, buffer: Any, left: Any, make: Any) -> Any:
        empty = lanes[left[lanes] == 0]
        if empty.size:
            buffer[empty] = make(blocks_from(self._key, self._first, self._next[empty]))
            left[empty] = 2
            self._next[empty] += 1
        left[lanes] -= 1
        return buffer[lanes, left[lanes]]


def _two_uniform(drawn: Any) -> Any:
    return unit_double(drawn[..., 0::2], drawn[..., 1::2])


def gamma(key: int, first: int, alpha: Any, threads: int = 0) -> Any:
    """A gamma number for each shape parameter of a vector of float64, by so many threads at most."""
    filled = _filled("gamma", key, first, alpha, threads)
    return _gamma(key, first, alpha) if filled is None else filled


def _filled(kind: str, key: int, first: int, given: Any, threads: int, most: float = 0.0) -> Any:
    """The numbers by machine code, or None where there is none."""
    fill = native(kind)
    if fill is None:
        return None
    result = np.empty(len(given))
    fill(key, first, len(given), result, threads, np.ascontiguousarray(given), most)
    return result


def _gamma(key: int, first: int, alpha: Any) -> Any:
    lanes = _Lanes(key, first, len(alpha))
    result = np.empty(len(alpha))
    plain = np.flatnonzero(alpha == 1.0)
    result[plain] = -np.log1p(-lanes.uniform(plain))
    below_one = alpha < 1.0
    d = alpha + np.where(below_one, 2.0 / 3.0, -1.0 / 3.0)
    c = 1.0 / 3.0 / np.sqrt(d)
    hopeless = ~(d > 0)
    result[hopeless] = np.where(np.isnan(alpha[hopeless]), np.nan, 0.0)
    open_lanes = np.flatnonzero((alpha != 1.0) & ~hopeless)
    while open_lanes.size:
        x = lanes.normal(open_lanes)
        v = 1.0 + c[open_lanes] * x
        positive = ~(v <= 0.0)
        tried, x, v = open_lanes[positive], x[positive], v[positive]
        v = v * v * v
        u = lanes.uniform(tried)
        square = x * x
        taken = (u < 1.0 - 0.0331 * square * square) | (np.log(u) < 0.5 * square + d[tried] * (1.0 - v + np.log(v)))
        done = tried[taken]
        result[done] = d[done] * v[taken]
        open_lanes = np.setdiff1d(open_lanes, done, assume_unique=True)
    small = np.flatnonzero(below_one & ~hopeless)
    result[small] *= lanes.uniform(small) ** (1.0 / alpha[small])
    return result


def poisson(key: int, first: int, rate: Any, most: float, threads: int = 0) -> Any:
    """A Poisson number, as float64, for each rate of a vector of float64: 0 for a negative rate, NaN for no number.

    Args:
      most: the largest number that the type of the result holds.
      threads: how many may share the numbers.
    """
    filled = _filled("poisson", key, first, rate, threads, most)
    return _poisson(key, first, rate, most) if filled is None else filled


def _poisson(key: int, first: int, rate: Any, most: float) -> Any:
    lanes = _Lanes(key, first, len(rate))
    result = np.full(len(rate), np.nan)
    result[rate < 0] = 0
    possible = np.isfinite(rate) & (rate >= 0)
    _by_products(lanes, result, np.flatnonzero(possible & (rate < _SMALL_RATE)), rate)
    _by_rejection(lanes, result, np.flatnonzero(possible & (rate >= _SMALL_RATE)), rate, most)
    return result


def _by_products(lanes: _Lanes, result: Any, open_lanes: Any, rate: Any) -> None:
    end = np.exp(-rate)
    product = np.ones(len(rate))
    count = np.zeros(len(rate))
    while open_lanes.size:
        product[open_lanes] *= lanes.uniform(open_lanes)
        done = product[open_lanes] <= end[open_lanes]
        result[open_lanes[done]] = count[open_lanes[done]]
        open_lanes = open_lanes[~done]
        count[open_lanes] += 1


def _by_rejection(lanes: _Lanes, result: Any, open_lanes: Any, rate: Any, most: float) -> None:
    from scipy.special import gammaln

    while open_lanes.size:
        mean = rate[open_lanes]
        b = 0.931 + 2.53 * np.sqrt(mean)
        a = -0.059 + 0.02483 * b
        u = lanes.uniform(open_lanes) - 0.5
        v = lanes.uniform(open_lanes)
        shifted = 0.5 - np.abs(u)
        k = np.floor((2.0 * a / shifted + b) * u + mean + 0.43)
        at_once = (shifted >= 0.07) & (v <= 0.9277 - 3.6224 / (b - 2.0))
        never = (k < 0) | ((shifted < 0.013) & (v > shifted))
        left = np.log(v * (1.1239 + 1.1328 / (b - 3.4)) / (a / (shifted * shifted) + b))
        right = -mean + k * np.log(mean) - gammaln(k + 1.0)
        done = (k <= most) & (at_once | (~never & (left <= right)))
        result[open_lanes[done]] = k[done]
        open_lanes = open_lanes[~done]
