"""Labels are checked against a shape that an earlier stage of the step has computed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf


def _count(shape: Any) -> Any:
    return np.int32(shape[1] - 3)


@pytest.mark.parametrize("steps", [1, 4])
def test_labels_are_checked_where_the_shape_comes_from_another_stage(steps: int) -> None:
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.float32, [None, None])
        labels = tf.placeholder(tf.int32, [None])
        more = tf.py_func(_count, [tf.shape(x)], tf.int32)
        more.set_shape([])
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels + more, logits=x)
        for _ in range(steps):
            found = sess.run(loss, {x: np.zeros([2, 3], np.float32), labels: [0, 2]})
        np.testing.assert_allclose(found, np.log([3, 3]), rtol=1e-6)
        with pytest.raises(tf.errors.InvalidArgumentError, match="Received a label value of 5"):
            sess.run(loss, {x: np.zeros([2, 3], np.float32), labels: [0, 5]})
