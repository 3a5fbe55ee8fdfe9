"""Slots: the variables that an optimizer or an average keeps beside a variable, named and placed after it."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from ...building.default_graph import get_default_graph
from ...families.arrays.filling import zeros
from ...families.arrays.shape_ops import shape as shape_of
from ...families.random.initializers import Zeros
from ...families.state.scope_settings import get_variable_scope
from ...families.state.variable_scope import get_variable, variable_scope
from ...families.state.variables import ResourceVariable, Variable
from ...types.tensor_shape import TensorShape


def create_slot(primary: Any, val: Any, name: str, colocate_with_primary: bool = True) -> Any:
    """Make a slot that begins with a given value.

    Args:
      primary: the variable (or tensor) it belongs to.
      val: the value, a tensor.
      name: the slot's name, behind that of `primary`.
      colocate_with_primary: whether it is placed with `primary`.
    """
    return _in_scope(primary, name, colocate_with_primary, val, val.shape.is_fully_defined(), None, None)


def create_slot_with_initializer(
    primary: Any, initializer: Any, shape: Any, dtype: Any, name: str, colocate_with_primary: bool = True
) -> Any:
    """Make a slot of a shape and type that begins with what an initializer makes. Else as `create_slot`."""
    validate = TensorShape(shape).is_fully_defined()
    return _in_scope(primary, name, colocate_with_primary, initializer, validate, shape, dtype)


def create_zeros_slot(primary: Any, name: str, dtype: Any = None, colocate_with_primary: bool = True) -> Any:
    """Make a slot of the variable's shape that begins with zeros. Else as `create_slot`."""
    dtype = primary.dtype.base_dtype if dtype is None else dtype
    if primary.shape.is_fully_defined():
        return create_slot_with_initializer(primary, Zeros(), primary.shape, dtype, name, colocate_with_primary)
    value = primary.initialized_value() if isinstance(primary, Variable) else primary
    return create_slot(primary, zeros(shape_of(value), dtype), name, colocate_with_primary)


def _in_scope(primary: Any, name: str, colocate: bool, initializer: Any, validate: bool, shape: Any, dtype: Any) -> Any:
    prefix = primary._shared_name if isinstance(primary, Variable) else primary.op.name
    with variable_scope(None, f"{prefix}/{name}"):
        graph = get_default_graph()
        with graph.colocate_with(primary.op) if colocate else nullcontext():
            return _make(primary, initializer, validate, shape, dtype)


def _make(primary: Any, initializer: Any, validate: bool, shape: Any, dtype: Any) -> Any:
    """Make the variable of the scope in force; a slot is never cut in parts, but knows which part it belongs to."""
    scope = get_variable_scope()
    partitioner, scope.partitioner = scope.partitioner, None
    try:
        slot = get_variable(
            "",
            initializer=initializer,
            trainable=False,
            use_resource=isinstance(primary, ResourceVariable),
            shape=shape,
            dtype=dtype,
            validate_shape=validate,
        )
    finally:
        scope.partitioner = partitioner
    info = primary._get_save_slice_info() if isinstance(primary, Variable) else None
    if info is not None:
        own = slot._shared_name[len(primary._shared_name) + 1 :]
        slot._set_save_slice_info(
            Variable.SaveSliceInfo(
                f"{info.full_name}/{own}", list(info.full_shape), list(info.var_offset), list(info.var_shape)
            )
        )
    return slot
