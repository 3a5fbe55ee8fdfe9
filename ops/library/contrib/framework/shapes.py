"""Tensors whose shape is checked where they are used: `with_shape`, `with_same_shape`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....building.basic_ops import identity
from ....building.convert import convert_to_tensor
from ....building.default_graph import control_dependencies, name_scope
from ....families.arrays.shape_ops import rank as rank_of
from ....families.arrays.shape_ops import shape as shape_of
from ....families.arrays.shape_ops import size as size_of
from ....families.debugging.printing import Assert
from ....families.elementwise.compare import equal, logical_and, logical_or
from ....families.reductions.reductions import reduce_all
from ....graph.node import Tensor
from ....types.tensor_shape import TensorShape


def with_shape(expected_shape: Any, tensor: Any) -> Any:
    """Return the tensor, of a shape that is checked: now if it is known, else in each step that uses the result.

    Args:
      expected_shape: the extents, a list, a TensorShape or an int32 vector; -1 in a vector fits any extent.
      tensor: a tensor, or what can become one.
    Raises: ValueError if the shape is known to be another one, or a list leaves extents open.
    """
    tensor = convert_to_tensor(tensor)
    if isinstance(expected_shape, Tensor):
        return _asserted(expected_shape, tensor)
    shape = TensorShape(expected_shape)
    if not shape.is_fully_defined():
        raise ValueError(f"Invalid shape {shape} expected of tensor {tensor.name}: all extents have to be given.")
    expected = np.array(shape.as_list(), np.int32)
    if not tensor.shape.is_compatible_with(shape):
        raise ValueError(f"Invalid shape for tensor {tensor.name}, expected {expected}, got {tensor.shape}.")
    if tensor.shape.is_fully_defined():
        return tensor
    result = _asserted(expected, tensor)
    result.set_shape(shape)
    return result


def with_same_shape(expected_tensor: Any, tensor: Any) -> Any:
    """Return the tensor, checked to have the shape of another one; see `with_shape`.

    Args:
      expected_tensor: a tensor of the shape wanted.
      tensor: a tensor, or what can become one.
    Raises: ValueError if the shapes are known to differ.
    """
    with name_scope(f"{tensor.op.name}/", values=[expected_tensor, tensor]):
        known = expected_tensor.shape
        wanted = known.as_list() if known.is_fully_defined() else shape_of(expected_tensor, name="expected_shape")
        return with_shape(wanted, tensor)


def _asserted(expected: Any, tensor: Tensor) -> Tensor:
    """The tensor behind an assertion."""
    with name_scope(f"{tensor.op.name}/", values=[tensor]):
        with name_scope("assert_shape") as scope:
            actual = shape_of(tensor, name="actual")
            is_shape = _is_shape(expected, tensor, actual)
            message = f"Wrong shape for {tensor.name} [expected] [actual]."
            checked = Assert(is_shape, [message, expected, actual], name=scope)
        with control_dependencies([checked]):
            result: Tensor = identity(tensor)
            return result


def _is_shape(expected: Any, tensor: Tensor, actual: Tensor) -> Tensor:
    with name_scope("is_shape", values=[tensor]) as scope:
        count = size_of(expected)
        with name_scope("is_rank", values=[tensor]) as rank_scope:
            is_rank = equal(count, rank_of(tensor, name="actual"), name=rank_scope)
        with name_scope("shape_tensor_equal") as equal_scope:
            fits = logical_or(
                equal(expected, -1), equal(expected, actual, name="equal_1"), name="exclude_partial_shape"
            )
            fits = reduce_all(fits, name=equal_scope)
        return logical_and(is_rank, fits, name=scope)
