"""`contrib.sparsemax`; the values are those of TensorFlow 1.15.5."""

from __future__ import annotations

import numpy as np
import pytest

import sessile as tf

INF, NAN = np.inf, np.nan
X = np.array(
    [[1, 2, 3, 2.5], [0, 0, 0, 0], [-5, 100, 1, 99.5], [-INF, 1, 2, 3], [INF, 1, 2, 3], [NAN, 1, 2, 3], [-INF] * 4],
    np.float32,
)
LABELS = np.eye(4, dtype=np.float32)[[0, 1, 1, 1, 0, 1, 1]]
P = [[0, 0, 0.75, 0.25], [0.25] * 4, [0, 0.75, 0, 0.25], [0, 0, 0, 1], [NAN] * 4, [NAN] * 4, [NAN] * 4]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_probabilities(dtype: str) -> None:
    with tf.Session() as session:
        found = session.run(tf.contrib.sparsemax.sparsemax(X.astype(dtype)))
    assert found.dtype == dtype
    np.testing.assert_allclose(found, P)


def test_losses() -> None:
    x = tf.constant(X)
    loss = tf.contrib.sparsemax.sparsemax_loss(x, tf.contrib.sparsemax.sparsemax(x), LABELS)
    with tf.Session() as session:
        np.testing.assert_allclose(session.run(loss), [2.0625, 0.375, 0.0625, 2.0, NAN, NAN, NAN])


def test_gradients() -> None:
    """The gradient of the loss is the probabilities less the labels."""
    x = tf.constant(X[:3])
    p = tf.contrib.sparsemax.sparsemax(x)
    loss = tf.contrib.sparsemax.sparsemax_loss(x, p, LABELS[:3])
    weighted = p * tf.constant([0.0, 1.0, 2.0, 3.0])
    with tf.Session() as session:
        of_loss, of_p = session.run([*tf.gradients(loss, x), *tf.gradients(weighted, x)])
    np.testing.assert_allclose(of_loss, P[:3] - LABELS[:3], atol=1e-6)
    np.testing.assert_allclose(of_p, [[0, 0, -0.5, 0.5], [-1.5, -0.5, 0.5, 1.5], [0, -1, 0, 1]], atol=1e-6)


def test_shapes_and_names() -> None:
    x = tf.placeholder(tf.float32, [None, 4])
    p = tf.contrib.sparsemax.sparsemax(x)
    loss = tf.contrib.sparsemax.sparsemax_loss(x, p, tf.zeros([2, 4]))
    assert (p.name, p.shape.as_list()) == ("sparsemax/Select:0", [None, 4])
    assert (loss.name, loss.shape.as_list()) == ("sparsemax_loss/Sum:0", [2])
    with pytest.raises(ValueError, match="out of bounds"):
        tf.contrib.sparsemax.sparsemax([1.0, 2.0])
    with tf.Session() as session:
        assert session.run(tf.contrib.sparsemax.sparsemax(tf.zeros([0, 3]))).shape == (0, 3)
