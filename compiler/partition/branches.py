"""In which branches each instruction of a plan runs: what runs in the same ones is compiled together.

A value is alive if all of some conditions have come out as they should: `frozenset({(pred, 1), (other, 0)})`. The
outputs of a `Switch` add one; a `Merge` of two values takes back the one in which they differ.
"""

from __future__ import annotations

from typing import Any, Final

from ..plan.plan import Instruction, Plan, Value

Branches = frozenset[Any]
ALWAYS: Final[Branches] = frozenset()


def branches_of(plan: Plan) -> dict[Instruction, Branches]:
    """Per instruction, the conditions under which it runs."""
    alive: dict[Value, Branches] = {}
    found: dict[Instruction, Branches] = {}
    for instruction in plan.instructions:
        values = (*instruction.inputs, *instruction.guards)
        if instruction.op_def.flow == "merge":
            here = _merged(instruction, [alive.get(value, ALWAYS) for value in instruction.inputs])
            here = here.union(*(alive.get(value, ALWAYS) for value in instruction.guards))
        else:
            here = ALWAYS.union(*(alive.get(value, ALWAYS) for value in values))
        found[instruction] = here
        if instruction.op_def.flow == "switch":
            pred = instruction.inputs[1]
            for side, value in enumerate(instruction.outputs):
                alive[value] = here | {(pred, side)}
        elif here:
            alive.update(dict.fromkeys(instruction.outputs, here))
    return found


def _merged(instruction: Instruction, inputs: list[Branches]) -> Branches:
    if len(inputs) == 2:
        first, second = inputs
        only, other = first - second, second - first
        if len(only) == len(other) == 1:
            (pred, side), (same, opposite) = next(iter(only)), next(iter(other))
            if pred is same and side != opposite:
                return first & second
    return frozenset({(instruction, None)})  # alive when one of them is: a condition of its own
