"""Regions that need the shape of an array from another region compute it themselves."""

from __future__ import annotations

from typing import Any

import numpy as np

import sessile as tf
from tests.compiler.programs import State, program


def _through_python(x: Any) -> Any:
    same = tf.py_func(lambda value: value, [x], tf.float32)
    same.set_shape([None, 3])
    return same


def test_shapes_from_before_a_call_do_not_cut_what_follows() -> None:
    x = tf.placeholder(tf.float32, [None, 3])
    doubled = x * 2.0
    rows = tf.shape(doubled)[0]
    called = _through_python(doubled)
    scale = tf.reshape(tf.range(tf.cast(rows * 3, tf.int32)), [rows, 3])
    out = tf.gradients(tf.sin(called + 0.5) * doubled * tf.cast(scale, tf.float32), doubled)[0]
    made = program([x], [out])
    assert made.staged is not None
    for size in (2, 5):
        value = np.random.RandomState(size).uniform(-1, 1, (size, 3)).astype(np.float32)
        for _ in range(2):
            (found,) = made.run([value], State(x.graph))
            np.testing.assert_allclose(found, made.interpret([value], State(x.graph))[0], rtol=1e-6)
    assert not made.staged.dynamic


def test_what_only_a_branch_computes_stays_there() -> None:
    """The shape of what is computed in a branch that is not taken is dead outside of it."""
    x, p = tf.placeholder(tf.float32, [None, 3]), tf.placeholder(tf.bool, [])

    def long() -> Any:
        wide = tf.exp(x)
        return tf.reshape(_through_python(wide), [tf.shape(wide)[0] * 3])

    out = tf.cond(tf.logical_and(p, x[0, 0] > 0.0), long, lambda: tf.reshape(x, [-1])) + 1.0
    with tf.Session() as session:
        step = session.make_callable(out, [x, p])
        value = np.full((2, 3), 0.5, np.float32)
        for taken in (True, False, True):
            np.testing.assert_allclose(step(value, taken), (np.exp(value) if taken else value).ravel() + 1.0, rtol=1e-6)
