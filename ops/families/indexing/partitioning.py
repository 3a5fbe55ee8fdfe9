"""Taking tensors apart and putting them together by lists of positions: dynamic_partition, dynamic_stitch."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.build import build
from ...definition.opdef import OpDef
from ...definition.shapes import merge
from ...graph.node import Tensor, TensorLike
from ...types.tensor_shape import Extents, brackets
from . import indexing_gradients as gradients


def _dynamic_partition_shape(query: Any) -> Any:
    data, partitions = query.shapes
    count = query.attrs["num_partitions"]
    if data is None or partitions is None:
        return [None] * count
    rank = len(partitions)
    if len(data) < rank:
        raise ValueError(f"Shape must be at least rank {rank} but is rank {len(data)}")
    merge(data[:rank], partitions)
    return [(None, *data[rank:])] * count


def _dynamic_partition_kernel(data: Any, partitions: Any, *, num_partitions: int) -> Any:
    if data.shape[: partitions.ndim] != partitions.shape:
        raise ValueError(
            f"data.shape must start with partitions.shape, got data.shape = {brackets(data.shape)}, "
            f"partitions.shape = {brackets(partitions.shape)}"
        )
    wrong = (partitions < 0) | (partitions >= num_partitions)
    if wrong.any():
        place = tuple(np.argwhere(wrong)[0])
        at = f"[{','.join(str(int(i)) for i in place)}]" if place else ""
        raise ValueError(f"partitions{at} = {partitions[place]} is not in [0, {num_partitions})")
    return tuple(data[partitions == number] for number in range(num_partitions))


DYNAMIC_PARTITION = OpDef(
    name="DynamicPartition",
    signature="data: T, partitions: int32 -> outputs: num_partitions*T",
    attrs={"num_partitions": ("int",)},
    shape=_dynamic_partition_shape,
    kernel=_dynamic_partition_kernel,
    gradient=gradients.dynamic_partition,
    routine=("partition",),
)


def dynamic_partition(
    data: TensorLike, partitions: TensorLike, num_partitions: int, name: str | None = None
) -> list[Tensor]:
    """Return a list of tensors: the slices of `data` whose entry in `partitions` is 0, those where it is 1, ...

    Args:
      data: the tensor.
      partitions: int32, each in `[0, num_partitions)`; its shape is the beginning of that of `data`.
      num_partitions: how many tensors to make.
      name: a name for the operation.
    Raises: InvalidArgumentError when it runs, for an entry out of range.
    """
    result: list[Tensor] = build(DYNAMIC_PARTITION, data, partitions, name=name, num_partitions=num_partitions)
    return result


def _rows_to(index: Any) -> Any:
    """How many rows there are at least; the kernel refuses negative places."""
    return 1 if type(index) is int and index < 0 else index + 1


def _dynamic_stitch_shape(query: Any) -> Extents:
    half = len(query.shapes) // 2
    tail: Extents = None
    longest: Any = 0
    for position in range(half):
        indices, data = query.shapes[position], query.shapes[half + position]
        values = query.known_integers(position)
        longest = None if values is None or longest is None else max([longest, *map(_rows_to, values)])
        if indices is None or data is None:
            continue
        merge(data[: len(indices)], indices)
        rest = data[len(indices) :]
        if tail is not None and len(tail) != len(rest):
            raise ValueError(f"Shapes must be equal rank, but are {len(rest)} and {len(tail)}")
        for axis, (x, y) in enumerate(zip(rest, tail or ())):
            if x is not None and y is not None and x != y:
                raise ValueError(
                    f"Dimension {axis} in both shapes must be equal, but are {y} and {x}. "
                    f"Shapes are {brackets(tail)} and {brackets(rest)}."
                )
        tail = merge(tail, rest)
    return None if tail is None else (longest, *tail)


def _dynamic_stitch_kernel(indices: Any, data: Any) -> Any:
    indices = [where.astype(np.int64) if where.dtype == object else where for where in indices]  # of extents
    for where, values in zip(indices, data):
        if values.shape[: where.ndim] != where.shape:
            raise ValueError(
                "data[i].shape must start with indices[i].shape, got "
                f"{brackets(values.shape)} and {brackets(where.shape)}"
            )
        if where.size and where.min() < 0:
            raise ValueError("indices must be non-negative")
    rows = max([int(where.max()) + 1 for where in indices if where.size], default=0)
    tail = data[0].shape[indices[0].ndim :]
    result = np.zeros((rows, *tail), data[0].dtype)
    if result.dtype == object:
        result.fill(b"")
    for where, values in zip(indices, data):
        result[where] = values if values.ndim else values[()]  # an array of objects would take the array itself
    return result


DYNAMIC_STITCH = OpDef(
    name="DynamicStitch",
    signature="indices: N*int32, data: N*T -> merged: T",
    shape=_dynamic_stitch_shape,
    kernel=_dynamic_stitch_kernel,
    gradient=gradients.dynamic_stitch,
    computes_extents=True,
    routine=("stitch",),
)

PARALLEL_DYNAMIC_STITCH = OpDef(
    name="ParallelDynamicStitch",
    signature="indices: N*int32, data: N*T -> merged: T",
    shape=_dynamic_stitch_shape,
    kernel=_dynamic_stitch_kernel,
    gradient=gradients.dynamic_stitch,
    routine=("stitch",),
)


def dynamic_stitch(indices: Any, data: Any, name: str | None = None) -> Tensor:
    """Return one tensor put together from several: `merged[indices[m][i]] = data[m][i]`; the last one wins.

    Args:
      indices: a list of int32 tensors.
      data: a list of tensors; the shape of each begins with that of its indices.
      name: a name for the operation.
    """
    result: Tensor = build(DYNAMIC_STITCH, indices, data, name=name)
    return result


def parallel_dynamic_stitch(indices: Any, data: Any, name: str | None = None) -> Tensor:
    """Like `dynamic_stitch`; which one wins where indices repeat is not said."""
    result: Tensor = build(PARALLEL_DYNAMIC_STITCH, indices, data, name=name)
    return result
