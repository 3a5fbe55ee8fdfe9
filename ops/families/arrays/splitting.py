"""Operations that take a tensor apart along one dimension: unstack and split."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...definition.extent_math import is_number, require_rank, vector_length
from ...definition.opdef import OpDef
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.tensor_shape import Dimension, Extents, brackets, format_extents
from . import array_gradients as gradients
from . import index_maps as indexing


def _unpack_shape(query: Any) -> Any:
    extents: Extents = query.shapes[0]
    count = query.attrs["num"]
    if extents is None:
        return [None] * count
    axis = _unpack_axis(query.attrs["axis"], len(extents))
    if extents[axis] is not None and extents[axis] != count:
        raise ValueError(f"Dimension must be {count} but is {extents[axis]}")
    return [(*extents[:axis], *extents[axis + 1 :])] * count


def _unpack_axis(axis: int, rank: int) -> int:
    if not -rank <= axis < rank:
        raise ValueError(f"Invalid axis: {axis} not in [{-rank}, {rank})")
    return axis + rank if axis < 0 else axis


def _unpack_kernel(value: Any, *, num: int, axis: int) -> Any:
    axis = _unpack_axis(axis, value.ndim)
    if value.shape[axis] != num:
        raise ValueError(f"Input shape axis {axis} must equal {num}, got shape {brackets(value.shape)}")
    front = (slice(None),) * axis
    places = ((*front, position, ...) for position in range(num))
    return tuple(value[place] for place in places)


UNPACK = OpDef(
    name="Unpack",
    signature="value: T -> output: num*T",
    attrs={"num": ("int",), "axis": ("int", 0)},
    shape=_unpack_shape,
    kernel=_unpack_kernel,
    index_map=indexing.UNPACK,
    computes_extents=True,
    gradient=gradients.unpack,
)


def unstack(value: TensorLike, num: int | None = None, axis: int = 0, name: str = "unstack") -> list[Tensor]:
    """Return the parts of a tensor along one dimension, as a list of tensors without that dimension.

    Args:
      value: a tensor of rank 1 or more.
      num: the extent of the dimension. Default: what is known of it.
      axis: the dimension.
      name: a name for the operation.
    Raises: ValueError if the extent is neither known nor given, or another one; or for an axis out of range.

    >>> [part.shape.as_list() for part in unstack([[1, 2, 3], [4, 5, 6]])]
    [[3], [3]]
    """
    if num is None:
        value = convert_to_tensor(value)
        extents = value._extents
        if extents is not None:
            if not -len(extents) <= axis < len(extents):
                raise ValueError(f"Argument `axis` = {axis} not in range [{-len(extents)}, {len(extents)})")
            num = extents[axis]
        if num is None:
            raise ValueError(f"Cannot infer argument `num` from shape {format_extents(extents)}")
    result: list[Tensor] = build(UNPACK, value, name=name, num=num, axis=axis)
    return result


def unpack(value: TensorLike, num: int | None = None, name: str = "unpack", axis: int = 0) -> list[Tensor]:
    """The 0.x name of `unstack`."""
    return unstack(value, num, axis, name)


def _split_axis(axis: Any, rank: int) -> int:
    position = int(axis)
    if not -rank <= position < rank:
        raise ValueError(f"Dimension size, given by scalar input {position} must be in range [{-rank}, {rank})")
    return position + rank if position < 0 else position


def _split_shape(query: Any) -> Any:
    count = query.attrs["num_split"]
    require_rank(query.shapes[0], 0)
    extents: Extents = query.shapes[1]
    axis_value = query.known_integers(0)
    if extents is None or axis_value is None:
        return [None if extents is None else (None,) * len(extents)] * count
    axis = _split_axis(axis_value[0], len(extents))
    extent = extents[axis]
    if extent is not None and count != 1:
        if extent % count != 0:
            raise ValueError(
                f"Dimension size must be evenly divisible by {count} but is {extent}\n"
                "\tNumber of ways to split should evenly divide the split dimension"
            )
        extent = extent // count
    return [(*extents[:axis], extent, *extents[axis + 1 :])] * count


def _split_kernel(split_dim: Any, value: Any, *, num_split: int) -> Any:
    rank = value.ndim
    axis = int(split_dim)
    if not -rank <= axis < rank:
        raise ValueError(f"-input rank(-{rank}) <= split_dim < input rank ({rank}), but got {axis}")
    extent = value.shape[axis]
    if extent % num_split:
        raise ValueError(
            f"Number of ways to split should evenly divide the split dimension, but got split_dim {axis} "
            f"(size = {extent}) and num_split {num_split}"
        )
    return tuple(np.split(value, num_split, axis))


_MOST_SLICES = 32  # parts that are slices of their own in a compiled step


def _split_expansion(g: Any, attrs: Any, split_dim: Any, value: Any) -> Any:
    """Slices, which are read where they are needed; None where axis or extent are not known."""
    axis, extents, count = g.known(split_dim), value.extents, attrs["num_split"]
    if axis is None or extents is None or not -len(extents) <= int(axis) < len(extents):
        return None
    extent = extents[int(axis)]
    if type(extent) is not int or extent % count:
        return None
    return _slices(g, value, int(axis) % len(extents), [extent // count] * count)


def _split_v_expansion(g: Any, attrs: Any, value: Any, size_splits: Any, split_dim: Any) -> Any:
    """As of `Split`."""
    axis, sizes, extents = g.known(split_dim), g.known(size_splits), value.extents
    if axis is None or sizes is None or extents is None or not -len(extents) <= int(axis) < len(extents):
        return None
    parts, extent = sizes.reshape(-1).tolist(), extents[int(axis)]
    if type(extent) is not int or any(part < 0 for part in parts) or sum(parts) != extent:
        return None
    return _slices(g, value, int(axis) % len(extents), parts)


def _slices(g: Any, value: Any, axis: int, sizes: list[int]) -> Any:
    if not 1 < len(sizes) <= _MOST_SLICES:
        return None
    found, at, rank = [], 0, len(value.extents)
    for size in sizes:
        begin, whole = np.zeros(rank, np.int64), np.full(rank, -1, np.int64)
        begin[axis], whole[axis] = at, size
        found.append(g("Slice", value, g.constant(begin), g.constant(whole)))
        at += size
    return tuple(found)


SPLIT = OpDef(
    name="Split",
    signature="split_dim: int32, value: T -> output: num_split*T",
    attrs={"num_split": ("int",)},
    shape=_split_shape,
    kernel=_split_kernel,
    expansion=_split_expansion,
    computes_extents=True,
    gradient=gradients.split,
)


def _split_v_shape(query: Any) -> Any:
    count = query.attrs["num_split"]
    length = vector_length(query.shapes[1])
    if length is not None and length != count:
        raise ValueError(f"Length of size_splits should be equal to num_outputs: {length} vs. {count}")
    if query.shapes[2]:
        raise ValueError(f"Input must be scalar but has rank {len(query.shapes[2])}")
    extents: Extents = query.shapes[0]
    axis_value = query.known_integers(2)
    if extents is None or axis_value is None:
        return [None if extents is None else (None,) * len(extents)] * count
    axis = _split_axis(axis_value[0], len(extents))
    sizes = query.known_integers(1)
    sizes = [extents[axis] if count == 1 else None] * count if sizes is None else _resolve_sizes(sizes, extents[axis])
    return [(*extents[:axis], size, *extents[axis + 1 :]) for size in sizes]


def _resolve_sizes(sizes: list[Any], extent: Any) -> list[Any]:
    """Replace a size of -1 by what the others leave of `extent`. Raises: ValueError if the sizes do not fill it."""
    if extent is None:
        return [None if is_number(size, -1) else size for size in sizes]
    holes = [position for position, size in enumerate(sizes) if is_number(size, -1)]
    total: Any = sum((size for size in sizes if not is_number(size, -1)), 0)
    if len(holes) == 1:
        if total > extent:
            raise ValueError(f"can't split axis of size {extent} into pieces of size [{','.join(map(str, sizes))}]")
        return [extent - total if position == holes[0] else size for position, size in enumerate(sizes)]
    if any(size < 0 for size in sizes) or not (total is extent or total == extent):
        raise ValueError(f"can't split axis of size {extent} into pieces of size [{','.join(map(str, sizes))}]")
    return sizes


def _split_v_kernel(value: Any, size_splits: Any, split_dim: Any, *, num_split: int) -> Any:
    rank = value.ndim
    axis = int(split_dim)
    if not -rank <= axis < rank:
        raise ValueError(f"-input rank(-{rank}) <= split_dim < input rank ({rank}), but got {axis}")
    sizes = [int(size) for size in size_splits.tolist()]
    if len(sizes) != num_split:
        raise ValueError(f"size_splits must have {num_split} elements, got {len(sizes)}")
    resolved = _resolve_sizes(sizes, value.shape[axis])
    if any(size < 0 for size in resolved):
        raise ValueError(f"Split size at index {next(i for i, s in enumerate(resolved) if s < 0)} must be >= 0")
    return tuple(np.split(value, np.cumsum(resolved[:-1], dtype=np.int64), axis))


SPLIT_V = OpDef(
    name="SplitV",
    signature="value: T, size_splits: Tlen, split_dim: int32 -> output: num_split*T",
    where={"Tlen": (dtypes.int8, dtypes.int32, dtypes.int64)},
    attrs={"num_split": ("int",), "Tlen": ("type", dtypes.int64)},
    shape=_split_v_shape,
    kernel=_split_v_kernel,
    expansion=_split_v_expansion,
    computes_extents=True,
    gradient=gradients.split_v,
)


def split(
    value: TensorLike, num_or_size_splits: Any, axis: TensorLike = 0, num: int | None = None, name: str = "split"
) -> list[Tensor]:
    """Return the parts of a tensor along one dimension, as a list of tensors.

    Args:
      value: the tensor.
      num_or_size_splits: into how many equal parts to split (an int), or the sizes of the parts (a list or a vector
        of integers); one size may be -1: it takes what is left over.
      axis: the dimension.
      num: how many parts there are, where that cannot be seen from `num_or_size_splits`.
      name: a name for the operation.
    Raises: ValueError if the parts do not fill the dimension, or their number is not known.

    >>> [part.shape.as_list() for part in split([1, 2, 3, 4, 5], [2, -1])]
    [[2], [3]]
    """
    if isinstance(num_or_size_splits, (int, np.integer, Dimension)):
        # TensorFlow 1.15 makes a constant of the number too, which nothing reads: names and seeds count it
        convert_to_tensor(int(num_or_size_splits))
        result: list[Tensor] = build(SPLIT, axis, value, name=name, num_split=int(num_or_size_splits))
        return result
    sizes = convert_to_tensor(num_or_size_splits)
    if sizes._extents == ():
        raise ValueError(
            "Rank-0 tensors are not supported as the num_or_size_splits argument to split. "
            f"Argument provided: {num_or_size_splits}"
        )
    if num is None:
        num = None if sizes._extents is None else sizes._extents[0]
        if num is None:
            raise ValueError(f"Cannot infer argument `num` from shape {num_or_size_splits}")
    parts: list[Tensor] = build(SPLIT_V, value, sizes, axis, name=name, num_split=num)
    return parts
