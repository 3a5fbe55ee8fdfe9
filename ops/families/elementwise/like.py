"""Zeros and ones in the shape of another tensor."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.apply import apply
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.registry import lookup
from ...definition.shapes import same_shape
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.tensor_shape import TensorShape

SMALL = 1000  # elements; what is smaller becomes a constant, as in TensorFlow 1.15


def _zeros_like_kernel(x: Any) -> Any:
    if x.dtype == object:  # strings, or lists of tensors, which know their zeros
        result = np.empty(x.shape, object)
        for place, value in np.ndenumerate(x):
            result[place] = value.zeros() if hasattr(value, "zeros") else b""
        return result
    return np.zeros(x.shape, x.dtype)


ZEROS_LIKE = OpDef(
    name="ZerosLike",
    signature="x: T -> y: T",
    shape=same_shape,
    kernel=_zeros_like_kernel,
    scalar=lambda attrs, types: "T(0)" if types[0].kind in "fiu" else None,
    gradient=NOT_DIFFERENTIABLE,
)

ONES_LIKE = OpDef(
    name="OnesLike",
    signature="x: T -> y: T",
    where={"T": (*dtypes.NUMERIC, dtypes.bool_)},
    shape=same_shape,
    kernel=lambda x: np.ones(x.shape, x.dtype),
    scalar=lambda attrs, types: "T(1)" if types[0].kind in "fiu" else None,
    gradient=NOT_DIFFERENTIABLE,
)


def zeros_like(tensor: TensorLike, dtype: Any = None, name: str | None = None, optimize: bool = True) -> Tensor:
    """Return zeros (empty strings, False) in the shape of `tensor`.

    Args:
      tensor: whatever has a shape.
      dtype: the type of the result; default: that of `tensor`.
      name: a name for the operation.
      optimize: whether to make a constant if the shape is known while building.

    >>> zeros_like([[1, 2], [3, 4]]).shape
    TensorShape([Dimension(2), Dimension(2)])
    """
    with name_scope(name, "zeros_like", [tensor]) as scope:
        shape, source, value = _shape_and_type(tensor)
        static = optimize and shape.is_fully_defined()
        given = dtype or None if static else dtype  # False, where all is known, is no type, as in TensorFlow 1.15
        wanted = source if given is None else dtypes.as_dtype(given).base_dtype
        if static and wanted.kind != "r":
            return _zeros(shape, wanted, scope)
        if wanted is source and value is not None:
            return apply(ZEROS_LIKE, value, name=scope)
        return _fill(tensor, shape, _zero(wanted), wanted, False, scope)


def ones_like(tensor: TensorLike, dtype: Any = None, name: str | None = None, optimize: bool = True) -> Tensor:
    """Return ones (True) in the shape of `tensor`.

    Args:
      tensor: whatever has a shape.
      dtype: the type of the result; default: that of `tensor`.
      name: a name for the operation.
      optimize: whether to take the shape as a constant if it is known while building.
    Raises: TypeError for strings.
    """
    with name_scope(name, "ones_like", [tensor]) as scope:
        shape, source, _ = _shape_and_type(tensor)
        wanted = source if dtype is None else dtypes.as_dtype(dtype).base_dtype
        if wanted.kind == "s":
            raise TypeError("Expected string, but got 1 of type 'int'.")
        return _fill(tensor, shape, True if wanted.is_bool else 1, wanted, optimize, scope)


def _shape_and_type(value: Any) -> tuple[TensorShape, dtypes.DType, Tensor | None]:
    """What is known of the shape; the type; the tensor, unless it is a sparse one."""
    if type(value).__name__ == "SparseTensor":
        return value.shape, value.dtype.base_dtype, None
    tensor = convert_to_tensor(value, name="tensor")
    return tensor.shape, tensor.dtype.base_dtype, tensor


def _zero(dtype: dtypes.DType) -> Any:
    return b"" if dtype.kind == "s" else False if dtype.is_bool else 0


def _zeros(shape: TensorShape, dtype: dtypes.DType, scope: str) -> Tensor:
    """Zeros of a known shape as `zeros` makes them: a constant if they are few, else a `Fill`."""
    count = shape.num_elements()
    if count is None or count < SMALL:
        return constant(np.full(shape.as_list(), _zero(dtype), dtype.np_dtype), dtype, name=scope)
    known = convert_to_tensor(shape, dtypes.int32)
    return apply(lookup("Fill"), known, constant(np.asarray(_zero(dtype), dtype.np_dtype)), name=scope)


def _fill(tensor: Any, shape: TensorShape, value: Any, dtype: dtypes.DType, constant_shape: bool, scope: str) -> Tensor:
    if constant_shape and shape.is_fully_defined():
        extents = constant(np.array(shape.as_list(), np.int32), name="Shape")
    elif type(tensor).__name__ == "SparseTensor":
        extents = apply(lookup("Cast"), tensor.dense_shape, DstT=dtypes.int32)
    else:
        extents = apply(lookup("Shape"), tensor, name="Shape")
    return apply(lookup("Fill"), extents, constant(np.asarray(value, dtype.np_dtype)), name=scope)
