"""From the rounds of a row to one number and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Summary:
    """A row's time in seconds per call: the median of its rounds, the best round, and the spread between rounds."""

    median: float
    best: float
    spread: float
    rounds: tuple[float, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain data for the results file."""
        return {**asdict(self), "rounds": list(self.rounds)}


def summarize(rounds: Sequence[float]) -> Summary:
    """Return the Summary of the rounds' times.

    `spread` is half the distance between the quartile rounds over the median; with fewer than four rounds, between the
    fastest and the slowest. Raises ValueError without any round.
    """
    if not rounds:
        raise ValueError("no round was measured")
    middle, ordered = median(rounds), sorted(rounds)
    skip = len(ordered) // 4
    low, high = ordered[skip], ordered[-1 - skip]
    return Summary(middle, ordered[0], (high - low) / 2 / middle if middle else 0.0, tuple(rounds))


def seconds_text(seconds: float) -> str:
    """Return a time with three digits and its unit, e.g. `61.2 ns`.

    >>> seconds_text(6.12e-8), seconds_text(0.00125), seconds_text(2.0)
    ('61.2 ns', '1.25 ms', '2.00 s')
    """
    for unit, scale in (("ns", 1e-9), ("us", 1e-6), ("ms", 1e-3)):
        if seconds < 999.5 * scale:
            return f"{_three_digits(seconds / scale)} {unit}"
    return f"{_three_digits(seconds)} s"


def ratio_text(ratio: float) -> str:
    """Return a ratio with three digits, e.g. `0.48x`.

    >>> ratio_text(0.4812), ratio_text(23.41), ratio_text(1510.0)
    ('0.481x', '23.4x', '1510x')
    """
    return f"{_three_digits(ratio)}x"


def _three_digits(value: float) -> str:
    if value >= 99.95:
        return f"{value:.0f}"
    if value >= 9.995:
        return f"{value:.1f}"
    return f"{value:.2f}" if value >= 0.9995 else f"{value:.3f}"
