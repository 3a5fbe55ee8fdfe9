"""Transposed convolutions: what maps gradients of a convolution back, used to make images larger."""

from __future__ import annotations

from typing import Any

from ....building.build import build
from ....building.convert import convert_to_tensor
from ....building.default_graph import name_scope
from ....graph.node import Tensor, TensorLike
from ....types import dtypes
from ...arrays.reshaping import expand_dims, squeeze
from ...arrays.stacking import concat
from ...reductions.reductions import renamed
from .arguments import channel_axis, line_format, padding_of, sequence_of
from .convolution_ops import CONV2D_BACKPROP_INPUT, CONV3D_BACKPROP_INPUT_V2


def conv2d_transpose(
    value: Any = None, filter: Any = None, output_shape: Any = None, strides: Any = None, padding: Any = "SAME",
    data_format: str = "NHWC", name: str | None = None, input: Any = None, filters: Any = None, dilations: Any = None,
) -> Tensor:  # fmt: skip
    """Return the transpose of `conv2d`: what its gradient for the input is, with `value` as the gradient.

    Args:
      value: [batch, height, width, channels]; `input` is its other name.
      filter: [rows, columns, output channels, channels]; `filters` is its other name.
      output_shape: the shape of the result, four integers.
      strides: how much larger the result is: an int, two or four.
      padding: "SAME", "VALID", or four pairs of amounts.
      data_format: "NHWC" or "NCHW".
      name: a name for the operation.
      dilations: how far the elements of a window are apart.
    Raises: ValueError if shapes do not fit; InvalidArgumentError when it runs, if `output_shape` does not.
    """
    value = renamed("input", input, "value", value)
    filter = renamed("filters", filters, "filter", filter)
    with name_scope(name, "conv2d_transpose", [value, filter, output_shape]) as scope:
        return _transpose_2d(value, filter, output_shape, strides, padding, data_format, dilations, scope)


def _transpose_2d(
    value: Any, filter: Any, output_shape: Any, strides: Any, padding: Any, data_format: Any, dilations: Any, name: Any
) -> Tensor:
    data_format = "NHWC" if data_format is None else data_format
    channel = channel_axis(data_format, 4)
    padding, explicit = padding_of(padding)
    result: Tensor = build(CONV2D_BACKPROP_INPUT,
        output_shape, filter, value, name=name, padding=padding, explicit_paddings=explicit, data_format=data_format,
        strides=sequence_of(strides, 2, channel, "strides"), dilations=sequence_of(dilations, 2, channel, "dilations"),
    )  # fmt: skip
    return result


def conv3d_transpose(
    value: Any, filter: Any = None, output_shape: Any = None, strides: Any = None, padding: Any = "SAME",
    data_format: str = "NDHWC", name: str | None = None, input: Any = None, filters: Any = None, dilations: Any = None,
) -> Tensor:  # fmt: skip
    """Return the transpose of `conv3d`. See `conv2d_transpose`; shapes and strides have an entry more."""
    filter = renamed("filters", filters, "filter", filter)
    value = renamed("input", input, "value", value)
    with name_scope(name, "conv3d_transpose", [value, filter, output_shape]) as scope:
        return _transpose_3d(value, filter, output_shape, strides, padding, data_format, dilations, scope)


def _transpose_3d(
    value: Any, filter: Any, output_shape: Any, strides: Any, padding: Any, data_format: Any, dilations: Any, name: Any
) -> Tensor:
    data_format = "NDHWC" if data_format is None else data_format
    channel = channel_axis(data_format, 5)
    result: Tensor = build(CONV3D_BACKPROP_INPUT_V2,
        output_shape, filter, value, name=name, padding=padding, data_format=data_format,
        strides=sequence_of(strides, 3, channel, "strides"), dilations=sequence_of(dilations, 3, channel, "dilations"),
    )  # fmt: skip
    return result


def conv1d_transpose(
    input: TensorLike, filters: TensorLike, output_shape: Any, strides: Any, padding: Any = "SAME",
    data_format: Any = "NWC", dilations: Any = None, name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return the transpose of `conv1d`. See `conv2d_transpose`; shapes have an entry less."""
    with name_scope(name, "conv1d_transpose", [input, filters, output_shape]) as scope:
        images, axis = line_format(data_format)
        channel = channel_axis(images, 3)
        steps, rates = sequence_of(strides, 1, channel, "strides"), sequence_of(dilations, 1, channel, "dilations")
        image, rows = expand_dims(input, axis), expand_dims(filters, 0)
        shape = _with_one(output_shape, axis)
        steps, rates = [*steps[:axis], 1, *steps[axis:]], [*rates[:axis], 1, *rates[axis:]]
        result = _transpose_2d(image, rows, shape, steps, padding, images, rates, scope)
        return squeeze(result, [axis])


def _with_one(shape: Any, axis: int) -> Tensor:
    """A shape with an extent of 1 put in."""
    if isinstance(shape, (list, tuple)):
        parts: list[Any] = [list(shape[:axis]), [1], list(shape[axis:])]
    else:
        whole = convert_to_tensor(shape, dtypes.int32)
        parts = [whole[:axis], [1], whole[axis:]]
    result: Tensor = concat(parts, 0)
    return result


def conv_transpose(
    input: TensorLike, filters: TensorLike, output_shape: Any, strides: Any, padding: Any = "SAME",
    data_format: Any = None, dilations: Any = None, name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return the transpose of `conv1d`, `conv2d` or `conv3d`, by the length of `output_shape`.

    Raises: ValueError for another length.
    """
    with name_scope(name, "conv_transpose", [input, filters, output_shape]) as scope:
        known: Any = output_shape.shape.as_list()[0] if isinstance(output_shape, Tensor) else len(output_shape)
        functions: dict[int, Any] = {3: conv1d_transpose, 4: conv2d_transpose, 5: conv3d_transpose}
        function = functions.get(known)
        if function is None:
            raise ValueError(f"`output_shape` must be of length 3, 4 or 5. Received: output_shape={output_shape}")
        if data_format is None:
            data_format = {3: "NWC", 4: "NHWC", 5: "NDHWC"}[known]
        result: Tensor = function(
            input,
            filters,
            output_shape,
            strides,
            padding=padding,
            data_format=data_format,
            dilations=dilations,
            name=scope,
        )
        return result
