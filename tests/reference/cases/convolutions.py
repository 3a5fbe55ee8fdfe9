"""Convolutions of one to three dimensions, transposed, dilated, depthwise and separable ones."""

from __future__ import annotations

from typing import Any

import numpy as np


def numbers(*shape: int) -> Any:
    """Return small exact numbers, so that the order of a sum does not matter."""
    count = int(np.prod(shape))
    return (np.arange(count) * 7 % 11 - 5).astype(np.float32).reshape(shape) / 4


IMAGE, FILTER = numbers(2, 5, 6, 3), numbers(3, 2, 3, 4)
LINE, LINE_FILTER = numbers(2, 7, 3), numbers(3, 3, 2)
VOLUME, VOLUME_FILTER = numbers(1, 3, 4, 5, 2), numbers(2, 2, 3, 2, 3)
DEPTH_FILTER, POINT_FILTER = numbers(3, 2, 3, 2), numbers(1, 1, 6, 4)


def _conv2d(*arguments: Any, **named: Any) -> Any:
    return lambda tf: tf.nn.conv2d(IMAGE, FILTER, *arguments, **named)


def _fed(shape: Any, function: Any, values: Any = IMAGE) -> Any:
    def case(tf: Any) -> Any:
        x = tf.placeholder(tf.float32, shape, name="x")
        return function(tf, x), {x: values}

    return case


def _typed(tf: Any, dtype: Any) -> Any:
    return tf.nn.conv2d(tf.constant(IMAGE, dtype), tf.constant(FILTER, dtype), [1, 2, 1, 1], "SAME")


def _transpose(*arguments: Any, **named: Any) -> Any:
    return lambda tf: tf.nn.conv2d_transpose(numbers(2, 3, 3, 4), numbers(3, 2, 3, 4), *arguments, **named)


def _convolution(**named: Any) -> Any:
    return lambda tf: tf.nn.convolution(tf.constant(IMAGE), tf.constant(FILTER), **named)


def _backprops(tf: Any, shape: Any = (2, 5, 6, 3), **named: Any) -> Any:
    dy = tf.nn.conv2d(IMAGE, FILTER, **named) * 0.5
    dx = tf.nn.conv2d_backprop_input([2, 5, 6, 3], FILTER, dy, **named)
    return dx, tf.nn.conv2d_backprop_filter(IMAGE, [3, 2, 3, 4], dy, **named)


def _backprops_3d(tf: Any, **named: Any) -> Any:
    dy = tf.nn.conv3d(VOLUME, VOLUME_FILTER, **named)
    dx = tf.raw_ops.Conv3DBackpropInputV2(input_sizes=[1, 3, 4, 5, 2], filter=VOLUME_FILTER, out_backprop=dy, **named)
    return dx, tf.nn.conv3d_backprop_filter(VOLUME, [2, 2, 3, 2, 3], dy, **named)


def _depthwise_backprops(tf: Any, **named: Any) -> Any:
    dy = tf.nn.depthwise_conv2d_native(IMAGE, DEPTH_FILTER, **named)
    dx = tf.nn.depthwise_conv2d_native_backprop_input([2, 5, 6, 3], DEPTH_FILTER, dy, **named)
    return dx, tf.nn.depthwise_conv2d_native_backprop_filter(IMAGE, [3, 2, 3, 2], dy, **named)


def _space_to_batch(tf: Any) -> Any:
    def double(x: Any, paddings: str) -> Any:
        return x * 2.0

    return tf.nn.with_space_to_batch(IMAGE, [2, 3], "VALID", lambda x, n, p: double(x, p), [3, 2])


EXPLICIT = [[0, 0], [1, 2], [0, 1], [0, 0]]

