"""Loops see what they write to a reference variable, as TensorFlow 1's do, which lets a value share its memory."""

from __future__ import annotations

from typing import Any

import pytest

import sessile as tf


def _results(body: Any, use_resource: bool = False, feeds: bool = False) -> list[Any]:
    """Three runs of a loop of three iterations, the variable from 1: the total, and the variable."""
    with tf.Graph().as_default():
        v = tf.Variable(1.0, use_resource=use_resource)
        out = tf.while_loop(lambda i, total: i < 3, lambda i, t: body(v, i, t), [0, 0.0], parallel_iterations=1)
        fed = {v.value(): 7.0} if feeds else {}
        results = []
        with tf.Session() as session:
            for _ in range(3):
                session.run(v.initializer)
                total = session.run(out[1], feed_dict=fed)
                results.append((total, session.run(v)))
    return results


def _added(v: Any, i: Any, total: Any) -> Any:
    with tf.control_dependencies([v.assign_add(1.0)]):
        return i + 1, total + v


def _multiplied(v: Any, i: Any, total: Any) -> Any:
    with tf.control_dependencies([v.assign(v * 3.0 + total)]):
        return i + 1, total + v * 1.0


def _nested(v: Any, i: Any, total: Any) -> Any:
    inner = tf.while_loop(lambda j, t: j < 2, lambda j, t: _added(v, j, t), [0, 0.0], parallel_iterations=1)
    return i + 1, total + inner[1]


@pytest.mark.parametrize(
    ("body", "total", "last"), [(_added, 9.0, 4.0), (_multiplied, 66.0, 51.0), (_nested, 27.0, 7.0)]
)
def test_a_loop_that_samples_stands_still(body: Any, total: float, last: float) -> None:
    assert _results(body) == [(total, last)] * 3


def test_a_fed_value_stays() -> None:
    assert _results(_added, feeds=True) == [(21.0, 4.0)] * 3


def test_a_variable_that_is_only_read_is_read_once() -> None:
    assert _results(lambda v, i, total: (i + 1, total + v)) == [(3.0, 1.0)] * 3
