"""Checks fail while the graph is built only for values that TensorFlow 1.15 finds then; others fail when they run."""

import pytest

import sessile as tf


def values():
    return tf.constant([2, 1, 0])


@pytest.mark.parametrize(
    "make",
    [
        lambda: tf.reshape(values(), [-1]),
        lambda: values() + 1,
        lambda: tf.transpose(values()),
        lambda: tf.expand_dims(values(), 0),
        lambda: values()[0],
        lambda: tf.shape(values())[0],
        lambda: tf.reduce_sum(values()),
    ],
)
def test_computed_values_fail_when_they_run(make):
    check = tf.assert_less_equal(make(), 0)
    with pytest.raises(tf.errors.InvalidArgumentError):
        tf.Session().run(check)


@pytest.mark.parametrize(
    "make", [values, lambda: tf.cast(values(), tf.int32), lambda: tf.stack([2, 1]), lambda: tf.range(3), lambda: 3]
)
def test_constants_fail_at_once(make):
    with pytest.raises(tf.errors.InvalidArgumentError, match="did not hold"):
        tf.assert_less_equal(make(), 0)


def test_ranks_that_are_computed_are_compared_when_they_run():
    for check in (tf.assert_rank, tf.assert_rank_at_least):
        with pytest.raises(tf.errors.InvalidArgumentError):
            tf.Session().run(check(tf.constant([1]), tf.reshape(tf.constant([2]), [])))
    assert tf.assert_rank_in(tf.constant([1]), [tf.reshape(tf.constant([2]), [])]).type == "Assert"
