"""`functional_ops`: branches and loops of functions that were defined by `Defun`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph
from ...families.functions.function_ops import IF, WHILE
from ...graph.operation import Operation
from ...types import dtypes
from .definitions import body_of
from .defun import Defun


def _tensors(values: Any) -> list[Any]:
    return [convert_to_tensor(value) for value in (values if isinstance(values, (list, tuple)) else [values])]


def _single(outputs: Any) -> Any:
    if isinstance(outputs, Operation):
        return outputs
    return outputs[0] if len(outputs) == 1 else list(outputs)


def If(cond: Any, inputs: Any, then_branch: Any, else_branch: Any, name: str | None = None) -> Any:
    """Return what one of two functions returns.

    Args:
      cond: a boolean scalar.
      inputs: a list of arguments.
      then_branch, else_branch: functions defined by `Defun`, of the same types.
      name: of the operation.
    Raises: ValueError if a function takes something from the graph around it.
    """
    for branch in (then_branch, else_branch):
        if branch.captured_inputs:
            raise ValueError("Branches that take tensors from the graph around them are not supported: pass them.")
    outputs = body_of(get_default_graph(), then_branch.name).outputs
    types = [tensor.dtype.base_dtype for tensor in outputs]
    made = build(
        IF, cond, _tensors(inputs), Tout=types, then_branch=then_branch.name, else_branch=else_branch.name, name=name
    )
    return _single(made)


def While(input_: Any, cond: Any, body: Any, name: str | None = None, hostmem: Any = None) -> Any:
    """Call a function on its results while another one says so; returns the last ones.

    Args:
      input_: a list of the first arguments.
      cond: a function defined by `Defun` that returns a boolean scalar.
      body: one that returns values of the types of its parameters.
      name: of the operation.
      hostmem: accepted; nothing depends on it.
    Raises: ValueError if `cond` takes something from the graph around it.
    """
    if cond.captured_inputs:
        raise ValueError("The condition must not take tensors from the graph around it: pass them.")
    given, captured = _tensors(input_), list(body.captured_inputs)
    if not captured:
        return _single(build(WHILE, given, cond=cond.name, body=body.name, name=name))
    count = len(given)
    types = [tensor.dtype.base_dtype for tensor in [*given, *captured]]

    @Defun(*types)
    def with_captured(*args: Any) -> Any:
        get_default_graph().captures.update(zip(captured, args[count:]))  # type: ignore[attr-defined]
        results = body(*args[:count])
        return [*(results if isinstance(results, (list, tuple)) else [results]), *args[count:]]

    @Defun(*types)
    def condition(*args: Any) -> Any:
        return cond(*args[:count])

    made = build(WHILE, [*given, *captured], cond=condition.name, body=with_captured.name, name=name)
    return _single(made[:count])


def For(
    start: Any,
    limit: Any,
    delta: Any,
    inputs: Any,
    body: Any,
    name: str | None = None,
    hostmem: Any = None,
    rewrite_with_while: Any = None,
) -> Any:
    """Call a function of a number and values for the numbers of a range; returns the last values.

    Args:
      start, limit, delta: int32 scalars, as of `range`.
      inputs: a list of the first values.
      body: a function defined by `Defun`, of an int32 scalar and the values, that returns values of these types.
      name: of the operation, a `While`.
      hostmem, rewrite_with_while: accepted; nothing depends on them.
    """
    numbers = [convert_to_tensor(value, dtypes.int32) for value in (start, limit, delta)]
    given: Sequence[Any] = _tensors(inputs)
    types = [dtypes.int32] * 3 + [tensor.dtype.base_dtype for tensor in given]

    @Defun(*types)
    def condition(i: Any, n: Any, d: Any, *args: Any) -> Any:
        from ...families.elementwise.compare import greater, less, logical_and, logical_or

        return logical_or(logical_and(greater(d, 0), less(i, n)), logical_and(less(d, 0), greater(i, n)))

    @Defun(*types)
    def step(i: Any, n: Any, d: Any, *args: Any) -> Any:
        results = body(i, *args)
        listed = results if isinstance(results, (list, tuple)) else [results]
        return [i + d, n, d, *([] if isinstance(results, Operation) else listed)]

    made = While([*numbers, *given], condition, step, name=name)
    return _single(made[3:])
