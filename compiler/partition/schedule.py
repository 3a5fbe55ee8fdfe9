"""Partition: split a plan into regions that are compiled and instructions that are interpreted between them.

Phases alternate: interpreted instructions run in even phases, regions are the odd ones. Every instruction goes into
the earliest phase its inputs allow, so a handle read or a variable read in the middle of a graph does not cut the
arithmetic around it into more regions than its data do.
"""

from __future__ import annotations

from ..plan.plan import Instruction, Plan, Value
from .branches import ALWAYS, Branches, branches_of
from .own_shapes import with_own_shapes


class Region:
    """Pure instructions that are compiled together, over values from outside.

    Attributes:
      guards: values that are dead when the region does not run, besides its inputs.
    """

    __slots__ = ("guards", "inputs", "instructions", "outputs")

    def __init__(self, inputs: list[Value], instructions: list[Instruction], outputs: list[Value]) -> None:
        self.inputs = inputs
        self.instructions = instructions
        self.outputs = outputs
        self.guards: tuple[Value, ...] = ()


Stage = Region | Instruction

_OPAQUE = frozenset("sr")  # kinds of types that have no place in compiled code


def is_interpreted(instruction: Instruction, dynamic: frozenset[Instruction]) -> bool:
    """Whether an instruction stands outside of regions: it has effects or strings, or its shape depends on data."""
    if not instruction.is_pure or instruction in dynamic:
        return True
    if instruction.op_def.flow or instruction.op_def.shape is None or not instruction.outputs:
        return True
    values = (*instruction.inputs, *instruction.outputs)
    return any(value.dtype.kind in _OPAQUE or value.is_reference for value in values)


def schedule(plan: Plan, dynamic: frozenset[Instruction]) -> list[Stage]:
    """Return the stages of a plan in the order they run.

    Args:
      dynamic: instructions found to have data-dependent shapes.
    Cost: linear.
    """
    branches = branches_of(plan) if plan.has_flow else {}
    phases = _phases(plan, dynamic)
    rows: dict[Place, list[Instruction]] = {}
    constants: dict[Value, Instruction] = {}
    places: dict[Instruction, Place] = {}
    for instruction in plan.instructions:
        if instruction.is_constant:
            constants[instruction.outputs[0]] = instruction
        else:
            phase = phases[instruction]
            place = phase, branches.get(instruction, ALWAYS) if phase % 2 else ALWAYS
            places[instruction] = place
            rows.setdefault(place, []).append(instruction)
    rows = with_own_shapes(plan, rows, places)
    users = _users(plan, rows)
    fetched = set(plan.outputs)
    wanted = [i for v, i in constants.items() if v in fetched or any(not p % 2 for p, _ in users.get(v, ()))]
    stages: list[Stage] = [i for i in wanted if not i.guards]
    guarded = [i for i in wanted if i.guards]
    for place in sorted(rows, key=lambda place: (place[0], len(place[1]))):
        if place[0] % 2 == 0:
            stages += _with_constants(rows[place], guarded)
        else:
            own = [instruction for instruction in rows[place] if places[instruction] == place]
            stages.append(_region(rows[place], own, place, users, fetched, constants))
    return stages + guarded


Place = tuple[int, Branches]  # a phase, and the branches in which what runs in it does so


def _with_constants(instructions: list[Instruction], guarded: list[Instruction]) -> list[Instruction]:
    """Instructions with those constants of branches before them that they take; these are taken out of the list."""
    result: list[Instruction] = []
    for instruction in instructions:
        for constant in list(guarded):
            if constant.outputs[0] in instruction.inputs or constant.outputs[0] in instruction.guards:
                result.append(constant)
                guarded.remove(constant)
        result.append(instruction)
    return result


def _phases(plan: Plan, dynamic: frozenset[Instruction]) -> dict[Instruction, int]:
    made_in: dict[Value, int] = {}
    phases: dict[Instruction, int] = {}
    last_effect = 0
    for instruction in plan.instructions:
        if instruction.is_constant:
            made_in[instruction.outputs[0]] = max((made_in.get(value, 0) for value in instruction.guards), default=0)
            continue  # every region has its own
        parity = 0 if is_interpreted(instruction, dynamic) else 1
        phase = parity
        for value in (*instruction.inputs, *instruction.guards):
            earliest = made_in.get(value, 0)
            phase = max(phase, earliest if earliest % 2 == parity else earliest + 1)
        if not instruction.is_pure:
            phase = last_effect = max(phase, last_effect)
        phases[instruction] = phase
        for value in instruction.outputs:
            made_in[value] = phase
    return phases


def _users(plan: Plan, rows: dict[Place, list[Instruction]]) -> dict[Value, set[Place]]:
    users: dict[Value, set[Place]] = {}
    for place, instructions in rows.items():
        for instruction in instructions:
            for value in (*instruction.inputs, *instruction.guards):
                users.setdefault(value, set()).add(place)
    for instruction in plan.instructions:
        if instruction.is_constant:
            for value in instruction.guards:  # of a constant: it is looked at when the constant is made
                users.setdefault(value, set()).add((-2, ALWAYS))
    return users


def _region(
    instructions: list[Instruction],
    own: list[Instruction],
    place: Place,
    users: dict[Value, set[Place]],
    fetched: set[Value],
    constants: dict[Value, Instruction],
) -> Region:
    """The region of some instructions, of which its `own` give their values to others."""
    made = {value for instruction in instructions for value in instruction.outputs}
    taken = dict.fromkeys(value for i in instructions for value in i.inputs if value not in made)
    used = [constants[value] for value in taken if value in constants]
    outputs = [
        value
        for instruction in own
        for value in instruction.outputs
        if value in fetched or users.get(value, set()) - {place}
    ]
    region = Region([value for value in taken if value not in constants], used + instructions, outputs)
    guards = dict.fromkeys(value for i in (*used, *instructions) for value in i.guards)
    region.guards = tuple(value for value in guards if value not in made and value not in constants)
    return region
