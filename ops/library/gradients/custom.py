"""Gradients of the user's own: `custom_gradient`, `grad_pass_through`, `recompute_grad`.

A function with a gradient of its own becomes an `IdentityN` of its results and arguments whose gradient is registered
under a name no other has; arguments pass through it, so that they are reached by the walk backwards.
"""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Callable
from typing import Any, Final

from ...base.nest import flatten, pack_sequence_as
from ...building.basic_ops import identity, identity_n
from ...building.convert import convert_to_tensor
from ...building.default_graph import control_dependencies, get_default_graph
from ...families.state.variable_scope import get_variable_scope, variable_scope
from ...graph.graph_keys import GraphKeys
from .gradients import UnconnectedGradients, gradients
from .registered import RegisterGradient

_COUNT: Final = itertools.count()


def custom_gradient(f: Callable[..., Any] | None = None) -> Any:
    """A decorator for functions that say what their gradient is.

    Args:
      f: a function of tensors that returns `(y, grad_fn)`: a tensor (or structure of them), and a function from one
        gradient per tensor in `y` to one gradient per argument. If `f` reads (resource) variables, `grad_fn` takes
        `variables=None` too and returns `(gradients of arguments, gradients of variables)`.
    Returns: a function of the same arguments that returns `y`.
    Raises: ValueError, when it is called with keyword arguments; TypeError if it makes variables that are no resource
      variables, or if it uses variables that `grad_fn` does not take.

    >>> @custom_gradient
    ... def clipped(x):
    ...     return x, lambda dy: dy * 0.5
    """
    if f is None:
        return lambda function: custom_gradient(function)

    @functools.wraps(f)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        return _called(f, args, kwargs)

    return decorated


def _called(f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if kwargs:
        raise ValueError(
            "The custom_gradient decorator currently supports keywords arguments only when eager execution is enabled."
        )
    inputs = [convert_to_tensor(arg) for arg in args]
    before = set(_variables())
    result, grad_fn = f(*inputs)
    _check_new([variable for variable in _variables() if variable not in before])
    results = [convert_to_tensor(item) for item in flatten(result)]
    for item in results:
        identity(item)  # TensorFlow records these copies; kept so that names agree
    used = _used_variables(results, inputs)
    takes = _takes_variables(grad_fn)
    if used and not takes:
        raise TypeError(
            "If using @custom_gradient with a function that uses variables, then grad_fn must accept a keyword "
            "argument 'variables'."
        )
    name = f"CustomGradient-{next(_COUNT)}"
    RegisterGradient(name)(_rule(grad_fn, len(results), len(inputs), used))
    passed = [*results, *inputs, *used]
    with get_default_graph().gradient_override_map({"IdentityN": name}):
        outputs = identity_n(passed)
    return pack_sequence_as(result, outputs[: len(results)])


def _variables() -> list[Any]:
    graph = get_default_graph()
    return [*graph.get_collection(GraphKeys.GLOBAL_VARIABLES), *graph.get_collection(GraphKeys.LOCAL_VARIABLES)]


def _check_new(made: list[Any]) -> None:
    if any(getattr(variable, "handle", None) is None for variable in made):
        raise TypeError(
            "All variables used by a function wrapped with @custom_gradient must be ResourceVariables. Ensure that no "
            "variable_scope is created with `use_resource=False`."
        )


def _used_variables(results: list[Any], inputs: list[Any]) -> list[Any]:
    """The resource variables between the arguments and the results, in the order they were made."""
    by_handle = {variable.handle.op: variable for variable in _variables() if hasattr(variable, "handle")}
    seen = {tensor.op for tensor in inputs}
    found: set[Any] = set()
    pending = [tensor.op for tensor in results]
    while pending:
        op = pending.pop()
        if op in seen:
            continue
        seen.add(op)
        if op in by_handle and by_handle[op].trainable:
            found.add(op)
        pending += [tensor.op for tensor in op.inputs]
    return [variable for op, variable in by_handle.items() if op in found]


def _takes_variables(grad_fn: Callable[..., Any]) -> bool:
    spec = inspect.getfullargspec(grad_fn)
    return "variables" in spec.args or "variables" in spec.kwonlyargs or spec.varkw is not None


def _rule(grad_fn: Callable[..., Any], results: int, inputs: int, used: list[Any]) -> Callable[..., Any]:
    """The gradient of the `IdentityN`: nothing for the results themselves, `grad_fn`'s for arguments and variables."""

    def rule(op: Any, *output_gradients: Any) -> list[Any]:
        given = output_gradients[:results]
        if used:
            input_gradients, variable_gradients = grad_fn(*given, variables=used)
            if len(variable_gradients) != len(used):
                raise ValueError("Must return gradient for each variable from @custom_gradient grad_fn.")
        else:
            input_gradients, variable_gradients = grad_fn(*given), []
        flat = list(input_gradients) if isinstance(input_gradients, (list, tuple)) else [input_gradients]
        if len(flat) != inputs:
            raise ValueError(f"custom_gradient: grad_fn returned {len(flat)} gradients for {inputs} arguments.")
        return [*[None] * results, *flat, *variable_gradients]

    return rule


def grad_pass_through(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that computes `f`, but whose gradient is that of the identity.

    Args:
      f: a function that returns a tensor of the shape of its argument.
    """

    @custom_gradient
    def passed(*args: Any) -> Any:
        def grad(*gradients_: Any, variables: Any = None) -> Any:
            if variables is not None:
                return gradients_, [None] * len(variables)
            return gradients_

        return f(*args), grad

    return functools.wraps(f)(passed)


def recompute_grad(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that computes `f`, and computes it again for its gradient instead of keeping what is between.

    Args:
      f: a function of tensors; its variables are got by `get_variable`.
    """

    @custom_gradient
    def recomputed(*args: Any) -> Any:
        scope = get_variable_scope()

        def grad(*result_gradients: Any, variables: Any = None) -> Any:
            with variable_scope(scope, reuse=True if variables else None), control_dependencies(list(result_gradients)):
                again = flatten(f(*args))
            sources = [*args, *(variables or [])]
            found = gradients(again, sources, list(result_gradients), unconnected_gradients=UnconnectedGradients.ZERO)
            return (found[: len(args)], found[len(args) :]) if variables else found

        return f(*args), grad

    return functools.wraps(f)(recomputed)
