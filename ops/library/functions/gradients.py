"""Gradients of operations that call functions: a function of inputs and gradients, which computes the outputs again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...encoding.functions import function_of
from ...families.control_flow.cond import cond
from ...families.control_flow.while_loop import while_loop
from ...families.elementwise.like import zeros_like
from ...families.functions.function_ops import PARTITIONED_CALL, SYMBOLIC_GRADIENT
from ...graph.graph import Graph
from ...graph.node import Tensor
from ...types import dtypes
from ..gradients.gradients import gradients
from .definitions import body_of, definition_of
from .function_graph import Body, FunctionGraph

_DIFFERENTIABLE = frozenset("fc")  # kinds of types


def _flows(tensor: Tensor) -> bool:
    """Whether gradients flow through a tensor; to a resource that of what is read from it."""
    return tensor.dtype.kind in _DIFFERENTIABLE or tensor.dtype.base_dtype is dtypes.resource


def symbolic(op: Any, dys: Sequence[Any]) -> list[Any]:
    """The gradients of a call by name: those of the function's own gradient, or an operation `SymbolicGradient`."""
    body = body_of(op.graph, op.type)
    if body.gradient is not None:
        found = body.gradient(op, *dys)
        return list(found) if isinstance(found, (list, tuple)) else [found]
    dys = [zeros_like(y) if dy is None else dy for y, dy in zip(op.outputs, dys)]
    results = build(SYMBOLIC_GRADIENT, [*op.inputs, *dys], Tout=[x.dtype.base_dtype for x in op.inputs], f=op.type)
    return [result if _flows(x) else None for x, result in zip(op.inputs, results)]


def symbolic_body(graph: Graph, name: str) -> Body:
    """What `SymbolicGradient` of a function runs."""
    key = f"{name} gradient"
    if key not in graph._bodies:
        body = body_of(graph, name)
        with body.graph.as_default():
            dys = [_placeholder(body.graph, y, number) for number, y in enumerate(body.outputs)]
            found = _differentiated(body.outputs, body.inputs, dys)
            found = [zeros_like(x) if dx is None else dx for x, dx in zip(body.inputs, found)]
        graph._bodies[key] = Body(body.graph, [*body.inputs, *dys], found, effects=False)
    return graph._bodies[key]  # type: ignore[no-any-return]


def _placeholder(graph: Graph, like: Tensor, number: int) -> Tensor:
    from ...building.basic_ops import placeholder

    return placeholder(like.dtype.base_dtype, like.shape, name=f"grad_ys_{number}")


def _differentiated(ys: Sequence[Tensor], xs: Sequence[Tensor], dys: Sequence[Tensor]) -> list[Any]:
    pairs = [(y, dy) for y, dy in zip(ys, dys) if y.dtype.kind in _DIFFERENTIABLE]
    wanted = [x for x in xs if _flows(x)]
    if not pairs or not wanted:
        return [None] * len(xs)
    found = iter(gradients([y for y, _ in pairs], wanted, [dy for _, dy in pairs]))
    listed = [next(found) if _flows(x) else None for x in xs]
    return [None if dx is None else convert_to_tensor(dx) for dx in listed]


def called(op: Any, dys: Sequence[Any]) -> list[Any]:
    """The gradients of a call, a branch or a loop: a call of a new function."""
    ys = [number for number, dy in enumerate(dys) if dy is not None]
    body = _gradient_body(op, ys)
    chosen = [number for number, dx in enumerate(body.outputs) if dx is not None]
    kept = Body(body.graph, body.inputs, [body.outputs[number] for number in chosen], effects=False)
    name = new_name(op.graph, f"__gradient_of_{op.name.replace('/', '_')}")
    store(op.graph, name, kept)
    given = [*op.inputs, *(convert_to_tensor(dys[number]) for number in ys)]
    made = build(PARTITIONED_CALL, given, Tout=[dx.dtype.base_dtype for dx in kept.outputs], f=name)
    results: list[Any] = [None] * len(op.inputs)
    for number, result in zip(chosen, made):
        result.set_shape(op.inputs[number].shape) if op.inputs[number].dtype.kind != "r" else None
        results[number] = result
    return results


def new_name(graph: Graph, name: str) -> str:
    """A name that no function of the library has."""
    count, wanted = 0, name
    while wanted in graph._functions:
        count += 1
        wanted = f"{name}_{count}"
    return wanted


def store(graph: Graph, name: str, body: Body, output_args: Sequence[str] = ()) -> Any:
    """Add a function to the library of a graph; returns its definition."""
    names = output_args or [f"output_{number}" for number in range(len(body.outputs))]
    definition = definition_of(name, body, names)
    graph._functions[name] = definition
    graph._bodies[name] = body
    return definition


def _gradient_body(op: Any, ys: Sequence[int]) -> Body:
    """Inputs: those of the operation, and gradients of some outputs; outputs: per input its gradient, or None."""
    if op.op_def.flow == "call":
        body = body_of(op.graph, function_of(op))
        graph, inputs, outputs = body.graph, body.inputs, body.outputs
    else:
        graph = FunctionGraph(op.graph)
        inputs = [graph.parameter(x.dtype.base_dtype, x.shape, f"x_{number}") for number, x in enumerate(op.inputs)]
        with graph.as_default():
            outputs = _rebuilt(op, inputs)
    with graph.as_default():
        dys = [_placeholder(graph, outputs[number], number) for number in ys]
        found = _differentiated([outputs[number] for number in ys], inputs, dys)
    return Body(graph, [*inputs, *dys], found, effects=False)


def _rebuilt(op: Any, inputs: list[Tensor]) -> list[Tensor]:
    """A branch or a loop of functions as `cond` and `while_loop` build them."""

    def call(attr: str, given: Sequence[Tensor], types: Sequence[Any]) -> list[Tensor]:
        made = build(PARTITIONED_CALL, list(given), Tout=types, f=function_of(op, attr))
        for tensor, known in zip(made, body_of(op.graph, function_of(op, attr)).outputs):
            tensor.set_shape(known.shape)
        return list(made)

    types = [y.dtype.base_dtype for y in op.outputs]
    if op.op_def.flow == "if":
        pred, *rest = inputs
        return cond(  # type: ignore[no-any-return]
            pred,
            lambda: call("then_branch", rest, types),
            lambda: call("else_branch", rest, types),
            strict=True,
        )
    return while_loop(  # type: ignore[no-any-return]
        lambda *values: call("cond", values, [dtypes.bool_])[0],
        lambda *values: call("body", values, types),
        list(inputs),
        shape_invariants=[y.shape for y in op.outputs],
        return_same_structure=True,
    )
