"""What all turns of a loop share: variables that it only reads, and what its gradient pops of it again.

A variable that no turn changes is read once, before the loop; that is how a layer's weights reach the turns of a
recurrent network. The loop's condition does not hang on such a read: a loop may wait for another thread to change one.

    %1 = VarHandleOp {shared_name=b'w'}                        %1 = VarHandleOp {shared_name=b'w'}
                                                               %4_before = ReadVariableOp %1
    _Loop %0, %x, %1                                           _Loop %0, %x, %1, %4_before
      body(%2, %3, %w):  %4 = ReadVariableOp %w                  body(%2, %3, %w, %4):
                         %5 = MatMul %3, %4                                          %5 = MatMul %3, %4

A turn that pushes what all turns share needs no stack: the loop that pops it is given the value itself.
"""

from __future__ import annotations

from collections import Counter

from ...ops.definition.update import own_value
from ...ops.families.control_flow.stack_ops import STACK, STACK_POP, STACK_PUSH
from ..plan.blocks import Loop
from ..plan.plan import Instruction, Plan, Value
from .loop_variables import is_root

Roots = dict[Value, Instruction]


def with_shared_values(plan: Plan) -> tuple[Plan, list[Instruction]]:
    """Take out of a plan's loops what their turns share.

    Requires: topological order; the variables in the list have values when the plan is run.
    Ensures: same outputs, same effects.
    Returns: the plan, and the instructions that make the variables that are read before the loops.
    """
    if not any(instruction.blocks for instruction in plan.instructions):
        return plan, []
    outside = _ReadsOutside()
    plan = outside.run(plan, {})
    return _without_stacks(plan), list(dict.fromkeys(outside.variables))


def _reads_variable(instruction: Instruction) -> bool:
    update = instruction.op_def.update
    return update is not None and update.new is None and update.result is own_value and update.variables == 1


def _changes_variables(loop: Instruction) -> bool:
    return any(
        instruction.effects.writes and instruction.effects.resource in ("variable", "python")
        for plan in loop.blocks
        for instruction in plan.everything()
    )


def _widened(loop: Instruction, plans: tuple[Plan, Plan], outer: list[Value]) -> Instruction:
    """A loop whose plans take further invariants, which are these values."""
    block: Loop = loop.attrs["block"]
    attrs = {**loop.attrs, "block": block.with_plans(*plans)}
    attrs["Tin"] = (*loop.attrs["Tin"], *(value.dtype for value in outer))
    changed = Instruction(loop.op_def, attrs, (*loop.inputs, *outer), loop.outputs, loop.op)
    changed.guards = loop.guards
    return changed


def _with_invariants(loop: Instruction, condition: Plan, body: Plan, added: dict[Value, Value]) -> Instruction:
    """A loop with these plans and further invariants: from each value of the body to the one outside that it is."""
    place = len(loop.inputs)
    unused = [Value(f"{value.name}_there", value.dtype, value.extents) for value in added]
    condition = Plan([*condition.inputs, *unused], condition.instructions, condition.outputs)
    inputs = [*body.inputs[:place], *added, *body.inputs[place:]]
    return _widened(loop, (condition, Plan(inputs, body.instructions, body.outputs)), list(added.values()))


class _ReadsOutside:
    """Reads variables before the loops that only read them.

    Attributes:
      variables: the instructions that make those that are read so.
    """

    def __init__(self) -> None:
        self.variables: list[Instruction] = []

    def run(self, plan: Plan, known: Roots) -> Plan:
        """The plan with reads before its loops.

        Args:
          known: of the plan's inputs that are variables, what makes these.
        """
        roots = dict(known)
        made: list[Instruction] = []
        for instruction in plan.instructions:
            if is_root(instruction) and not instruction.guards:
                roots[instruction.outputs[0]] = instruction
            elif instruction.blocks:
                reads, instruction = self._loop(instruction, roots)
                made += reads
            made.append(instruction)
        return plan.replaced(made)

    def _loop(self, loop: Instruction, roots: Roots) -> tuple[list[Instruction], Instruction]:
        """The reads before a loop, and the loop without them."""
        block: Loop = loop.attrs["block"]
        places = [place for place, value in enumerate(loop.inputs) if place >= block.count and value in roots]
        if not places:
            return [], loop
        plans = []
        for plan in block.plans:
            inside = {plan.inputs[place]: roots[loop.inputs[place]] for place in places}
            plans.append(self.run(plan, inside) if any(i.blocks for i in plan.instructions) else plan)
        block = block.with_plans(*plans)
        loop = _widened(loop, (block.condition, block.body), [])
        if _changes_variables(loop):
            return [], loop
        outer = {block.body.inputs[place]: loop.inputs[place] for place in places}
        reads = [i for i in block.body.instructions if _reads_variable(i) and i.inputs[0] in outer and not i.guards]
        if not reads or not _deciding(block).isdisjoint(value for read in reads for value in read.outputs):
            return [], loop
        self.variables += [roots[outer[read.inputs[0]]] for read in reads]
        before, added = [], {}
        for read in reads:
            (inner,) = read.outputs
            value = added[inner] = Value(f"{inner.name}_before", inner.dtype, inner.extents)
            before.append(Instruction(read.op_def, read.attrs, [outer[read.inputs[0]]], [value], read.op))
        body = block.body.replaced(i for i in block.body.instructions if i not in reads)
        return before, _with_invariants(loop, block.condition, body, added)


