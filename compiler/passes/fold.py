"""Constant folding: pure instructions over constants become constants."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...ops.base.errors import OpError
from ...ops.building.constant import CONST
from ..executors.interpreter import execute
from ..plan.plan import Instruction, Plan, Value

_LARGEST = 1 << 16  # elements of a result that is kept in the plan


def fold_constants(plan: Plan) -> Plan:
    """Evaluate what the graph alone determines.

    Requires: topological order.  Ensures: same outputs; an instruction that fails is left to fail when it runs.
    """
    known: dict[Value, np.ndarray[Any, Any]] = {}
    instructions: list[Instruction] = []
    with np.errstate(all="ignore"):
        for instruction in plan.instructions:
            if instruction.is_constant:
                known[instruction.outputs[0]] = instruction.attrs["value"]
                instructions.append(instruction)
                continue
            folded = _folded(instruction, known)
            if folded is None:
                instructions.append(instruction)
                continue
            for value, array in zip(instruction.outputs, folded):
                known[value] = array
                instructions.append(_constant(value, array, instruction.op))
    return plan.replaced(instructions)


def _folded(instruction: Instruction, known: dict[Value, np.ndarray[Any, Any]]) -> Any:
    if not instruction.is_pure or not instruction.inputs or any(value not in known for value in instruction.inputs):
        return None
    if any(value.is_reference or value.dtype.kind in "rs" for value in instruction.outputs):
        return None
    if _expected_size(instruction) > _LARGEST:
        return None
    try:
        results = execute(instruction, [known[value] for value in instruction.inputs], None)
    except OpError:
        return None  # it fails when, and only if, it runs
    return results if all(result.size <= _LARGEST for result in results) else None


def _expected_size(instruction: Instruction) -> int:
    size = 0
    for value in instruction.outputs:
        if value.extents is not None and None not in value.extents:
            size += int(np.prod(value.extents, dtype=np.int64))
    return size


def _constant(value: Value, array: np.ndarray[Any, Any], op: Any) -> Instruction:
    array = np.array(array, order="C")
    array.flags.writeable = False
    value.extents = array.shape if value.extents is None or None in value.extents else value.extents
    return Instruction(CONST, {"value": array, "dtype": value.dtype}, (), [value], op)
