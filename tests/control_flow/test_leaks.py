"""What is made in a loop is used there: elsewhere TensorFlow 1.15 refuses it while the graph is built, as here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sessile.compiler.plan.frames import topological

import sessile as tf


class _Frame:
    def __init__(self, name: str | bytes) -> None:
        self.name = name


def _leaked(make: Callable[[Any], Any] = lambda i: i * 2) -> Any:
    found: list[Any] = []

    def body(i: Any) -> Any:
        found.append(make(i))
        return i + 1

    tf.while_loop(lambda i: i < 3, body, [0])
    return found[0]


@pytest.mark.parametrize(
    "make", [lambda i: i * 2, lambda i: tf.constant(3), lambda i: tf.random_uniform([], 0, 3, tf.int32)]
)
def test_a_value_of_a_loop_is_not_used_outside(make: Callable[[Any], Any]) -> None:
    leaked = _leaked(make)
    with pytest.raises(
        ValueError, match=f"Cannot use '{leaked.op.name}' as input to 'add' because .* is in a while loop"
    ):
        leaked + 1
    with pytest.raises(ValueError, match="in a while loop"):
        tf.cond(tf.constant(True), lambda: leaked + 1, lambda: 3)


def test_a_value_of_a_loop_is_not_used_in_another() -> None:
    leaked = _leaked()
    with pytest.raises(ValueError, match="as input to 'while_1/add' because they are in different while loops"):
        tf.while_loop(lambda i: i < 3, lambda i: i + leaked, [0])


def test_a_value_of_an_inner_loop_is_not_used_in_the_outer_one() -> None:
    with pytest.raises(ValueError, match="because they are in different while loops"):
        tf.while_loop(lambda i: i < 9, lambda i: i + _leaked(), [0])


def test_a_value_of_an_outer_loop_is_used_in_the_inner_one() -> None:
    def body(i: Any) -> Any:
        step = i * 2 + 1
        return i + tf.while_loop(lambda j: j < 3, lambda j: j + step, [0])

    with tf.Session() as sess:
        assert sess.run(tf.while_loop(lambda i: i < 9, body, [0])) == 10


def test_regularizers_of_variables_made_in_a_loop_stand_outside() -> None:
    # It was a loss within the loop, so that no optimizer could follow it: a cycle.
    cell = tf.nn.rnn_cell.GRUCell(3)
    x = tf.ones([2, 4, 3])
    with tf.variable_scope("net", regularizer=lambda w: tf.nn.l2_loss(w) * 0.01):
        _, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
        made = tf.cond(tf.reduce_sum(x) < 0, lambda: tf.get_variable("v", [2]) * 2.0, lambda: tf.ones([2]))
    losses = tf.losses.get_regularization_losses()
    assert [loss.name for loss in losses[::4]] == [
        "net/rnn/gru_cell/gates/kernel/Regularizer/mul:0", "net/v/Regularizer/mul:0",
    ]  # fmt: skip
    assert [loss.op._get_control_flow_context() for loss in losses] == [None] * 5
    loss = tf.reduce_mean(tf.square(state - 1.0)) + tf.losses.get_regularization_loss()
    train = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        before, weights = sess.run([tf.losses.get_regularization_loss(), tf.trainable_variables()])
        np.testing.assert_allclose(before, sum(0.005 * np.sum(w * w) for w in weights), rtol=1e-5)
        first = sess.run(loss)
        for _ in range(5):
            sess.run(train)
        assert sess.run(loss) < first
        sess.run(made)


def test_regularizers_wait_for_nothing() -> None:
    with tf.control_dependencies([tf.constant(1)]):
        tf.get_variable("v", [2], regularizer=tf.nn.l2_loss)
    assert tf.losses.get_regularization_losses()[0].op.control_inputs == []


def test_a_cycle_through_a_loop_is_named() -> None:
    nodes = [_Frame(b"loop"), _Frame("add")]
    with pytest.raises(tf.errors.InvalidArgumentError, match="cycle through add, loop"):
        topological(nodes, lambda node: [other for other in nodes if other is not node], lambda node: 0)
