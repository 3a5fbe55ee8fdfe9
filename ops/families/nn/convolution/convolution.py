"""Convolutions: `conv1d`, `conv2d`, `conv3d` and their gradients as functions."""

from __future__ import annotations

from typing import Any

from ....building.build import build
from ....building.default_graph import name_scope
from ....graph.node import Tensor, TensorLike
from ...arrays.reshaping import expand_dims, squeeze
from ...reductions.reductions import renamed
from .arguments import channel_axis, line_format, padding_of, sequence_of
from .convolution_ops import (
    CONV2D,
    CONV2D_BACKPROP_FILTER,
    CONV2D_BACKPROP_INPUT,
    CONV3D,
    CONV3D_BACKPROP_FILTER_V2,
)


def conv2d(
    input: TensorLike, filter: Any = None, strides: Any = None, padding: Any = None, use_cudnn_on_gpu: bool = True,
    data_format: str = "NHWC", dilations: Any = (1, 1, 1, 1), name: str | None = None, filters: Any = None,
) -> Tensor:  # fmt: skip
    """Return the convolution of images with a filter, not turned around, as in TensorFlow.

    Args:
      input: images [batch, height, width, channels].
      filter: [rows, columns, channels or a divisor of them, output channels]; `filters` is its other name.
      strides: how far windows move: an int, two, or four of which the first and that of the channels are 1.
      padding: "SAME" (zeros around, so that the extents are divided by the strides), "VALID" (none), or four pairs
        of amounts.
      use_cudnn_on_gpu: has no effect.
      data_format: "NHWC", or "NCHW" for channels behind the batch.
      dilations: how far the elements of a window are apart, given as `strides`.
      name: a name for the operation.
    Raises: ValueError if shapes or windows do not fit.

    >>> conv2d([[[[1.0], [2.0], [3.0]]]], [[[[1.0]], [[10.0]]]], 1, "VALID").shape.as_list()
    [1, 1, 2, 1]
    """
    filter = renamed("filter", filter, "filters", filters)
    return _conv2d(input, filter, strides, padding, use_cudnn_on_gpu, data_format, dilations, name)


def _conv2d(
    input: Any,
    filter: Any,
    strides: Any,
    padding: Any,
    use_cudnn_on_gpu: Any,
    data_format: Any,
    dilations: Any,
    name: Any,
) -> Tensor:
    padding, explicit = padding_of(padding)
    data_format = "NHWC" if data_format is None else data_format
    channel = channel_axis(data_format, 4)
    result: Tensor = build(CONV2D,
        input, filter, name=name, padding=padding, explicit_paddings=explicit, data_format=data_format,
        strides=sequence_of(strides, 2, channel, "strides"), use_cudnn_on_gpu=use_cudnn_on_gpu,
        dilations=sequence_of(dilations, 2, channel, "dilations"),
    )  # fmt: skip
    return result


def conv2d_backprop_input(
    input_sizes: TensorLike, filter: Any = None, out_backprop: Any = None, strides: Any = None, padding: Any = None,
    use_cudnn_on_gpu: bool = True, data_format: str = "NHWC", dilations: Any = (1, 1, 1, 1), name: str | None = None,
    filters: Any = None,
) -> Tensor:  # fmt: skip
    """Return the gradient of `conv2d` for its input.

    Args:
      input_sizes: the shape of the input.
      filter: the filter; `filters` is its other name.
      out_backprop: the gradient for the output.
      strides, padding, use_cudnn_on_gpu, data_format, dilations: as of `conv2d`; strides and dilations are four.
      name: a name for the operation.
    """
    filter = renamed("filter", filter, "filters", filters)
    padding, explicit = padding_of(padding)
    result: Tensor = build(CONV2D_BACKPROP_INPUT,
        input_sizes, filter, out_backprop, name=name, strides=strides, padding=padding, explicit_paddings=explicit,
        use_cudnn_on_gpu=use_cudnn_on_gpu, data_format=data_format, dilations=dilations,
    )  # fmt: skip
    return result


