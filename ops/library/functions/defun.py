"""`Defun`: a Python function as a function of the graph's library, called by an operation of its name."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Sequence
from typing import Any

from ...building.build import build_operation
from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph
from ...encoding.functions import call_type
from ...graph.graph import Graph
from ...graph.node import Tensor
from ...graph.operation import Operation
from ...types import dtypes
from .function_graph import Body, FunctionGraph, traced
from .gradients import store

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class Defun:
    """A decorator of functions of tensors.

    Args:
      *input_types: the types of the parameters; none: those of the first call.
      **kwargs: `func_name`: the name in the library; `out_names`: those of the results; `python_grad_func`: a function
        of an operation that calls it and gradients of its outputs, which gives those of its inputs; `grad_func`: the
        same as a function that was defined; `shape_func`: a function of a calling operation that gives the shapes of
        its outputs. Others are accepted and change nothing.

    >>> @Defun(dtypes.float32)
    ... def twice(x):
    ...     return x * 2.0
    """

    def __init__(self, *input_types: Any, **kwargs: Any) -> None:
        self._types = [dtypes.as_dtype(item) for item in input_types]
        self._options = kwargs

    def __call__(self, func: Callable[..., Any]) -> DefinedFunction:
        """Return the function as one that calls itself by operations.

        Raises: ValueError for another number of types.
        """
        if not callable(func):
            raise ValueError(f"function {func} must be callable")
        parameters = inspect.signature(func).parameters.values()
        count = sum(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters)
        open_ended = any(p.kind is p.VAR_POSITIONAL for p in parameters)
        least = sum(p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters)
        if self._types and not (least <= len(self._types) and (open_ended or len(self._types) <= count)):
            raise ValueError(f"The function has {least} arguments, but {len(self._types)} types were given.")
        return DefinedFunction(func, self._types, self._options)


class DefinedFunction:
    """A function of a library.

    Args:
      func: the Python function.
      types: the types of its parameters, or none.
      options: as of `Defun`.
    """

    def __init__(self, func: Callable[..., Any], types: Sequence[Any], options: dict[str, Any]) -> None:
        self._func, self._types, self._options = func, [kind.base_dtype for kind in types], options
        self._made: dict[tuple[Graph, tuple[Any, ...]], tuple[str, FunctionGraph, Any]] = {}
        self.__doc__ = func.__doc__

    @property
    def name(self) -> str:
        """The name in the library."""
        return self._defined(get_default_graph(), tuple(self._types))[0]

    def add_to_graph(self, graph: Graph) -> None:
        """Add the definition to a graph's library."""
        self._defined(graph, tuple(self._types))

    @property
    def captured_inputs(self) -> list[Tensor]:
        """What it takes from the graph around it."""
        return list(self._defined(get_default_graph(), tuple(self._types))[1].captures)

    @property
    def definition(self) -> Any:
        """The FunctionDef message."""
        return get_default_graph()._functions[self.name]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Add an operation that calls it; `name` is the operation's. Returns: its outputs, or itself if it has none."""
        graph = get_default_graph()
        name = kwargs.pop("name", None)
        if kwargs:
            raise ValueError(f"Unknown keyword arguments: {sorted(kwargs)}")
        if self._types and len(args) != len(self._types):
            raise ValueError(f"Expected number of arguments: {len(self._types)}, received: {len(args)}")
        types = self._types or [None] * len(args)
        given = [convert_to_tensor(value, dtype=kind) for value, kind in zip(args, types)]
        known, inner, op_def = self._defined(graph, tuple(tensor.dtype.base_dtype for tensor in given))
        op = build_operation(op_def, *given, *inner.captures, name=name or known)
        outputs: Sequence[Tensor] = op.outputs
        self._set_shapes(op)
        if not outputs:
            return op
        return outputs[0] if len(outputs) == 1 else tuple(outputs)

    def _set_shapes(self, op: Operation) -> None:
        """What `shape_func` knows of a call's outputs."""
        shape_func = self._options.get("shape_func")
        if shape_func is None:
            return
        shapes = shape_func(op)
        if len(shapes) != len(op.outputs):
            raise ValueError(
                f"shape_func {shape_func} produced {len(shapes)} shapes, which does not match {len(op.outputs)} "
                "outputs."
            )
        for output, shape in zip(op.outputs, shapes):
            output.set_shape(shape)

    def _defined(self, graph: Graph, types: tuple[Any, ...]) -> tuple[str, FunctionGraph, Any]:
        key = graph, types
        if key not in self._made:
            parameters = list(inspect.signature(self._func).parameters.values())
            names = [p.name for p in parameters if p.kind is not p.VAR_POSITIONAL]
            names += [f"arg{number}" for number in range(len(names), len(types))]
            inner, result = traced(graph, self._func, [(kind, None, name) for kind, name in zip(types, names)])
            self._made[key] = self._stored(graph, inner, result)
        return self._made[key]

    def _stored(self, graph: Graph, inner: FunctionGraph, result: Any) -> tuple[str, FunctionGraph, Any]:
        listed = [] if result is None or isinstance(result, Operation) else result
        listed = list(listed) if isinstance(listed, (list, tuple)) else [listed]
        with inner.as_default():
            outputs = [inner.capture(convert_to_tensor(item)) for item in listed]
        body = Body(inner, inner.inputs, outputs, [result] if isinstance(result, Operation) else [])
        body.gradient = self._gradient()
        names = list(self._options.get("out_names") or _unique(tensor._op.type.lower() for tensor in outputs))
        name = self._options.get("func_name") or f"{self._func.__name__}_{_digest(self._func, inner)}"
        return name, inner, call_type(store(graph, name, body, names))

    def _gradient(self) -> Callable[..., Any] | None:
        given = self._options.get("python_grad_func")
        if given is not None:
            return given  # type: ignore[no-any-return]
        function = self._options.get("grad_func")
        if function is None:
            return None
        return lambda op, *dys: function(*op.inputs, *dys)


def _unique(names: Any) -> list[str]:
    made: list[str] = []
    for name in names:
        count, wanted = 0, name
        while wanted in made:
            count += 1
            wanted = f"{name}_{count}"
        made.append(wanted)
    return made


def _digest(function: Callable[..., Any], graph: Graph) -> str:
    """Eleven letters that tell functions of one name apart."""
    text = repr([(op.name, op.type, [t.name for t in op.inputs]) for op in graph._operations]) + str(id(function))
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:12], "little")
    letters = ""
    for _ in range(11):
        number, place = divmod(number, len(_LETTERS))
        letters += _LETTERS[place]
    return letters
