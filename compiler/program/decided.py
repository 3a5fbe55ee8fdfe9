"""Programs whose branches the feeds decide (`training`, `is_training`): a program of its own for each outcome.

With the truth values known, a plan has no branches left: it is compiled whole, with its updates in place, where a plan
with branches runs in pieces.
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from ..machine.lock import LOCK
from ..passes.branches import deciding_inputs, given
from ..passes.pipeline import optimize
from ..plan.plan import Plan

if TYPE_CHECKING:
    from .program import Program

_MOST: Final = 3  # truth values, of which there are 2 ** 3 outcomes
_ROUNDS: Final = 4  # branches in branches, whose conditions are known once the outer ones are taken


class Decided:
    """The programs of the outcomes that there were.

    Args:
      program: the program of the plan with branches, whose steps all of them run.
    """

    def __init__(self, program: Program) -> None:
        self._program: Program = weakref.proxy(program)  # it holds this: a session goes without the collector
        self._programs: dict[tuple[bool, ...], Program] = {}
        self._positions = deciding_inputs(program.plan) if program.plan.has_flow else []
        if len(self._positions) > _MOST:
            self._positions = []

    @property
    def outcomes(self) -> list[tuple[bool, ...]]:
        """Those that there were; all, if there was none; none, if nothing is decided by feeds."""
        if not self._positions:
            return []
        return list(self._programs) or list(itertools.product((True, False), repeat=len(self._positions)))

    def explained(self, explain: Callable[[Program], str]) -> str:
        """The texts of the programs, each below what it holds for."""
        names = [self._program.plan.inputs[position].name for position in self._positions]
        texts = []
        for outcome in self.outcomes:
            truths = ", ".join(f"%{name} is {truth}" for name, truth in zip(names, outcome))
            texts.append(f"# where {truths}:\n{explain(self.program_for(outcome))}")
        return "\n".join(texts)

    def find(self, values: Sequence[Any]) -> Program | None:
        """The program for these feeds; None if nothing is decided by them.

        Args:
          values: arrays.
        """
        if not self._positions:
            return None
        chosen = [values[position] for position in self._positions]
        if any(value.shape for value in chosen):
            return None  # a condition must be a scalar: who runs the branches says so
        return self.program_for(tuple(bool(value) for value in chosen))

    def program_for(self, outcome: tuple[bool, ...]) -> Program:
        """The program of an outcome, made when first needed."""
        found = self._programs.get(outcome)
        if found is None:
            with LOCK:
                found = self._programs.get(outcome)
                if found is None:
                    inputs = self._program.plan.inputs
                    truths = {inputs[position]: truth for position, truth in zip(self._positions, outcome)}
                    found = self._programs[outcome] = self._program.of_plan(straight(given(self._program.plan, truths)))
        return found


def straight(plan: Plan) -> Plan:
    """The plan with all branches taken that are known."""
    for _ in range(_ROUNDS):
        before = sum(instruction.op_def.flow == "switch" for instruction in plan.instructions)
        plan = optimize(plan)
        if sum(instruction.op_def.flow == "switch" for instruction in plan.instructions) in (0, before):
            break
    return optimize(plan)