def conv2d_backprop_filter(
    input: TensorLike, filter_sizes: TensorLike, out_backprop: TensorLike, strides: Any, padding: Any,
    use_cudnn_on_gpu: bool = True, data_format: str = "NHWC", dilations: Any = (1, 1, 1, 1), name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return the gradient of `conv2d` for its filter, whose shape is `filter_sizes`. See `conv2d_backprop_input`."""
    padding, explicit = padding_of(padding)
    result: Tensor = build(CONV2D_BACKPROP_FILTER,
        input, filter_sizes, out_backprop, name=name, strides=strides, padding=padding, explicit_paddings=explicit,
        use_cudnn_on_gpu=use_cudnn_on_gpu, data_format=data_format, dilations=dilations,
    )  # fmt: skip
    return result


def conv3d(
    input: TensorLike, filter: Any = None, strides: Any = None, padding: Any = None, data_format: str = "NDHWC",
    dilations: Any = (1, 1, 1, 1, 1), name: str | None = None, filters: Any = None,
) -> Tensor:  # fmt: skip
    """Return the convolution of volumes [batch, depth, height, width, channels] with a filter.

    Args:
      filter: [depth, rows, columns, channels, output channels]; `filters` is its other name.
      strides: five integers, the first and that of the channels 1.
      padding: "SAME" or "VALID".
      data_format: "NDHWC" or "NCDHW".
      dilations: five integers.
      name: a name for the operation.
    Raises: ValueError if shapes or windows do not fit.
    """
    filter = renamed("filter", filter, "filters", filters)
    result: Tensor = build(
        CONV3D, input, filter, name=name, strides=strides, padding=padding, data_format=data_format, dilations=dilations
    )
    return result


def conv3d_backprop_filter(
    input: TensorLike, filter_sizes: TensorLike, out_backprop: TensorLike, strides: Any, padding: Any,
    data_format: str = "NDHWC", dilations: Any = (1, 1, 1, 1, 1), name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return the gradient of `conv3d` for its filter, whose shape is `filter_sizes`."""
    result: Tensor = build(CONV3D_BACKPROP_FILTER_V2,
        input, filter_sizes, out_backprop, name=name, strides=strides, padding=padding, data_format=data_format,
        dilations=dilations,
    )  # fmt: skip
    return result


def conv1d(
    value: Any = None, filters: Any = None, stride: Any = None, padding: Any = None, use_cudnn_on_gpu: Any = None,
    data_format: Any = None, name: str | None = None, input: Any = None, dilations: Any = None,
) -> Tensor:  # fmt: skip
    """Return the convolution of lines [batch, width, channels] with a filter [size, channels, output channels].

    Args:
      value: the lines; `input` is its other name.
      filters: the filter.
      stride: how far windows move.
      padding: "SAME" or "VALID".
      use_cudnn_on_gpu: has no effect.
      data_format: "NWC", or "NCW" for channels behind the batch.
      name: a name for the operations.
      dilations: how far the elements of a window are apart.
    Raises: ValueError for another format, or if shapes or windows do not fit.
    """
    value = renamed("input", value, "value", input)
    with name_scope(name, "conv1d", [value, filters]) as scope:
        images, axis = line_format(data_format)
        steps = [1, *sequence_of(stride, 1, channel_axis(images, 3), "stride")]
        rates = [1, *sequence_of(dilations, 1, channel_axis(images, 3), "dilations")]
        if images == "NCHW":
            steps, rates = ([1, each[2], 1, each[3]] for each in (steps, rates))
        else:
            steps, rates = ([1, 1, each[2], 1] for each in (steps, rates))
        axis = -3 if axis == 1 else -2
        image, rows = expand_dims(value, axis), expand_dims(filters, 0)
        result = _conv2d(image, rows, steps, padding, use_cudnn_on_gpu is not False, images, rates, scope)
        return squeeze(result, [axis])
