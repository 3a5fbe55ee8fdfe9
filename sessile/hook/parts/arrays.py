"""`tensorflow.python.ops.array_ops`, `control_flow_ops`, `math_ops`, `framework.constant_op`: what is behind public
functions."""

from __future__ import annotations

from typing import Any

from ... import raw_ops
from ...ops.building.basic_ops import identity
from ...ops.building.convert import convert_to_tensor
from ...ops.building.default_graph import colocate_with, control_dependencies, name_scope
from ...ops.families.arrays import shape_ops as _shapes
from ...ops.types import dtypes

_INT32: Any = dtypes.int32


def shape_internal(input: Any, name: str | None = None, optimize: bool = True, out_type: Any = _INT32) -> Any:
    """`tf.shape`; with `optimize` false an operation though the static shape is known."""
    return _shapes.shape_internal(input, name, optimize, out_type)


def size_internal(input: Any, name: str | None = None, optimize: bool = True, out_type: Any = _INT32) -> Any:
    """`tf.size`; with `optimize` false an operation though the static shape is known."""
    return _shapes.size(input, name, out_type) if optimize else raw_ops.Size(input=input, out_type=out_type, name=name)


def rank_internal(input: Any, name: str | None = None, optimize: bool = True) -> Any:
    """`tf.rank`; with `optimize` false an operation though the static shape is known."""
    return _shapes.rank(input, name) if optimize else raw_ops.Rank(input=input, name=name)


def with_dependencies(dependencies: Any, output_tensor: Any, name: str | None = None) -> Any:
    """Return a tensor that is there once operations have run.

    Args:
      dependencies: operations or tensors.
      output_tensor: a tensor.
      name: default `control_dependency`.
    """
    values = [*dependencies, output_tensor]
    with (
        name_scope(name, "control_dependency", values) as scope,
        colocate_with(output_tensor),
        control_dependencies(dependencies),
    ):
        return identity(output_tensor, name=scope)


def _bucketize(input: Any, boundaries: Any, name: str | None = None) -> Any:
    """Return between which boundaries each element lies."""
    return raw_ops.Bucketize(input=input, boundaries=list(boundaries), name=name)


def _converted(kind: str) -> Any:
    def convert(value: Any, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Any:
        return convert_to_tensor(value, dtype, name or kind, as_ref=as_ref)

    return convert


_constant_tensor_conversion_function = _converted("Const")
_tensor_shape_tensor_conversion_function = _converted("shape_as_tensor")
_dimension_tensor_conversion_function = _converted("shape_as_tensor")
