"""Operations that call functions: what the functions run stands in the plan in their places.

%2 = PartitionedCall %1 {f=square}      becomes     %2 = Square %1
%2 = If %pred, %1 {...}                 becomes     switches, both bodies, and merges
%2 = While %1 {...}                     becomes     a `Loop` with both functions inside
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from ...ops.base import errors
from ...ops.building.constant import CONST
from ...ops.encoding.functions import function_of
from ...ops.families.control_flow.flow_ops import MERGE, SWITCH
from ...ops.families.elementwise.compare import EQUAL
from ...ops.graph.operation import Operation
from ...ops.library.functions.definitions import body_of
from ...ops.library.functions.function_graph import Body
from ...ops.library.functions.gradients import symbolic_body
from ...ops.types import dtypes
from .blocks import LOOP, PURE_LOOP, Loop
from .builder import Builder
from .frames import frames_of, has_loops
from .needed import needed_operations
from .plan import Instruction, Plan, Value
from .raising import add_items


def add_call(builder: Builder, op: Operation) -> None:
    """Add what an operation that calls functions runs."""
    inputs = [builder.input_of(op, index) for index in range(len(op._inputs))]
    guards = builder.guards_of(op)
    flow = op.op_def.flow
    if flow == "if":
        outputs = _add_branches(builder, op, inputs, guards)
    elif flow == "case":
        outputs = _add_cases(builder, op, inputs, guards)
    elif flow == "while":
        outputs = _add_loop(builder, op, inputs, guards)
    else:
        found = symbolic_body if flow == "gradient call" else body_of
        body = found(op.graph, function_of(op))
        _check_count(op, body, inputs)
        alive = tuple(dict.fromkeys([*guards, *(value for value in inputs if builder.is_conditional(value))]))
        outputs = inline(builder, inputs, alive, body)
    builder.values.update(zip(op._outputs, outputs))
    builder.note_guards(op, guards)


def _check_count(op: Operation, body: Body, inputs: Sequence[Any]) -> None:
    if len(body.inputs) != len(inputs):
        raise errors.InvalidArgumentError(
            None, op, f"{op.type} '{op.name}' passes {len(inputs)} arguments to a function of {len(body.inputs)}."
        )


def inline(builder: Builder, inputs: Sequence[Value], guards: Sequence[Value], body: Body) -> list[Value]:
    """Add what a function runs.

    Args:
      inputs: its arguments.
      guards: values without which it does not run.
      body: the function.
    Returns: its results.
    """
    inner = builder.within()
    inner.values.update(zip(body.inputs, inputs))
    start = len(builder.instructions)
    ops = needed_operations(body.inputs, body.outputs, body.targets)
    fed = set(body.inputs)
    if has_loops(ops):
        add_items(inner, *frames_of(ops, fed), fed)
    else:
        for op in ops:
            inner.add(op)
    outputs = [inner.fetch(tensor) for tensor in body.outputs]
    builder.came_back(inner, start, guards)
    return outputs


def _add_branches(builder: Builder, op: Operation, inputs: list[Value], guards: tuple[Value, ...]) -> list[Value]:
    """`If`: every value is switched, both functions stand behind, results are merged."""
    pred, *given = inputs
    _check_condition(op, pred)
    bodies = [body_of(op.graph, function_of(op, attr)) for attr in ("else_branch", "then_branch")]
    for body in bodies:
        _check_count(op, body, given)
    sides = [partial(inline, body=body) for body in bodies]
    return _chosen(builder, op, pred, given, guards, sides)


def _add_cases(builder: Builder, op: Operation, inputs: list[Value], guards: tuple[Value, ...]) -> list[Value]:
    """`Case`: the first function if the number is 0, otherwise the others by the number; the last for any other."""
    index, *given = inputs
    names = [value if isinstance(value, str) else value.name for value in op.attrs["branches"]]
    bodies = [body_of(op.graph, name) for name in names]

    def choose(
        builder: Builder, inputs: Sequence[Value], guards: Sequence[Value], number: int, index: Value
    ) -> list[Value]:
        if number == len(bodies) - 1:
            return inline(builder, inputs=inputs, guards=guards, body=bodies[number])
        constant, pred = builder.made(dtypes.int32, ()), builder.made(dtypes.bool_, ())
        attrs = {"value": np.array(number, np.int32), "dtype": dtypes.int32}
        equal = {"T": dtypes.int32, "incompatible_shape_error": True}
        made = Instruction(CONST, attrs, [], [constant], op)
        made.guards = tuple(guards)
        builder.append(made)
        builder.append(Instruction(EQUAL, equal, [index, constant], [pred], op))

        def others(builder: Builder, inputs: Sequence[Value], guards: Sequence[Value]) -> list[Value]:
            return choose(builder, inputs[1:], guards, number + 1, inputs[0])

        def this(builder: Builder, inputs: Sequence[Value], guards: Sequence[Value]) -> list[Value]:
            return inline(builder, inputs=inputs[1:], guards=guards, body=bodies[number])

        return _chosen(builder, op, pred, [index, *inputs], tuple(guards), [others, this])

    return choose(builder, given, guards, 0, index)


def _check_condition(op: Operation, pred: Value) -> None:
    if pred.dtype is not dtypes.bool_:
        raise errors.UnimplementedError(
            None, op, f"{op.type} '{op.name}' has a condition of type {pred.dtype.name}; only bool is built."
        )


def _chosen(
    builder: Builder,
    op: Operation,
    pred: Value,
    given: Sequence[Value],
    guards: tuple[Value, ...],
    sides: Sequence[Callable[..., list[Value]]],
) -> list[Value]:
    """What one of two sides gives: for false, for true; each is called with the builder, its inputs and guards."""
    switched = {value: _switch(builder, value, pred, op, guards) for value in dict.fromkeys([pred, *given])}
    results = []
    for side, add in enumerate(sides):
        alive = switched[pred][side]
        results.append(add(builder, inputs=[switched[value][side] for value in given], guards=(alive,)))
    merged = []
    for number, tensor in enumerate(op._outputs):
        pair = [branch[number] for branch in results]
        outputs = [builder.fresh(tensor), builder.made(dtypes.int32, ())]
        builder.append(Instruction(MERGE, {"T": outputs[0].dtype, "N": 2}, pair, outputs, op))
        merged.append(outputs[0])
    return merged


def _switch(
    builder: Builder, value: Value, pred: Value, op: Operation, guards: tuple[Value, ...]
) -> tuple[Value, Value]:
    outputs = [builder.made(value.dtype, value.extents) for _ in range(2)]
    instruction = Instruction(SWITCH, {"T": value.dtype}, [value, pred], outputs, op)
    instruction.guards = guards
    builder.append(instruction)
    return outputs[0], outputs[1]


def _add_loop(builder: Builder, op: Operation, inputs: list[Value], guards: tuple[Value, ...]) -> list[Value]:
    """`While`: a loop whose plans are the functions; what the body only passes on is an invariant."""
    condition, body = (body_of(op.graph, function_of(op, attr)) for attr in ("cond", "body"))
    _check_count(op, condition, inputs)
    _check_count(op, body, inputs)
    inner = builder.nested()
    parameters = [inner.parameter(tensor) for tensor in op._outputs]
    (pred,) = inline(inner, parameters, (), condition)
    cut = len(inner.instructions)
    after = inline(inner, parameters, (), body)
    varying = [number for number, value in enumerate(parameters) if after[number] is not value]
    varying = varying or list(range(len(parameters)))
    order = [*varying, *(number for number in range(len(parameters)) if number not in varying)]
    ordered = [parameters[number] for number in order]
    first, second = inner.instructions[:cut], inner.instructions[cut:]
    block = Loop(
        op.name,
        len(varying),
        Plan(ordered, first, [pred]),
        Plan(ordered, second, [after[number] for number in varying]),
        tuple(range(len(varying))),
    )
    outputs = [builder.fresh(op._outputs[number]) for number in varying]
    taken = [inputs[number] for number in order]
    pure = not any(plan.has_effects for plan in block.plans)
    attrs: dict[str, Any] = {"block": block, "Tin": [v.dtype for v in taken], "Tout": [v.dtype for v in outputs]}
    instruction = Instruction(PURE_LOOP if pure else LOOP, attrs, taken, outputs, op)
    instruction.guards = guards
    builder.append(instruction)
    results = dict(zip(varying, outputs))
    return [results.get(number, inputs[number]) for number in range(len(inputs))]
