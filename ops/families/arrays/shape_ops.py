"""Operations that tell the shape of a tensor, and what shape two shapes broadcast to."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.build import build
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.extent_math import vector_length
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shape_query import UNKNOWN
from ...definition.shapes import broadcast, scalar_shape
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.tensor_shape import Extents, TensorShape, as_extents, format_extents


def _shape_of_shape(shape: Extents) -> Extents:
    return (None,) if shape is None else (len(shape),)


def _shape_kernel(x: Any, *, out_type: Any) -> Any:
    return np.array(np.shape(x), out_type.np_dtype)


def _shape_n_kernel(values: Any, *, out_type: Any) -> Any:
    return tuple(np.array(np.shape(x), out_type.np_dtype) for x in values)


def _size_kernel(x: Any, *, out_type: Any) -> Any:
    return np.array(np.size(x), out_type.np_dtype)


SHAPE = OpDef(
    name="Shape",
    signature="input: T -> output: out_type",
    where={"out_type": dtypes.INDEX},
    attrs={"out_type": ("type", dtypes.int32)},
    shape=lambda q: _shape_of_shape(q.shapes[0]),
    kernel=_shape_kernel,
    tells="shape",
    gradient=NOT_DIFFERENTIABLE,
)

SHAPE_N = OpDef(
    name="ShapeN",
    signature="input: N*T -> output: N*out_type",
    where={"out_type": dtypes.INDEX},
    attrs={"out_type": ("type", dtypes.int32)},
    shape=lambda q: [_shape_of_shape(shape) for shape in q.shapes],
    kernel=_shape_n_kernel,
    tells="shape",
    gradient=NOT_DIFFERENTIABLE,
)

SIZE = OpDef(
    name="Size",
    signature="input: T -> output: out_type",
    where={"out_type": dtypes.INDEX},
    attrs={"out_type": ("type", dtypes.int32)},
    shape=scalar_shape,
    kernel=_size_kernel,
    tells="size",
    gradient=NOT_DIFFERENTIABLE,
)

RANK = OpDef(
    name="Rank",
    signature="input: T -> output: int32",
    shape=scalar_shape,
    kernel=lambda x: np.array(np.ndim(x), np.int32),
    tells="rank",
    gradient=NOT_DIFFERENTIABLE,
)


def shape(input: TensorLike, name: str | None = None, out_type: Any = None) -> Tensor:
    """Return the shape of a tensor as a vector of integers; a constant where it is known while the graph is built.

    Args:
      input: a tensor, or a SparseTensor.
      name: a name for the operation.
      out_type: int32 (the default) or int64.

    >>> shape([[1, 2, 3]]).op.type
    'Const'
    """
    return shape_internal(input, name, True, out_type)


def shape_internal(value: Any, name: str | None, optimize: bool, out_type: Any = None) -> Tensor:
    """`shape`; with `optimize` false always an operation that looks at the value when it runs."""
    dtype = dtypes.as_dtype(out_type or dtypes.int32)
    with name_scope(name, "Shape", [value]) as scope:
        if type(value).__name__ == "SparseTensor":
            return _cast_extents(value, dtype)
        tensor = convert_to_tensor(value)
        if optimize and tensor.shape.is_fully_defined():
            return constant(np.array(tensor._extents, dtype.np_dtype), dtype, name=scope)
        result: Tensor = build(SHAPE, tensor, name=scope, out_type=dtype)
        return result


def _cast_extents(sparse: Any, dtype: Any) -> Tensor:
    from ...definition.registry import lookup

    result: Tensor = build(lookup("Cast"), sparse.dense_shape, name="Cast", DstT=dtype)
    return result


def shape_n(input: Any, out_type: Any = dtypes.int32, name: str | None = None) -> list[Tensor]:
    """Return the shapes of a list of tensors, each a vector of `out_type`."""
    result: list[Tensor] = build(SHAPE_N, input, name=name, out_type=out_type)
    return result


def size(input: TensorLike, name: str | None = None, out_type: Any = dtypes.int32) -> Tensor:
    """Return how many elements a tensor has, a scalar; a constant where that is known while the graph is built."""
    dtype = dtypes.as_dtype(out_type or dtypes.int32)
    with name_scope(name, "Size", [input]) as scope:
        if type(input).__name__ == "SparseTensor":
            return _sparse_size(_cast_extents(input, dtype), scope)
        tensor = convert_to_tensor(input)
        count = tensor.shape.num_elements()
        if count is not None:
            return constant(count, dtype, name=scope)
        result: Tensor = build(SIZE, tensor, name=scope, out_type=dtype)
        return result


def _sparse_size(extents: Tensor, scope: str) -> Tensor:
    from ...definition.registry import lookup

    axis = constant(0, name="reduction_indices")
    result: Tensor = build(lookup("Prod"), extents, axis, name=scope)
    return result


def rank(input: Any, name: str | None = None) -> Tensor:
    """Return how many dimensions a tensor has, an int32 scalar; a constant where that is known while building."""
    with name_scope(name, "Rank", [input]) as scope:
        if type(input).__name__ == "SparseTensor":
            sparse: Any = input
            count: Tensor = build(SIZE, sparse.dense_shape, name=scope, out_type=dtypes.int32)
            return count
        tensor = convert_to_tensor(input)
        if tensor._extents is not None:
            return constant(len(tensor._extents), dtypes.int32, name=scope)
        result: Tensor = build(RANK, tensor, name=scope)
        return result


def _broadcast_args_shape(query: Any) -> Extents:
    first, second = vector_length(query.shapes[0]), vector_length(query.shapes[1])
    if first is None or second is None:
        return (None,)
    return (first,) if first is second or first >= second else (second,)


def _broadcast_args_kernel(s0: Any, s1: Any) -> Any:
    longer, shorter = (s0, s1) if len(s0) >= len(s1) else (s1, s0)
    result = longer.copy()
    offset = len(longer) - len(shorter)
    for axis, extent in enumerate(shorter.tolist()):
        result[offset + axis] = _common_extent(longer[offset + axis], extent, s0, s1)
    return result


def _common_extent(x: Any, y: Any, s0: Any, s1: Any) -> Any:
    if x is UNKNOWN or y is UNKNOWN:
        return UNKNOWN
    if x is y or x == y or y == 1:
        return x
    if x == 1:
        return y
    raise ValueError(f"Incompatible shapes: {s0.tolist()} vs. {s1.tolist()}")


BROADCAST_ARGS = OpDef(
    name="BroadcastArgs",
    signature="s0: T, s1: T -> r0: T",
    where={"T": dtypes.INDEX},
    attrs={"T": ("type", dtypes.int32)},
    shape=_broadcast_args_shape,
    kernel=_broadcast_args_kernel,
    computes_extents=True,
    gradient=NOT_DIFFERENTIABLE,
)


def broadcast_dynamic_shape(shape_x: TensorLike, shape_y: TensorLike) -> Tensor:
    """Return the shape that two shapes, given as vectors of integers, broadcast to.

    Raises: InvalidArgumentError when it runs, if they do not broadcast.
    """
    first = convert_to_tensor(shape_x, name="shape_x") if isinstance(shape_x, TensorShape) else shape_x
    second = convert_to_tensor(shape_y, name="shape_y") if isinstance(shape_y, TensorShape) else shape_y
    result: Tensor = build(BROADCAST_ARGS, first, second)
    return result


def broadcast_static_shape(shape_x: Any, shape_y: Any) -> TensorShape:
    """Return the TensorShape that two shapes broadcast to, as far as it is known.

    Raises: ValueError if they do not broadcast.

    >>> broadcast_static_shape(TensorShape([None, 3]), TensorShape([2, 1]))
    TensorShape([Dimension(2), Dimension(3)])
    """
    first, second = as_extents(shape_x), as_extents(shape_y)
    try:
        return TensorShape._of(broadcast(first, second))
    except ValueError:
        raise ValueError(
            "Incompatible shapes for broadcasting. Two shapes are compatible if for each dimension pair they are "
            f"either equal or one of them is 1. Received: {format_extents(first)} and {format_extents(second)}."
        ) from None


GUARANTEE_CONST = OpDef(
    name="GuaranteeConst",
    signature="input: T -> output: T",
    shape=lambda q: q.shapes[0],
    kernel=lambda x: x,
    gradient=lambda g, op, dy: dy,
)


def guarantee_const(input: TensorLike, name: str | None = None) -> Tensor:
    """Return a tensor of the same value, which you promise never to change."""
    result: Tensor = build(GUARANTEE_CONST, input, name=name)
    return result
