"""Operations that make tensors out of a shape or a range: fill, zeros, ones, range."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

from ...building.build import build
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import leave_out, name_scope
from ...definition.extent_math import ceil_divide, require_rank, vector_length
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shapes import shape_from_value
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.tensor_shape import Extents, TensorShape, as_extents
from ..elementwise.cast import build_cast
from ..elementwise.like import SMALL
from . import array_gradients as gradients
from . import index_maps as indexing


def _fill_shape(query: Any) -> Extents:
    vector_length(query.shapes[0])
    require_rank(query.shapes[1], 0)
    for size in query.integers(0) or ():
        if size is not None and size < 0:
            raise ValueError(
                "Fill dimensions must be >= 0" if size == -1 else f"Invalid value in tensor used for shape: {size}"
            )
    return shape_from_value(query, 0)


def _fill_kernel(dims: Any, value: Any) -> Any:
    sizes = [int(size) for size in dims.tolist()]
    if any(size < 0 for size in sizes):
        raise ValueError(f"dims must be non-negative, got {sizes}")
    result = np.empty(sizes, value.dtype)
    result.fill(value[()])
    return result


FILL = OpDef(
    name="Fill",
    signature="dims: index_type, value: T -> output: T",
    where={"index_type": dtypes.INDEX},
    attrs={"index_type": ("type", dtypes.int32)},
    shape=_fill_shape,
    kernel=_fill_kernel,
    index_map=indexing.FILL,
    computes_extents=True,
    gradient=gradients.fill,
)


def fill(dims: TensorLike, value: TensorLike, name: str | None = None) -> Tensor:
    """Return a tensor of shape `dims` whose elements are all the scalar `value`.

    Raises: ValueError while building, InvalidArgumentError when running, for a negative size.

    >>> fill([2, 3], 9).shape.as_list()
    [2, 3]
    """
    result: Tensor = build(FILL, dims, value, name=name)
    return result


def fill_with(shape: Tensor, value: Any, dtype: Any, scope: str) -> Tensor:
    """A `Fill` named as the scope, of a constant inside it."""
    return fill(shape, constant(value, dtype), name=scope)


def zeros(shape: Any, dtype: Any = dtypes.float32, name: str | None = None) -> Tensor:
    """Return a tensor of zeros (False for bool, empty for string).

    Args:
      shape: a list of ints, a TensorShape, or a vector of integers.
      dtype: the type of the elements.
      name: a name for the operation.

    >>> zeros([3, 4]).op.type
    'Const'
    """
    dtype = dtypes.as_dtype(dtype).base_dtype
    value: Any = {"b": False, "s": ""}.get(dtype.kind, 0)
    with name_scope(name, "zeros", [shape]) as scope:
        return _filled(shape, value, dtype, scope)


def ones(shape: Any, dtype: Any = dtypes.float32, name: str | None = None) -> Tensor:
    """Return a tensor of ones (True for bool); see `zeros`. Raises: TypeError for strings."""
    dtype = dtypes.as_dtype(dtype).base_dtype
    with name_scope(name, "ones", [shape]) as scope:
        return _filled(shape, True if dtype.kind == "b" else 1, dtype, scope)


def _filled(shape: Any, value: Any, dtype: Any, scope: str) -> Tensor:
    """A constant where the shape is written out and small, a `Fill` otherwise."""
    if not isinstance(shape, Tensor) and not hasattr(shape, "_as_graph_element"):
        extents = _written_extents(shape)
        if extents is not None and np.iterable(shape) and np.prod(extents, dtype=np.float64) < SMALL:
            return constant(value, dtype, shape=extents, name=scope)
        if extents is None and isinstance(shape, (list, tuple)):
            leave_out(_probes(shape))
        shape = convert_to_tensor(shape if extents is None else TensorShape(extents), dtypes.int32)
    shape = convert_to_tensor(shape)
    if shape._extents == ():
        from .reshaping import reshape

        shape = reshape(shape, [-1])
    return fill_with(shape, value, dtype, scope)


def _probes(shape: Any) -> int:
    """How many operations TensorFlow makes of `prod(shape) < 1000`, with tensors in the shape, before it gives up."""
    count, product_is_tensor = 0, _is_tensor(shape[0])
    for extent in shape[1:]:
        if product_is_tensor or _is_tensor(extent):
            count += 1 if product_is_tensor and _is_tensor(extent) else 2
            product_is_tensor = True
    return count + 2 * product_is_tensor


def _is_tensor(value: Any) -> bool:
    return isinstance(value, Tensor) or hasattr(value, "_as_graph_element")


def _written_extents(shape: Any) -> Extents:
    """The extents that a Python value spells, or None if there are tensors or negative numbers among them."""
    try:
        extents = as_extents(shape)
    except (TypeError, ValueError):
        return None
    if extents is None or None in extents:
        text = f"Cannot convert a partially known TensorShape {TensorShape._of(extents)} to a Tensor."
        raise ValueError(text) if isinstance(shape, TensorShape) else TypeError(text)
    return extents


_RANGE_TYPES = (
    dtypes.bfloat16, dtypes.half, dtypes.float32, dtypes.float64, dtypes.int8, dtypes.int16, dtypes.int32,
    dtypes.int64, dtypes.uint16, dtypes.uint32,
)  # fmt: skip


def _range_shape(query: Any) -> Extents:
    for shape, role in zip(query.shapes, ("start", "limit", "delta")):
        try:
            require_rank(shape, 0)
        except ValueError as error:
            raise ValueError(f"{error}\n\t for '{role}'") from None
    values = [query.known_integers(position) for position in (0, 1, 2)]
    if any(value is None for value in values):
        return (None,)
    start, limit, delta = (value[0] for value in values)
    if any(isinstance(value, float) and not math.isfinite(value) for value in (start, limit, delta)):
        return (None,)  # no shape: the kernel says so
    return (_range_count(start, limit, delta),)


def _range_count(start: Any, limit: Any, delta: Any) -> Any:
    """How many elements there are. Raises: ValueError if the limit lies the wrong way, delta is 0, or no count."""
    if any(isinstance(value, float) and not math.isfinite(value) for value in (start, limit, delta)):
        raise ValueError(f"Requires finite numbers, got start {start}, limit {limit}, delta {delta}")
    if delta == 0:
        raise ValueError("Requires delta != 0")
    if delta > 0 and start > limit:
        raise ValueError(f"Requires start <= limit when delta > 0: {start}/{limit}")
    if delta < 0 and start < limit:
        raise ValueError(f"Requires start >= limit when delta < 0: {start}/{limit}")
    count = ceil_divide(limit - start, delta)
    return int(count) if isinstance(count, float) else count


def _range_kernel(start: Any, limit: Any, delta: Any) -> Any:
    first, step = start[()], delta[()]
    if start.dtype == object:
        count = int(_range_count(first, limit[()], step))
        result = np.empty(count, object)
        result[:] = [first + step * position for position in np.arange(count).tolist()]
        return result
    count = int(_range_count(start.item(), limit.item(), delta.item()))
    if start.dtype.kind in "iu":
        if step == 1 and first.item() + count <= np.iinfo(start.dtype).max:
            return np.arange(first.item(), first.item() + count, dtype=start.dtype)
        return np.arange(count, dtype=np.int64).astype(start.dtype) * step + first
    return first + np.arange(count).astype(start.dtype) * step


RANGE = OpDef(
    name="Range",
    signature="start: Tidx, limit: Tidx, delta: Tidx -> output: Tidx",
    where={"Tidx": _RANGE_TYPES},
    attrs={"Tidx": ("type", dtypes.int32)},
    shape=_range_shape,
    kernel=_range_kernel,
    index_map=indexing.RANGE,
    computes_extents=True,
    gradient=NOT_DIFFERENTIABLE,
)


def build_range(values: builtins.range, dtype: Any = None, name: str | None = None) -> Tensor:
    """Build the operation for Python's range: `values` are not written out."""
    ends = (values.start, values.stop, values.step)
    result: Tensor = build(RANGE, *ends, name=name or "Range", Tidx=dtype or dtypes.int32)
    return result


