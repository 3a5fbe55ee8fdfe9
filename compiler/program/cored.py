"""Runs a plan whose core is one native step: what is interpreted before it, the step, what is interpreted behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..partition.cores import Cored
from ..plan.plan import Plan
from .loops.iterations import NativeIteration


class CoreRunner:
    """Runs the parts of a plan.

    Args:
      parts: the plans.
      make: makes what runs a plan by stages, a `StagedProgram`.
      threads: how many may share a loop.
    """

    __slots__ = ("_before", "_behind", "_make", "_native", "_parts", "_places", "_staged")

    def __init__(self, parts: Cored, make: Callable[[Plan], Any], threads: int) -> None:
        self._parts = parts
        self._make = make
        self._native = NativeIteration(parts.core, None, threads)
        self._before = make(parts.before) if parts.before.instructions else None
        self._behind = make(parts.behind)
        self._staged: Any = None
        places = {value: number for number, value in enumerate((*parts.before.inputs, *parts.before.outputs))}
        self._places = [places[value] for value in parts.core.inputs]

    @property
    def is_native(self) -> bool:
        """Whether the core may be a native step."""
        return self._native.may_run

    def run(self, values: Sequence[Any], state: Any, step: Any = None) -> list[Any]:
        """Run one step; as `StagedProgram.run`."""
        known = list(values)
        if self._before is not None:
            known += self._before.run(values, state, step)
        given = [known[place] for place in self._places]
        if step is not None:
            step.taken.clear()  # what was taken is used from here on
            step.check(None)
        results: Any = self._native.run(given, state)
        if results is None:
            if self._staged is None:
                self._staged = self._make(self._parts.core)
            results = self._staged.run(given, state, step)
        found: list[Any] = self._behind.run([*known, *results], state, step)
        return found
