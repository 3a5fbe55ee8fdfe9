"""Partition: split a plan into regions that are compiled and instructions that are interpreted between them.

Phases alternate: interpreted instructions run in even phases, regions are the odd ones. Every instruction goes into
the earliest phase its inputs allow, so a handle read or a variable read in the middle of a graph does not cut the
arithmetic around it into more regions than its data do.
"""

from __future__ import annotations

from ..plan.plan import Instruction, Plan, Value


class Region:
    """Pure instructions that are compiled together, over values from outside."""

    __slots__ = ("inputs", "instructions", "outputs")

    def __init__(self, inputs: list[Value], instructions: list[Instruction], outputs: list[Value]) -> None:
        self.inputs = inputs
        self.instructions = instructions
        self.outputs = outputs


Stage = Region | Instruction

_OPAQUE = frozenset("sr")  # kinds of types that have no place in compiled code


def is_interpreted(instruction: Instruction, dynamic: frozenset[Instruction]) -> bool:
    """Whether an instruction stands outside of regions: it has effects or strings, or its shape depends on data."""
    if not instruction.is_pure or instruction in dynamic:
        return True
    if instruction.op_def.shape is None or not instruction.outputs:
        return True
    values = (*instruction.inputs, *instruction.outputs)
    return any(value.dtype.kind in _OPAQUE or value.is_reference for value in values)


def schedule(plan: Plan, dynamic: frozenset[Instruction]) -> list[Stage]:
    """Return the stages of a plan in the order they run.

    Args:
      dynamic: instructions found to have data-dependent shapes.
    Cost: linear.
    """
    phases = _phases(plan, dynamic)
    count = max(phases.values(), default=-1) + 1
    rows: list[list[Instruction]] = [[] for _ in range(count)]
    constants: dict[Value, Instruction] = {}
    for instruction in plan.instructions:
        if instruction.is_constant:
            constants[instruction.outputs[0]] = instruction
        else:
            rows[phases[instruction]].append(instruction)
    users = _users(plan, phases)
    fetched = set(plan.outputs)
    stages: list[Stage] = [
        i for value, i in constants.items() if value in fetched or any(not p % 2 for p in users.get(value, ()))
    ]
    for phase, instructions in enumerate(rows):
        if phase % 2 == 0:
            stages += instructions
        elif instructions:
            stages.append(_region(instructions, phase, users, fetched, constants))
    return stages


def _phases(plan: Plan, dynamic: frozenset[Instruction]) -> dict[Instruction, int]:
    made_in: dict[Value, int] = {}
    phases: dict[Instruction, int] = {}
    last_effect = 0
    for instruction in plan.instructions:
        if instruction.is_constant:
            continue  # every region has its own
        parity = 0 if is_interpreted(instruction, dynamic) else 1
        phase = parity
        for value in instruction.inputs:
            earliest = made_in.get(value, 0)
            phase = max(phase, earliest if earliest % 2 == parity else earliest + 1)
        if not instruction.is_pure:
            phase = last_effect = max(phase, last_effect)
        phases[instruction] = phase
        for value in instruction.outputs:
            made_in[value] = phase
    return phases


def _users(plan: Plan, phases: dict[Instruction, int]) -> dict[Value, set[int]]:
    users: dict[Value, set[int]] = {}
    for instruction in plan.instructions:
        for value in instruction.inputs:
            users.setdefault(value, set()).add(phases[instruction])
    return users


def _region(
    instructions: list[Instruction],
    phase: int,
    users: dict[Value, set[int]],
    fetched: set[Value],
    constants: dict[Value, Instruction],
) -> Region:
    made = {value for instruction in instructions for value in instruction.outputs}
    taken = dict.fromkeys(value for i in instructions for value in i.inputs if value not in made)
    used = [constants[value] for value in taken if value in constants]
    outputs = [
        value
        for instruction in instructions
        for value in instruction.outputs
        if value in fetched or users.get(value, set()) - {phase}
    ]
    return Region([value for value in taken if value not in constants], used + instructions, outputs)
