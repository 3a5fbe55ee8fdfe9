"""`py_function`: a Python function of tensors that have values, as a part of a graph.

There is no eager execution here. Each call builds what the function says in a graph of its own, whose inputs are
constants, and computes the results there at once. So the function may use operations, and `tensor.numpy()` of its
arguments; not variables, random numbers or other operations with effects.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...base.errors import UnimplementedError
from ...building.build import build_operation
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...definition.kernel_call import run_on_values
from ...definition.opdef import Effects, OpDef
from ...graph.graph import Graph
from ...graph.node import Tensor
from ...graph.operation import Operation
from ...types import dtypes
from .printing import PYTHON_ATTRS, py_func_kernel, register_function

EAGER_PY_FUNC = OpDef(
    name="EagerPyFunc",
    signature="input: list(Tin) -> output: list(Tout)",
    attrs={**PYTHON_ATTRS, "is_async": ("bool", False)},
    shape=lambda q: [None] * len(q.attrs["Tout"]),
    kernel=py_func_kernel,
    effects=Effects("python", reads=True, writes=True, blocking=True),
)


def py_function(
    func: Callable[..., Any] | None = None, inp: Any = None, Tout: Any = None, name: str | None = None
) -> Any:
    """Return the results of a Python function of tensors as tensors.

    Args:
      func: takes one tensor per input, whose value `tensor.numpy()` gives; returns one tensor (or array) per output,
        None if there are no outputs. It may use operations without effects.
      inp: a list of tensors.
      Tout: the type of the result, or a list of types if the function returns several.
      name: a name for the operation.
    Returns: a tensor; a list of them if `Tout` is a list; the Operation if it is empty.
    Raises: ValueError if `func` cannot be called. When run: UnimplementedError for operations with effects;
      InvalidArgumentError for results of another number or type; what `func` raises as the error class that fits best.

    >>> doubled = tf.py_function(lambda x: tf.reduce_sum(x) * x.numpy().max(), [[1.0, 2.0]], tf.float32)
    >>> tf.Session().run(doubled)
    6.0
    """
    if not callable(func):
        raise ValueError(f"Expected func to be callable. Received func={func} of type {type(func)}.")
    several = isinstance(Tout, (list, tuple))
    types = [dtypes.as_dtype(dtype) for dtype in (Tout if several else [Tout])]
    token = register_function(_on_arrays(func, types, several))
    op = build_operation(EAGER_PY_FUNC, list(inp), name=name, token=token, Tout=types)
    if not types:
        return op
    return list(op.outputs) if several else op.outputs[0]


def _on_arrays(func: Callable[..., Any], types: Sequence[dtypes.DType], several: bool) -> Callable[..., Any]:
    """The function of arrays that `func` is."""

    def call(*arrays: Any) -> Any:
        graph = Graph()
        with graph.as_default():
            results = func(*[_with_value(array) for array in arrays])
            if not types:
                return []
            given = list(results) if several and isinstance(results, (list, tuple)) else [results]
            made = [convert_to_tensor(each, kind) for each, kind in zip(given, types)]
            values = _values_of(made) if len(given) == len(types) else given
        return values if several else values[0]

    call.__name__ = getattr(func, "__name__", "function")
    return call


def _with_value(array: Any) -> Tensor:
    tensor = constant(array)
    # A scalar is a number of NumPy or bytes, as TensorFlow's: `text.numpy().decode()` is what programs write.
    tensor.numpy = lambda: np.array(array) if isinstance(array, np.ndarray) and array.ndim else array
    return tensor


def _values_of(tensors: Sequence[Tensor]) -> list[Any]:
    """Compute tensors whose graph has no feeds: operation by operation, in the order they were made."""
    needed: set[Operation] = set()
    pending = [tensor.op for tensor in tensors]
    while pending:
        op = pending.pop()
        if op not in needed:
            needed.add(op)
            pending += [tensor.op for tensor in op.inputs] + list(op.control_inputs)
    values: dict[Tensor, Any] = {}
    for op in sorted(needed, key=lambda each: each._id):
        if not op.op_def.is_pure:
            raise UnimplementedError(
                None, None, f"The function of tf.py_function may not use {op.type} ('{op.name}'): it has effects."
            )
        values.update(zip(op.outputs, run_on_values(op, [values[tensor] for tensor in op.inputs])))
    return [values[tensor] for tensor in tensors]
