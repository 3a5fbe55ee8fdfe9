"""Hurwitz's zeta function and `polygamma` of many float32 numbers, computed in float64.

Euler and Maclaurin: eight terms, and of all that come after, with a = q + 8, the integral and corrections

    sum of (q + k)^-x for k < 8   +   a^-x * (a / (x - 1) + 1/2 + sum of b[j] * x (x+1) ... (x+2j-2) / a^(2j-1))

where b[j] is Bernoulli's number 2j over (2j)!. With six of them what is left out is below 2^-40 of the result: where
x / a is large, the terms after the eighth are nothing beside the first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import factorial
from typing import Any, Final

import numpy as np

from ...plan.plan import Instruction
from ...runtime import recycle
from ..kernel import loop, threads_for
from .blocks import in_blocks

_BERNOULLI: Final = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730)
_TERMS: Final = 8
_MOST: Final = 120.0  # of x: products of that many numbers, and powers of small ones, are finite


def _text() -> str:
    lines = ["def kernel(x, q, r, start, stop):", "    for i in range(start, stop):"]
    lines += ["        s = f64(load(x, i))", "        b = f64(load(q, i))", f"        a = b + f64({_TERMS})"]
    lines += ["        power = pow_f64(a, -s)", "        total = power * (a / (s - f64(1)) + f64(0.5))"]
    lines += [f"        total = total + pow_f64(b + f64({k}), -s)" for k in reversed(range(_TERMS))]
    lines += ["        factor = power * s / a"]
    for number, value in enumerate(_BERNOULLI, 1):
        lines.append(f"        total = total + factor * f64({value / factorial(2 * number)!r})")
        if number < len(_BERNOULLI):
            lines.append(f"        factor = factor * (s + f64({2 * number - 1})) * (s + f64({2 * number})) / (a * a)")
    return "\n".join([*lines, "        store(r, i, f32(total))", ""])


def _zeta(x: Any, q: Any, threads: int) -> Any | None:
    """None unless all numbers are where the sum serves."""
    if x.dtype != np.float32 or not x.size or not q.size:
        return None
    if not (x.min() > 1 and x.max() < _MOST and q.min() > 0 and q.max() < 1e30):  # nor is any NaN
        return None
    try:
        shape = np.broadcast_shapes(x.shape, q.shape)
    except ValueError:
        return None
    x, q = (np.ascontiguousarray(np.broadcast_to(value, shape)) for value in (x, q))
    result = recycle.empty(shape, x.dtype)
    loop(_text(), ("f32", "f32", "f32"))([x, q, result], [], [q.size], threads_for(8 * q.size, threads))
    return result


def zeta(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`Zeta`; by the kernel, in blocks, where the sum does not serve."""
    found = _zeta(values[0], values[1], threads)
    return in_blocks(instruction, values, threads) if found is None else [found]


def polygamma(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`Polygamma`, which is `zeta` times a factorial but for its order 0."""
    order, x = values
    if order.dtype == np.float32 and order.size and order.min() >= 1 and (order == np.floor(order)).all():
        found = _zeta(order + order.dtype.type(1), x, threads)
        if found is not None and order.max() < 30:
            import scipy.special

            sign = np.where(np.mod(order, 2) == 0, order.dtype.type(-1), order.dtype.type(1))
            found *= sign * scipy.special.gamma(order + order.dtype.type(1))
            return [found]
    return in_blocks(instruction, values, threads)


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {"zeta": zeta, "polygamma": polygamma}
