"""How often loops turn is known before they run, where that hangs on numbers of the graph alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sessile.compiler.executors.turn_counts import turn_counts
from sessile.compiler.program.program import Program

import sessile as tf


def counts(build: Callable[[Any], Any], most: int = 100) -> list[int] | None:
    """The turns of the loops of a graph, in order."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [3], name="x")
        fetches = tf.nest.flatten(build(x))
        found = turn_counts(Program(graph, [x], fetches, [], "default").plan, most)
        return None if found is None else list(found.values())


def loop(x: Any, condition: Any, step: Any, start: Any = 0) -> Any:
    return tf.while_loop(condition, lambda i, y: (step(i), y * 1.5), [start, x])


@pytest.mark.parametrize(
    ("condition", "step", "start", "expected"),
    [
        (lambda i, _: i < 5, lambda i: i + 1, 0, 5),
        (lambda i, _: i <= 5, lambda i: i + 2, 0, 3),
        (lambda i, _: i > 0, lambda i: i // 2, 40, 6),
        (lambda i, _: tf.logical_and(i < 50, tf.less(i * i, 30)), lambda i: i + 1, 0, 6),
        (lambda i, _: i < 0, lambda i: i + 1, 0, 0),
        (lambda i, _: i < 101, lambda i: i + 1, 0, None),
        (lambda i, _: i < 5, lambda i: i, 0, None),
        (lambda i, y: y[0] < 5.0, lambda i: i + 1, 0, None),
        (lambda i, _: i < 5, lambda i: i + 1, tf.shape, None),
    ],
)
def test_counted(condition: Any, step: Any, start: Any, expected: int | None) -> None:
    def build(x: Any) -> Any:
        return loop(x, condition, step, tf.cast(tf.reduce_sum(x), tf.int32) if callable(start) else start)[1]

    found = counts(build)
    assert found == (None if expected is None else [expected])


def test_the_loop_of_gradients_turns_as_often() -> None:
    def build(x: Any) -> Any:
        y = tf.while_loop(lambda i, _: i < 7, lambda i, y: (i + 1, tf.sin(y)), [0, x])[1]
        return [y, tf.gradients(y, x)[0]]

    assert counts(build) == [7, 7]


def test_a_loop_begins_where_another_ended() -> None:
    def build(x: Any) -> Any:
        i, y = loop(x, lambda i, _: i < 7, lambda i: i + 3)
        return loop(y, lambda i, _: i < 20, lambda i: i + 1, i)[1]

    assert counts(build) == [3, 11]


def test_loops_in_loops_and_kernels_that_fail_are_not_counted() -> None:
    def nested(x: Any) -> Any:
        inner = lambda i, y: (i + 1, loop(y, lambda i, _: i < 3, lambda i: i + 1)[1])  # noqa: E731
        return tf.while_loop(lambda i, _: i < 2, inner, [0, x])[1]

    assert counts(nested) is None
    assert counts(lambda x: loop(x, lambda i, _: i // 0 < 3, lambda i: i + 1)[1]) is None


def test_what_was_counted_is_how_often_it_turns() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [3])
        y = tf.while_loop(lambda i, _: i > 0, lambda i, y: (i // 2, y + 1.0), [40, x])[1]
        np.testing.assert_array_equal(session.run(y, {x: np.zeros(3, np.float32)}), np.full(3, 6.0))
