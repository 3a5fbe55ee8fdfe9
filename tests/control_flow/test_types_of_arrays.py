"""A value of another type than its TensorArray's is refused where it is written: in the step, as in TensorFlow 1.15."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sessile as tf


def _array() -> Any:
    return tf.TensorArray(tf.float32, 3)


def _mapped(kept: int) -> Any:
    """A function that returns an integer where a float was promised: the second of two."""
    x = tf.placeholder_with_default(np.arange(3, dtype=np.float32), [None])
    results = tf.map_fn(lambda e: (e * 2.0, tf.cast(e, tf.int32)), x, dtype=(tf.float32, tf.float32))
    return results[kept]


WRITES: dict[str, Callable[[], Any]] = {
    "write": lambda: _array().write(0, tf.zeros([2], tf.int32)).flow,
    "unstack": lambda: _array().unstack(tf.zeros([3, 2], tf.int32)).flow,
    "scatter": lambda: _array().scatter([2, 0], tf.zeros([2, 2], tf.int32)).flow,
    "mapped": lambda: _mapped(1),
    "doubles": lambda: tf.map_fn(lambda e: tf.cast(e, tf.float64), tf.ones([3])),
}


@pytest.mark.parametrize("name", WRITES)
def test_another_type_is_refused_in_the_step(name: str) -> None:
    fetch = WRITES[name]()
    with tf.Session() as sess:
        for _ in range(3):  # interpreted, then compiled
            with pytest.raises(tf.errors.InvalidArgumentError, match="TensorArray dtype is float32 but Op is trying"):
                sess.run(fetch)


def test_what_is_not_fetched_may_be_of_any_type() -> None:
    # DeepPavlov's constrained softmax promises a float for the mask, which it does not use.
    kept = _mapped(0)
    slope = tf.gradients(kept, kept.graph.get_tensor_by_name("PlaceholderWithDefault:0"))[0]
    with tf.Session() as sess:
        for _ in range(3):
            values, slopes = sess.run([kept, slope])
            np.testing.assert_array_equal(values, [0.0, 2.0, 4.0])
            np.testing.assert_array_equal(slopes, [2.0, 2.0, 2.0])


def test_a_split_is_converted_or_refused_at_once() -> None:
    with pytest.raises(ValueError, match="dtype float32 for Tensor with dtype int32"):
        _array().split(tf.zeros([3, 2], tf.int32), [1, 1, 1])
