"""Which strategy is in force, and whether a function runs for one replica or for all.

As in TensorFlow 1.15 this belongs to a graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from ...building.default_graph import get_default_graph


class Situation(NamedTuple):
    """What is in force: the strategy, and the replica's context or None where it is for all replicas."""

    strategy: Any
    replica: Any


_CHOSEN: Final[list[Any]] = []  # what `experimental_set_strategy` chose


def choose(strategy: Any) -> None:
    """Have a strategy in force for all graphs, outside of scopes; None for the default one."""
    _CHOSEN[:] = [] if strategy is None else [Situation(strategy, None)]


def _stack() -> list[Situation]:
    found: list[Situation] = get_default_graph().__dict__.setdefault("_strategies", [])
    return found


def situation() -> Situation | None:
    """Return what is in force; None if nothing but the default strategy is."""
    for known in (_stack(), _CHOSEN):
        if known:
            found: Situation = known[-1]
            return found
    return None


def is_in_scope() -> bool:
    """Whether a strategy's scope is open."""
    return bool(_stack())


@contextmanager
def entered(strategy: Any, replica: Any) -> Iterator[None]:
    """Have a strategy in force in a block, for one replica or, without one, for all."""
    stack = _stack()
    stack.append(Situation(strategy, replica))
    try:
        yield
    finally:
        stack.pop()
