"""Regions compute for themselves the shapes that they need of arrays from other regions.

What comes from another region is data, and a shape that hangs on data cuts a region in two. But a shape is known with
its array, and what is computed of shapes costs nothing: so a region that takes `Shape(x)`, or what is computed of it,
takes `x` and computes it again.

    region 1: %2 = Exp %x        %3 = Shape %2                         region 1: %2 = Exp %x
    (a loop)                                                     ->    (a loop)
    region 2: %5 = Reshape %4, %3                                      region 2: %3 = Shape %2    %5 = Reshape %4, %3
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plan.plan import Instruction, Plan, Value

Place = Any  # see `schedule.py`
_OPAQUE = frozenset("sr")


def with_own_shapes(
    plan: Plan, rows: Mapping[Place, list[Instruction]], places: Mapping[Instruction, Place]
) -> dict[Place, list[Instruction]]:
    """The instructions of each place, in regions behind those that compute the shapes they take from elsewhere.

    Cost: linear, and what is added.
    """
    free = _free_instructions(plan, places)
    if not free:
        return dict(rows)
    makers = {value: instruction for instruction in free for value in instruction.outputs}
    return {
        place: [*_added(place, instructions, makers, places, free), *instructions] if place[0] % 2 else instructions
        for place, instructions in rows.items()
    }


def _free_instructions(plan: Plan, places: Mapping[Instruction, Place]) -> dict[Instruction, int]:
    """The instructions of regions that tell a shape, or compute small integers of such; numbered in their order."""
    free: dict[Instruction, int] = {}
    shapes: set[Value] = set()
    for instruction in plan.instructions:
        op_def = instruction.op_def
        if instruction.is_constant:
            found = not instruction.guards
        elif places[instruction][0] % 2 == 0 or instruction.guards:
            found = False
        elif op_def.tells:
            found = all(value.dtype.kind not in _OPAQUE for value in instruction.inputs)
        else:
            found = op_def.computes_extents and all(value in shapes for value in instruction.inputs)
        if found:
            shapes.update(value for value in instruction.outputs if value.dtype.kind in "iub")
            if not instruction.is_constant:
                free[instruction] = len(free)
    return free


def _added(
    place: Place,
    instructions: list[Instruction],
    makers: Mapping[Value, Instruction],
    places: Mapping[Instruction, Place],
    free: Mapping[Instruction, int],
) -> list[Instruction]:
    """What a region takes of shapes from elsewhere, and all that it is computed of, in order."""
    found: set[Instruction] = set()
    pending = [value for instruction in instructions for value in instruction.inputs]
    while pending:
        maker = makers.get(pending.pop())
        if maker is None or maker in found or places[maker] == place or not places[maker][1] <= place[1]:
            continue
        found.add(maker)
        if not maker.op_def.tells:
            pending += maker.inputs
    return sorted(found, key=free.__getitem__)
