"""Iterations of loops as native steps: of plans that are one region, alone or between reads and writes of variables.

    lambda i, x: (i + 1, x * 0.5 + tf.random_normal([4]))                  the region: RandomStandardNormal, Mul, Add
    with control_dependencies([v.assign_add(x)]): return i + 1, x * 0.5    the region: Add, Add, Mul; v is written

Turns run in machine code (`../../native/turns.py`) once a step has run. A step that does not fit its arguments any more
declines; the stages of the plan then run that turn, and the next one looks for another step.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...executors.watched_step import closed_flag
from ...partition.loop_variables import is_root
from ...partition.stateful import Stateful
from ...plan.plan import Instruction, Plan, Value
from ...runtime import heap
from ..choice import inner_stateful_step, stateful_variant, step_of
from ..region import RegionProgram

if TYPE_CHECKING:
    from ...native.turns import Turns


class NativeIteration:
    """The native step of an iteration, if it has one.

    Args:
      plan: the iteration.
      region: the region that it is as a whole; None if it is more than that.
      threads: how many may share a loop.
    """

    __slots__ = ("_order", "_picks", "_plan", "_region", "_stateful", "_steps", "_turns")

    def __init__(self, plan: Plan, region: RegionProgram | None, threads: int) -> None:
        self._plan = plan
        self._region = region
        self._stateful = stateful_iteration(plan, threads) if region is None else None
        self._steps: dict[int, tuple[Any, Any]] = {}  # by the session's flag: the variant, and its step
        self._turns: Turns | None = None
        self._order: list[int] = []
        self._picks: list[int] = []
        if region is not None:
            self._wire(region.region.inputs, region.region.outputs, plan.outputs)
        elif self._stateful is not None:
            self._wire(self._taken, self._results, self._stateful.outputs)

    def _wire(self, taken: Sequence[Value], made: Sequence[Value], outputs: Sequence[Value]) -> None:
        places = {value: number for number, value in enumerate(self._plan.inputs)}
        results = {value: ~number for number, value in enumerate(made)}
        self._order = [places[value] for value in taken]
        self._picks = [results[value] if value in results else places[value] for value in outputs]

    @property
    def _taken(self) -> list[Value]:
        """The arguments of the step of a plan with variables."""
        assert self._stateful is not None
        return [value for value in self._plan.inputs if value in self._stateful.region.inputs]

    @property
    def _results(self) -> list[Value]:
        """What it returns: an input that is an output as well is not asked of it."""
        assert self._stateful is not None
        inputs = set(self._plan.inputs)
        return list(dict.fromkeys(value for value in self._stateful.outputs if value not in inputs))

    def _step(self, state: Any) -> Any:
        """The step that ran last; None if there is none."""
        if self._region is not None:
            return None if self._region.latest is None else step_of(self._region.latest)
        return self._steps.get(id(closed_flag(state)), (None, None))[1]

    def _prepare(self, values: Sequence[Any], state: Any) -> Any:
        """The step of a plan with variables for these values, made if there is none; None if there can be none."""
        stateful = self._stateful
        if stateful is None or stateful.program.cut is not None:
            return None
        variant = stateful_variant(stateful, values, state)
        key = id(closed_flag(state))
        known = self._steps.get(key)
        if known is None or known[0] is not variant:
            step = None
            if variant is not None:
                step = inner_stateful_step(stateful, variant, (self._taken, self._results), state)
                if step is None:
                    self._stateful = None  # it cannot be native, for what the plan is: it is not tried each time
            self._steps[key] = known = variant, step
        return known[1]

    @property
    def may_run(self) -> bool:
        """Whether there may be a step: nothing is known yet that makes it impossible."""
        return self._region is not None or (self._stateful is not None and self._stateful.program.cut is None)

    def run(self, values: Sequence[Any], state: Any) -> list[Any] | None:
        """Run one turn; None if no step fits, and nothing was done."""
        step = self._step(state)
        results = None if step is None else step(*[values[number] for number in self._order])
        if results is None:
            step = self._prepare(values, state)
            results = None if step is None else step(*[values[number] for number in self._order])
        if results is None:
            return None
        return [values[number] if number >= 0 else results[~number] for number in self._picks]

    def turns(
        self,
        values: list[Any],
        counts: tuple[int, int, int],
        state: Any,
        popped: Sequence[list[Any]] = (),
        collected: Sequence[list[Any]] = (),
    ) -> tuple[int | None, int]:
        """Run turns in machine code.

        Args:
          values: variables, invariants, and what else an iteration takes; exchanged in place.
          counts: of variables, of invariants, and how many turns at the most.
          popped: whose items the last inputs of an iteration are, the last one first; they stay in the lists.
          collected: onto which the last outputs of an iteration are put.
        Returns: how it ended (see `../../native/turns.py`; None if it cannot be done), and how many turns were run.
        """
        step = self._step(state)
        driver = None if step is None else self._driver(counts, len(popped), len(collected))
        if driver is None:
            return None, 0
        ended, done = driver.run(step, values, counts[2], popped, collected)
        if collected:
            heap.expect(done and done * sum(items[-1].nbytes for items in collected))
        return ended, done

    def _driver(self, counts: tuple[int, int, int], popped: int, collected: int) -> Turns | None:
        """What runs turns, made once; None if there can be none."""
        from ...native import turns

        if self._turns is None and turns.available():
            count, invariants, _ = counts
            pred = self._plan.outputs[count]
            if pred.dtype.kind != "b" or pred.extents is None or len(pred.extents):
                return None
            first = len(self._plan.inputs) - popped
            if any(number >= first for number in self._picks):
                return None  # what is popped is given on as it is: of a plan that was not made for turns
            order = [number if number < first else ~(number - first) for number in self._order]
            self._turns = turns.Turns(order, self._picks, count, count + invariants, collected)
        return self._turns


def stateful_iteration(plan: Plan, threads: int) -> Stateful | None:
    """An iteration taken apart that updates variables or draws random numbers, and does nothing else besides."""
    if plan.has_flow or not plan.has_effects:
        return None
    stateful = Stateful(_with_each_variable_once(plan))
    if not stateful.fits or stateful.has_handles:
        return None
    known = {*plan.inputs, *stateful.region.outputs, *stateful.reads.values()}
    if not all(value in known for value in stateful.outputs):
        return None  # a constant is an output
    stateful.program = RegionProgram(stateful.region, threads)
    stateful.program.apart = frozenset(stateful.writes.values())
    return stateful


def _with_each_variable_once(plan: Plan) -> Plan:
    """A body and the condition behind it each make the variables they use: one instruction for both."""
    made: list[Instruction] = []
    same: dict[Value, Value] = {}
    first: dict[Any, Value] = {}
    for instruction in plan.instructions:
        if is_root(instruction):
            (value,) = instruction.outputs
            same[value] = first.setdefault(instruction.op, value)
            if same[value] is not value:
                continue
        elif any(value in same for value in instruction.inputs):
            instruction = instruction.with_inputs([same.get(value, value) for value in instruction.inputs])
        made.append(instruction)
    return plan.replaced(made)
