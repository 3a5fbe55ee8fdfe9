"""Dead code: pure instructions whose results nobody takes are dropped."""

from __future__ import annotations

from ..plan.plan import Instruction, Plan


def drop_dead(plan: Plan) -> Plan:
    """Drop pure instructions that no output and no effect needs.

    Requires: topological order.  Ensures: same outputs, same effects in the same order.
    """
    needed = set(plan.outputs)
    kept: list[Instruction] = []
    for instruction in reversed(plan.instructions):
        if not instruction.is_pure or any(value in needed for value in instruction.outputs):
            needed.update(instruction.inputs)
            needed.update(instruction.guards)
            kept.append(instruction)
    kept.reverse()
    return plan.replaced(kept)
