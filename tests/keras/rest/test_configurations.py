"""Configurations of layers make the same layers again; what Keras takes and does not use is taken."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf

LAYERS = tf.keras.layers
KERNELS = {"kernel_initializer": "ones", "kernel_regularizer": "l2", "kernel_constraint": "non_neg"}


def test_models_of_separate_channels_and_stacked_cells() -> None:
    made = tf.keras.Sequential([
        LAYERS.DepthwiseConv2D(
            3, strides=2, depth_multiplier=2, padding="same", activation="relu", depthwise_initializer="he_normal",
            depthwise_regularizer="l2", input_shape=(6, 6, 3),
        ),
        LAYERS.SeparableConv2D(4, 2, pointwise_initializer="ones", depth_multiplier=2, depthwise_constraint="non_neg"),
        LAYERS.Reshape((4, 4)),
        LAYERS.RNN(LAYERS.StackedRNNCells([LAYERS.LSTMCell(3), LAYERS.GRUCell(2)]), return_sequences=True),
        LAYERS.CuDNNGRU(2, return_sequences=True),
        LAYERS.CuDNNLSTM(2),
    ])  # fmt: skip
    again = tf.keras.models.model_from_json(made.to_json())
    assert [weight.shape for weight in again.get_weights()] == [weight.shape for weight in made.get_weights()]
    assert len(again.losses) == len(made.losses) == 1
    assert again.layers[1].get_config()["depthwise_constraint"] is not None
    again.set_weights(made.get_weights())
    x = np.random.RandomState(0).rand(2, 6, 6, 3).astype(np.float32)
    np.testing.assert_allclose(again.predict(x), made.predict(x), rtol=1e-6)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (lambda: LAYERS.DepthwiseConv2D(3, dilation_rate=2, **KERNELS), [2, 4, 4, 3]),
        (lambda: LAYERS.DepthwiseConv2D(3, dilation_rate=2, padding="same"), [2, 8, 8, 3]),
        (lambda: LAYERS.SeparableConv2D(5, 3, **KERNELS), [2, 6, 6, 5]),
    ],
)
def test_settings_of_kernels_that_are_none(layer: Any, shape: list[int]) -> None:
    made = layer()
    y = made(tf.ones([2, 8, 8, 3]))
    assert y.shape.as_list() == shape == made.compute_output_shape([2, 8, 8, 3]).as_list()
    assert not made.losses


def test_dilated_windows_of_each_channel() -> None:
    x = np.arange(25, dtype=np.float32).reshape(1, 5, 5, 1)
    layer = LAYERS.DepthwiseConv2D(2, dilation_rate=3, depthwise_initializer="ones")
    y = layer(tf.constant(x))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        wanted = x[:, :2, :2] + x[:, 3:, :2] + x[:, :2, 3:] + x[:, 3:, 3:]
        np.testing.assert_array_equal(session.run(y), wanted)


@pytest.mark.parametrize("argument", [{"nope": 1}, {"kernel_initializer": "nope"}])
def test_what_is_not_understood(argument: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError), match="nope"):
        LAYERS.DepthwiseConv2D(3, **argument)