def _deciding(block: Loop) -> set[Value]:
    """The values of the body that the condition of some later turn hangs on."""
    needed = _needed(block.condition, block.condition.outputs)
    variables = {place for place in range(block.count) if block.condition.inputs[place] in needed}
    while True:
        inside = _needed(block.body, [block.body.outputs[place] for place in variables])
        more = {place for place in range(block.count) if block.body.inputs[place] in inside} | variables
        if more == variables:
            return inside
        variables = more


def _needed(plan: Plan, wanted: object) -> set[Value]:
    """The values that some outputs of a plan are made of."""
    found: set[Value] = set(wanted)  # type: ignore[call-overload]
    for instruction in reversed(plan.instructions):
        if not found.isdisjoint(instruction.outputs):
            found.update(instruction.inputs, instruction.guards)
    return found


def _without_stacks(plan: Plan) -> Plan:
    """A plan whose loops push nothing that all their turns share."""
    stacks = {i.outputs[0] for i in plan.instructions if i.op_def is STACK}
    users = Counter(value for i in plan.instructions for value in i.inputs if value in stacks)
    popped = {stack for loop in plan.instructions for stack in _pops(loop, stacks).values() if users[stack] == 2}
    given: dict[Value, Value] = {}
    made: list[Instruction] = []
    for instruction in plan.instructions:
        if instruction.blocks and not instruction.guards:
            instruction = _without_pushes(_without_pops(instruction, given), given, popped)
        made.append(instruction)
    return plan.replaced(made)


def _pops(loop: Instruction, stacks: set[Value]) -> dict[Instruction, Value]:
    """The pops of each turn of a loop, and the stacks that nothing else in it takes; none of another instruction."""
    if not loop.blocks or loop.guards:
        return {}
    handles = _places(loop, stacks)
    pops = (i for i in loop.attrs["block"].body.instructions if i.op_def is STACK_POP and not i.guards)
    return {pop: handles[pop.inputs[0]] for pop in pops if pop.inputs[0] in handles}


def _places(loop: Instruction, stacks: set[Value]) -> dict[Value, Value]:
    """From each handle in the body to the stack outside that it is of, where nothing but one instruction takes it."""
    block: Loop = loop.attrs["block"]
    found = {block.body.inputs[place]: value for place, value in enumerate(loop.inputs) if value in stacks}
    taken = Counter(value for plan in block.plans for i in plan.instructions for value in i.inputs)
    return {handle: value for handle, value in found.items() if taken[handle] == 1}


def _without_pushes(loop: Instruction, given: dict[Value, Value], stacks: set[Value]) -> Instruction:
    """A loop without pushes of invariants, whose values outside are put into `given` by their stacks."""
    block: Loop = loop.attrs["block"]
    handles = _places(loop, stacks)
    outside = dict(zip(block.body.inputs[block.count : len(loop.inputs)], loop.inputs[block.count :]))
    same: dict[Value, Value] = {}
    made = []
    for instruction in block.body.instructions:
        inputs = [same.get(value, value) for value in instruction.inputs]
        is_push = instruction.op_def is STACK_PUSH and not instruction.guards
        if is_push and inputs[0] in handles and inputs[1] in outside:
            given[handles[inputs[0]]] = outside[inputs[1]]
            same[instruction.outputs[0]] = inputs[1]
            continue
        made.append(instruction.with_inputs(inputs, [same.get(value, value) for value in instruction.guards]))
    if not same:
        return loop
    body = Plan(block.body.inputs, made, [same.get(value, value) for value in block.body.outputs])
    return _widened(loop, (block.condition, body), [])


def _without_pops(loop: Instruction, given: dict[Value, Value]) -> Instruction:
    """A loop that is given what is not pushed any more."""
    block: Loop = loop.attrs["block"]
    pops = _pops(loop, set(given))
    if not pops:
        return loop
    added = {pop.outputs[0]: given[stack] for pop, stack in pops.items()}
    body = block.body.replaced(i for i in block.body.instructions if i not in pops)
    return _with_invariants(loop, block.condition, body, added)
