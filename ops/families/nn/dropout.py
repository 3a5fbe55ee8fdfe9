"""Dropping elements at random: `nn.dropout`."""

from __future__ import annotations

import numbers
from typing import Any

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.registry import lookup
from ...graph.node import Tensor, TensorLike
from ..arrays.shape_ops import shape
from ..elementwise.cast import cast
from ..random.sampling import random_uniform


def dropout(
    x: TensorLike,
    keep_prob: Any = None,
    noise_shape: Any = None,
    seed: int | None = None,
    name: str | None = None,
    rate: Any = None,
) -> Tensor:
    """Return `x` with a share of its elements set to 0 at random, the others scaled so that the mean stays.

    Args:
      x: floating-point numbers.
      keep_prob: the share that is kept, a number or scalar tensor; old form of `1 - rate`.
      noise_shape: the shape of what is drawn, broadcast to `x`; an extent of 1 drops slices. Default: that of `x`.
      seed: with it, or a graph-level seed, every session draws the same sequence.
      name: a name for the operations.
      rate: the share that is dropped, in `[0, 1)`.
    Returns: a tensor like `x`; `x` itself for a rate of 0.
    Raises: ValueError without a share or with both, for one out of range, or if `x` holds no floating-point numbers.

    >>> dropout([1.0, 2.0, 3.0], rate=0.5).shape.as_list()
    [3]
    """
    if keep_prob is not None:
        if rate is not None:
            raise ValueError("Cannot specify both 'keep_prob' and 'rate'.")
        rate = 1 - keep_prob
    if rate is None:
        raise ValueError(f"`rate` must be provided. Received: rate={rate}")
    is_number = isinstance(rate, numbers.Real)
    if is_number and not 0 <= rate < 1:
        raise ValueError(f"`rate` must be a scalar tensor or a float in the range [0, 1). Received: rate={rate}")
    with name_scope(name, "dropout", [x]):
        values = convert_to_tensor(x, name="x")
        if not values.dtype.is_floating:
            raise ValueError(
                f"`x.dtype` must be a floating point tensor as `x` will be scaled. Received: x_dtype={values.dtype}"
            )
        if is_number and rate == 0:
            return values
        rate = convert_to_tensor(rate, values.dtype, name="rate")
        rate.shape.assert_has_rank(0)
        drawn = random_uniform(shape(values) if noise_shape is None else noise_shape, seed=seed, dtype=values.dtype)
        scale = 1 / (1 - rate)
        kept = build(lookup("GreaterEqual"), drawn, rate)
        result: Tensor = (values * scale) * cast(kept, values.dtype)
        result.set_shape(values.shape)
        return result
