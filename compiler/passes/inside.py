"""Loops: a pass over the plans inside."""

from __future__ import annotations

from collections.abc import Callable

from ..plan.plan import Instruction, Plan


def in_loops(plan: Plan, transform: Callable[[Plan], Plan]) -> Plan:
    """The plan with the plans inside its loops transformed."""
    if not any(instruction.blocks for instruction in plan.instructions):
        return plan
    return plan.replaced([_inside(instruction, transform) for instruction in plan.instructions])


def _inside(instruction: Instruction, transform: Callable[[Plan], Plan]) -> Instruction:
    if not instruction.blocks:
        return instruction
    block = instruction.attrs["block"]
    attrs = {**instruction.attrs, "block": block.with_plans(transform(block.condition), transform(block.body))}
    result = Instruction(instruction.op_def, attrs, instruction.inputs, instruction.outputs, instruction.op)
    result.guards = instruction.guards
    return result
