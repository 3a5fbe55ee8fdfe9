"""Common subexpressions: pure instructions that say the same are done once."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...ops.building.constant import CONST
from ...ops.types.array_values import repeats_one
from ...ops.types.dtypes import DType
from ..plan.plan import Instruction, Plan, Value


def merge_duplicates(plan: Plan) -> Plan:
    """Keep the first of several equal pure instructions, and drop what returns its input: identities of values, and
    transpositions that leave all axes where they are (as `tensordot` makes them).

    Requires: topological order.  Ensures: same outputs, effects untouched.
    """
    stands_for: dict[Value, Value] = {}
    seen: dict[Any, Instruction] = {}
    constants: dict[Value, Any] = {}
    instructions: list[Instruction] = []
    for instruction in plan.instructions:
        if not stands_for.keys().isdisjoint((*instruction.inputs, *instruction.guards)):
            instruction = instruction.with_inputs(
                [stands_for.get(value, value) for value in instruction.inputs],
                [stands_for.get(value, value) for value in instruction.guards],
            )
        if instruction.op_def is CONST:
            constants[instruction.outputs[0]] = instruction.attrs["value"]
        if _is_identity(instruction) or _stays(instruction, constants):
            stands_for[instruction.outputs[0]] = instruction.inputs[0]
            continue
        if not instruction.is_pure or instruction.blocks:
            instructions.append(instruction)  # effects, and loops: those of two functions may have one name
            continue
        key = _key(instruction)
        first = seen.setdefault(key, instruction)
        if first is instruction:
            instructions.append(instruction)
        else:
            stands_for.update(zip(instruction.outputs, first.outputs))
    return plan.replaced(instructions, [stands_for.get(value, value) for value in plan.outputs])


def _is_identity(instruction: Instruction) -> bool:
    if instruction.guards:
        return False
    if instruction.op_def.passes_on:
        return not instruction.inputs[0].is_reference
    return instruction.op_def.converts and instruction.inputs[0].dtype is instruction.outputs[0].dtype


def _stays(instruction: Instruction, constants: dict[Value, Any]) -> bool:
    """Whether it moves elements, but nowhere."""
    moves = instruction.op_def.index_map
    if moves is None or moves.stays is None or instruction.guards or instruction.inputs[0].extents is None:
        return False
    rank = len(instruction.inputs[0].extents)
    structure = [constants.get(instruction.inputs[position]) for position in moves.structure]
    return all(value is not None for value in structure) and bool(moves.stays(rank, *structure))


def _key(instruction: Instruction) -> Any:
    attrs = [(name, _frozen(value)) for name, value in instruction.attrs.items() if name[0] != "_"]
    if len(attrs) > 1:
        attrs.sort()
    return instruction.op_def.name, tuple(attrs), tuple(map(id, instruction.inputs)), tuple(map(id, instruction.guards))


def _frozen(value: Any) -> Any:
    if type(value) is DType:
        return value.name
    if isinstance(value, np.ndarray):
        if value.dtype == object:
            return (value.shape, repr(value.tolist()))
        stored = value[(slice(1),) * value.ndim] if repeats_one(value) else value
        return (value.dtype.name, value.shape, stored.tobytes())
    if isinstance(value, (list, tuple)):
        return tuple(_frozen(item) for item in value)
    return repr(value)
