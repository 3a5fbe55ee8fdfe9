"""Operations that join tensors into one: stack and concat, and what a list with tensors in it becomes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.basic_ops import identity
from ...building.build import build
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.extent_math import require_rank, resolve_axis
from ...definition.opdef import OpDef
from ...definition.shape_query import ShapeQuery
from ...definition.shapes import merge, merge_extent
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.tensor_shape import Extents, brackets
from ..elementwise.cast import build_cast
from . import array_gradients as gradients
from . import index_maps as indexing


def _merge_shapes(a: Extents, b: Extents, note: str = "") -> Extents:
    """What is known from two descriptions of one shape, as an error message that shows both."""
    if a is None or b is None:
        return b if a is None else a
    if len(a) != len(b):
        raise ValueError(f"Shapes must be equal rank, but are {len(a)} and {len(b)}{note}")
    try:
        return tuple(merge_extent(x, y, axis) for axis, (x, y) in enumerate(zip(a, b)))
    except ValueError as error:
        raise ValueError(f"{error}. Shapes are {brackets(a)} and {brackets(b)}.{note}") from None


def _pack_shape(query: Any) -> Extents:
    shapes = query.shapes
    merged: Extents = shapes[-1]
    for position in range(len(shapes) - 2, -1, -1):
        merged = _merge_shapes(shapes[position], merged, f"\n\tFrom merging shape {position} with other shapes.")
    if merged is None:
        return None
    rank = len(merged) + 1
    axis = query.attrs["axis"]
    if not -rank <= axis < rank:
        raise ValueError(f"Invalid axis {axis}: it must be in [{-rank}, {rank}).")
    axis = axis + rank if axis < 0 else axis
    return (*merged[:axis], len(shapes), *merged[axis:])


def _pack_kernel(values: Any, *, axis: int) -> Any:
    if not isinstance(values[0], np.ndarray):  # resources
        result = np.empty(len(values), object)
        result[:] = values
        return result
    first = values[0].shape
    for position, value in enumerate(values):
        if value.shape != first:
            raise ValueError(
                f"Shapes of all inputs must match: values[0].shape = {brackets(first)} != "
                f"values[{position}].shape = {brackets(value.shape)}"
            )
    return np.stack(values, axis)


PACK = OpDef(
    name="Pack",
    signature="values: N*T -> output: T",
    attrs={"axis": ("int", 0)},
    shape=_pack_shape,
    kernel=_pack_kernel,
    index_map=indexing.PACK,
    computes_extents=True,
    gradient=gradients.pack,
)


def stack(values: Any, axis: int = 0, name: str = "stack") -> Tensor:
    """Return tensors of one shape and type stacked along a new dimension.

    Args:
      values: a list of tensors, or of what becomes one.
      axis: where the new dimension goes, between `-rank - 1` and `rank`.
      name: a name for the operation.
    Raises: ValueError for shapes that differ, or an axis out of range.

    >>> stack([[1, 2], [3, 4]], axis=1).shape.as_list()
    [2, 2]
    """
    if axis == 0:
        try:  # a list without tensors is a constant, one with tensors packs itself
            return convert_to_tensor(values, name=name)
        except (TypeError, ValueError):
            pass
    extents = convert_to_tensor(values[0], name=name)._extents
    if extents is not None:
        rank = len(extents) + 1
        if not -rank <= axis < rank:
            raise ValueError(f"Argument `axis` = {axis} not in range [{-rank}, {rank})")
    result: Tensor = build(PACK, values, name=name, axis=axis)
    return result


def pack(values: Any, name: str = "pack", axis: int = 0) -> Tensor:
    """The 0.x name of `stack`."""
    return stack(values, axis, name)


def pack_nested(value: Any, dtype: Any, name: str) -> Tensor:
    """Return the tensor that a nested list with tensors in it stands for: nested `Pack` operations.

    Args:
      value: the list; every tensor in it of one type.
      dtype: the type wanted; if the tensors have another one, they are cast.
      name: a name for the operation; those inside are `name/0`, `name/1/0`, ...
    Raises: TypeError if the tensors are of several types.
    """
    first = _first_tensor(value)
    if first.dtype.base_dtype != dtype:
        value = _cast_all(value, dtype)
    packed: Tensor = _pack_level(value, dtype, name)
    return packed


def _as_tensor(item: Any) -> Tensor | None:
    """A tensor, or the value of a variable; None for anything else."""
    if isinstance(item, Tensor):
        return item
    return convert_to_tensor(item) if hasattr(item, "_as_graph_element") else None


def _first_tensor(value: Any) -> Any:
    for item in value:
        found = _first_tensor(item) if isinstance(item, (list, tuple)) else None
        if found is None and (isinstance(item, Tensor) or hasattr(item, "_as_graph_element")):
            found = item
        if found is not None:
            return found
    return None


def _cast_all(value: Any, dtype: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_cast_all(item, dtype) for item in value]
    tensor = _as_tensor(value)
    return value if tensor is None else build_cast(tensor, dtype)


def _pack_level(value: Any, dtype: Any, name: str) -> Any:
    """Pack one level of a nested list; a level without tensors is given back as it is."""
    with name_scope(name) as scope:
        items = []
        must_pack = False
        for position, item in enumerate(value):
            item = _pack_level(item, dtype, str(position)) if isinstance(item, (list, tuple)) else _typed(item, dtype)
            must_pack = must_pack or isinstance(item, Tensor)
            items.append(item)
        if not must_pack:
            return items
        tensors = [
            item if isinstance(item, Tensor) else constant(item, dtype, name=str(position))
            for position, item in enumerate(items)
        ]
        return build(PACK, tensors, name=scope)


def _typed(item: Any, dtype: Any) -> Any:
    tensor = _as_tensor(item)
    if tensor is None:
        return item
    if tensor.dtype.base_dtype != dtype:
        raise TypeError(
            f"Cannot convert a list containing a tensor of dtype {tensor.dtype} to {dtype} (Tensor is: {tensor!r})"
        )
    return tensor


def _concat_shape(query: Any) -> Extents:
    *shapes, axis_shape = query.shapes
    require_rank(axis_shape, 0)
    rank = next((len(shape) for shape in shapes if shape is not None), None)
    axis_value = query.known_integers(len(shapes))
    if axis_value is None:
        for shape in shapes:
            require_rank(shape, rank or 0)
        return None if rank is None else (None,) * rank
    if rank is None:
        return None
    if rank == 0:
        raise ValueError("Can't concatenate scalars (use tf.stack instead)")
    axis = resolve_axis(axis_value[0], rank)
    before: Extents = (None,) * axis
    after: Extents = (None,) * (rank - axis - 1)
    length: Any = 0
    for shape in shapes:
        if require_rank(shape, rank) is None:
            length = None
            continue
        before = _merge_shapes(before, shape[:axis])
        after = _merge_shapes(after, shape[axis + 1 :])
        length = None if length is None or shape[axis] is None else length + shape[axis]
    return (*(before or ()), length, *(after or ()))


def _concat_kernel(values: Any, axis: Any) -> Any:
    first = values[0].shape
    rank = len(first)
    where = int(axis)
    if not -rank <= where < rank:
        raise ValueError(
            f"ConcatOp : Expected concatenating dimensions in the range [{-rank}, {rank}), but got {where}"
        )
    where = where + rank if where < 0 else where
    for position, value in enumerate(values):
        if value.ndim != rank:
            raise ValueError(
                f"ConcatOp : Ranks of all input tensors should match: shape[0] = {brackets(first)} vs. "
                f"shape[{position}] = {brackets(value.shape)}"
            )
        for dimension in range(rank):
            if dimension != where and value.shape[dimension] != first[dimension]:
                raise ValueError(
                    f"ConcatOp : Dimension {dimension} in both shapes must be equal: shape[0] = {brackets(first)} vs. "
                    f"shape[{position}] = {brackets(value.shape)}"
                )
    return np.concatenate(values, where)


CONCAT_V2 = OpDef(
    name="ConcatV2",
    signature="values: N*T, axis: Tidx -> output: T",
    where={"Tidx": dtypes.INDEX},
    attrs={"Tidx": ("type", dtypes.int32)},
    shape=_concat_shape,
    kernel=_concat_kernel,
    index_map=indexing.CONCAT,
    computes_extents=True,
    gradient=gradients.concat,
)


def concat(values: Any, axis: TensorLike, name: str = "concat") -> Tensor:
    """Return tensors joined along an existing dimension.

    Args:
      values: a list of tensors of one type whose shapes differ at most in that dimension; a single tensor is
        returned as it is.
      axis: the dimension, an int or an integer scalar.
      name: a name for the operation.
    Raises: ValueError for shapes that do not fit, scalars, or an empty list.

    >>> concat([[[1, 2]], [[3, 4], [5, 6]]], 0).shape.as_list()
    [3, 2]
    """
    if not isinstance(values, (list, tuple)):
        values = [values]
    if not values:
        raise ValueError("List argument 'values' to 'ConcatV2' Op with length 0 shorter than minimum length 2.")
    if len(values) == 1:
        with name_scope(name):
            position = convert_to_tensor(
                axis, name="concat_dim", dtype=None if isinstance(axis, Tensor) else dtypes.int32
            )
            require_rank(position._extents, 0)
            alone: Tensor = identity(values[0], name=name)
            return alone
    result: Tensor = build(CONCAT_V2, values, axis, name=name)
    return result


def _parallel_concat_shape(query: Any) -> Extents:
    whole: Extents = query.attrs["shape"]
    if whole is None or None in whole:
        raise ValueError("shape attr must be fully defined.")
    for number, shape in enumerate(query.shapes):
        if shape is None:
            continue
        if not shape:
            raise ValueError(f"The rank of all input shapes must be greater than 0, but input {number} had rank 0.")
        if shape[0] is not None and shape[0] != 1:
            raise ValueError("Size of first dimension must be 1.")
        merge((len(query.shapes), *shape[1:]), whole)
    return whole


def _parallel_concat_kernel(values: Any, *, shape: Any) -> Any:
    _parallel_concat_shape(ShapeQuery([value.shape for value in values], {"shape": shape}, None, None))
    return np.concatenate(values, 0)


PARALLEL_CONCAT = OpDef(
    name="ParallelConcat",
    signature="values: N*T -> output: T",
    attrs={"shape": ("shape",)},
    shape=_parallel_concat_shape,
    kernel=_parallel_concat_kernel,
    gradient=gradients.parallel_concat,
)


def parallel_stack(values: Any, name: str = "parallel_stack") -> Tensor:
    """Return tensors of one shape stacked along a new first dimension; their shapes must be known while building."""
    from .reshaping import expand_dims

    with name_scope(name):
        first = convert_to_tensor(values[0])
        shape = None if first._extents is None else (len(values), *first._extents)
        result: Tensor = build(PARALLEL_CONCAT, [expand_dims(value, 0) for value in values], shape=shape)
        return result
