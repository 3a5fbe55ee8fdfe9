"""Small functions of `contrib.framework`: checks, sums, functions of Python with structures, devices of variables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....base import nest
from ....base.device_spec import DeviceSpec
from ....base.nest_shallow import flatten_up_to
from ....building.convert import convert_to_tensor
from ....building.default_graph import get_default_graph, name_scope
from ....families.debugging.assertions import assert_scalar
from ....families.debugging.printing import py_func as call_python
from ....families.elementwise.arithmetic import add_n
from ....families.reductions.reductions import reduce_sum
from ....graph.node import Tensor
from ...metrics.squeezing import remove_squeezable_dimensions as _squeezed

_VARIABLES = ("Variable", "VariableV2", "AutoReloadVariable", "VarHandleOp")


def assert_scalar_int(tensor: Any, name: str | None = None) -> Tensor:
    """Return a tensor that is an integer. Raises: ValueError if it has dimensions, or another type."""
    with name_scope(name, "assert_scalar_int", [tensor]) as scope:
        converted = convert_to_tensor(tensor)
        if not converted.dtype.base_dtype.is_integer:
            raise ValueError(f"Expected integer type for {converted.name}, received type: {converted.dtype}.")
        checked: Tensor = assert_scalar(converted, name=scope)
        return checked


def get_graph_from_inputs(op_input_list: Any, graph: Any = None) -> Any:
    """Return the graph that inputs are in: the given one, theirs, or the default graph.

    Raises: ValueError if they are in different graphs, or not in the given one.
    """
    given, first = graph is not None, None
    for item in op_input_list:
        own = getattr(item, "graph", None)
        if own is None:
            continue
        if graph is None:
            graph, first = own, item
        elif own is not graph:
            where = "is not from the passed-in graph" if given else f"must be from the same graph as {first}"
            raise ValueError(f"{item} {where}.")
    return get_default_graph() if graph is None else graph


def get_placeholders(graph: Any) -> list[Tensor]:
    """Return the placeholders of a graph."""
    return [op.outputs[0] for op in graph.get_operations() if op.type == "Placeholder"]


def reduce_sum_n(tensors: Any, name: str | None = None) -> Tensor:
    """Return the sum of all elements of several tensors. Raises: ValueError for none."""
    if not tensors:
        raise ValueError("No tensors provided.")
    with name_scope(name, "reduce_sum_n", tensors) as scope:
        sums = [reduce_sum(tensor, name=f"{tensor.op.name.rpartition('/')[2]}/sum") for tensor in tensors]
        total: Tensor = sums[0] if len(sums) == 1 else add_n(sums, name=scope)
        return total


def remove_squeezable_dimensions(predictions: Any, labels: Any, name: str | None = None) -> tuple[Any, Any]:
    """Return predictions and labels, the one with one dimension more without its last, if that is of extent 1."""
    labels, predictions = _squeezed(labels, predictions, name=name)
    return predictions, labels


def py_func(
    func: Callable[..., Any], args: Any = (), kwargs: dict[str, Any] | None = None, output_types: Any = None,
    output_shapes: Any = None, stateful: bool = True, name: str | None = None,
) -> Any:  # fmt: skip
    """Return what a function of Python gives, called when the step runs: `tf.py_func` with structures and names.

    Args:
      func: a function of arrays; it returns a structure like `output_types`.
      args: a structure of tensors, its arguments by place.
      kwargs: a dictionary of tensors, its arguments by name.
      output_types: the types of what it returns.
      output_shapes: the shapes of it, in the same structure; default: unknown.
      stateful: whether it may give something else each time it is called.
      name: of the operation.
    Raises: TypeError without types; ValueError for shapes of another structure.
    """
    if output_types is None:
        raise TypeError("py_func: output_types is None; give the types of what func returns.")
    if not isinstance(args, (list, tuple)):
        raise TypeError(f"py_func: args must be a list or tuple; got {type(args).__name__}.")
    given = {"args": args, "kwargs": kwargs or {}}
    kinds = nest.flatten(output_types)
    shapes = [None] * len(kinds) if output_shapes is None else flatten_up_to(output_types, output_shapes)

    def call(*flat: Any) -> Any:
        packed = nest.pack_sequence_as(given, list(flat))
        return flatten_up_to(output_types, func(*packed["args"], **packed["kwargs"]))

    results = call_python(call, [convert_to_tensor(item) for item in nest.flatten(given)], kinds, stateful, name)
    for result, shape in zip(results, shapes):
        result.set_shape(shape)
    return nest.pack_sequence_as(output_types, results)


class VariableDeviceChooser:
    """A function for `tf.device` that gives each variable a task of a job, in turns.

    Args:
      num_tasks: how many tasks the job has; 0: variables have the device alone.
      job_name: the job.
      device_type, device_index: the device of each task.
      replica: its replica, or None.
    """

    def __init__(
        self, num_tasks: int = 0, job_name: str = "ps", device_type: str = "CPU", device_index: int = 0,
        replica: int | None = None,
    ) -> None:  # fmt: skip
        self._tasks = num_tasks
        self._spec = DeviceSpec(
            job=job_name if num_tasks else None, replica=replica, device_type=device_type, device_index=device_index
        )
        self._next = 0

    def __call__(self, op: Any) -> str:
        """Return the device of an operation, given as it or as its NodeDef."""
        spec = self._spec.replace()
        if self._tasks:
            spec.task = self._next
            kind = op.op if hasattr(op, "op") and isinstance(op.op, str) else op.type
            if kind in _VARIABLES:
                self._next = (self._next + 1) % self._tasks
        return spec.to_string()
