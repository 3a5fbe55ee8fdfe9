"""`tensorflow.python.keras.utils.generic_utils`: small helpers that libraries of layers and models take from Keras."""

from __future__ import annotations

import inspect
from typing import Any

from ...session.keras.optimizer_base import Optimizer as OptimizerV2
from ...session.keras.state import snake_case as to_snake_case

__all__ = ["OptimizerV2", "to_snake_case"]


def to_list(x: Any) -> list[Any]:
    """A list as it is, anything else as the only item of one."""
    return x if isinstance(x, list) else [x]


def object_list_uid(object_list: Any) -> str:
    """A text that tells lists of objects apart while these live."""
    return ", ".join(str(abs(id(item))) for item in to_list(object_list))


def is_all_none(structure: Any) -> bool:
    """Whether all items of a list, or the one value, are None."""
    return all(item is None for item in (structure if isinstance(structure, (list, tuple)) else [structure]))


def make_batches(size: int, batch_size: int) -> list[tuple[int, int]]:
    """Return the begins and ends of batches; the last one may be short.

    >>> make_batches(10, 4)
    [(0, 4), (4, 8), (8, 10)]
    """
    return [(begin, min(size, begin + batch_size)) for begin in range(0, size, batch_size)]


def slice_arrays(arrays: Any, start: Any = None, stop: Any = None) -> Any:
    """Return the same part of each array.

    Args:
      arrays: a list of arrays, some of which may be None, or one array.
      start: where the part begins, or a list of indices.
      stop: where it ends; None if `start` is a list.
    Raises: ValueError for both indices and an end.
    """
    if isinstance(start, list) and stop is not None:
        raise ValueError("The stop argument has to be None if the value of start is a list.")
    if arrays is None:
        return [None]
    picks = hasattr(start, "__len__")
    if picks:
        start = start.tolist() if hasattr(start, "shape") else start
    part = start if picks else slice(start, stop)
    if isinstance(arrays, list):
        return [None if array is None else array[part] for array in arrays]
    return arrays[part] if picks or hasattr(start, "__getitem__") else [None]


def has_arg(fn: Any, name: str, accept_all: bool = False) -> bool:
    """Whether a function takes an argument of this name; by `**kwargs` too if `accept_all`."""
    arguments = inspect.getfullargspec(inspect.unwrap(fn))
    return (accept_all and arguments.varkw is not None) or name in arguments.args or name in arguments.kwonlyargs


def validate_kwargs(kwargs: Any, allowed_kwargs: Any, error_message: str = "Keyword argument not understood:") -> None:
    """Check the names of arguments. Raises: TypeError for one that is not allowed."""
    for name in kwargs:
        if name not in allowed_kwargs:
            raise TypeError(error_message, name)


def check_for_unexpected_keys(name: str, input_dict: Any, expected_values: Any) -> None:
    """Check the keys of a dictionary. Raises: ValueError for keys that are not expected."""
    unknown = set(input_dict).difference(expected_values)
    if unknown:
        raise ValueError(
            f"Unknown entries in {name} dictionary: {list(unknown)}. Only expected following keys: {expected_values}"
        )
