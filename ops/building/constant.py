"""`constant`: arrays in the graph, and TensorFlow 1's rules for what a Python value becomes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ..encoding.tensor_proto import to_ndarray
from ..graph.node import Tensor
from ..types import dtypes
from ..types.array_values import dense, shaped, to_array
from ..types.dtypes import DType
from ..types.tensor_shape import as_extents
from .default_graph import get_default_graph


def _constant_kernel(*, value: Any) -> Any:
    return dense(value)


CONST = OpDef(
    name="Const",
    signature="-> output: dtype",
    attrs={"value": ("tensor",), "dtype": ("type",)},
    shape=lambda q: q.attrs["value"].shape,
    kernel=_constant_kernel,
    is_constant=True,
    gradient=NOT_DIFFERENTIABLE,
)


def constant(
    value: Any, dtype: Any = None, shape: Any = None, name: str | None = "Const", verify_shape: bool = False
) -> Tensor:
    """Return a constant tensor.

    Args:
      value: a number, string, (nested) list or array of them; a TensorProto has its own type and shape.
      dtype: the type; default: inferred (Python floats float32, ints int32 or int64 if they need it, arrays theirs).
      shape: the shape; a single value fills it, and a shorter list is continued with its last value.
      name: a name for the operation.
      verify_shape: whether `value` must have just that shape.
    Raises: TypeError if a value does not fit the type or the shape, ValueError for ragged lists or too many values.

    >>> constant([1.0, 2.0]).dtype
    tf.float32
    """
    if type(value).__name__ == "TensorProto":
        return _add_constant(to_ndarray(value), dtypes.as_dtype(value.dtype), name or "Const")
    array = to_array(value, None if dtype is None else dtypes.as_dtype(dtype))
    if shape is not None:
        array = shaped(array, as_extents(shape), verify_shape)
    return _add_constant(array, _dtype_of(array, dtype), name or "Const")


def _add_constant(array: np.ndarray[Any, Any], dtype: DType, name: str) -> Tensor:
    from ..graph.make_node import check_name, finish

    array.flags.writeable = False
    graph = get_default_graph()
    graph._check_not_finalized()
    check_name(name, graph)
    unique = name[:-1] if name.endswith("/") else graph.unique_name(name)
    op = finish(graph, CONST, (), {"value": array, "dtype": dtype}, unique)
    return op._outputs[0]


def _dtype_of(array: np.ndarray[Any, Any], dtype: Any) -> DType:
    return dtypes.as_dtype(array.dtype) if dtype is None else dtypes.as_dtype(dtype).base_dtype
