"""Native steps over variables: updates in place, arrays of the user's own, order, threads, errors."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sessile.compiler.machine import abi as layout

import sessile as tf

pytestmark = pytest.mark.skipif(not layout.available(), reason="native steps are off")
STEPS = 4  # the first step is the Python one that installs the native one


@pytest.fixture
def session() -> Iterator[Any]:
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


def test_a_counter_counts(session: Any) -> None:
    variable = tf.Variable(1.0)
    session.run(variable.initializer)
    step = session.make_callable(tf.assign_add(variable, 1.0))
    assert [step() for _ in range(STEPS)] == [2.0, 3.0, 4.0, 5.0]
    assert session.run(variable) == 5.0


def test_a_fused_update_equals_numpy_and_results_are_the_users(session: Any) -> None:
    variable = tf.Variable(np.arange(6, dtype=np.float32).reshape(2, 3))
    x = tf.placeholder(tf.float32, [None, 3])
    session.run(variable.initializer)
    step = session.make_callable(tf.assign_add(variable, tf.reduce_sum(x, 0, keepdims=True) + variable * 0.5), [x])
    expected = session.run(variable)
    fed = np.ones((4, 3), np.float32)
    for _ in range(STEPS):
        expected = expected + (fed.sum(0, keepdims=True) + expected * np.float32(0.5))
        result = step(fed)
        np.testing.assert_allclose(result, expected, rtol=1e-6)
        result[:] = -1  # the user's own
        np.testing.assert_allclose(session.run(variable), expected, rtol=1e-6)


def test_an_array_in_the_users_hands_never_changes(session: Any) -> None:
    variable = tf.Variable(tf.zeros([1000]))
    x = tf.placeholder(tf.float32, [None])
    session.run(variable.initializer)
    step = session.make_callable(tf.assign_add(variable, x * 2.0).op, [x])
    fed = np.ones(1000, np.float32)
    for _ in range(STEPS):
        assert step(fed) is None
    held = session.run(variable)
    step(fed)
    assert held[0] == 2 * STEPS
    assert session.run(variable)[0] == 2 * STEPS + 2


def test_a_handle_keeps_the_value_of_a_variable_that_is_updated(session: Any) -> None:
    variable = tf.Variable(tf.zeros([8]))
    session.run(variable.initializer)
    handle = session.run(tf.get_session_handle(variable.read_value()))
    step = session.make_callable(tf.assign_add(variable, tf.ones([8])).op)
    for _ in range(STEPS):
        step()
    np.testing.assert_array_equal(handle.eval(), np.zeros(8))


def test_reads_and_writes_keep_their_order(session: Any) -> None:
    variable = tf.Variable(1.0)
    session.run(variable.initializer)
    with tf.control_dependencies([tf.assign(variable, 10.0)]):
        between = variable.read_value() * 2.0
        with tf.control_dependencies([between]):
            last = tf.assign(variable, 20.0)
    step = session.make_callable([between, last])
    for _ in range(STEPS):
        assert step() == [20.0, 20.0]


def test_updates_of_several_threads_add_up(session: Any) -> None:
    variable = tf.Variable(0)
    session.run(variable.initializer)
    step = session.make_callable(tf.assign_add(variable, 1))

    def work() -> None:
        for _ in range(2000):
            step()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert session.run(variable) == 8000


def test_a_variable_without_a_value_is_refused_and_the_step_works_later(session: Any) -> None:
    variable = tf.Variable(3.0)
    step = session.make_callable(tf.assign_add(variable, 1.0))
    with pytest.raises(tf.errors.FailedPreconditionError, match="uninitialized value Variable"):
        step()
    session.run(variable.initializer)
    assert [step() for _ in range(STEPS)] == [4.0, 5.0, 6.0, 7.0]


def test_a_shape_that_does_not_fit_changes_nothing(session: Any) -> None:
    variable = tf.Variable(tf.zeros([3]))
    x = tf.placeholder(tf.float32, [None])
    session.run(variable.initializer)
    step = session.make_callable(tf.assign(variable, x * 2.0).op, [x])
    for _ in range(STEPS):
        step(np.ones(3, np.float32))
    with pytest.raises(tf.errors.InvalidArgumentError):
        step(np.ones(4, np.float32))
    np.testing.assert_array_equal(session.run(variable), [2, 2, 2])


def test_memory_and_references_stay_constant(session: Any) -> None:
    variable = tf.Variable(tf.zeros([16]))
    x = tf.placeholder(tf.float32, [16])
    session.run(variable.initializer)
    step = session.make_callable(tf.assign_add(variable, x * 2.0), [x])
    fed = np.ones(16, np.float32)
    for _ in range(STEPS):
        step(fed)
    gc.collect()
    before = sys.getrefcount(fed), len(gc.get_objects())
    for _ in range(10_000):
        step(fed)
    gc.collect()
    after = sys.getrefcount(fed), len(gc.get_objects())
    assert after[0] == before[0]
    assert after[1] <= before[1] + 10
