"""`contrib.layers.rev_block` and `recompute_grad`; numbers are those of TensorFlow 1.15."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf

L = tf.contrib.layers


def dense(x: Any) -> Any:
    return tf.layers.dense(x, 2, kernel_initializer=tf.ones_initializer())


def inputs() -> tuple[Any, Any]:
    return tf.ones([1, 2]), tf.ones([1, 2]) * 2


def values_of(tensors: Any) -> list[Any]:
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        found: list[Any] = sess.run(tensors)
        return found


def test_gradients_of_reversible_layers() -> None:
    x1, x2 = inputs()
    y1, y2 = L.rev_block(x1, x2, dense, lambda x: 2 * dense(x), num_layers=2)
    assert [v.op.name for v in tf.trainable_variables()[:3]] == [
        "revblock/revlayer_0/f/dense/kernel", "revblock/revlayer_0/f/dense/bias", "revblock/revlayer_0/g/dense/kernel",
    ]  # fmt: skip
    count = len(tf.global_variables())
    found = values_of([y1, y2, *tf.gradients(y1 + 2 * y2, [x1, x2, *tf.trainable_variables()])])
    assert len(tf.global_variables()) == count == 8
    firsts = [float(np.ravel(value)[0]) for value in found]
    assert firsts == [49, 218, 89, 198, 178, 89, 200, 40, 198, 9, 196, 4]


def test_reversible_layers_take_more_inputs() -> None:
    x1, x2 = inputs()
    side = tf.constant([3.0, 4.0])
    made = [
        L.rev_block(x1, x2, lambda x, s: dense(x) * s[0], lambda x: tf.sin(dense(x)), 2, [side], is_training=training)
        for training in (True, False)
    ]
    ways = [[*tf.gradients(y1 * y2, [x1, x2, side]), y1, y2] for y1, y2 in made]
    for recomputed, kept in zip(*values_of(ways)):
        np.testing.assert_allclose(recomputed, kept, rtol=1e-4)
    with pytest.raises(AssertionError):
        L.rev_block(x1, x2, [dense], [dense, dense], num_layers=2)


def test_a_function_is_told_that_it_is_called_for_its_gradient() -> None:
    calls: list[bool] = []

    def scaled(x: Any, is_recomputing: bool = False) -> Any:
        calls.append(is_recomputing)
        return x * tf.get_variable("w", [2], initializer=tf.ones_initializer(), use_resource=True)

    x = tf.constant([1.0, 2.0])
    y = L.recompute_grad(scaled)(x)
    gradients = tf.gradients(y * y, [x, *tf.trainable_variables()])
    assert calls == [False, True]
    assert [value.tolist() for value in values_of(gradients)] == [[2, 4], [2, 8]]
    with pytest.raises(ValueError, match="All inputs to function must be Tensors"):
        L.recompute_grad(scaled)(1.0)
