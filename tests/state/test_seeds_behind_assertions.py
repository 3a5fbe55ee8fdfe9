"""The seeds behind assertions against zero, which count the texts they are given, as recorded from TensorFlow 1.15."""

from __future__ import annotations

import pytest

import sessile as tf


@pytest.mark.parametrize(
    ("name", "count"),
    [("assert_positive", 21), ("assert_negative", 21), ("assert_non_negative", 21), ("assert_non_positive", 19)],
)
def test_operations_of_an_assertion_are_counted(name: str, count: int) -> None:
    def seed(with_assertion: bool) -> int:
        with tf.Graph().as_default():
            tf.set_random_seed(1)
            x = tf.placeholder(tf.float32, [None])
            if with_assertion:
                getattr(tf, name)(x)
            drawn = tf.random_uniform([2])
            (source,) = (operation for operation in drawn.graph.get_operations() if operation.type == "RandomUniform")
            return int(source.get_attr("seed2"))

    assert seed(True) - seed(False) == count


def test_the_texts_of_an_assertion_that_nothing_is_positive_are_one() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant([-1.0, 1.0], name="x")
        pred = tf.placeholder(tf.float32, [None], name="p")
        told = r"\[Condition x <= 0 did not hold element-wise:x \(p:0\) = \]"
        with pytest.raises(tf.errors.InvalidArgumentError, match=told):
            session.run(tf.assert_non_positive(pred), {pred: session.run(x)})
