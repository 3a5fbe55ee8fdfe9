"""Windows that signals are weighted with, raised cosines."""

from __future__ import annotations

import math
from typing import Any

from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.arrays.filling import ones
from ...families.arrays.filling import range as range_of
from ...families.elementwise.cast import cast
from ...families.elementwise.trigonometry import cos
from ...graph.node import Tensor, TensorLike
from ...graph.partial import static_value
from ...types import dtypes


def hann_window(
    window_length: TensorLike, periodic: TensorLike = True, dtype: Any = dtypes.float32, name: str | None = None
) -> Tensor:
    """Return a Hann window: `0.5 - 0.5 * cos(2 * pi * n / N)`.

    Args:
      window_length: how many elements, a scalar.
      periodic: whether it is one period of the cosine; else it is symmetric. For odd lengths both are the latter.
      dtype: a float type.
      name: a name for the scope of the operations.
    """
    return _raised_cosine(name, "hann_window", window_length, periodic, dtype, 0.5, 0.5)


def hamming_window(
    window_length: TensorLike, periodic: TensorLike = True, dtype: Any = dtypes.float32, name: str | None = None
) -> Tensor:
    """Return a Hamming window: `0.54 - 0.46 * cos(2 * pi * n / N)`. Arguments as in `hann_window`."""
    return _raised_cosine(name, "hamming_window", window_length, periodic, dtype, 0.54, 0.46)


def _raised_cosine(
    name: str | None, scope: str, window_length: Any, periodic: Any, dtype: Any, base: float, depth: float
) -> Tensor:
    kind = dtypes.as_dtype(dtype)
    if not kind.is_floating:
        raise ValueError(f"dtype must be a floating point type, got {kind!r}")
    with name_scope(name, scope, [window_length, periodic]):
        length = convert_to_tensor(window_length, dtypes.int32, name="window_length")
        length.shape.assert_has_rank(0)
        known = static_value(length)
        if known is not None and known == 1:
            return ones([1], kind)
        is_periodic = cast(convert_to_tensor(periodic, dtypes.bool_, name="periodic"), dtypes.int32)
        period = cast(length + is_periodic * (1 - length % 2) - 1, kind)
        places = cast(range_of(length), kind)
        result: Tensor = base - depth * cos(2 * math.pi * places / period)
        return result
