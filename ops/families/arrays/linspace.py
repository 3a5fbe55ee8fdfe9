"""`linspace`: evenly spaced numbers between two ends."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.extent_math import require_rank
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...graph.node import Tensor, TensorLike
from ...graph.partial import static_value
from ...types import dtypes
from ...types.tensor_shape import Extents
from ..elementwise.cast import CAST, build_cast
from ..elementwise.compare import EQUAL
from ..elementwise.like import zeros_like
from ..elementwise.rounding import maximum
from ..elementwise.select import select_v2
from .filling import range as range_of
from .rearranging import broadcast_to
from .reshaping import expand_dims, reshape
from .shape_ops import broadcast_dynamic_shape, shape
from .slicing import slice as slice_of
from .stacking import concat


def _linspace_shape(query: Any) -> Extents:
    for extents in query.shapes:
        require_rank(extents, 0)
    count = query.known_integers(2)
    if count is None:
        return (None,)
    if count[0] <= 0:
        raise ValueError(f"Requires num > 0: {count[0]}")
    return (count[0],)


def _linspace_kernel(start: Any, stop: Any, num: Any) -> Any:
    for scalar in (start, stop, num):
        require_rank(scalar.shape, 0)
    count = int(num)
    if count <= 0:
        raise ValueError(f"Requires num > 0: {count}")
    if count == 1:
        return start.reshape(1).copy()
    step = (stop - start) / np.asarray(count - 1).astype(start.dtype)
    result = (start + step * np.arange(count).astype(start.dtype)).astype(start.dtype)
    result[-1] = stop
    return result


LIN_SPACE = OpDef(
    name="LinSpace",
    signature="start: T, stop: T, num: Tidx -> output: T",
    where={"T": dtypes.FLOATS, "Tidx": dtypes.INDEX},
    attrs={"Tidx": ("type", dtypes.int32)},
    shape=_linspace_shape,
    kernel=_linspace_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def linspace(start: TensorLike, stop: TensorLike, num: TensorLike, name: str | None = None, axis: int = 0) -> Tensor:
    """Return `num` evenly spaced numbers from `start` to `stop`, both included.

    Between two numbers it is one operation, TensorFlow 1's; ends that are tensors of more dimensions are what
    TensorFlow 2 has beside it.

    Args:
      start, stop: the ends: floats, scalars or of shapes that broadcast.
      num: how many numbers, an integer scalar.
      name: a name for the operation, or for the scope of the operations.
      axis: where the new dimension goes.
    Returns: a tensor of the ends' type.
    Raises: TypeError if the ends are no floats; ValueError if `num` is not positive.
    Source: TensorFlow 1.15, `tf.linspace`, not differentiable either.

    >>> linspace(0.0, 1.0, 5).shape.as_list()
    [5]
    """
    if axis in (0, -1) and not any(_has_axes(end) for end in (start, stop)):
        spaced: Tensor = build(LIN_SPACE, start, stop, num, name=name)
        return spaced
    with name_scope(name, "linspace", [start, stop]):
        start = convert_to_tensor(start, name="start")
        stop = convert_to_tensor(stop, start.dtype.base_dtype, name="stop")
        count = build(CAST, convert_to_tensor(num, name="num"), DstT=dtypes.int32)
        build_cast(count, start.dtype.base_dtype)  # TensorFlow makes it too; nothing reads it
        common = broadcast_dynamic_shape(shape(start), shape(stop))
        start, stop = broadcast_to(start, common), broadcast_to(stop, common)
        first, last = expand_dims(start, axis=axis), expand_dims(stop, axis=axis)
        extents = shape(first)
        rank = shape(extents)[0]
        place = select_v2(axis >= 0, axis, rank + axis)
        whole = _spaced(first, last, count, place, rank)
        begin = zeros_like(extents)
        size = concat((extents[0:place], reshape(count, [1]), extents[place + 1 :]), axis=0)
        result = slice_of(whole, begin, size)
        _tell_shape(result, first, count, axis)
        return result


def _has_axes(end: TensorLike) -> bool:
    """Whether an end is known to be more than one number."""
    return bool(end.shape.ndims if isinstance(end, Tensor) else np.ndim(end))


def _spaced(first: Tensor, last: Tensor, count: Tensor, place: Tensor, rank: Tensor) -> Tensor:
    """All numbers, and the last one also where one alone is wanted."""
    inner = maximum(count - 2, 0)
    steps = maximum(count - 1, 1)
    delta = (last - first) / build_cast(steps, last.dtype.base_dtype)
    kind = delta.dtype.base_dtype
    first, last = build_cast(first, kind), build_cast(last, kind)
    end = select_v2(count >= 0, steps, -1)
    positions = build_cast(range_of(1, end, dtype=dtypes.int64), kind)
    here = build(EQUAL, place, range_of(rank), name="Equal")
    positions = reshape(positions, select_v2(here, inner, 1))
    return concat((first, first + delta * positions, last), axis=place)


def _tell_shape(result: Tensor, first: Tensor, count: Tensor, axis: int) -> None:
    """Say what is known of the shape: the computation of it is too long-winded to be seen through."""
    known = static_value(count)
    if known is None or first._extents is None:
        return
    extents = list(first._extents)
    extents[axis] = int(known)
    result.set_shape(extents)


lin_space = linspace
