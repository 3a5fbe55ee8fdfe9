"""Cutting a signal into frames that overlap, and adding such frames up."""

from __future__ import annotations

from typing import Any

from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.arrays.filling import range as range_of
from ...families.arrays.padding import pad
from ...families.arrays.reshaping import expand_dims, reshape
from ...families.arrays.shape_ops import rank, shape
from ...families.arrays.stacking import concat
from ...families.arrays.transposing import transpose
from ...families.elementwise.rounding import maximum
from ...families.indexing.gathering import gather
from ...families.reductions.segments import unsorted_segment_sum
from ...graph.node import Tensor, TensorLike
from ...graph.partial import static_value
from ...types import dtypes


def frame(
    signal: TensorLike, frame_length: TensorLike, frame_step: TensorLike, pad_end: bool = False,
    pad_value: TensorLike = 0, axis: int = -1, name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return the frames of a signal along `axis`, which becomes two: which frame, and where in it.

    Args:
      signal: the tensor, of known rank.
      frame_length, frame_step: how long frames are, and how far they begin from each other, int scalars.
      pad_end: whether frames that reach beyond the end are there, filled with `pad_value`.
      pad_value: a scalar.
      axis: the axis, an int.
      name: a name for the scope of the operations.
    Raises: ValueError for an axis that is not there, or lengths that are no scalars.
    """
    with name_scope(name, "frame", [signal, frame_length, frame_step, pad_value]):
        x = convert_to_tensor(signal, name="signal")
        length = convert_to_tensor(frame_length, dtypes.int32, name="frame_length")
        step = convert_to_tensor(frame_step, dtypes.int32, name="frame_step")
        length.shape.assert_has_rank(0)
        step.shape.assert_has_rank(0)
        ndims = x.shape.ndims
        if ndims is None:
            raise ValueError("The rank of a signal that is cut into frames must be known")
        if not -ndims <= axis < ndims:
            raise ValueError(f"axis {axis} is none of a signal of rank {ndims}")
        place = axis % ndims
        samples = shape(x)[place]
        if pad_end:
            count = maximum(0, -(-samples // step))
            behind = maximum(0, length + step * (count - 1) - samples)
            paddings: Any = [[0, 0]] * ndims
            paddings[place] = [0, behind]
            x = pad(x, paddings, constant_values=pad_value)
        else:
            count = maximum(0, 1 + (samples - length) // step)
        starts = expand_dims(range_of(count) * step, 1)
        return gather(x, starts + expand_dims(range_of(length), 0), axis=place)


def overlap_and_add(signal: TensorLike, frame_step: TensorLike, name: str | None = None) -> Tensor:
    """Return the signal that frames make which begin `frame_step` from each other; where they overlap they are added.

    Args:
      signal: frames, of shape [..., frames, frame_length].
      frame_step: how far they begin from each other, an int scalar.
      name: a name for the scope of the operations.
    Returns: a tensor of shape [..., (frames - 1) * frame_step + frame_length].
    """
    with name_scope(name, "overlap_and_add", [signal, frame_step]):
        x = convert_to_tensor(signal, name="signal")
        x.shape.with_rank_at_least(2)
        step = convert_to_tensor(frame_step, name="frame_step")
        step.shape.assert_has_rank(0)
        if not step.dtype.is_integer:
            raise ValueError(f"frame_step must be an integer. Got {step.dtype!r}")
        extents = shape(x)
        frames, length = extents[-2], extents[-1]
        total = (frames - 1) * step + length
        places = reshape(expand_dims(range_of(frames) * step, 1) + expand_dims(range_of(length), 0), [-1])
        flat = transpose(reshape(x, concat([[-1], [frames * length]], axis=0)))
        summed = transpose(unsorted_segment_sum(flat, places, total))
        result = reshape(summed, concat([extents[: rank(x) - 2], [total]], axis=0))
        known = static_value(total)
        lead = x.shape[:-2]
        if lead.ndims is not None:
            result.set_shape(lead.concatenate([None if known is None else int(known)]))
        return result
