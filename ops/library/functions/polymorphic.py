"""`function`: a Python function that is traced once per kind of arguments and called by an operation.

@tf.function
def f(x):
    v.assign_add(x)        runs whenever f is called, in the order of the program
    return v * 2.0

y = f(1.0)                 StatefulPartitionedCall
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...base import nest
from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph
from ...families.functions.function_ops import PARTITIONED_CALL, STATEFUL_PARTITIONED_CALL
from ...graph import tapes
from ...graph.graph import Graph
from ...graph.node import Tensor
from ...graph.operation import Operation
from .function_graph import Body, FunctionGraph
from .gradients import new_name, store


class Function:
    """A function that is traced.

    Args:
      python_function: the Python function.
      name: of the function; default: its own.
      input_signature: TensorSpecs of all arguments, which are then converted to tensors.
    """

    def __init__(self, python_function: Callable[..., Any], name: str | None, input_signature: Any) -> None:
        self._python_function = python_function
        self._name: str = name or str(getattr(python_function, "__name__", "function"))
        self._signature = input_signature
        self._traces: dict[Any, _Trace] = {}
        functools.update_wrapper(self, python_function)

    @property
    def python_function(self) -> Callable[..., Any]:
        """The Python function."""
        return self._python_function

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Return the function with its first argument bound."""
        return self if instance is None else functools.partial(self, instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Add an operation that calls it. Returns: what the Python function returned, of the operation's outputs."""
        graph = get_default_graph()
        if self._signature is not None:
            args = self._converted(args)
        flat = nest.flatten([args, kwargs], expand_composites=True)
        tensors = [_as_tensor(item) for item in flat]
        key = (graph, tuple(_key(item) for item in tensors), nest_key(args, kwargs))
        trace = self._traces.get(key)
        if trace is None:
            trace = self._traces[key] = self._traced(graph, args, kwargs, tensors)
        given = [item for item in tensors if isinstance(item, Tensor)]
        return trace.call([*given, *trace.graph.captures])

    def _converted(self, args: Sequence[Any]) -> tuple[Any, ...]:
        if len(args) != len(self._signature):
            raise ValueError(f"The function takes {len(self._signature)} arguments by its input_signature.")
        converted = []
        for value, spec in zip(args, self._signature):
            tensor = convert_to_tensor(value, dtype=spec.dtype)
            if not spec.shape.is_compatible_with(tensor.shape):
                raise ValueError(f"An argument of shape {tensor.shape} does not fit {spec} of the input_signature.")
            converted.append(tensor)
        return tuple(converted)

    def _traced(self, graph: Graph, args: Any, kwargs: Any, tensors: list[Any]) -> _Trace:
        inner = FunctionGraph(graph)
        specs = [spec.shape for spec in self._signature] if self._signature is not None else None
        with inner.as_default():
            inside = []
            for item in tensors:
                if isinstance(item, Tensor):
                    shape = item.shape if specs is None else specs[len(inner.inputs)]
                    item = inner.parameter(item.dtype.base_dtype, shape, "x")
                inside.append(item)
            given, named = nest.pack_sequence_as([args, kwargs], inside, expand_composites=True)
            result = self._python_function(*given, **named)
        return _Trace(graph, inner, self._name, result)


class _Trace:
    """A function traced for one kind of arguments."""

    def __init__(self, outer: Graph, graph: FunctionGraph, name: str, result: Any) -> None:
        self.graph, self._structure = graph, result
        flat = [item for item in nest.flatten(result, expand_composites=True) if item is not None]
        targets = [item for item in flat if isinstance(item, Operation)]
        with graph.as_default():
            outputs = [graph.capture(convert_to_tensor(item)) for item in flat if not isinstance(item, Operation)]
        body = Body(graph, graph.inputs, outputs, targets)
        self._shapes = [tensor.shape for tensor in outputs]
        self._types = [tensor.dtype.base_dtype for tensor in outputs]
        self._name = new_name(outer, f"__inference_{name}")
        store(outer, self._name, body)
        self._op_def = STATEFUL_PARTITIONED_CALL if body.targets else PARTITIONED_CALL

    def call(self, inputs: list[Tensor]) -> Any:
        """Add the operation; returns its outputs in the structure of the result."""
        tapes.note_call(self.graph.read_variables.values())
        made = build(self._op_def, inputs, Tout=self._types, f=self._name)
        op = made if isinstance(made, Operation) else None
        for tensor, shape in zip(made if op is None else (), self._shapes):
            tensor.set_shape(shape)
        left = iter(made if op is None else ())
        packed = []
        for item in nest.flatten(self._structure, expand_composites=True):
            if item is None or isinstance(item, Operation):
                packed.append(None if op is None else op)
            else:
                packed.append(next(left))
        if self._structure is None:
            return op
        return nest.pack_sequence_as(self._structure, packed, expand_composites=True)


def function(
    func: Any = None,
    input_signature: Any = None,
    autograph: bool = True,
    experimental_autograph_options: Any = None,
    experimental_relax_shapes: bool = False,
    experimental_compile: bool | None = None,
    experimental_implements: Any = None,
) -> Any:
    """Make of a Python function one that is traced once per kind of arguments, and called by an operation.

    Args:
      func: the function; without it a decorator is returned.
      input_signature: TensorSpecs of all arguments.
      autograph: accepted; Python's `if` and `while` on tensors are not rewritten here, and raise TypeError.
      experimental_autograph_options, experimental_relax_shapes, experimental_compile, experimental_implements:
        accepted; nothing depends on them.
    Returns: the function. What it does to variables happens whenever the operation runs.
    """
    if func is None:
        return lambda given: Function(given, None, input_signature)
    return Function(func, None, input_signature)


def do_not_convert(func: Callable[..., Any] | None = None) -> Any:
    """A decorator of functions whose Python stays Python: so it is with all, for nothing is converted here.

    Args:
      func: the function; None gives a decorator.
    Returns: a function that calls it.
    """
    if func is None:
        return do_not_convert

    @functools.wraps(func)
    def called(*args: Any, **kwargs: Any) -> Any:
        return func(*args, **kwargs)

    return called


def _as_tensor(item: Any) -> Any:
    """Arrays and what stands for a tensor as tensors; variables and Python's values as they are."""
    if isinstance(item, (np.ndarray, np.generic)):
        return convert_to_tensor(item)
    return item


def _key(item: Any) -> Any:
    """What a trace depends on."""
    if isinstance(item, Tensor):
        return item.dtype.base_dtype, item._extents
    try:
        hash(item)
    except TypeError:
        return id(item)
    return type(item), item


def nest_key(args: Any, kwargs: Any) -> str:
    """The structure of arguments."""
    return repr(nest.map_structure(lambda _: 0, [args, kwargs]))
