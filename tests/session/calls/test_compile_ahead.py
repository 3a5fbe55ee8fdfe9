"""Compiling before the first step: nothing is left to compile when it comes, and nothing was run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sessile.compiler.jit import compile as jit

import sessile as tf


@pytest.fixture
def session() -> Iterator[Any]:
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


def prepared() -> int:
    """Kernels compiled or loaded so far."""
    return jit.compiled_count + jit.loaded_count


def test_the_first_step_compiles_nothing(session: Any) -> None:
    x, y = tf.placeholder(tf.float32, [None, 7]), tf.placeholder(tf.float32, [7])
    fetches = [tf.tanh(x * 1.25 + y), tf.reduce_sum(x * 0.75, 1)]
    assert tf.compile_ahead(fetches, [x, y]) >= 1
    before = prepared()
    call = session.make_callable(fetches, [x, y])
    call(np.ones((5, 7), np.float32), np.ones(7, np.float32))
    call(np.ones((50, 7), np.float32), np.ones(7, np.float32))
    assert prepared() == before


def test_variables_need_no_value(session: Any) -> None:
    variable = tf.Variable(tf.zeros([5]))
    x = tf.placeholder(tf.float32, [5])
    update = tf.assign_add(variable, x * 3.5)
    assert tf.compile_ahead(update, [x], session=session) >= 1
    before = prepared()
    session.run(variable.initializer)
    call = session.make_callable(update, [x])
    for _ in range(3):
        result = call(np.ones(5, np.float32))
    np.testing.assert_array_equal(result, np.full(5, 10.5))
    assert prepared() - before <= 1  # the kernel that updates in place


def test_unknown_ranks_need_a_shape(session: Any) -> None:
    x = tf.placeholder(tf.float32, name="open")
    with pytest.raises(ValueError, match="rank of 'open:0' is unknown"):
        tf.compile_ahead(x * 2.0, [x])
    assert tf.compile_ahead(x * 2.0, [x], shapes=[[None, None]]) == 1


def test_a_shape_must_fit_the_placeholder(session: Any) -> None:
    x = tf.placeholder(tf.float32, [None, 3], name="three")
    with pytest.raises(ValueError, match=r"'three:0' of shape \(\?, 3\) cannot have the shape \(2, 4\)"):
        tf.compile_ahead(x * 2.0, [x], shapes=[[2, 4]])


def test_shapes_that_depend_on_data_are_left_to_the_step(session: Any) -> None:
    x = tf.placeholder(tf.float32, [None])
    fetches = tf.boolean_mask(tf.exp(x), x > 0.0) * 2.0
    assert tf.compile_ahead(fetches, [x]) >= 1
    call = session.make_callable(fetches, [x])
    np.testing.assert_allclose(call(np.array([-1, 0.5], np.float32)), [2 * np.exp(0.5)], rtol=1e-6)
