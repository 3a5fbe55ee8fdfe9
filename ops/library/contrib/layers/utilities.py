"""`contrib.slim.utils`: names of outputs, and checks of what layers are given."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

from ....building.default_graph import add_to_collections, get_collection, get_collection_ref
from ....building.static_value import get_static_value
from ....families.control_flow.cond import cond
from ....graph.node import Tensor
from ....types.tensor_shape import TensorShape
from .common import collections_of


class NamedOutputs(NamedTuple):
    """Outputs and the name of their layer."""

    name: str
    outputs: Any


def collect_named_outputs(collections: Any, alias: str, outputs: Any) -> Any:
    """Put a tensor into collections, with a name by which `convert_collection_to_dict` finds it; returns it.

    Args:
      collections: a collection's name, a list of them, or None.
      alias: the name.
      outputs: a tensor.
    """
    if collections:
        append_tensor_alias(outputs, alias)
        add_to_collections([collections] if isinstance(collections, str) else collections, outputs)
    return outputs


def append_tensor_alias(tensor: Any, alias: str) -> Any:
    """Give a tensor one more name; returns the tensor."""
    tensor.aliases = [*getattr(tensor, "aliases", ()), alias]
    return tensor


def get_tensor_aliases(tensor: Any) -> list[str]:
    """Return the names given to a tensor, or that of its operation."""
    found = getattr(tensor, "aliases", None)
    return list(found) if found else [tensor.op.name]


def gather_tensors_aliases(tensors: Any) -> list[str]:
    """Return the names of several tensors in one list."""
    return [alias for tensor in tensors for alias in get_tensor_aliases(tensor)]


def convert_collection_to_dict(collection: Any, clear_collection: bool = False) -> dict[str, Any]:
    """Return the tensors in a collection by their names.

    Args:
      collection: its name.
      clear_collection: whether it is empty afterwards.
    """
    found = OrderedDict(
        (alias, tensor) for tensor in get_collection(collection) for alias in get_tensor_aliases(tensor)
    )
    if clear_collection:
        get_collection_ref(collection).clear()
    return found


def get_variable_collections(variables_collections: Any, name: str) -> Any:
    """Return the collections of one of a layer's variables: a dictionary has them by name, a list for all."""
    return collections_of(variables_collections, name)


def channel_dimension(shape: Any, data_format: str, min_rank: int = 1) -> int:
    """Return how many channels a shape has: its second extent in "NC...", else its last.

    Raises: ValueError if it is not known, or the rank is below `min_rank`.
    """
    return _extent(shape, 1 if data_format == "NCHW" else -1, min_rank)


def last_dimension(shape: Any, min_rank: int = 1) -> int:
    """Return the last extent of a shape. Raises: ValueError if it is not known, or the rank is below `min_rank`."""
    return _extent(shape, -1, min_rank)


def _extent(shape: Any, axis: int, min_rank: int) -> int:
    known = TensorShape(shape)
    if known.ndims is None:
        raise ValueError("dims of shape must be known but is None")
    if known.ndims < min_rank:
        raise ValueError(f"rank of shape must be at least {min_rank} not: {known.ndims}")
    extent = known.as_list()[axis]
    if extent is None:
        raise ValueError(f"dimension {axis} of shape must be known but is None: {known}")
    return int(extent)


def two_element_tuple(int_or_tuple: Any) -> tuple[Any, Any]:
    """Return a pair: of a number twice, or what a list, tuple or shape of two has. Raises: ValueError for others."""
    if isinstance(int_or_tuple, (list, tuple)):
        if len(int_or_tuple) != 2:
            raise ValueError(f"Must be a list with 2 elements: {int_or_tuple}")
        return int(int_or_tuple[0]), int(int_or_tuple[1])
    if isinstance(int_or_tuple, int):
        return int_or_tuple, int_or_tuple
    if isinstance(int_or_tuple, TensorShape) and len(int_or_tuple) == 2:
        return int_or_tuple[0], int_or_tuple[1]
    raise ValueError("Must be an int, a list with 2 elements or a TensorShape of length 2")


def n_positive_integers(n: int, value: Any) -> tuple[int, ...]:
    """Return `n` positive integers: a number so many times, or those of a sequence. Raises: ValueError for others."""
    if n <= 0:
        raise ValueError("n must be a positive integer")
    try:
        number = int(value)
    except (TypeError, ValueError):
        pass
    else:
        if number <= 0:
            raise ValueError(f"expected positive integer, but received {value}")
        return (number,) * n
    try:
        numbers = tuple(int(item) for item in value)
    except (TypeError, ValueError):
        numbers = ()
    if len(numbers) != n or min(numbers) <= 0:
        raise ValueError(f"Expected sequence of {n} positive integers, but received {value!r}")
    return numbers


def constant_value(value_or_tensor_or_var: Any, dtype: Any = None) -> Any:
    """Return the value of a Python value or of a constant tensor; None for other tensors.

    Raises: ValueError for None, or for a tensor of another type than `dtype`.
    """
    if value_or_tensor_or_var is None:
        raise ValueError("value_or_tensor_or_var cannot be None")
    if isinstance(value_or_tensor_or_var, Tensor) or hasattr(value_or_tensor_or_var, "_as_graph_element"):
        if dtype and value_or_tensor_or_var.dtype.base_dtype != dtype:
            raise ValueError(f"It has the wrong type {value_or_tensor_or_var.dtype} instead of {dtype}")
        if not isinstance(value_or_tensor_or_var, Tensor):
            return None
        return get_static_value(value_or_tensor_or_var)
    return value_or_tensor_or_var


def static_cond(pred: Any, fn1: Callable[[], Any], fn2: Callable[[], Any]) -> Any:
    """Return what one of two functions returns, by a Python value. Raises: TypeError if they cannot be called."""
    for name, function in (("fn1", fn1), ("fn2", fn2)):
        if not callable(function):
            raise TypeError(f"{name} must be callable.")
    return fn1() if pred else fn2()


def smart_cond(pred: Any, fn1: Callable[[], Any], fn2: Callable[[], Any], name: str | None = None) -> Any:
    """Return what one of two functions returns; a `cond` of both where only the step can tell."""
    known = constant_value(pred)
    return cond(pred, fn1, fn2, name=name) if known is None else static_cond(known, fn1, fn2)
