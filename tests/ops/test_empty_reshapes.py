"""Reshapes of shapes that have no elements: any empty shape fits, and tells nothing of sizes that are not known."""

from __future__ import annotations

from typing import Any

import pytest

import sessile as tf


def ran(tensor: Any, feeds: Any = None) -> tuple[int, ...]:
    """Return the shape of a tensor's value, which its static shape has to allow."""
    with tf.Session() as session:
        shape: tuple[int, ...] = session.run(tensor, feeds).shape
    assert tensor.shape.is_compatible_with(shape)
    return shape


@pytest.mark.parametrize(("before", "after"), [([0, 3], [0]), ([0], [0, 3]), ([2, 0, 3], [5, 0]), ([3, 0], [0, 0])])
def test_empty_shapes_become_any_empty_shape(before: list[int], after: list[int]) -> None:
    assert ran(tf.reshape(tf.zeros(before), after)) == tuple(after)
    fed = tf.placeholder(tf.float32)
    wanted = tf.placeholder(tf.int32)
    assert ran(tf.reshape(fed, wanted), {fed: tf.Session().run(tf.zeros(before)), wanted: after}) == tuple(after)


def test_empty_shapes_do_not_become_full_ones() -> None:
    with pytest.raises(ValueError, match="Cannot reshape a tensor with 0 elements"):
        tf.reshape(tf.zeros([0, 3]), [3])


def test_sizes_that_are_not_known_stay_open_in_empty_shapes() -> None:
    size = tf.placeholder(tf.int32, [])
    reshaped = tf.reshape(tf.zeros([4, 0, 3]), tf.stack([size, 0]))
    assert reshaped.shape.as_list() == [None, 0]
    assert ran(reshaped, {size: 7}) == (7, 0)


def test_functions_that_reshape_take_empty_tensors() -> None:
    assert ran(tf.repeat([1, 2], 0)) == (0,)
    assert ran(tf.repeat([[1, 2]], 0, axis=1)) == (1, 0)
    assert ran(tf.tensordot(tf.zeros([0, 3]), tf.zeros([3, 0]), 1)) == (0, 0)
    logits = tf.zeros([2, 0, 3])
    assert ran(tf.nn.softmax_cross_entropy_with_logits_v2(labels=logits, logits=logits)) == (2, 0)
    labels = tf.zeros([2, 0], tf.int32)
    assert ran(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)) == (2, 0)
