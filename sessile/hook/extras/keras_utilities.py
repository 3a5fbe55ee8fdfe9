"""`tensorflow.python.keras.utils.*`: helpers of library code that looks into Keras's graphs."""

from __future__ import annotations

from typing import Any

from ...ops.families.control_flow.cond import smart_cond, smart_constant_value
from ...ops.families.sparse.indexed_slices import IndexedSlices
from ...ops.families.sparse.sparse_tensor import SparseTensor
from ...ops.families.state.variables import Variable
from ...ops.graph.node import Tensor
from ...ops.graph.operation import Operation

constant_value = smart_constant_value
__all__ = ["constant_value", "get_reachable_from_inputs", "is_symbolic_tensor", "is_tensor_or_variable", "smart_cond"]


def get_reachable_from_inputs(inputs: Any, targets: Any = None) -> set[Any]:
    """Return the operations, tensors and variables that depend on inputs, these among them.

    Args:
      inputs: tensors, variables or operations.
      targets: where the walk may end: it stops once all of them are found.
    Raises: TypeError for other inputs.
    """
    reachable = set(inputs)
    wanted = None if targets is None else set(targets)
    queue = list(inputs)
    while queue:
        for found in _next(queue.pop()):
            if found not in reachable:
                reachable.add(found)
                queue.append(found)
        if wanted is not None and wanted <= reachable:
            break
    return reachable


def _next(x: Any) -> Any:
    """What takes a value, or what an operation gives."""
    if isinstance(x, Operation):
        return x.outputs
    if isinstance(x, Variable):
        handle = getattr(x, "handle", None)
        return (x.op.outputs[0] if handle is None else handle).consumers()
    if isinstance(x, Tensor):
        return x.consumers()
    raise TypeError(f"Expected Operation, Variable, or Tensor, got {x}")


def is_symbolic_tensor(tensor: Any) -> bool:
    """Whether this is a tensor or variable of a graph."""
    return isinstance(tensor, (Tensor, Variable, SparseTensor, IndexedSlices, *_REGISTERED))


_REGISTERED: list[type] = []


def register_symbolic_tensor_type(kind: type) -> None:
    """Have Keras take values of a class for tensors: layers may be called with them."""
    _REGISTERED.append(kind)


def is_tensor_or_variable(x: Any) -> bool:
    """Whether this is a tensor or a variable."""
    return isinstance(x, (Tensor, Variable))
