"""Layers told to cast their inputs do; others get them as they are, as in TensorFlow 1.15."""

import numpy as np
import pytest

import sessile as tf


@pytest.mark.parametrize("base", [tf.keras.layers.Layer, tf.layers.Layer])
@pytest.mark.parametrize(
    "autocast, dtype, wanted", [(True, "float32", tf.float32), (False, "float32", tf.float64), (True, None, tf.float64)]
)
def test_only_layers_that_cast_get_floats_of_their_own_type(base, autocast, dtype, wanted):
    class Doubled(base):
        def call(self, inputs):
            return inputs * 2

    layer = Doubled(autocast=autocast, dtype=dtype)
    doubled = layer(tf.constant([1.0, 2.0], dtype=tf.float64))
    assert doubled.dtype == wanted
    with tf.Session() as session:
        np.testing.assert_array_equal(session.run(doubled), [2, 4])


def test_integers_are_not_cast():
    class Doubled(tf.keras.layers.Layer):
        def call(self, inputs):
            return inputs * 2

    assert Doubled(autocast=True, dtype="float32")(tf.constant([1, 2])).dtype == tf.int32


def test_ready_layers_take_the_argument():
    assert "autocast" not in tf.keras.layers.Dense(3, autocast=False).get_config()
    assert tf.layers.Dense(3, autocast=True, dtype=tf.float32)(tf.ones([2, 2], tf.float64)).dtype == tf.float32
