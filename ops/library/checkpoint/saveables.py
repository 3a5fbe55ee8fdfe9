"""What a Saver saves: each variable, or another object, as tensors under names, and how they are restored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...building.basic_ops import identity
from ...families.arrays.reshaping import reshape
from ...families.state.assignments import assign
from ...families.state.variables import Variable
from ...graph.node import Tensor


class SaveSpec:
    """One tensor to save.

    Args:
      tensor: the tensor, or a function without arguments that returns it.
      slice_spec: which part of a larger tensor it is, as `"4 10 0,2:-"`; empty: all of it.
      name: the name it is saved under.
      dtype: its type; default: the tensor's.
      device: the device it is on; default: the tensor's.
    """

    def __init__(self, tensor: Any, slice_spec: str, name: str, dtype: Any = None, device: str | None = None) -> None:
        self._tensor = tensor
        self.slice_spec = slice_spec
        self.name = name
        is_function = callable(tensor)
        if is_function and (dtype is None or device is None):
            raise AssertionError(
                "When passing a callable `tensor` to a SaveSpec, an explicit dtype and device must be."
            )
        self.dtype = tensor.dtype if dtype is None else dtype
        self.device = tensor.device if device is None else device

    @property
    def tensor(self) -> Any:
        """The tensor."""
        return self._tensor() if callable(self._tensor) else self._tensor


class SaveableObject:
    """Something with state that a Saver saves and restores. Subclasses have `restore`.

    Args:
      op: the operation or variable that it is.
      specs: the SaveSpec of each of its tensors.
      name: its name, by which the parts of a checkpoint are ordered.
    """

    def __init__(self, op: Any, specs: Sequence[SaveSpec], name: str) -> None:
        self.op = op
        self.specs = specs
        self.name = name

    @property
    def optional_restore(self) -> bool:
        """Whether a checkpoint without it can be restored too."""
        return False

    @property
    def device(self) -> str:
        """The device of its tensors."""
        return str(self.specs[0].device)

    def restore(self, restored_tensors: list[Any], restored_shapes: list[Any] | None) -> Any:
        """Return the operation that takes over what was restored.

        Args:
          restored_tensors: a tensor per spec.
          restored_shapes: None, or the shapes they are to have.
        """
        raise ValueError("Calling an abstract method.")


class VariableSaveable(SaveableObject):
    """A variable, saved as its value."""

    def __init__(self, variable: Any, slice_spec: str, name: str) -> None:
        tensor = variable._ref() if hasattr(variable, "_ref") else variable
        # TensorFlow saves a part of a variable by the operation that reads it: names of exported graphs rest on that.
        saved = variable.value() if slice_spec and hasattr(variable, "value") else tensor
        self.variable = variable
        super().__init__(tensor, [SaveSpec(saved, slice_spec, name, dtype=variable.dtype.base_dtype)], name)

    def restore(self, restored_tensors: list[Any], restored_shapes: list[Any] | None) -> Any:
        """Assign the value; a variable whose shape is not known takes any."""
        value = restored_tensors[0]
        if restored_shapes is not None:
            value = reshape(value, restored_shapes[0])
        validate = restored_shapes is None and self.op.shape.is_fully_defined()
        return assign(self.op, value, validate_shape=validate)


class ResourceVariableSaveable(SaveableObject):
    """A variable that a handle names, saved as its value."""

    def __init__(self, variable: Any, slice_spec: str, name: str) -> None:
        self.variable = variable
        spec = SaveSpec(variable.value(), slice_spec, name, variable.dtype.base_dtype, variable.device)
        super().__init__(variable.op, [spec], name)

    def restore(self, restored_tensors: list[Any], restored_shapes: list[Any] | None) -> Any:
        """Assign the value, through a copy beside the variable."""
        value = restored_tensors[0]
        if restored_shapes is not None:
            value = reshape(value, restored_shapes[0])
        value = identity(value)
        value.set_shape(self.variable.shape)
        return self.variable.assign(value, read_value=False)


def saveables_of(var_list: Any) -> list[SaveableObject]:
    """Return what is to be saved, ordered by name.

    Args:
      var_list: a list of variables and SaveableObjects, saved under their own names; or a dictionary from names to
        them, a list of the slices of one variable as one item.
    Raises: TypeError for other items, ValueError if two have one name or a variable occurs twice.
    """
    named = var_list if isinstance(var_list, dict) else _by_name(var_list)
    saveables: list[SaveableObject] = []
    seen: set[Any] = set()
    for name in sorted(named):
        for saveable in _saveables(name, named[name]):
            if saveable.op in seen:
                raise ValueError(f"The same saveable will be restored with two names: {name}")
            seen.add(saveable.op)
            saveables.append(saveable)
    return saveables


def _by_name(items: Any) -> dict[str, Any]:
    if not isinstance(items, (list, tuple, set)):
        raise TypeError(f"Variables to save should be passed in a dict or a list: {items!r}")
    named: dict[str, Any] = {}
    for given in items:
        item: Any = getattr(given, "saveable", given)  # a table's
        value: Any = item
        if isinstance(item, SaveableObject):
            name = item.name
        elif _is_partitioned(item):
            name, value = item.name, list(item)
        elif getattr(item, "_save_slice_info", None) is not None:
            name = item._save_slice_info.full_name
            value = [*named.get(name, []), item]
            named.pop(name, None)
        else:
            if not _is_variable(item):
                raise TypeError(f"Variable to save is not a Variable: {item}")
            name = item.op.name
        if name in named:
            raise ValueError(f"At least two variables have the same name: {name}")
        named[name] = value
    return named


def _is_partitioned(item: Any) -> bool:
    return hasattr(item, "_get_variable_list") or type(item).__name__ == "PartitionedVariable"


def _is_variable(item: Any) -> bool:
    """Whether the item is a variable or the reference of one."""
    if isinstance(item, Variable) or getattr(item, "_ref", None) is not None:
        return True
    tensor = item._as_graph_element() if hasattr(item, "_as_graph_element") else item
    return isinstance(tensor, Tensor) and tensor.dtype._is_ref_dtype


def _saveables(name: str, item: Any) -> list[SaveableObject]:
    if not isinstance(name, str):
        raise TypeError(f"names_to_saveables must be a dict mapping string names to checkpointable operations: {name}")
    item = getattr(item, "saveable", item)
    if isinstance(item, SaveableObject):
        return [item]
    if _is_partitioned(item):
        item = list(item)
    if isinstance(item, (list, tuple)):
        return [_saveable(part, _slice_spec(part, name), name) for part in item]
    return [_saveable(item, "", name)]


def _saveable(variable: Any, slice_spec: str, name: str) -> SaveableObject:
    if not _is_variable(variable):
        raise TypeError(
            f"names_to_saveables must be a dict mapping string names to Tensors/Variables. Not a variable: {variable}"
        )
    by_handle = variable.op.type == "VarHandleOp"
    return (ResourceVariableSaveable if by_handle else VariableSaveable)(variable, slice_spec, name)


def _slice_spec(part: Any, name: str) -> str:
    info = getattr(part, "_save_slice_info", None)
    if info is None:
        raise ValueError(f"Slices must all be slices of a variable: {part} of '{name}' is none.")
    return str(info.spec)
