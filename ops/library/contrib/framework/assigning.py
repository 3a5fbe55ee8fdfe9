"""Values of variables from arrays and from checkpoints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ....building.basic_ops import group, placeholder
from ....families.state.assignments import assign
from ...checkpoint.reader import NewCheckpointReader
from .variables import get_unique_variable


def assign_from_values(var_names_to_values: dict[str, Any]) -> tuple[Any, dict[Any, Any]]:
    """Return an operation that gives variables these values, and the dictionary it has to be fed.

    Args:
      var_names_to_values: from a variable's name to an array.
    Raises: ValueError if there is no such variable, or its shape is another one.
    """
    assigns, feeds = [], {}
    for name, value in var_names_to_values.items():
        var = get_unique_variable(name)
        array = np.array(value)
        fed = placeholder(array.dtype, var.shape, name=f"placeholder/{var.op.name}")
        feeds[fed] = array.reshape(var.shape.as_list())
        assigns.append(assign(var, fed))
    return group(*assigns), feeds


def assign_from_values_fn(var_names_to_values: dict[str, Any]) -> Callable[[Any], Any]:
    """Return a function of a session that gives variables these values."""
    operation, feeds = assign_from_values(var_names_to_values)
    return lambda session: session.run(operation, feeds)


def assign_from_checkpoint(
    model_path: str, var_list: Any, ignore_missing_vars: bool = False
) -> tuple[Any, dict[Any, Any]]:
    """Return an operation that gives variables their values in a checkpoint, and the dictionary it has to be fed.

    Args:
      model_path: the path of the checkpoint.
      var_list: variables, or a dictionary from names in the checkpoint to variables (or lists of parts of one).
      ignore_missing_vars: whether variables that the checkpoint has not are left alone.
    Raises: ValueError for a variable that it has not, or has of another shape.
    """
    reader = NewCheckpointReader(model_path)
    assigns, feeds = [], {}
    for name, var in _by_name(var_list).items():
        if not reader.has_tensor(name):
            if ignore_missing_vars:
                continue
            raise ValueError(f"Checkpoint is missing variable [{name}]")
        value = reader.get_tensor(name)
        if list(value.shape) != var.shape.as_list() and value.size != var.shape.num_elements():
            raise ValueError(
                f"Total size of new array must be unchanged for {name} lh_shape: [{value.shape}], "
                f"rh_shape: [{var.shape}]"
            )
        fed = placeholder(var.dtype.base_dtype, var.shape, name=f"placeholder/{var.op.name}")
        feeds[fed] = value.reshape(var.shape.as_list())
        assigns.append(assign(var, fed))
    return group(*assigns), feeds


def _by_name(var_list: Any) -> dict[str, Any]:
    if isinstance(var_list, dict):
        return var_list
    return {var.op.name: var for var in var_list}


def assign_from_checkpoint_fn(
    model_path: str, var_list: Any, ignore_missing_vars: bool = False, reshape_variables: bool = False
) -> Callable[[Any], Any] | None:
    """Return a function of a session that gives variables their values in a checkpoint; None if there are none to give.

    Args:
      model_path: the path of the checkpoint.
      var_list: variables, or a dictionary from names in the checkpoint to variables.
      ignore_missing_vars: whether variables that the checkpoint has not are left alone.
      reshape_variables: whether values of another shape, but as many, are taken.
    Raises: ValueError if `var_list` is empty.
    """
    if not var_list:
        raise ValueError("var_list cannot be empty")
    from ...checkpoint.saver import Saver

    wanted = _by_name(var_list)
    if ignore_missing_vars:
        reader = NewCheckpointReader(model_path)
        wanted = {name: var for name, var in wanted.items() if reader.has_tensor(name)}
    if not wanted:
        return None
    saver = Saver(wanted, reshape=reshape_variables)
    return lambda session: saver.restore(session, model_path)
