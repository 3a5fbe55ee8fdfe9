"""Gradient rules of Fourier transforms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Rule = Callable[..., Any]


def _count(g: Any, x: Any, rank: int) -> Any:
    """How many numbers are transformed together, as a number of the type of `x`."""
    return g.cast(g("Prod", g.shape(x)[-rank:], 0), x.dtype)


def transform(inverse_type: str, rank: int) -> Rule:
    """Of a transform: the inverse one, as often as there are numbers."""

    def rule(g: Any, op: Any, dy: Any) -> Any:
        with g.after(dy):
            return g(inverse_type, dy) * _count(g, dy, rank)

    return rule


def inverse(forward_type: str, rank: int) -> Rule:
    """Of an inverse transform: the transform, divided by how many numbers there are."""

    def rule(g: Any, op: Any, dy: Any) -> Any:
        with g.after(dy):
            return g(forward_type, dy) / _count(g, dy, rank)

    return rule


def real(inverse_type: str, rank: int) -> Rule:
    """Of a transform of real numbers: the real part of the sum of all waves; what was cut off gets zeros."""

    def rule(g: Any, op: Any, dy: Any) -> Any:
        x, lengths = op.inputs
        with g.after(dy):
            missing = lengths[-1:] - g.shape(dy)[-1:]
            whole = _with_zeros(g, dy, missing, 1)
            waves = g(inverse_type, whole) * _count(g, whole, rank)
            numbers = g("Real", waves, Tout=x.dtype.base_dtype)
            return [_with_zeros(g, numbers, g.shape(x)[-rank:] - lengths, rank), None]

    return rule


def to_real(forward_type: str) -> Rule:
    """Of real numbers with a transform: all waves but the first, and the last of an even length, are there twice."""

    def rule(g: Any, op: Any, dy: Any) -> Any:
        x, lengths = op.inputs
        with g.after(dy):
            found = g(forward_type, dy, lengths, Treal=dy.dtype.base_dtype, Tcomplex=x.dtype.base_dtype)
            places = g.range(0, g.shape(found)[-1])
            once = g("LogicalOr", g("Equal", places, 0), g("Equal", places * 2, lengths[-1]))
            times = g.cast(g("SelectV2", once, 1, 2), x.dtype.base_dtype)
            size = g.cast(g("Prod", lengths, 0), x.dtype.base_dtype)
            behind = g.shape(x)[-_rank(lengths) :] - g.shape(found)[-_rank(lengths) :]
            return [_with_zeros(g, found * times / size, behind, _rank(lengths)), None]

    return rule


def _rank(lengths: Any) -> int:
    return int(lengths.shape[0])


def _with_zeros(g: Any, x: Any, behind: Any, rank: int) -> Any:
    """`x` with so many zeros behind it along its last dimensions."""
    none = g.fill(g("ExpandDims", g("Rank", x) - rank, 0), 0)
    after = g.concat([none, behind], 0)
    return g("Pad", x, g("Pack", [g("ZerosLike", after), after], axis=1))
