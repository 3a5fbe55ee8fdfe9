"""Variables in the loops that use them: the instruction that makes a variable stands in the loop's plans as well.

    %1 = VarHandleOp {shared_name=b'v'}                          %1 = VarHandleOp {shared_name=b'v'}
    _Loop %0, %x, %1                                             _Loop %0, %x, %1
      body(%3, %4, %5):                                            body(%3, %4, %5_outside):
        AssignAddVariableOp %5, %4                                   %5 = VarHandleOp {shared_name=b'v'}
                                                                     AssignAddVariableOp %5, %4

So an iteration knows which variables its updates are of, and can be a native step like any other plan with variables.
"""

from __future__ import annotations

from ..plan.plan import Instruction, Plan, Value


def is_root(instruction: Instruction) -> bool:
    """Whether an instruction makes a variable: a reference to it, or its handle."""
    update = instruction.op_def.update
    return update is not None and not update.variables


def with_variables_inside(plan: Plan) -> Plan:
    """Make in the plans of each loop the variables that come from outside; of loops in loops, once those are run.

    Requires: topological order.  Ensures: same outputs, same effects.
    """
    roots: dict[Value, Instruction] = {}
    made: list[Instruction] = []
    for instruction in plan.instructions:
        if is_root(instruction) and not instruction.guards:
            roots[instruction.outputs[0]] = instruction
        elif instruction.blocks and not roots.keys().isdisjoint(instruction.inputs):
            instruction = _with_roots(instruction, roots)
        made.append(instruction)
    return plan.replaced(made)


def _with_roots(loop: Instruction, roots: dict[Value, Instruction]) -> Instruction:
    block = loop.attrs["block"]
    places = {place: roots[value] for place, value in enumerate(loop.inputs) if value in roots and place >= block.count}
    plans = [_inside(plan, places) for plan in block.plans]
    attrs = {**loop.attrs, "block": block.with_plans(*plans)}
    changed = Instruction(loop.op_def, attrs, loop.inputs, loop.outputs, loop.op)
    changed.guards = loop.guards
    return changed


def _inside(plan: Plan, places: dict[int, Instruction]) -> Plan:
    """A plan that makes what some of its inputs are."""
    inputs = list(plan.inputs)
    made: list[Instruction] = []
    used = {value for i in plan.instructions for value in i.inputs}
    for place, root in places.items():
        value = inputs[place]
        if value in used:
            inputs[place] = Value(f"{value.name}_outside", value.dtype, value.extents)
            made.append(Instruction(root.op_def, root.attrs, (), (value,), root.op))
    return Plan(inputs, [*made, *plan.instructions], plan.outputs)
