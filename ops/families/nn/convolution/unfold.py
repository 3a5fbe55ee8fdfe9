"""Windows of an array as views and as rows of a matrix, and the way back: what the kernels are made of.

Arrays have the channels last here: [batch, *space, channels].
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from .windows import Axis

Array = np.ndarray[Any, Any]
# Elements of windows that are written out at a time: a megabyte or so, which stays in the cache until it is multiplied.
CHUNK: Final = 1 << 18


def channels_last(x: Array, channels_first: bool) -> Array:
    """`x` with its channels moved to the end."""
    return x.transpose(0, *range(2, x.ndim), 1) if channels_first else x


def as_given(x: Array, channels_first: bool) -> Array:
    """Undo `channels_last`."""
    return x.transpose(0, x.ndim - 1, *range(1, x.ndim - 1)) if channels_first else x


def padded(x: Array, axes: Sequence[Axis], fill: Any = 0) -> Array:
    """`x` with the padding of each axis of space; `x` itself where there is none."""
    if not any(axis.before or axis.behind for axis in axes):
        return x
    shape = (x.shape[0], *(axis.padded for axis in axes), x.shape[-1])
    result = np.zeros(shape, x.dtype) if fill == 0 else np.full(shape, fill, x.dtype)
    result[interior(axes)] = x
    return result


def interior(axes: Sequence[Axis]) -> tuple[slice, ...]:
    """The part of a padded array that is no padding."""
    return (slice(None), *(slice(axis.before, axis.before + axis.extent) for axis in axes))


def offsets(axes: Sequence[Axis]) -> Iterator[tuple[tuple[int, ...], tuple[slice, ...]]]:
    """Each place in a window, in row-major order, and the elements of a padded array at that place."""
    for offset in np.ndindex(*(axis.size for axis in axes)):
        yield offset, (slice(None), *(axis.slice(index) for axis, index in zip(axes, offset)))


def windows(x: Array, axes: Sequence[Axis]) -> Array:
    """A view [batch, *counts, *sizes, channels] of all windows of a padded array."""
    first, *space, last = x.strides
    shape = (x.shape[0], *(axis.count for axis in axes), *(axis.size for axis in axes), x.shape[-1])
    steps = [step * axis.stride for step, axis in zip(space, axes)] + [
        step * axis.rate for step, axis in zip(space, axes)
    ]
    return np.lib.stride_tricks.as_strided(x, shape, (first, *steps, last), writeable=False)


def rows_of_windows(x: Array, axes: Sequence[Axis]) -> Array:
    """A matrix with a row per window of a padded array; its columns are the places and, fastest, the channels."""
    if all(axis.is_plain for axis in axes):
        return x.reshape(-1, x.shape[-1])
    places = x.shape[0] * volume(axis.count for axis in axes)
    return windows(x, axes).reshape(places, volume(axis.size for axis in axes) * x.shape[-1])


def add_windows(rows: Array, batch: int, axes: Sequence[Axis], channels: int) -> Array:
    """Add the rows of a matrix up where `rows_of_windows` took them from: [batch, *space, channels]."""
    total = np.zeros((batch, *(axis.padded for axis in axes), channels), rows.dtype)
    parts = rows.reshape(batch, *(axis.count for axis in axes), *(axis.size for axis in axes), channels)
    before = (slice(None),) * (1 + len(axes))
    for offset, where in offsets(axes):
        here: Any = (*before, *offset)
        total[where] += parts[here]
    return total[interior(axes)]


def batches(batch: int, axes: Sequence[Axis], channels: int) -> Iterator[slice]:
    """Slices of the batch whose windows together have about CHUNK elements."""
    each = channels * volume(axis.count * axis.size for axis in axes)
    step = max(1, CHUNK // max(each, 1))
    for start in range(0, batch, step):
        yield slice(start, min(start + step, batch))


def volume(extents: Any) -> int:
    """The product of plain integers."""
    product = 1
    for extent in extents:
        product *= extent
    return product
