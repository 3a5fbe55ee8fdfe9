"""Layers take functions by name and configuration, as Keras's do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"kernel_initializer": "ones", "activation": "relu"}, [[6.0, 6.0], [0.0, 0.0]]),
        ({"kernel_initializer": "ones", "bias_initializer": "ones"}, [[7.0, 7.0], [-5.0, -5.0]]),
        ({"kernel_initializer": {"class_name": "Constant", "config": {"value": 2.0}}}, [[12.0, 12.0], [-12.0, -12.0]]),
        ({"kernel_initializer": "zeros", "activation": "sigmoid"}, [[0.5, 0.5], [0.5, 0.5]]),
    ],
)
def test_names(arguments: dict[str, Any], expected: Any) -> None:
    y = tf.layers.dense(tf.constant([[1.0, 2.0, 3.0], [-1.0, -2.0, -3.0]]), 2, **arguments)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        np.testing.assert_allclose(session.run(y), expected)


def test_regularizers_and_constraints() -> None:
    x = tf.ones([2, 4, 4, 3])
    tf.layers.conv2d(x, 5, 3, kernel_initializer="ones", kernel_regularizer="l2", kernel_constraint="non_neg")
    (variable, _), (loss,) = tf.trainable_variables(), tf.losses.get_regularization_losses()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(loss) == pytest.approx(0.01 * 135)
        np.testing.assert_array_equal(session.run(variable.constraint(-variable)), np.zeros([3, 3, 3, 5]))
    separable = tf.layers.SeparableConv2D(2, 3, depthwise_initializer="he_normal", pointwise_initializer="ones")
    normal = tf.layers.BatchNormalization(gamma_initializer="zeros", beta_initializer="ones")
    y = normal(separable(x))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        np.testing.assert_array_equal(session.run(y), np.ones([2, 2, 2, 2]))


@pytest.mark.parametrize("argument", ["kernel_initializer", "kernel_regularizer", "kernel_constraint", "activation"])
def test_names_of_nothing(argument: str) -> None:
    with pytest.raises(ValueError, match="no_such_thing"):
        tf.layers.dense(tf.ones([2, 3]), 2, **{argument: "no_such_thing"})
