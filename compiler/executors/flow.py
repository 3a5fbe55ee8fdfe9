"""Running plans with branches and loops: values that are dead, and bodies that run again and again.

An instruction one of whose inputs or guards is dead does not run; its outputs are dead. Only a `Merge` lives as long
as one of its inputs does. A loop runs its two plans in turn, each by an executor of its own.

For example `cond(p, lambda: x + 1, lambda: x * 2)` with p true, row by row:

    %1, %2 = Switch x, p      %1 (p false) is DEAD, %2 is x
    %3 = AddV2 %2, 1          runs
    %4 = Mul %1, 2            an input is DEAD: is not run, %4 is DEAD
    %5 = Merge %4, %3         one input lives: %5 is %3
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from ...ops.base import errors
from ...ops.base.provided import provided
from ...ops.definition.flow import DEAD
from ..plan.plan import Instruction, Plan
from .watched_step import cancelled, closed_flag

_ENDED, _GOES_ON = 0, 2  # how turns without Python come back, see `../native/turns.py`
_SOON: Final = 0.004  # seconds until a deadline, Ctrl-C or a closed session is looked for
_MOST: Final = 1 << 20  # turns
OFTEN: Final = 16  # turns in Python after which they become one Python function
_MOST_VAIN: Final = 4  # times that turns without Python are asked for where there are none

MakeExecutor = Callable[[Plan], Any]


class FlowRow(NamedTuple):
    """One thing to run: what runs it, and the slots of its values."""

    runner: Any
    inputs: list[int]
    guards: list[int]
    outputs: list[int]
    dying: tuple[int, ...]
    flow: str  # its part in control flow: "merge" lives when one of its inputs does, all others when all do


def flow_rows(rows: Sequence[Any], units: Sequence[Any], slots: dict[Any, int]) -> list[FlowRow]:
    """Rows (runner, inputs, outputs, dying) with the guards of their units."""
    kept = []
    last: dict[int, int] = {}
    for position, unit in enumerate(units):
        for value in getattr(unit, "guards", ()):
            last[slots[value]] = position
    for (runner, inputs, outputs, dying), unit in zip(rows, units):
        guards = [slots[value] for value in unit.guards]
        dying = tuple(slot for slot in dying if slot not in last)  # what guards look at is small, or soon gone
        flow = unit.op_def.flow if isinstance(unit, Instruction) else ""
        kept.append(FlowRow(runner, inputs, guards, outputs, dying, flow))
    return kept


def run_rows(
    rows: Sequence[FlowRow],
    slots: list[Any],
    state: Any,
    run: Callable[[Any, Sequence[Any]], Sequence[Any]],
    plain: bool = False,
) -> None:
    """Run rows on slots.

    Args:
      run: runs one that is alive.
      plain: whether nobody looks on, so that branches need not be run by it.
    """
    closed = closed_flag(state)
    for row in rows:
        if closed.value:
            raise cancelled(getattr(row.runner, "op", None))
        arguments = [slots[slot] for slot in row.inputs]
        results: Sequence[Any]
        if row.flow != "merge" and _has_dead(row, arguments, slots):
            results = (DEAD,) * len(row.outputs)
        elif plain and row.flow == "switch" and type(arguments[1]) is np.ndarray and not arguments[1].ndim:
            results = (DEAD, arguments[0]) if arguments[1] else (arguments[0], DEAD)
        elif plain and row.flow == "merge":
            results = next(
                ((value, np.array(index, np.int32)) for index, value in enumerate(arguments) if value is not DEAD),
                (DEAD, DEAD),
            )
        else:
            results = run(row.runner, arguments)
        for slot, result in zip(row.outputs, results):
            slots[slot] = result
        for slot in row.dying:
            slots[slot] = None


def _has_dead(row: FlowRow, arguments: Sequence[Any], slots: Sequence[Any]) -> bool:
    """Whether one of a row's inputs or guards is dead."""
    for value in arguments:  # `in` would compare arrays
        if value is DEAD:
            return True
    return bool(row.guards) and any(slots[slot] is DEAD for slot in row.guards)


