"""Operations that repeat elements or put them in another order: tile, broadcast_to, reverse, reverse_sequence, roll."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.build import build
from ...definition.extent_math import is_number, vector_length
from ...definition.opdef import OpDef
from ...definition.shapes import at_least_rank, merge, with_rank
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.tensor_shape import Extents, brackets
from . import array_gradients as gradients
from . import index_maps as indexing
from .reshaping import either


def _tile_shape(query: Any) -> Extents:
    extents: Extents = query.shapes[0]
    count = vector_length(query.shapes[1])
    if extents is not None and count is not None and len(extents) != count:
        raise ValueError(f"Shape must be rank {len(extents)} but is rank {count}")
    rank = count if extents is None else len(extents)
    if rank is None:
        return None
    multiples = query.integers(1) or [None] * rank
    wrong = next((multiple for multiple in multiples if type(multiple) is int and multiple < -1), None)
    if wrong is not None:
        raise ValueError(f"Invalid value in tensor used for shape: {wrong}")
    return tuple(_times(extent, multiple) for extent, multiple in zip(with_rank(extents, rank), multiples))


def _times(extent: Any, multiple: Any) -> Any:
    if is_number(multiple, 1):
        return extent
    if extent is None or multiple is None or multiple < 0:
        return None
    return extent * multiple


def _tile_kernel(x: Any, multiples: Any) -> Any:
    counts = [int(count) for count in multiples.tolist()]
    if len(counts) != x.ndim:
        raise ValueError(f"Expected multiples argument to be a vector of length {x.ndim} but got length {len(counts)}")
    for axis, count in enumerate(counts):
        if count < 0:
            raise ValueError(f"Expected multiples[{axis}] >= 0, but got {count}")
    return np.tile(x, counts)


TILE = OpDef(
    name="Tile",
    signature="input: T, multiples: Tmultiples -> output: T",
    where={"Tmultiples": dtypes.INDEX},
    attrs={"Tmultiples": ("type", dtypes.int32)},
    shape=_tile_shape,
    kernel=_tile_kernel,
    index_map=indexing.TILE,
    computes_extents=True,
    gradient=gradients.tile,
)


def tile(input: TensorLike, multiples: TensorLike, name: str | None = None) -> Tensor:
    """Return `input` repeated `multiples[i]` times along each dimension `i`.

    Raises: ValueError without one multiple per dimension, InvalidArgumentError when it runs, for a negative one.

    >>> tile([[1, 2]], [2, 3]).shape.as_list()
    [2, 6]
    """
    result: Tensor = build(TILE, input, multiples, name=name)
    return result


def _broadcast_to_shape(query: Any) -> Extents:
    extents: Extents = query.shapes[0]
    count = vector_length(query.shapes[1])
    if extents is not None and count is not None and len(extents) > count:
        raise ValueError(f"Shape must be at most rank {count} but is rank {len(extents)}")
    wanted = query.integers(1)
    if wanted is None:
        return None if count is None else (None,) * count
    wanted = tuple(None if is_number(extent, -1) else extent for extent in wanted)
    if extents is not None:
        padded = (*(1,) * (len(wanted) - len(extents)), *extents)
        for have, want in zip(padded, wanted):
            if have is None or want is None or is_number(have, 1) or have is want:
                continue
            if query.is_building and have == 0:
                continue
            if have != want and have != 1:
                raise ValueError(f"Dimensions must be equal, but are {have} and {want}")
        if query.is_building:
            return tuple(have if want is None and have != 1 else want for have, want in zip(padded, wanted))
    return wanted


def _broadcast_to_kernel(x: Any, shape: Any) -> Any:
    wanted = tuple(int(extent) for extent in shape.tolist())
    try:
        return np.broadcast_to(x, wanted)
    except ValueError:
        raise ValueError(f"Incompatible shapes: {brackets(x.shape)} vs. {brackets(wanted)}") from None


BROADCAST_TO = OpDef(
    name="BroadcastTo",
    signature="input: T, shape: Tidx -> output: T",
    where={"Tidx": dtypes.INDEX},
    attrs={"Tidx": ("type", dtypes.int32)},
    shape=_broadcast_to_shape,
    kernel=_broadcast_to_kernel,
    index_map=indexing.BROADCAST,
    computes_extents=True,
    gradient=gradients.broadcast_to,
)


def broadcast_to(input: TensorLike, shape: TensorLike, name: str | None = None) -> Tensor:
    """Return `input` repeated to `shape`, as NumPy broadcasts.

    Raises: ValueError while building, InvalidArgumentError when running, if it does not broadcast.

    >>> broadcast_to([1, 2, 3], [2, 3]).shape.as_list()
    [2, 3]
    """
    result: Tensor = build(BROADCAST_TO, input, shape, name=name)
    return result


def _reverse_axes(axes: Any, rank: int) -> list[int]:
    seen: list[int] = []
    for position, axis in enumerate(axes):
        if not -rank <= axis < rank:
            raise ValueError(f"'axis'[{position}] = {axis} is out of valid range [0, {rank - 1}")
        axis = int(axis) % rank
        if axis in seen:
            raise ValueError(f"axis {axis} specified more than once.")
        seen.append(axis)
    return seen


def _reverse_shape(query: Any) -> Extents:
    extents: Extents = query.shapes[0]
    vector_length(query.shapes[1])
    axes = query.known_integers(1)
    if extents is not None and axes is not None:
        _reverse_axes(axes, len(extents))
    return extents


REVERSE_V2 = OpDef(
    name="ReverseV2",
    signature="tensor: T, axis: Tidx -> output: T",
    where={"Tidx": dtypes.INDEX},
    attrs={"Tidx": ("type", dtypes.int32)},
    shape=_reverse_shape,
    kernel=lambda x, axis: np.flip(x, tuple(_reverse_axes(axis.tolist(), x.ndim))),
    index_map=indexing.REVERSE,
    computes_extents=True,
    gradient=gradients.reverse_v2,
)


def reverse(tensor: TensorLike, axis: TensorLike, name: str | None = None) -> Tensor:
    """Return `tensor` with the order of elements reversed along each dimension of the vector `axis`.

    Raises: ValueError for an axis out of range or one given twice.
    """
    result: Tensor = build(REVERSE_V2, tensor, axis, name=name)
    return result


def _reverse_sequence_shape(query: Any) -> Extents:
    extents: Extents = query.shapes[0]
    count = vector_length(query.shapes[1])
    if extents is None:
        return None
    batch_dim, seq_dim = query.attrs["batch_dim"], query.attrs["seq_dim"]
    for name, axis in (("batch_dim", batch_dim), ("seq_dim", seq_dim)):
        if axis >= len(extents):
            raise ValueError(f"{name} must be < input rank: {axis} vs. {len(extents)}")
    if batch_dim < (-len(extents) if query.is_building else 0):
        raise ValueError(f"batch_dim must be >=0, got {batch_dim}")
    batch_dim %= len(extents)
    extent = extents[batch_dim]
    if extent is None:
        extent = count
    elif count is not None and not (extent is count or extent == count):
        raise ValueError(f"Dimensions must be equal, but are {extent} and {count}")
    return (*extents[:batch_dim], extent, *extents[batch_dim + 1 :])


def _reverse_sequence_kernel(x: Any, seq_lengths: Any, *, seq_dim: int, batch_dim: int) -> Any:
    if batch_dim == seq_dim:
        raise ValueError(f"batch_dim == seq_dim == {seq_dim}")
    if not (0 <= seq_dim < x.ndim and 0 <= batch_dim < x.ndim):
        raise ValueError(f"Invalid seq_dim {seq_dim} or batch_dim {batch_dim}: not in [0, {x.ndim})")
    extent = x.shape[seq_dim]
    if len(seq_lengths) != x.shape[batch_dim]:
        raise ValueError(f"len(seq_lens) != input.dims({batch_dim}), ({len(seq_lengths)} vs. {x.shape[batch_dim]})")
    if (seq_lengths < 0).any() or (seq_lengths > extent).any():
        kind = "seq_lens(d) < 0" if (seq_lengths < 0).any() else f"seq_lens(d) > input.dims({seq_dim})"
        raise ValueError(kind)
    position = np.arange(extent)
    lengths = seq_lengths.reshape(-1, 1)
    order = np.where(position < lengths, lengths - 1 - position, position)
    rows = np.moveaxis(x, (batch_dim, seq_dim), (0, 1))
    picked = rows[np.arange(len(lengths))[:, None], order]
    return np.moveaxis(picked, (0, 1), (batch_dim, seq_dim))


REVERSE_SEQUENCE = OpDef(
    name="ReverseSequence",
    signature="input: T, seq_lengths: Tlen -> output: T",
    where={"Tlen": dtypes.INDEX},
    attrs={"seq_dim": ("int",), "batch_dim": ("int", 0), "Tlen": ("type", dtypes.int64)},
    shape=_reverse_sequence_shape,
    kernel=_reverse_sequence_kernel,
    gradient=gradients.reverse_sequence,
    routine=("reverse_sequence",),
)


def reverse_sequence(
    input: TensorLike,
    seq_lengths: TensorLike,
    seq_axis: int | None = None,
    batch_axis: int | None = None,
    name: str | None = None,
    seq_dim: int | None = None,
    batch_dim: int | None = None,
) -> Tensor:
    """Return `input` with the first `seq_lengths[i]` elements of entry `i` of the batch in reversed order.

    Args:
      input: the tensor.
      seq_lengths: a vector of integers, one per entry of the batch.
      seq_axis: the dimension that is reversed.
      batch_axis: the dimension of the batch. Default: 0.
      name: a name for the operation.
      seq_dim, batch_dim: the old names of `seq_axis` and `batch_axis`.
    Raises: TypeError without `seq_axis`, ValueError for lengths that do not fit the batch.
    """
    seq_axis = either("seq_axis", seq_axis, "seq_dim", seq_dim)
    batch_axis = either("batch_axis", batch_axis, "batch_dim", batch_dim)
    if seq_axis is None:
        raise TypeError("Expected int for argument 'seq_dim' not None.")
    result: Tensor = build(
        REVERSE_SEQUENCE, input, seq_lengths, name=name, seq_dim=int(seq_axis), batch_dim=int(batch_axis or 0)
    )
    return result


def _roll_kernel(x: Any, shift: Any, axis: Any) -> Any:
    if x.ndim == 0:
        raise ValueError("input must be 1-D or higher")
    if shift.shape != axis.shape:
        raise ValueError("shift and axis must have the same size")
    for position in axis.reshape(-1).tolist():
        if not -x.ndim <= position < x.ndim:
            raise ValueError("axis is out of range")
    return np.roll(x, shift.reshape(-1).tolist(), axis.reshape(-1).tolist())


def _roll_shape(query: Any) -> Extents:
    for shape in query.shapes[1:]:
        if shape is not None and len(shape) > 1:
            raise ValueError(f"Shape must be at most rank 1 but is rank {len(shape)}")
    extents: Extents = query.shapes[0]
    at_least_rank(extents, 1)
    merge(*query.shapes[1:])
    return extents


ROLL = OpDef(
    name="Roll",
    signature="input: T, shift: Tshift, axis: Taxis -> output: T",
    where={"Tshift": dtypes.INDEX, "Taxis": dtypes.INDEX},
    shape=_roll_shape,
    kernel=_roll_kernel,
    gradient=gradients.roll,
)


def roll(input: TensorLike, shift: TensorLike, axis: TensorLike, name: str | None = None) -> Tensor:
    """Return `input` with the elements moved `shift` places along `axis`; what leaves at one end enters at the other.

    Args:
      input: the tensor.
      shift, axis: integers, or vectors of them of one length.
      name: a name for the operation.
    Raises: InvalidArgumentError when it runs, for an axis out of range.
    """
    result: Tensor = build(ROLL, input, shift, axis, name=name)
    return result
