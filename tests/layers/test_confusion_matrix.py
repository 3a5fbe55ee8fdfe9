"""`confusion_matrix`, with the answers of TensorFlow 1.15, and `assert_global_step`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf


@pytest.mark.parametrize(
    "settings, expected",
    [
        ({}, [[0, 0, 0], [1, 0, 0], [0, 1, 1]]),
        ({"num_classes": 4}, [[0, 0, 0, 0], [1, 0, 0, 0], [0, 1, 1, 0], [0, 0, 0, 0]]),
        ({"weights": [1.0, 2.0, 0.5], "dtype": tf.float32}, [[0, 0, 0], [1, 0, 0], [0, 0.5, 2]]),
    ],
)
def test_counts(settings: dict[str, Any], expected: Any) -> None:
    matrix = tf.confusion_matrix([1, 2, 2], [0, 2, 1], **settings)
    assert matrix.dtype is settings.get("dtype", tf.int32) and matrix.shape.as_list() == [len(expected)] * 2
    assert matrix.op.name == "confusion_matrix/SparseTensorDenseAdd"
    with tf.Session() as sess:
        assert sess.run(matrix).tolist() == expected
        assert sess.run(tf.math.confusion_matrix([[1], [2], [2]], [0, 2, 1], **settings)).tolist() == expected


@pytest.mark.parametrize(
    "labels, predictions, message",
    [
        ([0, 3], [1, 1], "`labels` out of bound"),
        ([0, 1], [-1, 1], "`predictions` contains negative values"),
        ([0, 1], [1, 5], "`predictions` out of bound"),
    ],
)
def test_classes_that_there_are_not(labels: Any, predictions: Any, message: str) -> None:
    x, y = (tf.placeholder(tf.int64, [None]) for _ in range(2))
    matrix = tf.confusion_matrix(x, y, num_classes=3)
    with tf.Session() as sess:
        for text in (message, f"{message}|invalid index"):  # compiled, the sum may be computed before the assertion
            with pytest.raises(tf.errors.InvalidArgumentError, match=text):
                sess.run(matrix, {x: labels, y: predictions})
            np.testing.assert_array_equal(sess.run(matrix, {x: [0], y: [2]}), [[0, 0, 1], [0, 0, 0], [0, 0, 0]])


def test_what_can_be_a_step_counter() -> None:
    tf.train.assert_global_step(tf.Variable(1))
    with pytest.raises(TypeError, match="does not have integer type"):
        tf.train.assert_global_step(tf.Variable(1.5))
    with pytest.raises(TypeError, match="is not scalar"):
        tf.train.assert_global_step(tf.Variable([1, 2]))