class LoopRunner:
    """Runs a loop.

    Args:
      instruction: the loop.
      make: makes the executor of a plan, an object with `run(values, state, step)`.
      make_iteration: makes that of an iteration, of its plan and how many variables there are; by default `make` does.
    """

    __slots__ = ("_condition", "_count", "_iteration", "_limit", "_results", "_straight", "_turns", "instruction", "op")

    def __init__(self, instruction: Instruction, make: MakeExecutor, make_iteration: Any = None) -> None:
        block = instruction.attrs["block"]
        self.instruction = instruction
        self.op = instruction.op
        self._count: int = block.count
        self._results: tuple[int, ...] = block.results
        self._condition = make(block.condition)
        plan = block.iteration()
        self._iteration = make(plan) if make_iteration is None else make_iteration(plan, block.count, make)
        self._limit = 1
        self._turns = 0  # how many ran in Python
        self._straight: Any = None

    @property
    def executors(self) -> tuple[Any, Any]:
        """The executors of the first condition, and of an iteration, without its stacks and TensorArrays if it runs
        without them."""
        return self._condition, getattr(self._iteration, "pure", self._iteration)

    def run(self, values: Sequence[Any], state: Any, step: Any = None) -> Sequence[Any]:
        """Run the loop to its end. Returns: the variables that are asked for."""
        variables = list(values[: self._count])
        invariants = list(values[self._count :])
        iterate, count = getattr(self._iteration, "run_again", self._iteration.run), self._count
        closed = closed_flag(state)
        many, turned, vain = getattr(self._iteration, "turns", None), False, 0
        is_plain = step is None or step.trace is None
        if getattr(state, "budget", None) is not None:
            iterate, many, is_plain = self._iteration.run, None, False  # what is held is counted in each turn
        elif self._straight is not None:
            many = None
        pred, *crossing = self._condition.run([*variables, *invariants], state, step)
        while self._goes_on(pred):
            if closed.value:
                raise cancelled(self.op)
            if step is not None:
                step.check(self.op)
            if many is not None and turned and (step is None or step.trace is None):
                ended = self._many(many, (variables, invariants, crossing), state)
                if ended == _ENDED:
                    break
                if ended == _GOES_ON:
                    continue
                if ended is None:
                    vain += 1
                    many = many if vain < _MOST_VAIN else None
            turned = True
            if is_plain and self._is_straight(many):
                results = self._straight.run([*variables, *invariants, *crossing], state, step)
            else:
                results = iterate([*variables, *invariants, *crossing], state, step)
            variables, pred, crossing = list(results[:count]), results[count], list(results[count + 1 :])
        return [variables[index] for index in self._results]

    def _is_straight(self, many: Any) -> bool:
        """Whether a turn runs as one Python function: where none ran without Python, after some turns."""
        if self._straight is not None:
            return True
        if many is not None:
            return False
        self._turns += 1
        if self._turns != OFTEN:
            return False
        make = provided("straight turn")
        self._straight = None if make is None else make(self._iteration)
        return self._straight is not None

    def _many(self, many: Any, parts: tuple[list[Any], list[Any], list[Any]], state: Any) -> int | None:
        """Run some milliseconds' turns without Python, and exchange variables and crossing values in place.

        Returns: `_ENDED`, `_GOES_ON`, or another value if a turn wants Python.
        """
        variables, invariants, crossing = parts
        values = [*variables, *invariants, *crossing]
        count = len(variables)
        started = time.perf_counter()
        try:
            ended: int | None = many(values, (count, len(invariants), self._limit), state)[0]
        finally:
            variables[:], crossing[:] = values[:count], values[count + len(invariants) :]
        taken = time.perf_counter() - started
        if ended == _GOES_ON:
            self._limit = min(2 * self._limit, _MOST) if taken < _SOON else max(self._limit // 2, 1)
        return ended

    def _goes_on(self, pred: Any) -> bool:
        if getattr(pred, "ndim", 0):
            raise errors.InvalidArgumentError(
                None, self.op, f"The condition of the loop '{self.op.name}' must be a scalar, but it has shape "
                f"{list(pred.shape)}."
            )  # fmt: skip
        return bool(pred)
