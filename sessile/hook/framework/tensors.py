"""`tensorflow.python.framework.tensor_util`: shapes of tensors and of their messages."""

from __future__ import annotations

from typing import Any

from ... import tensor_util
from ...ops.building.convert import convert_to_tensor
from ...ops.types import dtypes
from ...ops.types.tensor_shape import TensorShape


def TensorShapeProtoToList(shape: Any) -> list[int]:
    """Return the extents of a `TensorShapeProto`."""
    return [int(dim.size) for dim in shape.dim]


def ShapeEquals(tensor_proto: Any, shape: Any) -> bool:
    """Return whether a `TensorProto` has this shape, given as numbers or as a `TensorShapeProto`.

    Raises: TypeError if the first is no `TensorProto`.
    """
    if not hasattr(tensor_proto, "tensor_shape"):
        raise TypeError("tensor_proto is not a tensor_pb2.TensorProto object")
    wanted = TensorShapeProtoToList(shape) if hasattr(shape, "dim") else [int(extent) for extent in shape]
    return TensorShapeProtoToList(tensor_proto.tensor_shape) == wanted


def shape_tensor(shape: Any) -> Any:
    """Return a shape as a tensor of integers; an empty one is int32."""
    is_list = isinstance(shape, (tuple, list, TensorShape))
    items = list(shape) if is_list else []
    dtype = dtypes.int32 if is_list and not items else None
    return convert_to_tensor(shape, dtype=dtype, name="shape")


def maybe_set_static_shape(tensor: Any, shape: Any) -> None:
    """Set a tensor's static shape from a tensor whose value is known when the graph is built."""
    if not tensor.shape.is_fully_defined():
        tensor.set_shape(tensor_util.constant_value_as_shape(convert_to_tensor(shape, dtypes.int32)))
