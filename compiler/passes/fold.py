"""Constant folding: pure instructions over constants become constants."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...ops.base.errors import OpError
from ...ops.building.constant import CONST
from ...ops.definition.kernel_call import is_small
from ..executors.interpreter import execute
from ..plan.plan import Instruction, Plan, Value

_LARGEST = 1 << 16  # elements of a result that is kept in the plan


def fold_constants(plan: Plan) -> Plan:
    """Evaluate what the graph alone determines.

    Requires: topological order.  Ensures: same outputs; an instruction that fails is left to fail when it runs.
    """
    known: dict[Value, np.ndarray[Any, Any]] = {}
    stands_for: dict[Value, Value] = {}  # values are shared with the plan given, so what is learnt of one makes a new
    instructions: list[Instruction] = []
    with np.errstate(all="ignore"):
        for instruction in plan.instructions:
            if instruction.is_constant and not instruction.guards:
                known[instruction.outputs[0]] = instruction.attrs["value"]
                instructions.append(instruction)
                continue
            if not stands_for.keys().isdisjoint((*instruction.inputs, *instruction.guards)):
                instruction = instruction.with_inputs(
                    [stands_for.get(value, value) for value in instruction.inputs],
                    [stands_for.get(value, value) for value in instruction.guards],
                )
            folded = _folded(instruction, known)
            if folded is None:
                instructions.append(instruction)
                continue
            for value, array in zip(instruction.outputs, folded):
                constant = _constant(value, array, instruction.op)
                made = constant.outputs[0]
                known[made] = array
                instructions.append(constant)
                if made is not value:
                    stands_for[value] = made
    return plan.replaced(instructions, [stands_for.get(value, value) for value in plan.outputs])


def _folded(instruction: Instruction, known: dict[Value, np.ndarray[Any, Any]]) -> Any:
    if instruction.op_def.flow or instruction.guards:
        return None
    if not instruction.is_pure or not instruction.inputs or any(value not in known for value in instruction.inputs):
        return None
    if any(value.is_reference or value.dtype.kind in "rs" for value in instruction.outputs):
        return None
    values = [known[value] for value in instruction.inputs]
    if not is_small([value.extents for value in instruction.outputs], values, _LARGEST):
        return None
    try:
        results = execute(instruction, values, None)
    except OpError:
        return None  # it fails when, and only if, it runs
    return results if all(result.size <= _LARGEST for result in results) else None


def _constant(value: Value, array: np.ndarray[Any, Any], op: Any) -> Instruction:
    array = np.array(array, order="C")
    array.flags.writeable = False
    if value.extents is None or None in value.extents:
        value = Value(value.name, value.dtype, array.shape)
    return Instruction(CONST, {"value": array, "dtype": value.dtype}, (), [value], op)
