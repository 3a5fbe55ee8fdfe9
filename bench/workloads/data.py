"""Arrays for workloads: the same numbers in every process."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..workload import Values


def uniform(*shapes: tuple[int, ...], low: float = -1.0, high: float = 1.0) -> Callable[[], Values]:
    """Return a maker of float32 arrays of these shapes with values in [low, high)."""

    def make() -> Values:
        random = np.random.default_rng(1)
        return tuple(random.uniform(low, high, shape).astype(np.float32) for shape in shapes)

    return make
