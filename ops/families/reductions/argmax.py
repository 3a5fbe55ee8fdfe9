"""`argmax` and `argmin`: where along an axis the extreme element is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from ...building.build import build
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.reduction import Combine, Reduction
from ...definition.shapes import same_shape
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.dtypes import INDEX, REAL
from ...types.tensor_shape import Extents
from ..arrays import index_maps as indexing
from .reductions import renamed


def _arg_shape(query: Any) -> Extents:
    shape, axis_shape = query.shapes
    if axis_shape is not None and len(axis_shape) > 0:
        raise ValueError(f"Shape must be rank 0 but is rank {len(axis_shape)}")
    if shape is None:
        return None
    rank = len(shape)
    if rank == 0:
        return ()
    known = query.known_integers(1)
    if known is None:
        return (None,) * (rank - 1)
    axis = int(known[0])
    if not -rank <= axis < rank:
        raise ValueError(
            f"Dimension ({axis}) must be in the range [{-rank}, {rank}), where {rank} is the number of dimensions in "
            "the input."
        )
    axis = axis + rank if axis < 0 else axis
    return (*shape[:axis], *shape[axis + 1 :])


def _arg_kernel(find: Any, losing: float) -> Callable[..., Any]:
    def kernel(x: Any, dimension: Any, *, output_type: Any) -> Any:
        axis = int(dimension)
        if not -x.ndim <= axis < x.ndim:
            raise ValueError(f"Expected dimension in the range [{-x.ndim}, {x.ndim}), but got {axis}")
        if x.shape[axis] == 0:
            raise ValueError(f"Reduction axis {axis} is empty in shape {list(x.shape)}")
        if x.dtype.kind in "fV":  # bfloat16 has kind V
            missing = np.isnan(x)
            if missing.any():
                x = np.where(missing, x.dtype.type(losing), x)  # NaN never is the extreme one
        return np.asarray(find(x, axis), output_type.np_dtype)

    return kernel


_TYPES: Final = (*REAL, dtypes.bool_)

ARG_MAX = OpDef(
    name="ArgMax",
    signature="input: T, dimension: Tidx -> output: output_type",
    where={"T": _TYPES, "Tidx": (dtypes.int16, *INDEX), "output_type": (dtypes.int16, dtypes.uint16, *INDEX)},
    attrs={"Tidx": ("type", dtypes.int32), "output_type": ("type", dtypes.int64)},
    shape=_arg_shape,
    kernel=_arg_kernel(np.argmax, -np.inf),
    reduction=Reduction(lambda dtype: "T(0)", Combine.FIRST_LARGEST),
    gradient=NOT_DIFFERENTIABLE,
)

ARG_MIN = OpDef(
    name="ArgMin",
    signature="input: T, dimension: Tidx -> output: output_type",
    where={"T": _TYPES, "Tidx": INDEX, "output_type": INDEX},
    attrs={"Tidx": ("type", dtypes.int32), "output_type": ("type", dtypes.int64)},
    shape=_arg_shape,
    kernel=_arg_kernel(np.argmin, np.inf),
    reduction=Reduction(lambda dtype: "T(0)", Combine.FIRST_SMALLEST),
    gradient=NOT_DIFFERENTIABLE,
)

# What the compiler makes of them along other axes than the last: see `compiler/fusion/lower.py`.

NAN_LOSES = OpDef(
    name="_NanLoses",
    signature="x: T -> y: T",
    attrs={"largest": ("bool",)},
    shape=same_shape,
    kernel=lambda x, *, largest: np.where(np.isnan(x), x.dtype.type(-np.inf if largest else np.inf), x),
    scalar=lambda attrs, types: f"pick(isnan({{x}}), T({'-' if attrs['largest'] else ''}inf), {{x}})",
    gradient=NOT_DIFFERENTIABLE,
)

POSITION = OpDef(
    name="_Position",
    signature="dims: Tdims -> output: int32",
    attrs={"axis": ("int",)},
    kernel=lambda dims, *, axis: np.indices(dims.tolist(), np.int32)[axis],
    index_map=indexing.POSITION,
    gradient=NOT_DIFFERENTIABLE,
)


def _check_output_type(op: OpDef, output_type: Any) -> Any:
    dtype = dtypes.as_dtype(output_type)
    allowed = op.where["output_type"] or ()
    if dtype not in allowed:
        names = ", ".join(item.name for item in allowed)
        raise TypeError(
            f"Value passed to parameter 'output_type' has DataType {dtype.name} not in list of allowed values: {names}"
        )
    return dtype


def _build(op: OpDef, value: Any, axis: Any, output_type: Any, name: str | None) -> Tensor:
    if op is ARG_MAX and isinstance(axis, (list, tuple)):
        raise TypeError("axis must be int or Tensor with integer datatype")
    result: Tensor = build(op, value, axis, name=name, output_type=_check_output_type(op, output_type))
    return result


def argmax(
    input: TensorLike,
    axis: Any = None,
    name: str | None = None,
    dimension: Any = None,
    output_type: Any = dtypes.int64,
) -> Tensor:
    """Return the index of the largest element along `axis`: the first of equal ones; NaN is passed over.

    Args:
      input: real numbers or bools.
      axis: the axis to look along, default 0.
      name: a name for the operation.
      dimension: old name of `axis`.
      output_type: the integer type of the result.
    Raises: ValueError if the axis is out of range, or given under both names; InvalidArgumentError when running if
      there is nothing along the axis.
    """
    axis = renamed("axis", axis, "dimension", dimension)
    return _build(ARG_MAX, input, 0 if axis is None else axis, output_type, name)


def argmin(
    input: TensorLike,
    axis: Any = None,
    name: str | None = None,
    dimension: Any = None,
    output_type: Any = dtypes.int64,
) -> Tensor:
    """Return the index of the smallest element along `axis`. See `argmax`."""
    axis = renamed("axis", axis, "dimension", dimension)
    return _build(ARG_MIN, input, 0 if axis is None else axis, output_type, name)


def arg_max(
    input: TensorLike,
    dimension: Any,
    output_type: Any = dtypes.int64,
    name: str | None = None,
) -> Tensor:
    """The old spelling of `argmax`."""
    return _build(ARG_MAX, input, dimension, output_type, name)


def arg_min(
    input: TensorLike,
    dimension: Any,
    output_type: Any = dtypes.int64,
    name: str | None = None,
) -> Tensor:
    """The old spelling of `argmin`."""
    return _build(ARG_MIN, input, dimension, output_type, name)