CASES = {
    "conv2d_same": _conv2d([1, 1, 1, 1], "SAME"),
    "conv2d_valid": _conv2d([1, 1, 1, 1], "VALID"),
    "conv2d_strides": _conv2d([1, 2, 3, 1], "SAME", name="layer"),
    "conv2d_int_stride": _conv2d(2, "VALID"),
    "conv2d_pair": _conv2d([2, 1], "VALID", dilations=[1, 2]),
    "conv2d_no_strides": _conv2d(None, "VALID"),
    "conv2d_named": lambda tf: tf.nn.conv2d(input=IMAGE, filters=FILTER, strides=[1, 1, 1, 1], padding="SAME"),
    "conv2d_dilated": _conv2d([1, 1, 1, 1], "SAME", dilations=[1, 2, 2, 1]),
    "conv2d_explicit": _conv2d([1, 2, 1, 1], EXPLICIT),
    "conv2d_cudnn": _conv2d([1, 1, 1, 1], "SAME", False, "NHWC", [1, 1, 1, 1], "old"),
    "conv2d_no_filter": lambda tf: tf.nn.conv2d(IMAGE, strides=[1, 1, 1, 1], padding="SAME"),
    "conv2d_two_filters": _conv2d([1, 1, 1, 1], "SAME", filters=FILTER),
    "conv2d_no_padding": _conv2d([1, 1, 1, 1]),
    "conv2d_bad_padding": _conv2d([1, 1, 1, 1], "same"),
    "conv2d_bad_strides": _conv2d([1, 1, 1], "SAME"),
    "conv2d_bad_explicit": _conv2d([1, 1, 1, 1], [[1, 0], [0, 0], [0, 0], [0, 0]]),
    "conv2d_short_explicit": _conv2d([1, 1, 1, 1], [[0, 0], [0, 0]]),
    "conv2d_negative_explicit": _conv2d([1, 1, 1, 1], [[0, 0], [-1, 0], [0, 0], [0, 0]]),
    "conv2d_zero_stride": _conv2d(0, "SAME"),
    "conv2d_rank": lambda tf: tf.nn.conv2d(IMAGE[0], FILTER, [1, 1, 1, 1], "SAME"),
    "conv2d_depth": lambda tf: tf.nn.conv2d(IMAGE[..., :2], FILTER, [1, 1, 1, 1], "SAME"),
    "conv2d_small": lambda tf: tf.nn.conv2d(IMAGE[:, :2], FILTER, [1, 1, 1, 1], "VALID"),
    "conv2d_small_fed": _fed(None, lambda tf, x: tf.nn.conv2d(x, FILTER, [1, 1, 1, 1], "VALID"), IMAGE[:, :2]),
    "conv2d_batch_stride": _conv2d([2, 1, 1, 1], "SAME"),
    "conv2d_groups": lambda tf: tf.nn.conv2d(numbers(1, 4, 4, 4), numbers(2, 2, 2, 6), 1, "SAME"),
    "conv2d_groups_uneven": lambda tf: tf.nn.conv2d(numbers(1, 4, 4, 4), numbers(2, 2, 2, 5), 1, "SAME"),
    "conv2d_one": lambda tf: tf.nn.conv2d(IMAGE, numbers(1, 1, 3, 4), [1, 1, 1, 1], "SAME"),
    "conv2d_one_strided": lambda tf: tf.nn.conv2d(IMAGE, numbers(1, 1, 3, 4), [1, 2, 2, 1], "SAME"),
    "conv2d_half": lambda tf: _typed(tf, tf.float16),
    "conv2d_double": lambda tf: _typed(tf, tf.float64),
    "conv2d_unknown": _fed(None, lambda tf, x: tf.nn.conv2d(x, FILTER, [1, 2, 2, 1], "SAME")),
    "conv2d_batch": _fed([None, 5, 6, 3], lambda tf, x: tf.nn.conv2d(x, FILTER, [1, 2, 2, 1], "VALID")),
    "conv2d_sizes": _fed([2, None, None, 3], lambda tf, x: tf.nn.conv2d(x, FILTER, [1, 1, 2, 1], EXPLICIT)),
    "conv2d_channels_first_shape": lambda tf: tf.shape(
        tf.nn.conv2d(tf.placeholder(tf.float32, [None, 3, 5, 6]), FILTER, 2, "SAME", data_format="NCHW").shape.as_list()[1:]
    ),
    "backprops": lambda tf: _backprops(tf, strides=[1, 1, 1, 1], padding="SAME"),
    "backprops_strided": lambda tf: _backprops(tf, strides=[1, 2, 2, 1], padding="VALID"),
    "backprops_dilated": lambda tf: _backprops(tf, strides=[1, 1, 1, 1], padding="VALID", dilations=[1, 2, 2, 1]),
    "backprops_explicit": lambda tf: _backprops(tf, strides=[1, 2, 1, 1], padding=EXPLICIT),
    "backprop_wrong_size": lambda tf: tf.nn.conv2d_backprop_input(
        [2, 5, 6, 3], FILTER, numbers(2, 4, 6, 4), [1, 1, 1, 1], "SAME"
    ),
    "backprop_filters": lambda tf: tf.nn.conv2d_backprop_input(
        [2, 5, 6, 3], out_backprop=numbers(2, 5, 6, 4), strides=[1, 1, 1, 1], padding="SAME", filters=FILTER
    ),
    "backprop_fed_sizes": _fed(
        None, lambda tf, x: tf.nn.conv2d_backprop_input(tf.shape(x), FILTER, numbers(2, 5, 6, 4), [1] * 4, "SAME")
    ),
    "conv1d": lambda tf: tf.nn.conv1d(LINE, LINE_FILTER, 2, "SAME"),
    "conv1d_valid": lambda tf: tf.nn.conv1d(LINE, LINE_FILTER, stride=1, padding="VALID", name="line"),
    "conv1d_named": lambda tf: tf.nn.conv1d(input=LINE, filters=LINE_FILTER, stride=1, padding="SAME", dilations=2),
    "conv1d_format": lambda tf: tf.nn.conv1d(LINE, LINE_FILTER, 1, "SAME", data_format="NWX"),
    "conv1d_unknown": _fed(None, lambda tf, x: tf.nn.conv1d(x, LINE_FILTER, 1, "SAME"), LINE),
    "conv3d": lambda tf: tf.nn.conv3d(VOLUME, VOLUME_FILTER, [1, 1, 1, 1, 1], "SAME"),
    "conv3d_strides": lambda tf: tf.nn.conv3d(VOLUME, VOLUME_FILTER, [1, 1, 2, 2, 1], "VALID", name="volume"),
    "conv3d_rank": lambda tf: tf.nn.conv3d(IMAGE, VOLUME_FILTER, [1, 1, 2, 2, 1], "VALID"),
    "conv3d_backprops": lambda tf: _backprops_3d(tf, strides=[1, 1, 2, 1, 1], padding="SAME"),
    "conv3d_backprops_valid": lambda tf: _backprops_3d(tf, strides=[1, 1, 1, 1, 1], padding="VALID"),
    "depthwise": lambda tf: tf.nn.depthwise_conv2d(IMAGE, DEPTH_FILTER, [1, 1, 1, 1], "SAME"),
    "depthwise_strides": lambda tf: tf.nn.depthwise_conv2d(IMAGE, DEPTH_FILTER, [1, 2, 2, 1], "VALID", name="deep"),
    "depthwise_rate": lambda tf: tf.nn.depthwise_conv2d(IMAGE, DEPTH_FILTER, [1, 1, 1, 1], "SAME", rate=[2, 2]),
    "depthwise_dilations": lambda tf: tf.nn.depthwise_conv2d(
        IMAGE, DEPTH_FILTER, [1, 1, 1, 1], "VALID", dilations=[1, 2]
    ),
    "depthwise_native": lambda tf: tf.nn.depthwise_conv2d_native(IMAGE, DEPTH_FILTER, [1, 2, 2, 1], "SAME"),
    "depthwise_channels": lambda tf: tf.nn.depthwise_conv2d_native(IMAGE, POINT_FILTER, [1, 2, 2, 1], "SAME"),
    "depthwise_batch": _fed(
        [None, 5, 6, 3], lambda tf, x: tf.nn.depthwise_conv2d(x, DEPTH_FILTER, [1, 1, 1, 1], "SAME")
    ),
    "depthwise_backprops": lambda tf: _depthwise_backprops(tf, strides=[1, 1, 1, 1], padding="SAME"),
    "depthwise_backprops_strided": lambda tf: _depthwise_backprops(tf, strides=[1, 2, 2, 1], padding="VALID"),
    "separable": lambda tf: tf.nn.separable_conv2d(IMAGE, DEPTH_FILTER, POINT_FILTER, [1, 1, 1, 1], "SAME"),
    "separable_rate": lambda tf: tf.nn.separable_conv2d(
        IMAGE, DEPTH_FILTER, POINT_FILTER, [1, 1, 1, 1], "VALID", rate=[2, 2], name="apart"
    ),
    "separable_mismatch": lambda tf: tf.nn.separable_conv2d(
        IMAGE, DEPTH_FILTER, numbers(2, 1, 6, 4), [1, 1, 1, 1], "SAME"
    ),
    "separable_unknown": _fed(
        None, lambda tf, x: tf.nn.separable_conv2d(x, DEPTH_FILTER, POINT_FILTER, [1, 1, 1, 1], "SAME")
    ),
    "transpose": _transpose([2, 5, 6, 3], [1, 2, 2, 1]),
    "transpose_valid": _transpose([2, 7, 6, 3], [1, 2, 2, 1], "VALID", name="up"),
    "transpose_int": _transpose([2, 5, 6, 3], 2, "SAME"),
    "transpose_named": lambda tf: tf.nn.conv2d_transpose(
        input=numbers(2, 3, 3, 4), filters=numbers(3, 2, 3, 4), output_shape=[2, 5, 6, 3], strides=2, dilations=1
    ),
    "transpose_wrong": _transpose([2, 8, 6, 3], [1, 2, 2, 1]),
    "transpose_tensor_shape": lambda tf: tf.nn.conv2d_transpose(
        numbers(2, 3, 3, 4), numbers(3, 2, 3, 4), tf.stack([2, 5, 6, 3]), [1, 2, 2, 1]
    ),
    "transpose_dynamic": _fed(
        [None, 3, 3, 4],
        lambda tf, x: tf.nn.conv2d_transpose(x, numbers(3, 2, 3, 4), tf.stack([tf.shape(x)[0], 5, 6, 3]), [1, 2, 2, 1]),
        numbers(2, 3, 3, 4),
    ),
    "transpose_1d": lambda tf: tf.nn.conv1d_transpose(numbers(2, 3, 4), numbers(3, 2, 4), [2, 6, 2], 2),
    "transpose_3d": lambda tf: tf.nn.conv3d_transpose(
        numbers(1, 2, 2, 2, 3), numbers(2, 2, 3, 2, 3), [1, 4, 4, 4, 2], [1, 2, 2, 2, 1]
    ),
    "transpose_any": lambda tf: tf.nn.conv_transpose(numbers(2, 3, 3, 4), numbers(3, 2, 3, 4), [2, 5, 6, 3], 2),
    "atrous": lambda tf: tf.nn.atrous_conv2d(tf.constant(IMAGE), tf.constant(FILTER), 2, "VALID"),
    "atrous_same": lambda tf: tf.nn.atrous_conv2d(tf.constant(IMAGE), tf.constant(FILTER), 2, "SAME", name="holes"),
    "atrous_one": lambda tf: tf.nn.atrous_conv2d(tf.constant(IMAGE), tf.constant(FILTER), 1, "SAME"),
    "atrous_transpose": lambda tf: tf.nn.atrous_conv2d_transpose(
        numbers(2, 5, 6, 4), numbers(3, 2, 3, 4), [2, 5, 6, 3], 2, "SAME"
    ),
    "atrous_transpose_valid": lambda tf: tf.nn.atrous_conv2d_transpose(
        numbers(2, 3, 3, 4), numbers(2, 2, 3, 4), [2, 5, 5, 3], 2, "VALID"
    ),
    "convolution": _convolution(padding="SAME"),
    "convolution_strides": _convolution(padding="VALID", strides=[2, 1]),
    "convolution_rate": _convolution(padding="SAME", dilation_rate=[2, 1]),
    "convolution_both": _convolution(padding="SAME", dilation_rate=[2, 1], strides=[2, 1]),
    "convolution_format": _convolution(padding="SAME", data_format="NHCW"),
    "convolution_named": lambda tf: tf.nn.convolution(input=tf.constant(IMAGE), filter=None, filters=tf.constant(FILTER), padding="SAME", name="c"),
    "convolution_line": lambda tf: tf.nn.convolution(tf.constant(LINE), tf.constant(LINE_FILTER), "SAME", [2]),
    "convolution_volume": lambda tf: tf.nn.convolution(tf.constant(VOLUME), tf.constant(VOLUME_FILTER), "VALID"),
    "with_space_to_batch": _space_to_batch,
    "with_space_to_batch_one": lambda tf: tf.nn.with_space_to_batch(
        IMAGE, [1, 1], "SAME", lambda x, n, p: tf.negative(x, name=p), [3, 2]
    ),
}  # fmt: skip
