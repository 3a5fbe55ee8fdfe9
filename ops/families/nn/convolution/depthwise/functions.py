"""Depthwise and separable convolutions: `depthwise_conv2d`, `separable_conv2d`."""

from __future__ import annotations

from typing import Any

import numpy as np

from .....building.build import build
from .....building.convert import convert_to_tensor
from .....building.default_graph import name_scope
from .....graph.node import Tensor, TensorLike
from ....reductions.reductions import renamed
from ..arguments import padding_of
from ..convolution_ops import CONV2D
from ..dilated import _shape_or_tensor, with_space_to_batch
from .kernels import (
    DEPTHWISE_CONV2D_NATIVE,
    DEPTHWISE_CONV2D_NATIVE_BACKPROP_FILTER,
    DEPTHWISE_CONV2D_NATIVE_BACKPROP_INPUT,
)


def depthwise_conv2d_native(
    input: TensorLike, filter: TensorLike, strides: Any, padding: Any, data_format: str = "NHWC",
    dilations: Any = (1, 1, 1, 1), name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return the convolution of each channel with its own filters.

    Args:
      input: images [batch, height, width, channels].
      filter: [rows, columns, channels, multiplier]: so many filters for each channel.
      strides: four integers, the first and that of the channels 1.
      padding: "SAME", "VALID", or four pairs of amounts.
      data_format: "NHWC" or "NCHW".
      dilations: four integers.
      name: a name for the operation.
    Returns: images with `channels * multiplier` channels.
    Raises: ValueError if shapes or windows do not fit.
    """
    padding, explicit = padding_of(padding)
    result: Tensor = build(DEPTHWISE_CONV2D_NATIVE,
        input, filter, name=name, strides=strides, padding=padding, explicit_paddings=explicit,
        data_format=data_format, dilations=dilations,
    )  # fmt: skip
    return result


def depthwise_conv2d_native_backprop_input(
    input_sizes: TensorLike, filter: TensorLike, out_backprop: TensorLike, strides: Any, padding: Any,
    data_format: str = "NHWC", dilations: Any = (1, 1, 1, 1), name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return the gradient of `depthwise_conv2d_native` for its input, whose shape is `input_sizes`."""
    padding, explicit = padding_of(padding)
    result: Tensor = build(DEPTHWISE_CONV2D_NATIVE_BACKPROP_INPUT,
        input_sizes, filter, out_backprop, name=name, strides=strides, padding=padding, explicit_paddings=explicit,
        data_format=data_format, dilations=dilations,
    )  # fmt: skip
    return result


def depthwise_conv2d_native_backprop_filter(
    input: TensorLike, filter_sizes: TensorLike, out_backprop: TensorLike, strides: Any, padding: Any,
    data_format: str = "NHWC", dilations: Any = (1, 1, 1, 1), name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return the gradient of `depthwise_conv2d_native` for its filter, whose shape is `filter_sizes`."""
    padding, explicit = padding_of(padding)
    result: Tensor = build(DEPTHWISE_CONV2D_NATIVE_BACKPROP_FILTER,
        input, filter_sizes, out_backprop, name=name, strides=strides, padding=padding, explicit_paddings=explicit,
        data_format=data_format, dilations=dilations,
    )  # fmt: skip
    return result


def depthwise_conv2d(
    input: TensorLike, filter: TensorLike, strides: Any, padding: Any, rate: Any = None, name: str | None = None,
    data_format: Any = None, dilations: Any = None,
) -> Tensor:  # fmt: skip
    """Like `depthwise_conv2d_native`, with windows dilated by `rate`, two integers (`dilations` is its other name)."""
    rate = renamed("dilations", dilations, "rate", rate)
    with name_scope(name, "depthwise", [input, filter]) as scope:
        x, window = convert_to_tensor(input, name="tensor_in"), convert_to_tensor(filter, name="filter_in")
        return _each_channel(x, window, strides, padding, rate, data_format, scope)


def _each_channel(
    x: Tensor, window: Tensor, strides: Any, padding: Any, rate: Any, data_format: Any, name: Any
) -> Tensor:
    def plain(x: Tensor, _: int, padding: Any) -> Tensor:
        return depthwise_conv2d_native(x, window, strides, padding, data_format or "NHWC", name=name)

    rates = np.broadcast_to(1 if rate is None else rate, (2,))
    shape = _shape_or_tensor(window)
    sizes = convert_to_tensor(shape, name="Shape") if isinstance(shape, list) else shape
    return with_space_to_batch(x, rates, padding, plain, sizes, data_format=data_format)


def separable_conv2d(
    input: TensorLike, depthwise_filter: TensorLike, pointwise_filter: TensorLike, strides: Any, padding: Any,
    rate: Any = None, name: str | None = None, data_format: Any = None, dilations: Any = None,
) -> Tensor:  # fmt: skip
    """Return a `depthwise_conv2d`, and after it a `conv2d` with windows of one pixel.

    Args:
      input: images [batch, height, width, channels].
      depthwise_filter: [rows, columns, channels, multiplier].
      pointwise_filter: [1, 1, channels * multiplier, output channels].
      strides: four integers, of the first convolution.
      padding: "SAME", "VALID", or four pairs of amounts.
      rate: two integers: dilation of the first convolution; also named `dilations`.
      name: a name for the operations.
      data_format: "NHWC" or "NCHW".
    Raises: ValueError if shapes or windows do not fit.
    """
    rate = renamed("dilations", dilations, "rate", rate)
    with name_scope(name, "separable_conv2d", [input, depthwise_filter, pointwise_filter]) as scope:
        x = convert_to_tensor(input, name="tensor_in")
        each = convert_to_tensor(depthwise_filter, name="depthwise_filter")
        across = convert_to_tensor(pointwise_filter, name="pointwise_filter")
        _check_point(across)
        between = _each_channel(x, each, strides, padding, rate, data_format, "depthwise")
        result: Tensor = build(
            CONV2D,
            between,
            across,
            name=scope,
            strides=[1, 1, 1, 1],
            padding="VALID",
            data_format=data_format or "NHWC",
        )
        return result


def _check_point(window: Tensor) -> None:
    sizes = window.shape.with_rank(4).as_list()
    for size in sizes[:2]:
        if size is not None and size != 1:
            raise ValueError(f"Dimensions {size} and 1 are not compatible")
