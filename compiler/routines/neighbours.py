"""Normalisation by the squares of neighbouring channels, and its gradient: `lrn`. A line of channels is one thread's.

The sum over the channels around one is kept in float64 as it moves on: a channel comes in ahead, one goes out behind.
Then all channels of the line are scaled at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from ..plan.plan import Instruction
from ..runtime import recycle
from .kernel import loop, threads_for

_SUM: Final = """        total = f64(0)
        for c in range(min(radius, depth)):
{ahead}            total = total + f64(v)
        for c in range(depth):
            if c + radius < depth:
                at = base + c + radius
{entering}                total = total + f64(v)
            if c > radius:
                at = base + c - radius - U(1)
{leaving}                total = total - f64(v)
            store({target}, base + c, {made})
"""
_SQUARE: Final = "v = load(x, {at}) * load(x, {at})"
_SHARE: Final = "v = load(dy, {at}) * load(y, {at}) / load_result(norms, {at})"
_LRN: Final = """def kernel(x, settings, r, depth, radius, start, stop):
    bias = load(settings, U(0))
    alpha = load(settings, U(1))
    power = load(settings, U(2))
    for line in range(start, stop):
        base = line * depth
{norms}        for c in range(base, base + depth):
            store(r, c, load(x, c) * {scale})
"""
_GRADIENT: Final = """def kernel(dy, x, y, settings, norms, sums, r, depth, radius, start, stop):
    bias = load(settings, U(0))
    alpha = load(settings, U(1))
    power = load(settings, U(2))
    twice = load(settings, U(3))
    for line in range(start, stop):
        base = line * depth
{norms}{sums}        for c in range(base, base + depth):
            other = twice * load(x, c) * load_result(sums, c)
            store(r, c, load(dy, c) * {scale} - other)
"""


def _moving(value: str, target: str, made: str) -> str:
    """Statements that put into `target` what `made` makes of the sum around each channel."""

    def line(depth: int, at: str) -> str:
        return f"{' ' * depth}{value.format(at=at)}\n"

    return _SUM.format(
        ahead=line(12, "base + c"), entering=line(16, "at"), leaving=line(16, "at"), target=target, made=made
    )


def _scale(beta: float, array: str) -> str:
    """The norm to the power of -beta."""
    norm = f"load_result({array}, c)"
    return f"(f32(1) / sqrt({norm}))" if beta == 0.5 else f"pow_f32({norm}, power)"


def _settings(attrs: Any) -> Any:
    alpha, beta = float(attrs["alpha"]), float(attrs["beta"])
    return np.array([attrs["bias"], alpha, -beta, 2 * alpha * beta], np.float32)


def _is_taken(values: Sequence[Any], attrs: Any) -> bool:
    first = values[0]
    is_plain = all(value.dtype == np.float32 and value.shape == first.shape for value in values)
    return bool(is_plain and first.ndim == 4 and first.size and int(attrs["depth_radius"]) >= 0)


def normalized(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`LRN`; None unless all is as it should be."""
    attrs, (x,) = instruction.attrs, values
    if not _is_taken(values, attrs):
        return None
    text = _LRN.format(
        norms=_moving(_SQUARE, "r", "bias + alpha * f32(total)"), scale=_scale(float(attrs["beta"]), "r")
    )
    result, depth = recycle.empty(x.shape, x.dtype), x.shape[-1]
    arrays = [np.ascontiguousarray(x), _settings(attrs), result]
    run = loop(text, ("f32",) * 3)
    run(arrays, [depth, int(attrs["depth_radius"])], [x.size // depth], threads_for(4 * x.size, threads))
    return [result]


def gradient(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`LRNGrad`; None unless all is as it should be."""
    attrs, x = instruction.attrs, values[1]
    if not _is_taken(values, attrs):
        return None
    text = _GRADIENT.format(
        norms=_moving(_SQUARE, "norms", "bias + alpha * f32(total)"), sums=_moving(_SHARE, "sums", "f32(total)"),
        scale=_scale(float(attrs["beta"]), "norms"),
    )  # fmt: skip
    result, norms, sums = (recycle.empty(x.shape, x.dtype) for _ in range(3))
    arrays = [*map(np.ascontiguousarray, values), _settings(attrs), norms, sums, result]
    depth = x.shape[-1]
    run = loop(text, ("f32",) * 7)
    run(arrays, [depth, int(attrs["depth_radius"])], [x.size // depth], threads_for(4 * x.size, threads))
    return [result]


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {"lrn": normalized, "lrn gradient": gradient}
