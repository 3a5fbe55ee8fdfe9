"""Branches that are decided: a `Switch` on a constant passes its value on, and what was not taken goes.

%4, %5 = Switch %x, %true            %y = Exp %x
%6 = Neg %4                          (and %y in place of %7)
%y = Exp %5                    ->
%7 = Merge %6, %y
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...ops.building.constant import CONST
from ...ops.types import dtypes
from ..plan.plan import Instruction, Plan, Value


def take_branches(plan: Plan) -> Plan:
    """Keep of each branch on a constant the side that is taken.

    Requires: topological order.  Ensures: same outputs, same effects of what runs in the same order.
    """
    if not any(instruction.op_def.flow == "switch" for instruction in plan.instructions):
        return plan
    return _Taker().taken(plan)


class _Taker:
    def __init__(self) -> None:
        self._truths: dict[Value, bool] = {}  # constants that are one truth value
        self._dead: set[Value] = set()
        self._same: dict[Value, Value] = {}
        self._conditional: set[Value] = set()  # what still may be dead
        self._made: list[Instruction] = []

    def taken(self, plan: Plan) -> Plan:
        """The plan without the sides that are not taken; as it is, if an output is on one of them."""
        for instruction in plan.instructions:
            self._add(self._renamed(instruction))
        outputs = [self._same.get(value, value) for value in plan.outputs]
        if not self._dead.isdisjoint(outputs):
            return plan
        return plan.replaced(self._made, outputs)

    def _renamed(self, instruction: Instruction) -> Instruction:
        values = (*instruction.inputs, *instruction.guards)
        if self._same.keys().isdisjoint(values) and not instruction.guards:
            return instruction
        guards = dict.fromkeys(self._same.get(value, value) for value in instruction.guards)
        kept = [value for value in guards if value in self._conditional or value in self._dead]
        return instruction.with_inputs([self._same.get(value, value) for value in instruction.inputs], kept)

    def _add(self, instruction: Instruction) -> None:
        flow, inputs = instruction.op_def.flow, instruction.inputs
        waited = instruction.guards if flow == "merge" else (*inputs, *instruction.guards)
        if not self._dead.isdisjoint(waited):
            self._dead.update(instruction.outputs)
        elif flow == "merge":
            self._merge(instruction)
        elif flow == "switch" and inputs[1] in self._truths and not instruction.guards:
            side = int(self._truths[inputs[1]])
            self._same[instruction.outputs[side]] = inputs[0]
            self._dead.add(instruction.outputs[1 - side])
        else:
            self._keep(instruction)

    def _merge(self, instruction: Instruction) -> None:
        live = [number for number, value in enumerate(instruction.inputs) if value not in self._dead]
        if not live:
            self._dead.update(instruction.outputs)
        elif len(live) > 1 or len(instruction.inputs) == 1 or instruction.guards:
            self._keep(instruction)  # one of several; an input that is dead stays: its number is a result
        else:
            value, index = instruction.inputs[live[0]], instruction.outputs[1]
            self._same[instruction.outputs[0]] = value
            constant = Instruction(
                CONST, {"value": _number(live[0]), "dtype": dtypes.int32}, (), [index], instruction.op
            )
            constant.guards = (value,) if value in self._conditional else ()
            self._keep(constant)

    def _keep(self, instruction: Instruction) -> None:
        self._made.append(instruction)
        if instruction.op_def.flow in ("switch", "merge") or not self._conditional.isdisjoint(
            (*instruction.inputs, *instruction.guards)
        ):
            self._conditional.update(instruction.outputs)
        elif instruction.is_constant:
            value = instruction.attrs["value"]
            if isinstance(value, np.ndarray) and value.dtype == bool and value.shape == ():
                self._truths[instruction.outputs[0]] = bool(value)


def _number(value: int) -> np.ndarray:
    array = np.array(value, np.int32)
    array.flags.writeable = False
    return array


def given(plan: Plan, truths: Mapping[Value, bool]) -> Plan:
    """The plan for calls in which some inputs, truth values, are known: constants stand in their place."""
    constants, names = [], {}
    for value, truth in truths.items():
        array = np.array(truth)
        array.flags.writeable = False
        names[value] = Value(f"{value.name}.given", value.dtype, ())
        constants.append(Instruction(CONST, {"value": array, "dtype": value.dtype}, (), [names[value]]))
    renamed = [
        instruction
        if names.keys().isdisjoint((*instruction.inputs, *instruction.guards))
        else instruction.with_inputs(
            [names.get(value, value) for value in instruction.inputs],
            [value for value in instruction.guards if value not in names],
        )
        for instruction in plan.instructions
    ]
    made = plan.replaced([*constants, *renamed])
    made.given = {**plan.given, **truths}
    return made


def deciding_inputs(plan: Plan) -> list[int]:
    """The positions of the inputs, truth values, that alone decide a branch of the plan."""
    sources: dict[Value, frozenset[int]] = {
        value: frozenset([position])
        for position, value in enumerate(plan.inputs)
        if value.dtype.is_bool and value.extents in ((), None)
    }
    if not sources:
        return []
    found: frozenset[int] = frozenset()
    for instruction in plan.instructions:
        if instruction.op_def.flow == "switch":
            found |= sources.get(instruction.inputs[1], frozenset())
        if instruction.is_constant and not instruction.guards:
            sources[instruction.outputs[0]] = frozenset()
        elif _is_plain(instruction) and all(value in sources for value in instruction.inputs):
            known = frozenset().union(*(sources[value] for value in instruction.inputs))
            sources.update(dict.fromkeys(instruction.outputs, known))
    return sorted(found)


def _is_plain(instruction: Instruction) -> bool:
    """Whether an instruction computes from its inputs alone, in all branches."""
    return instruction.is_pure and not instruction.op_def.flow and not instruction.guards and bool(instruction.inputs)
