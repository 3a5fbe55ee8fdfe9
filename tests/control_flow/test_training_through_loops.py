"""Optimizers train what enters a loop, and what it uses: gradients of both are joined behind one gate."""

from __future__ import annotations

import numpy as np
import pytest

import sessile as tf

ROWS = np.array([[1.0, 2.0], [0.5, -1.0]], np.float32)


@pytest.mark.parametrize("way", ["run", "callable"])
def test_what_enters_a_loop_is_trained(way: str) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        weights = tf.Variable([[0.5, 0.1], [0.2, 0.9]])
        x = tf.placeholder(tf.float32, [None, 2])
        body = lambda i, y: (i + 1, tf.tanh(tf.matmul(y, weights)))  # noqa: E731
        _, y = tf.while_loop(lambda i, y: i < 3, body, (0, tf.matmul(x, weights)))
        loss = tf.reduce_mean(tf.square(y - 1.0))
        step = tf.train.MomentumOptimizer(0.3, 0.9).minimize(loss)
        session.run(tf.global_variables_initializer())
        call = session.make_callable([loss, step], [x])
        losses = [(call(ROWS) if way == "callable" else session.run([loss, step], {x: ROWS}))[0] for _ in range(6)]
    recorded = [1.0326307, 0.83477235, 0.65797174, 0.1757287, 0.036918744, 0.010091921]  # by TensorFlow 1.15
    np.testing.assert_allclose(losses, recorded, rtol=2e-4)
