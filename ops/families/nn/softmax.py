"""`softmax` and `log_softmax`, along the last axis or, with transpositions around them, along another."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError
from ...building.build import build
from ...building.convert import convert_to_tensor
from ...definition.opdef import OpDef
from ...definition.reduction import widened
from ...definition.registry import lookup
from ...definition.shapes import at_least_rank
from ...graph.node import Tensor, TensorLike
from ...graph.partial import static_value
from ...types.dtypes import FLOATS
from ...types.tensor_shape import Extents
from ..reductions.reductions import renamed
from . import nn_gradients as gradients


def _softmax_shape(query: Any) -> Extents:
    return at_least_rank(query.shapes[0], 1)


def shifted(logits: Any) -> Any:
    """The logits less their row's maximum, in a type to compute in."""
    if not logits.ndim:
        raise ValueError("logits must have >= 1 dimension, got a scalar")
    wide = logits.astype(widened(logits.dtype), copy=False)
    return wide - np.max(wide, axis=-1, keepdims=True, initial=-np.inf)


def _softmax_kernel(logits: Any) -> Any:
    exponentials = np.exp(shifted(logits))
    return (exponentials / np.sum(exponentials, axis=-1, keepdims=True)).astype(logits.dtype, copy=False)


def _log_softmax_kernel(logits: Any) -> Any:
    rows = shifted(logits)
    return (rows - np.log(np.sum(np.exp(rows), axis=-1, keepdims=True))).astype(logits.dtype, copy=False)


def _shifted_expansion(build: Any, logits: Any) -> Any:
    largest = build("Max", logits, build.constant(np.array([-1], np.int32)), keep_dims=True)
    return build("Sub", logits, largest)


def _row_sum(build: Any, x: Any) -> Any:
    return build("Sum", x, build.constant(np.array([-1], np.int32)), keep_dims=True)


def _softmax_expansion(build: Any, attrs: Any, logits: Any) -> Any:
    exponentials = build("Exp", _shifted_expansion(build, logits))
    return build("RealDiv", exponentials, _row_sum(build, exponentials))


def _log_softmax_expansion(build: Any, attrs: Any, logits: Any) -> Any:
    rows = _shifted_expansion(build, logits)
    return build("Sub", rows, build("Log", _row_sum(build, build("Exp", rows))))


SOFTMAX = OpDef(
    name="Softmax",
    signature="logits: T -> softmax: T",
    where={"T": FLOATS},
    shape=_softmax_shape,
    kernel=_softmax_kernel,
    expansion=_softmax_expansion,
    ulp=8,
    gradient=gradients.softmax,
)

LOG_SOFTMAX = OpDef(
    name="LogSoftmax",
    signature="logits: T -> logsoftmax: T",
    where={"T": FLOATS},
    shape=_softmax_shape,
    kernel=_log_softmax_kernel,
    expansion=_log_softmax_expansion,
    ulp=8,
    gradient=gradients.log_softmax,
)


def swap_axis_to_end(x: Tensor, axis: Any, last: Tensor, name: str = "transpose") -> Tensor:
    """Return `x` with `axis` and the last axis exchanged."""
    from ..arrays.filling import range as range_of
    from ..arrays.stacking import concat
    from ..arrays.transposing import transpose

    parts = [range_of(axis), [last], range_of(axis + 1, last), [axis]]
    return transpose(x, concat(parts, 0), name=name)


def move_axis_to_end(x: Tensor, axis: Any, rank: Tensor) -> Tensor:
    """Return `x` with `axis` put after all others."""
    from ..arrays.filling import range as range_of
    from ..arrays.stacking import concat
    from ..arrays.transposing import transpose

    return transpose(x, concat([range_of(axis), range_of(axis + 1, rank), [axis]], 0))


def subtract_one(x: Tensor) -> Tensor:
    """Return `x - 1` as an operation named `Sub`."""
    result: Tensor = build(lookup("Sub"), x, 1)
    return result


def _axis_from_front(axis: Any, logits: Tensor) -> Any:
    """The axis counted from the front, through operations where TensorFlow has them."""
    from ..arrays.shape_ops import rank
    from ..indexing.positions import where

    ndims = rank(logits)
    if isinstance(axis, Tensor):
        return where(build(lookup("Less"), axis, 0), axis + ndims, axis)
    return axis + ndims if axis < 0 else axis


def _check_axis(axis: Any, count: int | None) -> None:
    value = static_value(axis) if isinstance(axis, Tensor) else axis
    if count is None:
        raise TypeError("The rank of the logits must be known for a softmax along another axis than the last.")
    if value is not None and not -count <= int(value) < count:
        raise InvalidArgumentError(
            None,
            None,
            f"`dim` must be in the range [{-count}, {count}) where {count} is the number of dimensions in the input. "
            f"Received: dim={int(value)}",
        )


def _along_axis(op: OpDef, logits: TensorLike, axis: Any, name: str | None) -> Tensor:
    from ..arrays.shape_ops import rank

    x = convert_to_tensor(logits)
    count = None if x._extents is None else len(x._extents)
    if not isinstance(axis, Tensor) and (axis == -1 or (count is not None and axis == count - 1)):
        return build(op, x, name=name)  # type: ignore[no-any-return]
    _check_axis(axis, count)
    front = _axis_from_front(axis, x)
    total = rank(x)
    front = front % count
    rows: Tensor = build(op, swap_axis_to_end(x, front, subtract_one(total)))
    result = swap_axis_to_end(rows, front, subtract_one(total), name=name or "transpose")
    result.set_shape(x.shape)
    return result


def softmax(logits: TensorLike, axis: Any = None, name: str | None = None, dim: Any = None) -> Tensor:
    """Return `exp(x) / sum(exp(x))` along an axis, computed without overflow.

    Args:
      logits: floating-point numbers of rank 1 or more.
      axis: the axis whose elements sum to 1, default the last.
      name: a name for the operation.
      dim: old name of `axis`.
    Raises: ValueError for a scalar or an axis given under both names, InvalidArgumentError if it is out of range,
      TypeError for other types than floating-point ones.
    """
    axis = renamed("axis", axis, "dim", dim)
    return _along_axis(SOFTMAX, logits, -1 if axis is None else axis, name)


def log_softmax(logits: TensorLike, axis: Any = None, name: str | None = None, dim: Any = None) -> Tensor:
    """Return the logarithm of `softmax`, more exact than taking it afterwards. See `softmax`."""
    axis = renamed("axis", axis, "dim", dim)
    return _along_axis(LOG_SOFTMAX, logits, -1 if axis is None else axis, name)
