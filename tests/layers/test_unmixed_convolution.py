"""`contrib.layers.separable_conv2d` with no outputs asked for: each channel by itself, as MobileNet's layers are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ({"stride": 2}, ["part/depthwise_weights:0", "part/biases:0"]),
        ({"rate": 2, "padding": "VALID"}, ["part/depthwise_weights:0", "part/biases:0"]),
        ({"kernel_size": [3, 2], "biases_initializer": None}, ["part/depthwise_weights:0"]),
        (
            {"normalizer_fn": tf.contrib.layers.layer_norm},
            ["depthwise_weights:0", "LayerNorm/beta:0", "LayerNorm/gamma:0"],
        ),
    ],
)
def test_channels_are_not_mixed_without_outputs(words: dict[str, Any], names: list[str]) -> None:
    tf.reset_default_graph()
    words = {"kernel_size": 3, "scope": "part", "depth_multiplier": 2, **words}
    x = tf.constant(np.random.RandomState(0).randn(2, 7, 6, 3).astype(np.float32))
    y = tf.contrib.layers.separable_conv2d(x, None, **words)
    variables = tf.contrib.framework.get_model_variables()
    assert [variable.name.removeprefix("part/") for variable in variables] == [n.removeprefix("part/") for n in names]
    stride, rate = words.get("stride", 1), words.get("rate", 1)
    alone: Any = tf.nn.depthwise_conv2d(
        x, variables[0], [1, stride, stride, 1], words.get("padding", "SAME"), rate=[rate, rate]
    )
    if "normalizer_fn" in words:
        alone = tf.contrib.layers.layer_norm(alone, reuse=True, scope="part/LayerNorm")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        np.testing.assert_allclose(*session.run([y, tf.nn.relu(alone)]), rtol=1e-5, atol=1e-5)
