"""Partial runs whose calls cut graphs with loops and branches, as TensorFlow 1 runs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sessile as tf

X = np.array([1.0, 2.0], np.float32)


def _loop(x: Any, v: Any) -> Any:
    return tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * v + x), [tf.constant(0), x])[1]


def _nested(x: Any, v: Any) -> Any:
    def body(i: Any, y: Any) -> Any:
        return i + 1, tf.while_loop(lambda j, z: j < 2, lambda j, z: (j + 1, z * v), [0, y + x])[1]

    return tf.while_loop(lambda i, y: i < 2, body, [0, x])[1]


def _branch(x: Any, v: Any) -> Any:
    return tf.cond(x[0] > 0, lambda: tf.square(tf.exp(x * v)), lambda: x - v)


def _branch_in_loop(x: Any, v: Any) -> Any:
    def body(i: Any, y: Any) -> Any:
        return i + 1, tf.cond(i < 1, lambda: y * v, lambda: y + v * v)

    return tf.while_loop(lambda i, y: i < 3, body, [0, x])[1]


def _cell(x: Any, v: Any) -> Any:
    cell = tf.nn.rnn_cell.GRUCell(2, kernel_initializer=tf.ones_initializer())
    inputs = tf.reshape(tf.tile(x * v, [3]), [1, 3, 2])
    return tf.nn.dynamic_rnn(cell, inputs, dtype=tf.float32)[0][0, -1]


@pytest.mark.parametrize("make", [_loop, _nested, _branch, _branch_in_loop, _cell])
@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("together", [False, True])
def test_a_gradient_in_a_later_call(make: Callable[[Any, Any], Any], sign: float, together: bool) -> None:
    x, scale = tf.placeholder(tf.float32, [2]), tf.placeholder(tf.float32, [])
    v = tf.get_variable("v", initializer=[1.5, 0.5])
    y = make(x, v)
    loss = tf.reduce_sum(y) * scale
    (slope,) = tf.gradients(loss, v)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        wanted = session.run([y, loss, slope], {x: sign * X, scale: 3.0})
        for _ in range(2):
            handle = session.partial_run_setup([y, loss, slope], [x, scale])
            found = [session.partial_run(handle, y, {x: sign * X})]
            if together:
                found += session.partial_run(handle, [loss, slope], {scale: 3.0})
            else:
                found += [session.partial_run(handle, loss, {scale: 3.0}), session.partial_run(handle, slope)]
            for value, expected in zip(found, wanted, strict=True):
                np.testing.assert_allclose(value, expected, rtol=1e-5)


def test_a_branch_that_draws_numbers_is_not_cut() -> None:
    x, scale = tf.placeholder(tf.float32, [2]), tf.placeholder(tf.float32, [])
    y = tf.cond(x[0] > 0, lambda: x * x * tf.random_uniform([2]), lambda: x)
    (slope,) = tf.gradients(y * scale, x)
    with tf.Session() as session:
        handle = session.partial_run_setup([y, slope], [x, scale])
        with pytest.raises(tf.errors.InvalidArgumentError, match="may run only once. Fetch these in one call"):
            session.partial_run(handle, y, {x: X})
        first, second = session.partial_run(handle, [y, slope], {x: X, scale: 1.0})
        np.testing.assert_allclose(second, 2.0 * first / X, rtol=1e-5)


def test_a_branch_that_assigns_runs_once() -> None:
    x, scale = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
    v = tf.get_variable("v", initializer=0.0, use_resource=True)
    y = tf.cond(x > 0, lambda: tf.identity(v.assign_add(1.0)), lambda: x)
    product = y * scale
    with tf.Session() as session:
        session.run(v.initializer)
        handle = session.partial_run_setup([y, product], [x, scale])
        assert session.partial_run(handle, y, {x: 1.0}) == 1.0
        assert session.partial_run(handle, product, {scale: 5.0}) == 5.0
        assert session.run(v) == 1.0
