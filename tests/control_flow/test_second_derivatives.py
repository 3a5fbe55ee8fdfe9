"""Derivatives of derivatives in a loop in a branch, as natural gradients take them (Tensorforce's trust regions)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf


@pytest.mark.parametrize("use_resource", [True, False])
@pytest.mark.parametrize("side", [True, False])
def test_gradients_of_gradients_in_a_loop_of_a_branch(use_resource: bool, side: bool) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        start = np.array([1.0, 2.0], np.float32)
        weights = tf.get_variable("weights", initializer=start, use_resource=use_resource)
        x, pred = tf.placeholder(tf.float32, [2]), tf.placeholder(tf.bool, [])

        def turn(i: Any, a: Any) -> Any:
            loss = tf.reduce_sum(x * weights * weights * weights)
            (first,) = tf.gradients(loss, weights)
            (second,) = tf.gradients(tf.reduce_sum(first * tf.stop_gradient(a)), weights)
            assert first.shape.as_list() == ([None] if use_resource else [2])  # as in TensorFlow 1.15
            return i + 1, a + 0.1 * second

        def inside() -> Any:
            return tf.while_loop(lambda i, _: i < 3, turn, [0, tf.ones([2])], back_prop=False)[1]

        branches = [inside, lambda: tf.zeros([2])]
        result = tf.cond(pred, *(branches if side else branches[::-1]))
        session.run(tf.global_variables_initializer())
        # Where the loop stands in the second branch, TensorFlow 1.15 has no value: the derivatives are dead there.
        found = session.run(result, {x: [1.0, 2.0], pred: side})
        np.testing.assert_allclose(found, [4.0959997, 39.304005], rtol=1e-5)  # TensorFlow 1.15's
        assert session.run(result, {x: [1.0, 2.0], pred: not side}).tolist() == [0.0, 0.0]


def test_shapes_of_variables_are_known_behind_switches_and_identities() -> None:
    with tf.Graph().as_default():
        handle = tf.get_variable("v", [2, 3], use_resource=True).handle
        switched = tf.raw_ops.Switch(data=handle, pred=tf.placeholder(tf.bool, []))
        for passed in (tf.identity(handle), switched[0], switched[1]):
            assert tf.raw_ops.VariableShape(input=passed).shape.as_list() == [2]
            assert tf.raw_ops.ReadVariableOp(resource=passed, dtype=tf.float32).shape.as_list() == [2, 3]
            gathered = tf.raw_ops.ResourceGather(resource=passed, indices=[1], dtype=tf.float32)
            assert gathered.shape.as_list() == [1, 3]


@pytest.mark.parametrize("dtype", [tf.float32, tf.int64, tf.bool, tf.string])
def test_many_zeros_are_filled_as_zeros_are(dtype: Any) -> None:
    with tf.Graph().as_default() as graph:
        tf.zeros_like(tf.placeholder(dtype, [40, 25], name="x"))
        tf.zeros_like(tf.placeholder(dtype, [9, 111], name="y"), name="few")
        made = [(operation.type, operation.name) for operation in graph.get_operations()]
    assert made == [
        ("Placeholder", "x"),
        ("Const", "zeros_like/shape_as_tensor"),
        ("Const", "zeros_like/Const"),
        ("Fill", "zeros_like"),
        ("Placeholder", "y"),
        ("Const", "few"),
    ]
