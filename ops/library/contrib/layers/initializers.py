"""Initializers of `tf.contrib.layers`: values whose variance suits the number of inputs and outputs."""

from __future__ import annotations

import math
from typing import Any

from ....families.random.sampling import random_uniform, truncated_normal
from ....types import dtypes


def xavier_initializer(uniform: bool = True, seed: int | None = None, dtype: Any = dtypes.float32) -> Any:
    """Return an initializer that keeps the scale of gradients about the same in all layers.

    Args:
      uniform: whether values are uniform; otherwise normal, those beyond two standard deviations drawn again.
      seed: of the operation.
      dtype: a floating-point type.
    Source: Glorot and Bengio, 2010.
    """
    return variance_scaling_initializer(factor=1.0, mode="FAN_AVG", uniform=uniform, seed=seed, dtype=dtype)


xavier_initializer_conv2d = xavier_initializer


def variance_scaling_initializer(
    factor: float = 2.0,
    mode: str = "FAN_IN",
    uniform: bool = False,
    seed: int | None = None,
    dtype: Any = dtypes.float32,
) -> Any:
    """Return an initializer of values with the variance `factor / n`.

    Args:
      factor: see above.
      mode: what `n` is: "FAN_IN", the number of inputs; "FAN_OUT", of outputs; "FAN_AVG", their mean.
      uniform: whether values are uniform; otherwise normal, those beyond two standard deviations drawn again.
      seed: of the operation.
      dtype: a floating-point type.
    Returns: a function of a shape (and a type).
    Raises: TypeError for another type or mode.
    """
    if not dtypes.as_dtype(dtype).is_floating:
        raise TypeError("Cannot create initializer for non-floating point type.")
    if mode not in ("FAN_IN", "FAN_OUT", "FAN_AVG"):
        raise TypeError(f"Unknown mode {mode} [FAN_IN, FAN_OUT, FAN_AVG]")
    kind = dtype

    def initializer(shape: Any, dtype: Any = kind, partition_info: Any = None) -> Any:
        if not dtypes.as_dtype(dtype).is_floating:
            raise TypeError("Cannot create initializer for non-floating point type.")
        extents = [int(extent) for extent in shape]
        fan_in = float(extents[-2] if len(extents) > 1 else extents[-1]) if extents else 1.0
        fan_out = float(extents[-1]) if extents else 1.0
        for extent in extents[:-2]:
            fan_in *= extent
            fan_out *= extent
        n = {"FAN_IN": fan_in, "FAN_OUT": fan_out, "FAN_AVG": (fan_in + fan_out) / 2.0}[mode]
        if uniform:
            limit = math.sqrt(3.0 * factor / n)
            return random_uniform(extents, -limit, limit, dtype, seed=seed)
        return truncated_normal(extents, 0.0, math.sqrt(1.3 * factor / n), dtype, seed=seed)

    return initializer
