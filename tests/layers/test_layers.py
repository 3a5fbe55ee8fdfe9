"""Layers: names and shapes of variables as in TensorFlow, what they compute, reuse, collections, errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf


def placeholder(*extents: int | None) -> Any:
    return tf.placeholder(tf.float32, extents, name="x")


def names() -> list[tuple[str, list[int]]]:
    return [(v.name, v.shape.as_list()) for v in tf.global_variables()]


def test_dense_has_kernel_and_bias() -> None:
    y = tf.layers.dense(tf.layers.dense(placeholder(None, 4), 3), 2, activation=tf.nn.relu, name="out")
    assert names() == [
        ("dense/kernel:0", [4, 3]), ("dense/bias:0", [3]), ("out/kernel:0", [3, 2]), ("out/bias:0", [2]),
    ]  # fmt: skip
    assert (y.name, y.shape.as_list()) == ("out/Relu:0", [None, 2])


def test_dense_computes_the_product() -> None:
    x = placeholder(None, 2, 3)
    y = tf.layers.dense(x, 2, kernel_initializer=tf.constant_initializer(2.0), bias_initializer=tf.ones_initializer())
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        np.testing.assert_allclose(sess.run(y, {x: np.ones((1, 2, 3))}), np.full((1, 2, 2), 7.0))
    assert y.shape.as_list() == [None, 2, 2]


def test_names_count_up_and_scopes_are_kept() -> None:
    x = placeholder(None, 4)
    with tf.variable_scope("net"):
        tf.layers.dense(x, 1)
        tf.layers.dense(x, 1)
    tf.layers.dense(x, 1)
    assert [n for n, _ in names()][::2] == ["net/dense/kernel:0", "net/dense_1/kernel:0", "dense/kernel:0"]


def test_a_layer_object_keeps_its_variables() -> None:
    layer, x = tf.layers.Dense(3, use_bias=False), placeholder(None, 4)
    first, second = layer(x), layer(x)
    assert (first.name, second.name) == ("dense/MatMul:0", "dense/MatMul_1:0")
    assert layer.trainable_variables == tf.global_variables() == [layer.kernel]
    assert layer.count_params() == 12


def test_reuse() -> None:
    x = placeholder(None, 4)
    tf.layers.dense(x, 3, name="d")
    tf.layers.dense(x, 3, name="d", reuse=True)
    with tf.variable_scope("", reuse=tf.AUTO_REUSE):
        tf.layers.dense(x, 3, name="d")
    assert len(names()) == 2
    with pytest.raises(ValueError, match="already exists"):
        tf.layers.dense(x, 3, name="d")


def test_regularizers_and_updates_are_collected() -> None:
    x = placeholder(None, 4)
    tf.layers.dense(x, 3, kernel_regularizer=lambda w: tf.reduce_sum(w), activity_regularizer=tf.reduce_mean)
    assert len(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)) == 2
    tf.layers.batch_normalization(x, training=True)
    assert len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)) == 2


def test_convolution_and_pooling() -> None:
    x = placeholder(None, 8, 8, 3)
    y = tf.layers.conv2d(x, 4, [3, 3], strides=2, padding="same", activation=tf.nn.relu)
    z = tf.layers.max_pooling2d(y, 2, 2)
    assert names() == [("conv2d/kernel:0", [3, 3, 3, 4]), ("conv2d/bias:0", [4])]
    assert (y.shape.as_list(), z.shape.as_list()) == ([None, 4, 4, 4], [None, 2, 2, 4])
    assert tf.layers.flatten(z).shape.as_list() == [None, 16]
    up = tf.layers.conv2d_transpose(z, 5, 3, strides=(2, 2), padding="same")
    assert up.shape.as_list() == [None, 4, 4, 5]
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        assert sess.run(up, {x: np.zeros((2, 8, 8, 3))}).shape == (2, 4, 4, 5)


@pytest.mark.parametrize("function", ["conv1d", "separable_conv1d"])
def test_convolution_of_lines(function: str) -> None:
    y = getattr(tf.layers, function)(placeholder(2, 10, 3), 4, 3)
    assert y.shape.as_list() == [2, 8, 4]


def test_batch_normalization_without_the_fused_operation() -> None:
    x = placeholder(None, 3)
    values = np.array([[1.0, 2.0, 3.0], [3.0, 6.0, 9.0]], np.float32)
    trained = tf.layers.batch_normalization(x, training=True, momentum=0.5)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        result, _ = sess.run([trained, tf.get_collection(tf.GraphKeys.UPDATE_OPS)], {x: values})
        np.testing.assert_allclose(result, [[-1, -1, -1], [1, 1, 1]], atol=1e-3)
        mean, variance = sess.run(tf.global_variables()[2:])
    np.testing.assert_allclose(mean, [1.0, 2.0, 3.0])
    np.testing.assert_allclose(variance, [1.0, 2.5, 5.0])


def test_dropout_is_off_unless_training() -> None:
    x = placeholder(None, 100)
    with tf.Session() as sess:
        same, some = sess.run([tf.layers.dropout(x), tf.layers.dropout(x, 0.25, training=True)], {x: np.ones((9, 100))})
    assert (same == 1).all()
    assert np.round(np.unique(some), 4).tolist() == pytest.approx([0.0, 1.3333])


def test_inputs_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="expected ndim=4, found ndim=2"):
        tf.layers.conv2d(placeholder(None, 3), 4, 3)
    with pytest.raises(ValueError, match="last dimension of the inputs to `Dense` should be defined"):
        tf.layers.dense(placeholder(None, None), 3)
    with pytest.raises(ValueError, match="must be a tuple of 2 integers"):
        tf.layers.conv2d(placeholder(None, 8, 8, 3), 4, (3, 3, 3))


def test_unnamed_layers_are_found_again_when_a_scope_is_opened_again() -> None:
    """A discriminator that is built twice has one set of variables: default names begin anew in a scope."""

    def network(x: Any, reuse: Any = None) -> None:
        with tf.variable_scope("D", reuse=reuse), tf.variable_scope(None, "part"):
            tf.layers.dense(tf.layers.dense(x, 3), 1)

    network(placeholder(None, 4))
    network(placeholder(None, 4), reuse=True)
    with tf.variable_scope("D") as scope:
        pass
    with tf.variable_scope(scope, reuse=tf.AUTO_REUSE):
        tf.layers.dense(placeholder(None, 4), 3)
    assert [name for name, _ in names()] == [
        "D/part/dense/kernel:0", "D/part/dense/bias:0", "D/part/dense_1/kernel:0", "D/part/dense_1/bias:0",
        "D/dense/kernel:0", "D/dense/bias:0",
    ]  # fmt: skip


def test_losses_of_activities_are_means_over_the_batch() -> None:
    x, ones = placeholder(None, 4), tf.ones([3, 4])
    regularizer = tf.contrib.layers.l2_regularizer(0.01)
    layer = tf.layers.Dense(
        2, kernel_initializer="ones", kernel_regularizer=regularizer, activity_regularizer=regularizer
    )
    layer(x), layer(ones)
    tf.layers.conv2d(
        tf.ones([2, 5, 5, 1]), 2, 3, activity_regularizer=tf.reduce_sum, kernel_initializer="ones", name="c"
    )
    losses = tf.losses.get_regularization_losses()
    assert [loss.name for loss in losses] == [
        "dense/kernel/Regularizer/l2_regularizer:0", "dense/ActivityRegularizer/truediv:0",
        "dense/ActivityRegularizer_1/truediv:0", "c/ActivityRegularizer/truediv:0",
    ]  # fmt: skip
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        # TensorFlow 1.15.5's numbers; they were those of the whole batch.
        np.testing.assert_allclose(sess.run(losses, {x: np.ones([5, 4])}), [0.04, 0.16, 0.16, 162.0], rtol=1e-6)
    assert layer.get_losses_for(x) == losses[1:2]
    assert layer.get_losses_for(ones) == losses[2:3]
    assert layer.get_losses_for(None) == losses[:1]
