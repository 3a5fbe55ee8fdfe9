"""Exact constants, as fractions, and the special floats.  `emit.split` cuts them into floats.

Source: pi from Machin's formula, logarithms from the series of atanh, both in integer arithmetic.
"""

from __future__ import annotations

import math
from fractions import Fraction

__all__ = ["INFINITY", "LN2", "LOG2E", "NAN", "PI", "TWO_OVER_PI"]

INFINITY, NAN = math.inf, math.nan

_BITS = 1300


def _sum_of_powers(inverse: int, sign: int) -> int:
    """Return `sum(sign**k / ((2*k + 1) * inverse**(2*k + 1)))` times 2**_BITS: atan (sign -1) or atanh (1)."""
    term, total, k = (1 << _BITS) // inverse, 0, 0
    while term:
        total += sign**k * (term // (2 * k + 1))
        term //= inverse * inverse
        k += 1
    return total


PI = Fraction(16 * _sum_of_powers(5, -1) - 4 * _sum_of_powers(239, -1), 1 << _BITS)
LN2 = Fraction(2 * _sum_of_powers(3, 1), 1 << _BITS)
LOG2E = 1 / LN2
TWO_OVER_PI = 2 / PI
