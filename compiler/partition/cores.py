"""Steps that are native but for their ends: what is interpreted stands before all updates of variables, or behind.

    batch = iterator.get_next()                           before:  IteratorGetNext
    train = minimize(loss(model(batch)))                  core:    the model, its gradients, the updates
    summary = tf.summary.merge_all()                      behind:  ScalarSummary, MergeSummary

Reads of variables belong to the core, so what has effects stands before the core only if no variable was written when
its turn came; and what stands behind has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..plan.element_types import draws_numbers
from ..plan.plan import Instruction, Plan, Value
from .schedule import is_interpreted


class Cored(NamedTuple):
    """A plan in three parts, each with the values it takes and gives."""

    before: Plan
    core: Plan
    behind: Plan


def cored(plan: Plan) -> Cored | None:
    """The parts of a plan; None if it has no such parts, or is native as a whole."""
    if not plan.has_effects or plan.has_flow:
        return None
    parts = _Parts(plan)
    return parts.plans() if all(map(parts.add, plan.instructions)) and parts.are_worth_it else None


class _Parts:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._makers: dict[Value, Instruction] = {}
        self._early: set[Value] = set(plan.inputs)  # what is there before the core runs
        self._late: set[Value] = set()
        self._before: list[Instruction] = []
        self._core: list[Instruction] = []
        self._behind: list[Instruction] = []
        self._writes = False

    @property
    def are_worth_it(self) -> bool:
        """Whether variables are written, and something else is interpreted."""
        return self._writes and bool(self._before or self._behind)

    def add(self, instruction: Instruction) -> bool:
        """Take in the next instruction; False if there are no such parts."""
        if instruction.guards or instruction.effects.resource == "handle":
            return False
        update = instruction.op_def.update
        is_late = not self._late.isdisjoint(instruction.inputs)
        if update is not None:
            self._writes = self._writes or update.new is not None
            return not is_late and self._add_core(instruction)
        if instruction.is_constant or not is_interpreted(instruction, frozenset()) or draws_numbers(instruction):
            if is_late:
                return instruction.is_pure and self._add_behind(instruction)
            return self._add_core(instruction)
        if self._make_early(instruction.inputs):
            if not instruction.is_pure and self._writes:
                return False
            self._before.append(instruction)
            self._early.update(instruction.outputs)
            return True
        return instruction.is_pure and self._add_behind(instruction)

    def _add_core(self, instruction: Instruction) -> bool:
        self._core.append(instruction)
        self._makers.update(dict.fromkeys(instruction.outputs, instruction))
        return True

    def _add_behind(self, instruction: Instruction) -> bool:
        self._behind.append(instruction)
        self._late.update(instruction.outputs)
        return True

    def _make_early(self, values: Sequence[Value]) -> bool:
        """Whether values are there before the core, or can be made then: by pure instructions of such values."""
        wanted, found = list(values), dict[Instruction, None]()
        while wanted:
            value = wanted.pop()
            if value in self._early:
                continue
            maker = self._makers.get(value)
            if maker is None or not maker.is_pure:
                return False
            if maker not in found:
                found[maker] = None
                wanted += maker.inputs
        moved = [instruction for instruction in self._core if instruction in found]
        self._before += moved
        self._early.update(value for instruction in moved for value in instruction.outputs)
        self._core = [i for i in self._core if i not in found or i.is_constant]  # constants are made there as well
        return True

    def plans(self) -> Cored:
        """The three plans."""
        inputs, fetched = self._plan.inputs, set(self._plan.outputs)
        twice = {value for instruction in self._before for value in instruction.outputs if instruction.is_constant}
        used_late = {value for instruction in self._behind for value in instruction.inputs} | fetched
        used = {value for instruction in self._core for value in instruction.inputs}
        early = [value for i in self._before for value in i.outputs if value not in twice]
        passed = [value for value in early if value in used or value in used_late]
        constants = [i for i in self._core if i.is_constant and i.outputs[0] in used_late]  # made there once more
        kept = list(dict.fromkeys(v for i in self._core if not i.is_constant for v in i.outputs if v in used_late))
        before = Plan(inputs, self._before, passed)
        core = Plan([*inputs, *(v for v in passed if v in used)], self._core, kept)
        behind = Plan([*inputs, *passed, *kept], [*constants, *self._behind], self._plan.outputs)
        return Cored(before, core, behind)
