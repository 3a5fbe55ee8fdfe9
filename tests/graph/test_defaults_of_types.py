"""Arrays and numbers take the default of a type attribute, as TensorFlow 1.15.5 was seen to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sessile as tf

ONES = np.ones([1, 4, 4, 3])

CASES: dict[str, tuple[Callable[[], Any], int, Any]] = {
    "histogram of float64": (lambda: tf.summary.histogram("h", ONES), 1, tf.float32),
    "histogram of integers": (lambda: tf.summary.histogram("h", [1, 2]), 1, tf.float32),
    "histogram of float16": (lambda: tf.summary.histogram("h", ONES.astype(np.float16)), 1, tf.float32),
    "image of uint8": (lambda: tf.summary.image("i", ONES.astype(np.uint8)), 1, tf.float32),
    "png of uint16": (lambda: tf.image.encode_png(ONES[0].astype(np.uint16)), 0, tf.uint8),
    "png of float64": (lambda: tf.image.encode_png(ONES[0]), 0, tf.uint8),
    "max_pool of uint8": (
        lambda: tf.nn.max_pool(ONES.astype(np.uint8), [1, 2, 2, 1], [1, 2, 2, 1], "SAME"),
        0,
        tf.float32,
    ),
    "lrn of float16": (lambda: tf.nn.local_response_normalization(ONES.astype(np.float16)), 0, tf.float32),
    "colours of float64": (lambda: tf.image.rgb_to_hsv(ONES), 0, tf.float32),
    "indices of a list": (lambda: tf.one_hot([0, 1], 3), 0, tf.int64),
    "indices of uint8": (lambda: tf.one_hot(np.array([0, 1], np.uint8), 3), 0, tf.int64),
    "shape of int64": (lambda: tf.reshape(ONES, np.array([-1])), 1, tf.int32),
    "shape of float64": (lambda: tf.reshape(ONES, np.array([-1.0])), 1, tf.int32),
    "scalar of int64": (lambda: tf.expand_dims(ONES, np.int64(0)), 1, tf.int32),
    "scalars of int64": (lambda: tf.tile(ONES, [np.int64(1)] * 4), 1, tf.int32),
    "lengths of int32": (lambda: tf.reverse_sequence(ONES, np.array([1], np.int32), 1), 1, tf.int64),
    "numbers of a band": (lambda: tf.matrix_band_part(ONES[0], -1, 0), 1, tf.int64),
    "float of a list": (lambda: tf.summary.histogram("h", [1.5]), 1, tf.float32),
    "tensor of int64": (lambda: tf.reshape(ONES, tf.constant([-1], tf.int64)), 1, tf.int64),
    "list with a tensor": (lambda: tf.reshape(ONES, [tf.constant(48, tf.int64), 1]), 1, tf.int64),
    "tensor of float64": (lambda: tf.summary.histogram("h", tf.constant(ONES)), 1, tf.float64),
}


@pytest.mark.parametrize("case", CASES)
def test_the_default_is_taken(case: str) -> None:
    make, position, dtype = CASES[case]
    with tf.Graph().as_default():
        assert make().op.inputs[position].dtype == dtype


def test_one_constant_is_made() -> None:
    with tf.Graph().as_default() as graph:
        tf.reshape(tf.zeros([4]), np.array([2.0, 2.0]))
        assert [op.name for op in graph.get_operations()] == ["zeros", "Reshape/shape", "Reshape"]


def test_integers_that_the_default_cannot_hold_keep_their_type() -> None:
    with tf.Graph().as_default():
        made = tf.reshape(tf.zeros([0]), np.array([0, 2**33]))
        assert made.op.inputs[1].dtype == tf.int64
        assert made.shape.as_list() == [0, 2**33]
