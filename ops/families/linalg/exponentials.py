"""Exponentials of many square matrices at once.

A matrix is halved until its norm is at most 5.37; there the quotient of two polynomials of degree 13 (5 to 9 for small
norms) is exact to rounding; the result is squared as often as the matrix was halved.

Source: N. Higham, "The Scaling and Squaring Method for the Matrix Exponential Revisited", SIAM J. Matrix Anal. Appl. 26
(2005).
"""

from __future__ import annotations

from math import comb, factorial, prod
from typing import Any, Final

import numpy as np

_LIMITS: Final = ((5, 0.2539398330063230), (7, 0.9504178996162932), (9, 2.097847961257068), (13, 5.371920351148152))


def exponentials(x: Any) -> Any:
    """The exponentials of matrices of float64 or complex128, [..., n, n]; NaN for those that are not finite."""
    size = x.shape[-1]
    flat = x.reshape(prod(x.shape[:-2]), size, size)
    result = np.full(flat.shape, np.nan, flat.dtype)
    norms = np.abs(flat).sum(axis=-2).max(axis=-1, initial=0.0)
    places = np.flatnonzero(np.isfinite(norms))
    if not len(places) or not size:
        return result.reshape(x.shape)
    norms = norms[places]
    degree, limit = next((pair for pair in _LIMITS if norms.max() <= pair[1]), _LIMITS[-1])
    halvings = np.ceil(np.log2(np.maximum(norms / limit, 1.0))).astype(np.int64)
    found = _quotient(np.ldexp(1.0, -halvings)[:, None, None] * flat[places], degree)
    for turn in range(int(halvings.max())):
        left = halvings > turn
        if left.all():
            found = found @ found
        else:
            found[left] = found[left] @ found[left]
    result[places] = found
    return result.reshape(x.shape)


def _quotient(a: Any, degree: int) -> Any:
    """Padé's approximation: p(a) / p(-a), by the even and the odd part of p."""
    weights = [factorial(2 * degree - k) * comb(degree, k) / factorial(2 * degree) for k in range(degree + 1)]
    one, square = np.eye(a.shape[-1]), a @ a
    powers = [one, square, square @ square]
    if degree > 5:
        powers.append(powers[2] @ square)
    if degree == 9:
        powers.append(powers[2] @ powers[2])

    def total(first: int, ahead: int, last: int) -> Any:
        """The sum of every second weight from one on, times the powers from that of `ahead` on."""
        return sum(weights[k] * powers[ahead + (k - first) // 2] for k in range(first, last + 1, 2))

    if degree == 13:
        odd = powers[3] @ total(9, 1, 13) + total(1, 0, 7)
        even = powers[3] @ total(8, 1, 12) + total(0, 0, 6)
    else:
        odd, even = total(1, 0, degree), total(0, 0, degree - 1)
    odd = a @ odd
    return np.linalg.solve(even - odd, even + odd)
