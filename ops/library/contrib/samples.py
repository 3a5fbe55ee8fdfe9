"""Numbers that tell of samples: percentiles, and means and variances that move."""

from __future__ import annotations

import math
from typing import Any

from ...building.convert import convert_to_tensor
from ...building.default_graph import control_dependencies, name_scope
from ...building.static_value import get_static_value
from ...families.arrays.reshaping import expand_dims, reshape
from ...families.arrays.shape_ops import shape
from ...families.arrays.transposing import transpose
from ...families.debugging.assertions import assert_greater_equal, assert_less_equal
from ...families.elementwise.cast import cast
from ...families.elementwise.rounding import ceil, floor, maximum, minimum, round
from ...families.indexing.gathering import gather
from ...families.random.initializers import Zeros
from ...families.reductions.sorting import top_k
from ...families.state.assignments import assign_add, assign_sub
from ...families.state.variable_scope import get_variable, variable_scope
from ...graph.node import Tensor
from ...types import dtypes

_NEAR = {"lower": ceil, "higher": floor, "nearest": round}  # of places counted from the largest element


def percentile(
    x: Any, q: Any, axis: Any = None, interpolation: str | None = None, keep_dims: bool = False,
    validate_args: bool = False, name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return the element of `x` that `q` percent of its elements do not exceed.

    Args:
      x: a tensor of real numbers; of known rank, where there is an axis.
      q: a scalar in [0, 100].
      axis: one dimension or several, known ones, along which samples lie; None for all of them.
      interpolation: `lower`, `higher` or `nearest`: which of two elements if `q` is between them; None for `nearest`.
      keep_dims: whether the dimensions of the samples stay, with an extent of 1.
      validate_args: whether a step checks that `q` is in [0, 100].
      name: of the scope.
    Returns: a tensor of `x`'s type, without the dimensions of the samples.
    Raises: ValueError for another interpolation, a `q` that is no scalar, a dimension there is not.
    Source: TensorFlow 1.15, `tf.contrib.distributions.percentile`.
    """
    near = interpolation or "nearest"
    if near not in _NEAR:
        raise ValueError(f"Argument 'interpolation' must be in {set(_NEAR)}.  Found {interpolation}")
    with name_scope(name, "percentile", [x, q]):
        x, q = convert_to_tensor(x, name="x"), cast(convert_to_tensor(q, name="q"), dtypes.float64)
        if q.shape.ndims != 0:
            raise ValueError(f"Expected argument 'x' to have ndims 0.  Found tensor {q}")
        zero, hundred = (convert_to_tensor(end, dtypes.float64) for end in (0.0, 100.0))
        checks = [assert_greater_equal(q, zero), assert_less_equal(q, hundred)] if validate_args else []
        with control_dependencies(checks):
            rows, axes = _rows(x, axis)
            count = shape(rows)[-1]
            last = cast(count - 1, dtypes.float64)
            place = _NEAR[near](last * (1.0 - q / 100.0))
            place = cast(maximum(minimum(place, last), 0.0), dtypes.int32)
            found = gather(top_k(rows, count)[0], place, axis=-1)
        for one in axes if keep_dims else ():
            found = expand_dims(found, one)
        return found


def _rows(x: Tensor, axis: Any) -> tuple[Tensor, list[int]]:
    """Return `x` with all samples in its last dimension, and the dimensions they were in, ascending."""
    if axis is None:
        return reshape(x, [-1]), list(range(x.shape.ndims or 0))
    rank = x.shape.ndims
    if rank is None:
        raise ValueError(f"Expected argument 'x' to have statically defined 'ndims'.  Found: {x}")
    given = get_static_value(convert_to_tensor(axis, dtypes.int32))
    if given is None:
        raise ValueError(f"Expected argument 'axis' to be statically available.  Found: {axis}")
    wanted = [int(one) for one in given.reshape(-1)]
    for one in wanted:
        if not -rank <= one < rank:
            raise ValueError(f"dim {one} not in the interval [0, {rank - 1}].")
    axes = sorted({one % rank for one in wanted})
    kept = [one for one in range(rank) if one not in axes]
    moved = transpose(x, [*kept, *axes])
    extents = moved.shape.as_list()
    before, samples = extents[: len(kept)], extents[len(kept) :]
    if before.count(None) == 0:
        return reshape(moved, [*before, -1]), axes
    known = [extent for extent in samples if extent is not None]
    return _joined(moved, before, math.prod(known) if len(known) == len(samples) else -1), axes


def _joined(moved: Tensor, before: list[int | None], samples: int) -> Tensor:
    """Return `moved` with all dimensions behind `before` as one of `samples` elements."""
    whole = shape(moved)
    extents: list[Any] = [whole[place] if extent is None else extent for place, extent in enumerate(before)]
    rows = reshape(moved, [*extents, samples])
    rows.set_shape([*before, None if samples < 0 else samples])
    return rows


def assign_moving_mean_variance(
    mean_var: Any, variance_var: Any, value: Any, decay: Any, name: str | None = None
) -> tuple[Any, Any]:
    """Move a mean and a variance towards those of a stream of values.

    Args:
      mean_var, variance_var: variables of a float type; the variance is of the mean before this step.
      value: a tensor of their type and shape.
      decay: what stays of the old ones, near 1.
      name: of the scope.
    Returns: the mean and the variance after the step.
    Raises: TypeError if the mean's type is no float, or the types differ.
    Source: TensorFlow 1.15, `tf.contrib.distributions.assign_moving_mean_variance`.
    """
    with name_scope(name, "assign_moving_mean_variance", [variance_var, mean_var, value, decay]):
        kind = mean_var.dtype.base_dtype
        if not kind.is_floating:
            raise TypeError(f"mean_var.base_dtype({kind.name}) does not have float type `dtype`.")
        if variance_var.dtype.base_dtype != kind:
            raise TypeError(
                f"mean_var.base_dtype({kind.name}) != variance_var.base_dtype({variance_var.dtype.base_dtype.name})"
            )
        value, decay = convert_to_tensor(value, kind, name="value"), convert_to_tensor(decay, kind, name="decay")
        delta = value - mean_var
        with control_dependencies([delta]):
            mean = assign_add(mean_var, (1.0 - decay) * delta)
            variance = assign_sub(variance_var, (1.0 - decay) * (variance_var - decay * delta * delta))
        return mean, variance


def moving_mean_variance(value: Any, decay: Any, collections: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """Move a mean and a variance that are made here, and begin at 0, towards those of a stream of values.

    Args:
      value: a tensor of a float type and a known shape.
      decay: what stays of the old ones, near 1.
      collections: what the two variables are added to; None for the global variables.
      name: of the variables' scope.
    Returns: the mean and the variance after the step.
    Source: TensorFlow 1.15, `tf.contrib.distributions.moving_mean_variance`.
    """
    with variable_scope(name, "moving_mean_variance", [value, decay]):
        value = convert_to_tensor(value, name="value")
        variance, mean = (
            get_variable(which, value.shape, value.dtype.base_dtype, Zeros(), trainable=False, collections=collections)
            for which in ("moving_variance", "moving_mean")
        )
        return assign_moving_mean_variance(mean, variance, value, decay)
