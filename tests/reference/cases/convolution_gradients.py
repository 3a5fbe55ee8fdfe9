"""Gradients, and gradients of gradients, of convolutions, pooling, morphology and patches."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.reference.cases.convolutions import DEPTH_FILTER, FILTER, IMAGE, VOLUME, VOLUME_FILTER, numbers


def _first(function: Any, *values: Any) -> Any:
    """The gradients of a function of constants, weighted so that they differ from place to place."""

    def case(tf: Any) -> Any:
        inputs = [tf.constant(value) for value in values]
        y = function(tf, *inputs)
        weights = tf.constant(numbers(*y.shape.as_list()))
        return tf.gradients(y, inputs, weights)

    return case


def _second(function: Any, *values: Any) -> Any:
    """The gradients of the gradients."""

    def case(tf: Any) -> Any:
        inputs = [tf.constant(value) for value in values]
        y = function(tf, *inputs)
        weights = tf.constant(numbers(*y.shape.as_list()))
        first = tf.gradients(y, inputs, weights)
        second = tf.gradients(first, [weights, *inputs], [tf.constant(1.5 * value) for value in values], name="again")
        return [value for value in second if value is not None]

    return case


def _both(name: str, function: Any, *values: Any) -> dict[str, Any]:
    return {name: _first(function, *values), f"{name}_twice": _second(function, *values)}


def _fed(function: Any) -> Any:
    def case(tf: Any) -> Any:
        x = tf.placeholder(tf.float32, [None, None, None, 3], name="x")
        y = function(tf, x)
        return tf.gradients(y, x, tf.square(y)), {x: IMAGE}

    return case


POSITIVE = (np.arange(180) * 37 % 181).astype(np.float32).reshape(2, 5, 6, 3) / 8

CASES = {
    **_both("conv2d", lambda tf, x, w: tf.nn.conv2d(x, w, [1, 2, 1, 1], "SAME"), IMAGE, FILTER),
    "conv2d_fed": _fed(lambda tf, x: tf.nn.conv2d(x, FILTER, [1, 1, 1, 1], "VALID")),
    "conv2d_explicit": _first(lambda tf, x, w: tf.nn.conv2d(x, w, 1, [[0, 0], [1, 1], [0, 1], [0, 0]]), IMAGE, FILTER),
    **_both("conv3d", lambda tf, x, w: tf.nn.conv3d(x, w, [1, 1, 2, 1, 1], "SAME"), VOLUME, VOLUME_FILTER),
    **_both("depthwise", lambda tf, x, w: tf.nn.depthwise_conv2d(x, w, [1, 1, 1, 1], "SAME"), IMAGE, DEPTH_FILTER),
    **_both("transpose", lambda tf, x, w: tf.nn.conv2d_transpose(x, w, [2, 10, 12, 5], 2), IMAGE, numbers(3, 2, 5, 3)),
    "conv1d": _first(lambda tf, x, w: tf.nn.conv1d(x, w, 2, "SAME"), numbers(2, 7, 3), numbers(3, 3, 2)),
    **_both("max_pool", lambda tf, x: tf.nn.max_pool(x, 2, 2, "SAME"), POSITIVE),
    "max_pool_fed": _fed(lambda tf, x: tf.nn.max_pool(x, 2, 1, "VALID")),
    "max_pool_v2": _first(
        lambda tf, x: tf.raw_ops.MaxPoolV2(input=x, ksize=[1, 2, 2, 1], strides=[1, 1, 2, 1], padding="SAME"), POSITIVE
    ),
    **_both("avg_pool", lambda tf, x: tf.nn.avg_pool(x, 3, 2, "SAME"), POSITIVE),
    "avg_pool_fed": _fed(lambda tf, x: tf.nn.avg_pool(x, 2, 2, "VALID")),
    **_both("max_pool3d", lambda tf, x: tf.nn.max_pool3d(x, 2, 1, "VALID"), POSITIVE.reshape(1, 3, 4, 5, 3)),
    **_both("avg_pool3d", lambda tf, x: tf.nn.avg_pool3d(x, 2, 2, "SAME"), POSITIVE.reshape(1, 3, 4, 5, 3)),
    "argmax": _first(lambda tf, x: tf.nn.max_pool_with_argmax(x, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")[0], POSITIVE),
    "dilation": _first(lambda tf, x, w: tf.nn.dilation2d(x, w, [1] * 4, [1] * 4, "SAME"), IMAGE, numbers(2, 2, 3)),
    "patches": _first(
        lambda tf, x: tf.extract_image_patches(x, [1, 2, 3, 1], [1, 2, 1, 1], [1, 1, 2, 1], "SAME"), IMAGE
    ),
    "volume_patches": _first(
        lambda tf, x: tf.extract_volume_patches(x, [1, 2, 2, 3, 1], [1, 1, 2, 1, 1], "SAME"), VOLUME
    ),
}
