"""The arithmetic of StridedSlice, in one place: for shapes (whose extents may be unknown or symbolic), for the kernel,
and for compiled loops that read through a slice."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..types.tensor_shape import Extents
from .extent_math import ceil_divide, is_number, maximum, minimum


class SliceMasks(NamedTuple):
    """The five bit masks of StridedSlice; bit `i` is about entry `i` of begin, end and strides."""

    begin: int = 0
    end: int = 0
    ellipsis: int = 0
    new_axis: int = 0
    shrink: int = 0


class SliceDim(NamedTuple):
    """What is taken of one input dimension: `count` elements from `start`, `step` apart.

    All three may be symbolic; `start` and `count` are None where they are not known. A dimension with `shrink` has a
    count of 1 and is no dimension of the result.
    """

    start: Any
    step: Any
    count: Any
    shrink: bool


class SlicePlan(NamedTuple):
    """A slice in terms of its input.

    dims: one entry per input dimension.
    axes: one entry per output dimension: the input dimension it runs over, or None for a new one of extent 1.
    """

    dims: tuple[SliceDim, ...]
    axes: tuple[int | None, ...]

    @property
    def extents(self) -> tuple[Any, ...]:
        """The shape of the result."""
        return tuple(1 if axis is None else self.dims[axis].count for axis in self.axes)


def plan_slice(extents: tuple[Any, ...], begin: Any, end: Any, strides: list[Any], masks: SliceMasks) -> SlicePlan:
    """Normalise the arguments of StridedSlice against a shape.

    Args:
      extents: the shape of the input; None or symbolic where not known.
      begin, end: lists of (symbolic) integers, or None as a whole where they are not known.
      strides: list of (symbolic) integers, as long as `begin` and `end`.
      masks: the masks of the operation.
    Raises: ValueError for an index out of range, a stride of 0, or more indices than dimensions.
    """
    dims: list[SliceDim] = []
    axes: list[int | None] = []
    for entry, covered in _entries(len(extents), len(strides), masks):
        bit = 0 if entry is None else 1 << entry
        if entry is not None and masks.new_axis & bit and not covered:
            axes.append(None)
            continue
        for _ in range(covered):
            axis = len(dims)
            if entry is None or masks.ellipsis & bit:
                dim = SliceDim(0, 1, extents[axis], False)
            else:
                bounds = None if begin is None or end is None else (begin[entry], end[entry])
                dim = _slice_dim(axis, entry, extents[axis], bounds, strides[entry], masks)
            dims.append(dim)
            if not dim.shrink:
                axes.append(axis)
    return SlicePlan(tuple(dims), tuple(axes))


def _entries(rank: int, count: int, masks: SliceMasks) -> list[tuple[int | None, int]]:
    """Pairs: an entry of the slice (None: an unwritten ellipsis at the end), how many input dimensions it covers."""
    ellipsis = [entry for entry in range(count) if masks.ellipsis >> entry & 1]
    if len(ellipsis) > 1:
        raise ValueError("Multiple ellipses in slice spec not allowed")
    taking = [e for e in range(count) if not (masks.ellipsis | masks.new_axis) >> e & 1 or e in ellipsis]
    ordinary = len(taking) - len(ellipsis)
    if ordinary > rank:
        raise ValueError(f"Index out of range using input dim {rank}; input has only {rank} dims")
    result: list[tuple[int | None, int]] = []
    for entry in range(count):
        if entry in ellipsis:
            result.append((entry, rank - ordinary))
        else:
            result.append((entry, 1 if entry in taking else 0))
    if not ellipsis:
        result.append((None, rank - ordinary))
    return result


def _slice_dim(axis: int, entry: int, extent: Any, bounds: Any, step: Any, masks: SliceMasks) -> SliceDim:
    if type(step) is int and step == 0:
        raise ValueError(f"strides[{entry}] must be non-zero")
    bit = 1 << entry
    if masks.shrink & bit:
        if extent is not None and not step > 0:
            raise ValueError("only stride 1 allowed on non-range indexing.")
        return SliceDim(_index(axis, extent, bounds), 1, 1, True)
    from_start, to_end = bool(masks.begin & bit), bool(masks.end & bit)
    if extent is None:
        return SliceDim(None, step, None, False)
    if from_start and to_end:
        if step > 0:
            return SliceDim(0, step, ceil_divide(extent, step), False)
        return SliceDim(extent - 1, step, ceil_divide(extent, -step), False)
    if bounds is None:
        return SliceDim(None, step, None, False)
    if step > 0:
        return _forward(extent, None if from_start else bounds[0], None if to_end else bounds[1], step)
    return _backward(extent, None if from_start else bounds[0], None if to_end else bounds[1], step)


def _index(axis: int, extent: Any, bounds: Any) -> Any:
    """A single index, counted from the front."""
    if extent is None or bounds is None:
        return None
    index = bounds[0]
    if index < 0:
        index = extent + index
        inside = index >= 0
    else:
        inside = index < extent
    if not inside:
        raise ValueError(f"slice index {index} of dimension {axis} out of bounds.")
    return index


def _forward(extent: Any, begin: Any, end: Any, step: Any) -> SliceDim:
    """A slice with a positive step; None for a bound that is left out."""
    start: Any = 0 if begin is None or is_number(begin, 0) else _clamp(begin, extent)
    stop = extent if end is None else _clamp(end, extent)
    if is_number(start, 0):
        length = stop
    elif end is None:
        length = extent - start
    else:
        length = maximum(stop - start, 0)
    return SliceDim(start, step, ceil_divide(length, step), False)


def _clamp(position: Any, extent: Any) -> Any:
    """A bound, counted from the front and moved into `[0, extent]`."""
    if position < 0:
        return maximum(extent + position, 0)
    return minimum(position, extent)


def _backward(extent: Any, begin: Any, end: Any, step: Any) -> SliceDim:
    """A slice with a negative step, whose bounds lie in `[-1, extent - 1]`."""
    start = extent - 1 if begin is None else _clamp_backward(begin, extent)
    stop: Any = -1 if end is None else _clamp_backward(end, extent)
    return SliceDim(start, step, ceil_divide(maximum(start - stop, 0), -step), False)


def _clamp_backward(position: Any, extent: Any) -> Any:
    if position < 0:
        return maximum(extent + position, -1)
    return minimum(position, extent - 1)


def slice_extents(extents: Extents, begin: Any, end: Any, strides: Any, masks: SliceMasks) -> Extents:
    """The shape of a slice, as far as it is known: unknown without the strides or the rank of the input."""
    if extents is None or strides is None:
        return None
    return plan_slice(extents, begin, end, strides, masks).extents
