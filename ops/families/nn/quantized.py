"""Functions that make quantized arithmetic; each returns the integers and the range that they stand for."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Sequence
from typing import Any

from ...building.build import build
from ...graph.node import TensorLike
from ...types import dtypes
from ...types.array_values import as_bytes
from .quantized_ops import (
    QUANTIZED_AVG_POOL,
    QUANTIZED_CONCAT,
    QUANTIZED_CONV2D,
    QUANTIZED_MAX_POOL,
    QUANTIZED_RELU_X,
)

_Pooled = namedtuple("_Pooled", ("output", "min_output", "max_output"))
_Joined = namedtuple("_Joined", ("output", "output_min", "output_max"))
_Activated = namedtuple("_Activated", ("activations", "min_activations", "max_activations"))


def quantized_concat(
    concat_dim: TensorLike, values: Sequence[TensorLike], input_mins: Sequence[TensorLike],
    input_maxes: Sequence[TensorLike], name: str | None = None,
) -> Any:  # fmt: skip
    """Return quantized tensors joined along an axis, in one range that has all of theirs and 0.

    Args:
      concat_dim: the axis.
      values: the tensors, of one quantized type.
      input_mins, input_maxes: the range of each.
      name: a name for the operation.
    """
    return _Joined(*build(QUANTIZED_CONCAT, concat_dim, values, input_mins, input_maxes, name=name))


def quantized_conv2d(
    input: TensorLike, filter: TensorLike, min_input: TensorLike, max_input: TensorLike, min_filter: TensorLike,
    max_filter: TensorLike, strides: Sequence[int], padding: str, out_type: Any = dtypes.qint32,
    dilations: Sequence[int] = (1, 1, 1, 1), name: str | None = None,
) -> Any:  # fmt: skip
    """Return the convolution of quantized images by quantized filters, in 32 bits.

    Args:
      input, filter: integers of a quantized type; channels last.
      min_input, max_input, min_filter, max_filter: their ranges, scalars.
      strides, padding, dilations: see `conv2d`.
      out_type: qint32.
      name: a name for the operation.
    """
    return _Pooled(*build(
        QUANTIZED_CONV2D, input, filter, min_input, max_input, min_filter, max_filter, strides=tuple(strides),
        padding=as_bytes(padding), out_type=dtypes.as_dtype(out_type), dilations=tuple(dilations), name=name,
    ))  # fmt: skip


def quantized_max_pool(
    input: TensorLike, min_input: TensorLike, max_input: TensorLike, ksize: Sequence[int], strides: Sequence[int],
    padding: str, name: str | None = None,
) -> Any:  # fmt: skip
    """Return the largest integer of each window.

    Args:
      input: quantized images; min_input, max_input: their range.
      ksize, strides, padding: see `max_pool`.
      name: a name for the operation.
    """
    attrs = {"ksize": tuple(ksize), "strides": tuple(strides), "padding": as_bytes(padding)}
    return _Pooled(*build(QUANTIZED_MAX_POOL, input, min_input, max_input, name=name, **attrs))


def quantized_avg_pool(
    input: TensorLike, min_input: TensorLike, max_input: TensorLike, ksize: Sequence[int], strides: Sequence[int],
    padding: str, name: str | None = None,
) -> Any:  # fmt: skip
    """Return the mean of each window, rounded down. Args: as of `quantized_max_pool`."""
    attrs = {"ksize": tuple(ksize), "strides": tuple(strides), "padding": as_bytes(padding)}
    return _Pooled(*build(QUANTIZED_AVG_POOL, input, min_input, max_input, name=name, **attrs))


def quantized_relu_x(
    features: TensorLike, max_value: TensorLike, min_features: TensorLike, max_features: TensorLike,
    out_type: Any = dtypes.quint8, name: str | None = None,
) -> Any:  # fmt: skip
    """Return quantized numbers cut off below 0 and above `max_value`.

    Args:
      features: integers of a quantized type; min_features, max_features: their range.
      max_value: a scalar.
      out_type: their type.
      name: a name for the operation.
    """
    kind = dtypes.as_dtype(out_type)
    return _Activated(*build(
        QUANTIZED_RELU_X, features, max_value, min_features, max_features, out_type=kind, name=name
    ))  # fmt: skip
