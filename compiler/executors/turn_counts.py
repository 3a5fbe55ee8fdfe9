"""How often a plan's loops turn, where that hangs on numbers of the graph alone.

Of a loop what counts is run by itself, its scalar integers that follow from known ones:

    %i1 = _PureLoop %zero, %x  condition(%i, %v): Less %i, 50   body(%i, %v): AddV2 %i, 1; ...     50 turns, %i1 is 50
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...ops.base.errors import OpError
from ..plan.plan import Instruction, Plan, Value
from .interpreter import execute

Numbers = dict[Value, Any]


def turn_counts(plan: Plan, most: int) -> dict[Instruction, int] | None:
    """How often each loop of a plan turns; None if that is unknown of one, or more often than `most`, or it has loops
    inside."""
    try:
        return _counted(plan, most)
    except OpError:  # of a kernel; the step is going to say so
        return None


def _counted(plan: Plan, most: int) -> dict[Instruction, int] | None:
    known: Numbers = {}
    found: dict[Instruction, int] = {}
    for instruction in plan.instructions:
        if instruction.blocks:
            count = None if instruction.guards else _turns(instruction, known, most)
            if count is None:
                return None
            found[instruction] = count
        elif _is_number(instruction) and all(value in known for value in instruction.inputs):
            _run([instruction], known)
    return found


def _is_number(instruction: Instruction) -> bool:
    """Whether an instruction makes small integers of small integers."""
    values = (*instruction.inputs, *instruction.outputs)
    flows = instruction.op_def.flow or instruction.guards or not instruction.is_pure
    return not flows and all(value.dtype.kind in "iub" and value.extents == () for value in values)


def _run(instructions: Sequence[Instruction], known: Numbers) -> None:
    for instruction in instructions:
        results = execute(instruction, [known[value] for value in instruction.inputs], None)
        known.update(zip(instruction.outputs, results))


def _turns(loop: Instruction, around: Numbers, most: int) -> int | None:
    """How often a loop turns; what its counters are at the end becomes known around it."""
    block = loop.attrs["block"]
    body, condition, count = block.body, block.condition, block.count
    if body.has_flow or condition.has_flow:
        return None
    parameters = condition.inputs
    start = {inner: around[outer] for inner, outer in zip(parameters, loop.inputs) if outer in around}
    counters = _counters(block, start)
    known = {inner: value for inner, value in start.items() if inner in counters or inner in parameters[count:]}
    asked = _reckoned(condition, known)
    if condition.outputs[0] not in {value for instruction in asked for value in instruction.outputs}:
        return None
    known.update((inside, known[value]) for value, inside in zip(parameters, body.inputs) if value in known)
    places = [place for place in range(count) if parameters[place] in counters]
    steps = _reckoned(body, known)
    turns = 0
    while True:
        _run(asked, known)
        if not known[condition.outputs[0]]:
            break
        turns += 1
        if turns > most:
            return None
        _run(steps, known)
        new = [known[body.outputs[place]] for place in places]
        for place, value in zip(places, new):
            known[parameters[place]] = known[body.inputs[place]] = value
    around.update((out, known[parameters[k]]) for out, k in zip(loop.outputs, block.results) if k in places)
    return turns


def _counters(block: Any, start: Numbers) -> set[Value]:
    """The variables, as the condition's parameters, that follow from known numbers in each turn."""
    parameters, inner = block.condition.inputs, block.body.inputs
    found = {value for value in parameters[: block.count] if value in start}
    while True:
        known = {
            inside: start[value]
            for value, inside in zip(parameters, inner)
            if value in found or (value in start and value in parameters[block.count :])
        }
        made = {value for instruction in _reckoned(block.body, known) for value in instruction.outputs}
        kept = {
            parameters[place]
            for place in range(block.count)
            if parameters[place] in found and (block.body.outputs[place] in made or block.body.outputs[place] in known)
        }
        if kept == found:
            return found
        found = kept


def _reckoned(plan: Plan, known: Numbers) -> list[Instruction]:
    """The instructions of a plan that make numbers of known ones."""
    values = set(known)
    found = []
    for instruction in plan.instructions:
        if _is_number(instruction) and values.issuperset(instruction.inputs):
            found.append(instruction)
            values.update(instruction.outputs)
    return found
