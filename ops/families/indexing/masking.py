"""Masks: what a boolean mask selects, and masks made from lengths."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.build import build
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...graph.node import Tensor, TensorLike
from ...graph.partial import static_value
from ...types import dtypes
from ..arrays.filling import RANGE
from ..arrays.reshaping import expand_dims, reshape, squeeze
from ..arrays.shape_ops import rank, shape
from ..arrays.stacking import concat
from ..elementwise.cast import CAST, cast
from ..elementwise.rounding import MAXIMUM
from ..reductions.reduction_ops import MAX
from ..reductions.reductions import reduce_prod
from .gathering import gather
from .positions import where_indices


def boolean_mask(
    tensor: TensorLike, mask: TensorLike, name: str = "boolean_mask", axis: TensorLike | None = None
) -> Tensor:
    """Return the parts of `tensor` where `mask` is true, one behind the other.

    Args:
      tensor: the tensor.
      mask: booleans; its dimensions are those of `tensor` from `axis` on.
      name: a name for the scope of the operations.
      axis: the first dimension that the mask is about. Default: 0.
    Returns: a tensor whose masked dimensions have become one, of an extent that depends on the mask.
    Raises: ValueError if the mask is a scalar, of unknown rank, or does not fit.
    """
    with name_scope(name, None, [tensor, mask]):
        tensor = convert_to_tensor(tensor, name="tensor")
        mask = convert_to_tensor(mask, name="mask")
        count = mask.shape.ndims
        if count == 0:
            raise ValueError("mask cannot be scalar.")
        if count is None:
            raise ValueError(
                "Number of mask dimensions must be specified, even if some dimensions are None.  "
                "E.g. shape=[None] is ok, but shape=None is not."
            )
        first = _static_axis(axis)
        masked = tensor.shape[first : first + count]
        masked.assert_is_compatible_with(mask.shape)
        size = reduce_prod(shape(tensor)[first : first + count], [0])
        flat = reshape(tensor, concat([shape(tensor)[:first], [size], shape(tensor)[first + count :]], 0))
        if tensor._extents is not None:
            before, behind = tensor._extents[:first], tensor._extents[first + count :]
            flat.set_shape([*before, masked.num_elements(), *behind])
        places = squeeze(where_indices(reshape(mask, [-1])), axis=[1])
        return gather(flat, places, axis=first)


def _static_axis(axis: Any) -> int:
    value = static_value(axis) if isinstance(axis, Tensor) else 0 if axis is None else axis
    if value is None:
        raise ValueError("boolean_mask needs an axis whose value is known while the graph is built.")
    return int(value)


def sequence_mask(
    lengths: TensorLike, maxlen: TensorLike | None = None, dtype: Any = dtypes.bool_, name: str | None = None
) -> Tensor:
    """Return, for each length, a row that is true in its first so many places.

    Args:
      lengths: integers of any shape.
      maxlen: how long the rows are, a scalar. Default: the largest length.
      dtype: the type of the result.
      name: a name for the scope of the operations.
    Raises: ValueError if `maxlen` is no scalar.

    >>> sequence_mask([1, 3, 2], 5).shape.as_list()
    [3, 5]
    """
    with name_scope(name, "SequenceMask", [lengths, maxlen]):
        lengths = convert_to_tensor(lengths)
        if maxlen is None:
            longest = build(MAX, lengths, _every_axis(lengths))
            maxlen = build(MAXIMUM, constant(0, longest.dtype.base_dtype), longest)
        else:
            maxlen = convert_to_tensor(maxlen)
        if maxlen.shape.ndims not in (None, 0):
            raise ValueError(
                "Argument `maxlen` must be scalar for sequence_mask, received "
                f"`maxlen` = {maxlen} with shape '{maxlen.shape}' instead"
            )
        kind = maxlen.dtype.base_dtype
        places = build(RANGE, constant(0, kind), maxlen, constant(1, kind))
        result: Tensor = places < build(CAST, expand_dims(lengths, -1), DstT=kind)
        wanted = dtypes.as_dtype(dtypes.bool_ if dtype is None else dtype)
        return result if wanted == dtypes.bool_ else cast(result, wanted)


def _every_axis(tensor: Tensor) -> Tensor:
    ndims = tensor.shape.ndims
    if ndims is not None:
        return constant(np.arange(ndims, dtype=np.int32))
    result: Tensor = build(RANGE, 0, rank(tensor), 1)
    return result
