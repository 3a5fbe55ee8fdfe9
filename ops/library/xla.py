"""Scopes and functions that ask TensorFlow for its other compiler, XLA: here all steps are compiled.

Graphs made in them have what TensorFlow's have, so that they are compiled when TensorFlow runs them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from ..base import nest
from ..building.basic_ops import group, identity
from ..building.convert import convert_to_tensor
from ..building.default_graph import control_dependencies, get_default_graph
from ..graph.operation import Operation

_NUMBERS: WeakKeyDictionary[Any, Iterator[int]] = WeakKeyDictionary()  # of the scopes of each graph


@contextmanager
def experimental_jit_scope(compile_ops: Any = True, separate_compiled_gradients: bool = False) -> Iterator[None]:
    """A scope whose operations have the attributes by which TensorFlow's compiler knows them.

    Args:
      compile_ops: whether they are to be compiled.
      separate_compiled_gradients: whether gradients are compiled apart; noted in the graph.
    Raises: NotImplementedError for a function of nodes as `compile_ops`.

    What runs here is compiled in any case, with or without it.
    """
    if callable(compile_ops):
        raise NotImplementedError("experimental_jit_scope: compile_ops is a function; give True or False.")
    graph = get_default_graph()
    outer = graph._scopes.attrs.get("_XlaScope")
    scope = outer or f"jit_scope_{next(_NUMBERS.setdefault(graph, count()))}".encode()
    attributes = {
        "_XlaCompile": bool(compile_ops),
        "_XlaSeparateCompiledGradients": bool(separate_compiled_gradients),
        "_XlaScope": scope,
    }
    with graph._attr_scope(attributes):
        yield


def compile(computation: Callable[..., Any], inputs: Any = None) -> Any:
    """Return what a function makes of inputs, as one computation.

    Args:
      computation: a function of tensors; it returns a tensor, a structure of tensors, or a list with operations.
      inputs: a list of its arguments; None for none.
    Returns: a list of tensors, in which operations have run; an operation if it returns none; a structure as it is.
    Raises: TypeError if the function takes another number of arguments, or inputs are no list.
    """
    if inputs is not None and not isinstance(inputs, (list, tuple)):
        raise TypeError(f"inputs must be a list of the arguments of computation; got {type(inputs).__name__}.")
    arguments = nest.map_structure(lambda value: identity(convert_to_tensor(value)), list(inputs or []))
    outputs = computation(*arguments)
    if isinstance(outputs, dict) or any(nest.is_nested(item) for item in _as_list(outputs)):
        return nest.map_structure(lambda value: identity(convert_to_tensor(value), name="output"), outputs)
    flat = _as_list(outputs)
    operations = [item for item in flat if isinstance(item, Operation)]
    tensors = [item for item in flat if not isinstance(item, Operation) and item is not None]
    if not tensors:
        return group(*operations, name="output_0")
    with control_dependencies(operations):
        return [identity(convert_to_tensor(item), name=f"output_{index}") for index, item in enumerate(tensors)]


def _as_list(outputs: Any) -> list[Any]:
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]


def check_function_argument_count(func: Callable[..., Any], input_arity: int, infeed_queue: Any) -> str | None:
    """Return what is wrong with a number of arguments for a function: `exactly 1 argument`; None if it takes them.

    Args:
      func: the function.
      input_arity: how many arguments there are.
      infeed_queue: a queue of more of them, or None.
    """
    total = input_arity + (0 if infeed_queue is None else infeed_queue.number_of_tuple_elements)
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = inspect.signature(func).parameters.values()
    places = [parameter for parameter in parameters if parameter.kind in kinds]
    least = sum(parameter.default is parameter.empty for parameter in places)
    is_open = any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters)

    def counted(number: int) -> str:
        return f"{number} argument{'' if number == 1 else 's'}"

    if total < least:
        return f"{'exactly' if len(places) == least and not is_open else 'at least'} {counted(least)}"
    if total > len(places) and not is_open:
        return f"{'exactly' if len(places) == least else 'at most'} {counted(len(places))}"
    return None
