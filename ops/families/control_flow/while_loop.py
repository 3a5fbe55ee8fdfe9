"""`while_loop`."""

from __future__ import annotations

from typing import Any

from ...base import nest
from ...building.build import build
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import add_to_collection, name_scope
from ...graph.graph_keys import GraphKeys
from ..elementwise.compare import LESS, LOGICAL_AND
from .while_context import WhileContext


def while_loop(
    cond: Any,
    body: Any,
    loop_vars: Any,
    shape_invariants: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
    maximum_iterations: Any = None,
    return_same_structure: bool = False,
) -> Any:
    """Repeat `body` while `cond` is true.

    Args:
      cond: a function of the loop variables that returns a boolean scalar tensor.
      body: a function of the loop variables that returns their new values, of the same structure, types and shapes.
      loop_vars: a list, tuple or other structure of tensors, SparseTensors, IndexedSlices, TensorArrays.
      shape_invariants: a structure of shapes that hold in all iterations, for variables whose shape changes.
      parallel_iterations: how many iterations may run at once, a positive number.
      back_prop: whether gradients are wanted.
      swap_memory: whether what gradients need may be moved elsewhere.
      name: the name scope of the operations made.
      maximum_iterations: how many iterations there are at the most, an integer scalar.
      return_same_structure: whether a list of one variable is returned as a list.
    Returns: the loop variables after the loop, in their structure; of a single one, itself.
    Raises: TypeError if `cond` or `body` cannot be called; ValueError if `loop_vars` is empty or the body returns
      something of another structure or shape.

    >>> while_loop(lambda i, j: i < 10, lambda i, j: (i + 3, j), [constant(0), constant(1)])[0].shape
    TensorShape([])
    """
    if not callable(cond):
        raise TypeError("cond must be callable.")
    if not callable(body):
        raise TypeError("body must be callable.")
    if parallel_iterations < 1:
        raise TypeError("parallel_iterations must be a positive integer.")
    flat = nest.flatten(loop_vars)
    with name_scope(name, "while", [item for item in flat if hasattr(item, "graph")]):
        if not flat:
            raise ValueError("No loop variables provided")
        single = not nest.is_nested(loop_vars)
        if single or isinstance(loop_vars, dict):
            cond, body, loop_vars, shape_invariants = _of_one(cond, body, loop_vars, shape_invariants)
        if maximum_iterations is not None:
            return _limited(
                cond, body, loop_vars, shape_invariants, maximum_iterations, parallel_iterations, back_prop,
                swap_memory, return_same_structure,
            )  # fmt: skip
        context = WhileContext(None, parallel_iterations, back_prop, swap_memory)
        return _built(context, cond, body, loop_vars, shape_invariants, return_same_structure)


def _of_one(cond: Any, body: Any, loop_vars: Any, shape_invariants: Any) -> tuple[Any, Any, Any, Any]:
    """A loop over a list of the one variable given."""
    invariants = None if shape_invariants is None else [shape_invariants]
    return cond, lambda value: [body(value)], [loop_vars], invariants


def _limited(
    cond: Any, body: Any, loop_vars: Any, shape_invariants: Any, maximum: Any, parallel_iterations: int,
    back_prop: bool, swap_memory: bool, same_structure: bool,
) -> Any:  # fmt: skip
    """A loop with a counter in front of its variables."""
    maximum = convert_to_tensor(maximum, name="maximum_iterations")
    if maximum.shape.ndims not in (0, None):
        raise ValueError(f"maximum_iterations must be a scalar, saw shape: {maximum.shape}")
    counter = constant(0, maximum.dtype.base_dtype, name="iteration_counter")
    context = WhileContext(maximum, parallel_iterations, back_prop, swap_memory)
    if len(loop_vars) == 1 and not same_structure:
        variables, invariants, around = loop_vars[0], shape_invariants and shape_invariants[0], _alone
    else:
        variables, invariants, around = loop_vars, shape_invariants, _together

    def limited_cond(i: Any, values: Any) -> Any:
        return build(LOGICAL_AND, build(LESS, i, maximum), around(cond, values), name="LogicalAnd")

    def counted_body(i: Any, values: Any) -> Any:
        following = i + 1
        return following, _like(variables, around(body, values))

    with_counter = None if invariants is None else (counter.shape, _like(variables, invariants))
    return _built(context, limited_cond, counted_body, (counter, variables), with_counter, True)[1]


def _alone(function: Any, values: Any) -> Any:
    return function(values)


def _together(function: Any, values: Any) -> Any:
    return function(*values)


def _like(variables: Any, result: Any) -> Any:
    """What a body returned, without a list around the only variable, and in a list or tuple as the variables are."""
    listed = isinstance(result, (list, tuple)) and not hasattr(result, "_fields")
    if listed and len(result) == 1 and not _is_alike(variables, result) and _is_alike(variables, result[0]):
        return result[0]
    if isinstance(variables, (list, tuple)) and not hasattr(variables, "_fields"):
        if listed:
            return type(variables)(result)
        return result if nest.is_nested(result) and not isinstance(result, dict) else type(variables)([result])
    return result


def _is_alike(first: Any, second: Any) -> bool:
    try:
        nest.assert_same_structure(first, second, expand_composites=True)
    except (TypeError, ValueError):
        return False
    return True


def _built(context: Any, cond: Any, body: Any, loop_vars: Any, shape_invariants: Any, same: bool) -> Any:
    if context.outer_context is None:
        add_to_collection(GraphKeys.WHILE_CONTEXT, context)
    return context.BuildLoop(cond, body, loop_vars, shape_invariants, same)
