"""Loops and branches by the modules `while_v2` and `cond_v2`: structures as in TensorFlow 1.15 (Tensorforce)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import sessile as tf


@pytest.fixture(autouse=True)
def hook() -> Iterator[None]:
    """The name of TensorFlow, and a graph."""
    tf.install()
    with tf.Graph().as_default():
        yield
    tf.uninstall()


def test_loops_keep_the_structure_of_several_tensors() -> None:
    from tensorflow.python.ops import while_v2

    def step(values: list[tf.Tensor]) -> tuple[list[tf.Tensor]]:
        return ([values[0] + 1, *values[1:]],)

    def goes_on(values: list[tf.Tensor]) -> tf.Tensor:
        return values[0] < 3

    one, two = tf.constant(1), tf.constant(2)
    loop = while_v2.while_loop
    results = [
        loop(lambda i: i < 3, lambda i: i + 1, [one]),
        loop(lambda i: i < 3, lambda i: i + 1, [one], return_same_structure=False),
        loop(goes_on, step, ([one, two],), return_same_structure=False),
        loop(goes_on, step, ([one, two],), return_same_structure=False, maximum_iterations=1),
        loop(goes_on, step, ([one],), return_same_structure=False, maximum_iterations=1),
        loop(lambda i, j: i < 3, lambda i, j: (i + 1, j), (one, two), None, 10, tf.constant(1), "named"),
    ]
    assert results[-1][0].name.startswith("named/")
    with tf.Session() as session:
        assert session.run(results) == [[3], 3, ([3, 2],), ([2, 2],), 2, (2, 2)]


def test_branches_keep_lists_of_one() -> None:
    from tensorflow.python.ops import cond_v2

    pred = tf.placeholder_with_default(False, [])
    result = cond_v2.cond_v2(pred, lambda: [tf.constant(1)], lambda: [tf.constant(2)], "named")
    assert result[0].name.startswith("named/")
    with tf.Session() as session:
        assert session.run(result) == [2]
