"""Pooling of lines, images and volumes, their gradients, morphology and patches."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.reference.cases.convolutions import IMAGE, LINE, VOLUME, numbers

FULL = [1, 2, 3, 1]
STEP = [1, 2, 2, 1]
TIES = np.ones((1, 4, 4, 1), np.float32)


def _fed(shape: Any, function: Any, values: Any = IMAGE) -> Any:
    def case(tf: Any) -> Any:
        x = tf.placeholder(tf.float32, shape, name="x")
        return function(tf, x), {x: values}

    return case


def _max(*arguments: Any, **named: Any) -> Any:
    return lambda tf: tf.nn.max_pool(IMAGE, *arguments, **named)


def _avg(*arguments: Any, **named: Any) -> Any:
    return lambda tf: tf.nn.avg_pool(IMAGE, *arguments, **named)


def _typed(function: str, dtype: str) -> Any:
    return lambda tf: getattr(tf.nn, function)(tf.constant(IMAGE * 8, tf.as_dtype(dtype)), FULL, STEP, "SAME")


def _max_backprop(tf: Any, x: Any, **named: Any) -> Any:
    y = tf.nn.max_pool(x, **named)
    grad = tf.raw_ops.MaxPoolGrad(orig_input=x, orig_output=y, grad=y * 2.0, **named)
    return grad, tf.raw_ops.MaxPoolGradGrad(orig_input=x, orig_output=y, grad=x + 1.0, **named)


def _avg_backprop(tf: Any, **named: Any) -> Any:
    y = tf.constant(2 + numbers(*tf.nn.avg_pool(IMAGE, **named).shape.as_list()))
    return tf.raw_ops.AvgPoolGrad(orig_input_shape=[2, 5, 6, 3], grad=y, **named)


def _volume_backprop(tf: Any, **named: Any) -> Any:
    y = tf.nn.max_pool3d(VOLUME, **named)
    grad = tf.raw_ops.MaxPool3DGrad(orig_input=VOLUME, orig_output=y, grad=y * 2.0, **named)
    mean = tf.raw_ops.AvgPool3DGrad(orig_input_shape=VOLUME.shape, grad=y, **named)
    return grad, mean


def _dilation_backprop(tf: Any, **named: Any) -> Any:
    weights = numbers(2, 3, 3)
    y = tf.nn.dilation2d(IMAGE, weights, **named)
    dx = tf.raw_ops.Dilation2DBackpropInput(input=IMAGE, filter=weights, out_backprop=y, **named)
    return y, dx, tf.raw_ops.Dilation2DBackpropFilter(input=IMAGE, filter=weights, out_backprop=y, **named)


def _argmax_backprop(tf: Any, **named: Any) -> Any:
    y, places = tf.nn.max_pool_with_argmax(IMAGE, FULL, STEP, "SAME", **named)
    raw = {"ksize": FULL, "strides": STEP, "padding": "SAME"}
    raw |= {"include_batch_in_index": named.get("include_batch_in_index", False)}
    return y, places, tf.raw_ops.MaxPoolGradWithArgmax(input=IMAGE, grad=y, argmax=places, **raw)


CASES = {
    "max_same": _max(FULL, STEP, "SAME"),
    "max_valid": _max(FULL, STEP, "VALID", name="largest"),
    "max_int": _max(2, 1, "VALID"),
    "max_pair": _max([3, 2], [2, 1], "SAME"),
    "max_named": lambda tf: tf.nn.max_pool(input=IMAGE, value=None, ksize=2, strides=2, padding="SAME"),
    "max_both": lambda tf: tf.nn.max_pool(IMAGE, 2, 2, "SAME", input=IMAGE),
    "max_explicit": _max(2, 2, [[0, 0], [1, 0], [1, 1], [0, 0]]),
    "max_too_large": _max(7, 1, "VALID"),
    "max_rank": lambda tf: tf.nn.max_pool(LINE, 2, 1, "VALID"),
    "max_batch": _max([2, 1, 1, 1], [1, 1, 1, 1], "VALID"),
    "max_channels": lambda tf: tf.nn.max_pool(numbers(1, 2, 3, 4), [1, 1, 1, 2], [1, 1, 1, 2], "VALID"),
    "max_zero": _max(0, 1, "VALID"),
    "max_padding": _max(2, 1, "valid"),
    "max_ksize": _max([2, 2, 2], 1, "VALID"),
    "max_nan": lambda tf: tf.nn.max_pool(np.where(numbers(1, 4, 4, 1) == 1, np.nan, 1).astype("f"), 2, 1, "VALID"),
    "max_unknown": _fed(None, lambda tf, x: tf.nn.max_pool(x, 2, 2, "SAME")),
    "max_batch_unknown": _fed([None, 5, 6, 3], lambda tf, x: tf.nn.max_pool(x, 2, 2, "VALID")),
    "max_large_fed": _fed(None, lambda tf, x: tf.nn.max_pool(x, 2, 2, "VALID"), numbers(1, 5, 5, 2)),
    **{f"max_{dtype}": _typed("max_pool", dtype) for dtype in ("float16", "float64", "int32", "int64", "int8")},
    **{f"avg_{dtype}": _typed("avg_pool", dtype) for dtype in ("float16", "float64")},
    "max_v2": lambda tf: tf.raw_ops.MaxPoolV2(input=IMAGE, ksize=FULL, strides=STEP, padding="SAME"),
    "max_v2_unknown": lambda tf: tf.raw_ops.MaxPoolV2(
        input=IMAGE, ksize=tf.placeholder_with_default(FULL, [4]), strides=STEP, padding="SAME"
    ),
    "avg_same": _avg(FULL, STEP, "SAME"),
    "avg_valid": _avg(FULL, STEP, "VALID", name="mean"),
    "avg_int": _avg(3, 1, "SAME"),
    "avg_integers": lambda tf: tf.nn.avg_pool(tf.constant(IMAGE, tf.int32), 2, 1, "SAME"),
    "avg_channels": _avg([1, 1, 1, 3], [1, 1, 1, 3], "VALID"),
    "max_pool2d": lambda tf: tf.nn.max_pool2d(IMAGE, 2, 2, "SAME"),
    "avg_pool2d": lambda tf: tf.nn.avg_pool2d(IMAGE, 2, 2, "SAME"),
    "max_pool1d": lambda tf: tf.nn.max_pool1d(LINE, 2, 2, "SAME"),
    "avg_pool1d": lambda tf: tf.nn.avg_pool1d(LINE, 3, 1, "VALID", name="lines"),
    "max_pool3d": lambda tf: tf.nn.max_pool3d(VOLUME, 2, 1, "SAME"),
    "avg_pool3d": lambda tf: tf.nn.avg_pool3d(VOLUME, [1, 2, 2, 3, 1], [1, 1, 2, 2, 1], "SAME"),
    "max_pool_v2": lambda tf: tf.nn.max_pool_v2(IMAGE, 2, 2, "SAME"),
    "max_pool_v2_line": lambda tf: tf.nn.max_pool_v2(LINE, 2, 2, "SAME", name="top"),
    "avg_pool_v2": lambda tf: tf.nn.avg_pool_v2(VOLUME, 2, 2, "SAME"),
    "argmax": lambda tf: tf.nn.max_pool_with_argmax(IMAGE, FULL, STEP, "SAME"),
    "argmax_ties": lambda tf: tf.nn.max_pool_with_argmax(
        np.concatenate([TIES, TIES]), [1, 3, 3, 1], STEP, "SAME", include_batch_in_index=True
    ),
    "argmax_int32": lambda tf: tf.nn.max_pool_with_argmax(IMAGE, FULL, STEP, "VALID", Targmax=tf.int32, name="at"),
    "argmax_format": lambda tf: tf.nn.max_pool_with_argmax(IMAGE, FULL, STEP, "SAME", "NCHW"),
    "argmax_backprop": _argmax_backprop,
    "argmax_backprop_batch": lambda tf: _argmax_backprop(tf, include_batch_in_index=True),
    "max_backprop": lambda tf: _max_backprop(tf, IMAGE, ksize=FULL, strides=STEP, padding="SAME"),
    "max_backprop_valid": lambda tf: _max_backprop(tf, IMAGE, ksize=FULL, strides=[1, 1, 1, 1], padding="VALID"),
    "max_backprop_ties": lambda tf: _max_backprop(tf, TIES, ksize=[1, 3, 3, 1], strides=STEP, padding="SAME"),
    "avg_backprop": lambda tf: _avg_backprop(tf, ksize=FULL, strides=STEP, padding="SAME"),
    "avg_backprop_valid": lambda tf: _avg_backprop(tf, ksize=FULL, strides=[1, 1, 1, 1], padding="VALID"),
    "volume_backprop": lambda tf: _volume_backprop(tf, ksize=[1, 2, 2, 2, 1], strides=[1, 1, 2, 2, 1], padding="SAME"),
    "pool_max": lambda tf: tf.nn.pool(IMAGE, [2, 2], "MAX", "SAME"),
    "pool_avg_strides": lambda tf: tf.nn.pool(IMAGE, [2, 2], "AVG", "VALID", strides=[2, 1], name="pooled"),
    "pool_rate": lambda tf: tf.nn.pool(IMAGE, [2, 2], "MAX", "SAME", dilation_rate=[2, 1]),
    "pool_avg_rate": lambda tf: tf.nn.pool(IMAGE, [2, 2], "AVG", "VALID", [2, 2]),
    "pool_line": lambda tf: tf.nn.pool(LINE, [2], "MAX", "SAME"),
    "pool_volume": lambda tf: tf.nn.pool(VOLUME, [2, 1, 2], "AVG", "SAME"),
    "pool_strides_above": lambda tf: tf.nn.pool(IMAGE, [2, 2], "MAX", "SAME", strides=[3, 1]),
    "pool_both": lambda tf: tf.nn.pool(IMAGE, [2, 2], "MAX", "SAME", strides=[2, 1], dilation_rate=[2, 2]),
    "dilation": lambda tf: _dilation_backprop(tf, strides=[1, 1, 1, 1], rates=[1, 1, 1, 1], padding="SAME"),
    "dilation_rates": lambda tf: _dilation_backprop(tf, strides=STEP, rates=[1, 2, 1, 1], padding="VALID"),
    "dilation_named": lambda tf: tf.nn.dilation2d(
        IMAGE, filters=numbers(2, 2, 3), strides=[1] * 4, padding="SAME", dilations=[1] * 4, name="grey"
    ),
    "dilation_depth": lambda tf: tf.nn.dilation2d(IMAGE, numbers(2, 2, 2), [1] * 4, [1] * 4, "SAME"),
    "erosion": lambda tf: tf.nn.erosion2d(IMAGE, numbers(2, 3, 3), [1] * 4, [1] * 4, "SAME"),
    "patches": lambda tf: tf.extract_image_patches(IMAGE, [1, 2, 3, 1], STEP, [1, 1, 1, 1], "SAME"),
    "patches_rates": lambda tf: tf.extract_image_patches(IMAGE, [1, 2, 2, 1], [1] * 4, [1, 2, 3, 1], "VALID"),
    "patches_sizes": lambda tf: tf.extract_image_patches(
        IMAGE, sizes=[1, 1, 1, 1], strides=STEP, rates=[1] * 4, padding="VALID"
    ),
    "patches_channels": lambda tf: tf.extract_image_patches(IMAGE, [1, 2, 3, 2], STEP, [1, 1, 1, 1], "SAME"),
    "volume_patches": lambda tf: tf.extract_volume_patches(VOLUME, [1, 2, 2, 3, 1], [1, 1, 2, 1, 1], "SAME"),
    "volume_patches_valid": lambda tf: tf.extract_volume_patches(VOLUME, [1, 2, 2, 3, 1], [1, 1, 2, 1, 1], "VALID"),
}
