"""`tensorflow.python.framework.ops`: functions of library code about graphs, names and conversions."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import device as _device
from ... import name_scope as _name_scope
from ...ops.building.convert import convert_n_to_tensor, convert_to_tensor
from ...ops.building.default_graph import get_default_graph
from ...ops.graph.defaults import stack


class EagerTensor:
    """The class of tensors with a value: there are none, for operations build a graph."""

    def __init__(self) -> None:
        raise TypeError("There are no eager tensors: operations build a graph.")


def has_default_graph() -> bool:
    """Return whether this thread is in a `with graph.as_default()`."""
    return bool(stack.graphs)


def get_all_collection_keys() -> list[Any]:
    """Return the names of the default graph's collections."""
    names: list[Any] = get_default_graph().get_all_collection_keys()
    return names


def name_from_scope_name(name: str) -> str:
    """Return a scope's name without the slash at its end: the name of an operation."""
    return name.removesuffix("/")


def name_scope_v2(name: str) -> Any:
    """Return a scope of names, as TensorFlow 2's: one that must have a name. Raises: ValueError for anything else."""
    if not isinstance(name, str):
        raise ValueError(f"name for name_scope must be a string; got {name!r}.")
    return _name_scope(name)


def device_v2(device_name: Any) -> Any:
    """Return a scope of a device. Raises: RuntimeError for functions of nodes, which TensorFlow 2 has not."""
    if callable(device_name):
        raise RuntimeError("tf.device does not support functions.")
    return _device(device_name)


def convert_to_tensor_v2(value: Any, dtype: Any = None, dtype_hint: Any = None, name: str | None = None) -> Any:
    """`tf.convert_to_tensor` with TensorFlow 2's order of arguments."""
    return convert_to_tensor(value, dtype, name, preferred_dtype=dtype_hint)


def internal_convert_n_to_tensor(
    values: Any, dtype: Any = None, name: str | None = None, as_ref: bool = False, preferred_dtype: Any = None,
    ctx: Any = None,
) -> list[Any]:  # fmt: skip
    """Return tensors of several values; `ctx` is accepted. Raises: TypeError if `values` is no sequence."""
    found: list[Any] = convert_n_to_tensor(values, dtype, name, preferred_dtype)
    return found


def numpy_text(tensor: Any, is_repr: bool = False) -> str:
    """Return the text of a value's elements."""
    value = np.asarray(tensor)
    text = repr(value) if is_repr else str(value)
    return f"\n{text}" if "\n" in text else text


def dismantle_graph(graph: Any) -> None:
    """Empty a graph that is no longer needed; Python's collector frees graphs here without that."""
    del graph


class RegisterShape:
    """A decorator that leaves functions as they are: shapes come from the operations' definitions.

    Args:
      op_type: the type of the operations.
    """

    def __init__(self, op_type: str) -> None:
        self._op_type = op_type

    def __call__(self, f: Any) -> Any:
        """Return the function."""
        return f