_WIDENING = (dtypes.int32, dtypes.int64, dtypes.half, dtypes.bfloat16, dtypes.float32, dtypes.float64)


def range(
    start: TensorLike,
    limit: TensorLike | None = None,
    delta: TensorLike = 1,
    dtype: Any = None,
    name: str = "range",
) -> Tensor:
    """Return the numbers from `start` up to, without, `limit`, `delta` apart; `range(n)` begins at 0.

    Args:
      start, limit, delta: scalars. With one alone, it is the limit.
      dtype: the type of the elements. Default: the widest of the three.
      name: a name for the operation.
    Raises: ValueError while building, InvalidArgumentError when running, if `delta` is 0 or leads away from `limit`.

    >>> range(3, 18, 3).shape.as_list()
    [5]
    """
    if limit is None:
        start, limit = 0, start
    dtype = None if dtype is None else dtypes.as_dtype(dtype)
    with name_scope(name, "Range", [start, limit, delta]) as scope:
        parts = [
            value if isinstance(value, Tensor) else convert_to_tensor(value, dtype, name=role)
            for value, role in ((start, "start"), (limit, "limit"), (delta, "delta"))
        ]
        if dtype is None:
            types = [part.dtype.base_dtype for part in parts]
            assert all(item in _WIDENING for item in types), f"range is not defined for {types}"
            dtype = max(types, key=_WIDENING.index)
        result: Tensor = build(RANGE, *(build_cast(part, dtype) for part in parts), name=scope)
        return result
