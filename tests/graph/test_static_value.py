"""`get_static_value`: what TensorFlow tells from the graph alone, and what it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sessile as tf

KNOWN: dict[str, tuple[Callable[[], Any], Any]] = {
    "constant": (lambda: tf.constant([1.0, 2.0]), [1.0, 2.0]),
    "size": (lambda: tf.size(tf.zeros([2, 3])), 6),
    "cast": (lambda: tf.cast([1, 2], tf.float32), [1.0, 2.0]),
    "range": (lambda: tf.range(0.0, 1.0, 0.5), [0.0, 0.5]),
    "concat": (lambda: tf.concat([[1], [2]], 0), [1, 2]),
    "stack": (lambda: tf.stack([tf.constant(1), tf.constant(2)]), [1, 2]),
    "unstack": (lambda: tf.unstack(tf.constant([1, 2]))[1], 2),
    "split": (lambda: tf.split(tf.constant([1, 2]), 2)[0], [1]),
    "fill": (lambda: tf.fill([2], 3.0), [3.0, 3.0]),
    "equal": (lambda: tf.equal([1, 2], [1, 3]), [True, False]),
    "identity": (lambda: tf.identity(tf.constant(1)), 1),
    "stop_gradient": (lambda: tf.stop_gradient(tf.constant(1)), 1),
    "string": (lambda: tf.constant("a"), b"a"),
}
UNKNOWN: dict[str, Callable[[], Any]] = {
    "sum": lambda: tf.constant(1) + 1,
    "element": lambda: tf.constant([1, 2])[0],
    "default": lambda: tf.placeholder_with_default(3, []),
    "reshaped": lambda: tf.reshape(tf.constant([1, 2]), [2, 1]),
    "variable": lambda: tf.Variable(1.0),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known(name: str) -> None:
    """Through constants, shapes and the few operations that TensorFlow looks through."""
    make, expected = KNOWN[name]
    assert tf.get_static_value(make()).tolist() == expected


@pytest.mark.parametrize("name", UNKNOWN)
def test_unknown(name: str) -> None:
    """Others are not computed, even where that could be done."""
    assert tf.get_static_value(UNKNOWN[name]()) is None


def test_partial() -> None:
    """Of a stack, what is known; the rest is None."""
    extents = tf.shape(tf.placeholder(tf.float32, [None, 3]))
    row = tf.stack([extents[0], 3])
    assert tf.get_static_value(row) is None
    assert tf.get_static_value(row, partial=True).tolist() == [None, 3]
    assert tf.get_static_value(tf.stack([row, [4, 5]]), partial=True).tolist() == [[None, 3], [4, 5]]
    assert tf.get_static_value(tf.cast(row, tf.int64), partial=True) is None


def test_the_array_is_the_users_and_the_tensor_is_fixed() -> None:
    """Writing into the array changes nothing; feeding another value would make what was told wrong."""
    x = tf.constant([1, 2])
    assert tf.get_default_graph().is_feedable(x)
    array = tf.get_static_value(x)
    array[0] = 9
    assert tf.get_static_value(x).tolist() == [1, 2]
    assert not tf.get_default_graph().is_feedable(x)


def test_what_is_no_tensor_is_returned() -> None:
    """As it is."""
    array = np.ones(2)
    assert tf.get_static_value(array) is array and tf.get_static_value(3) == 3


def test_static_values_cost_little() -> None:
    """A graph with huge shapes is built at once: no value of many elements is computed for it."""
    assert tf.zeros([3, 4])[tf.range(10**9)[-1] :].shape.as_list() == [None, 4]
    assert tf.zeros(tf.segment_sum([1], [10**9])).shape.rank is None
    for dimensions in (tf.fill([10**9], 2), tf.tile([1], [10**9]), tf.broadcast_to([1], [10**9])):
        with pytest.raises(tf.errors.InternalError, match="more than maximum of 33554432"):
            tf.zeros(dimensions)


def test_list_inputs_are_told_apart_in_static_values() -> None:
    """`identity_n` has a list of any types: its outputs are its inputs, each."""
    first, second = tf.identity_n([[2, 3], [4, 5, 6]])
    assert tf.zeros(first).shape == [2, 3]
    assert tf.zeros(second).shape == [4, 5, 6]
    assert tf.reshape(tf.zeros([6]), tf.identity_n([[2, 3], [4, 5]])[0]).shape == [2, 3]
