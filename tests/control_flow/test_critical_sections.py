"""`CriticalSection`: one function at a time, whatever steps run."""

from __future__ import annotations

import threading
from typing import Any

import pytest

import sessile as tf


def test_results_have_the_structure_of_the_function_and_names_of_tensorflow() -> None:
    v = tf.get_variable("v", [], initializer=tf.zeros_initializer(), use_resource=True)
    section = tf.CriticalSection(name="my_cs")
    added = section.execute(lambda: v.assign_add(1.0))
    double, three = section.execute(lambda: (v.read_value() * 2.0, tf.constant(3)), exclusive_resource_access=False)
    graph = tf.get_default_graph()
    assert graph.get_operation_by_name("my_cs").type == "MutexV2"
    assert graph.get_operation_by_name("critical_section_execute/MutexLock").type == "MutexLock"
    assert graph.get_operation_by_name("critical_section_execute_1/ConsumeMutexLock").type == "ConsumeMutexLock"
    with tf.Session() as session:
        session.run(v.initializer)
        for turn in range(1, 4):
            assert session.run(added) == turn
            assert session.run([double, three]) == [2.0 * turn, 3]


def test_steps_of_many_threads_do_not_come_between_reading_and_writing() -> None:
    v = tf.get_variable("v", [], initializer=tf.zeros_initializer(), use_resource=True)
    section = tf.CriticalSection()

    def add() -> Any:
        before = v.read_value()
        with tf.control_dependencies([before]):
            pause = tf.py_func(lambda x: x, [before], tf.float32)
        pause.set_shape([])
        with tf.control_dependencies([pause]):
            return v.assign(pause + 1.0)

    added = section.execute(add)
    with tf.Session() as session:
        session.run(v.initializer)
        threads = [threading.Thread(target=lambda: [session.run(added) for _ in range(25)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert session.run(v) == 100.0


def test_a_failure_gives_the_mutex_back() -> None:
    x = tf.placeholder(tf.float32, [])
    checked = tf.CriticalSection().execute(lambda: tf.check_numerics(x, "wrong"))
    with tf.Session() as session:
        for _ in range(3):
            with pytest.raises(tf.errors.InvalidArgumentError):
                session.run(checked, {x: float("nan")})
            assert session.run(checked, {x: 1.0}) == 1.0


def test_sections_in_themselves_and_shared_resources_are_refused() -> None:
    v = tf.get_variable("v", [], initializer=tf.zeros_initializer(), use_resource=True)
    section = tf.CriticalSection()
    with pytest.raises(ValueError, match="directly access the CriticalSection"):
        section.execute(lambda: section.execute(lambda: tf.constant(1.0)))
    section.execute(lambda: v.assign_add(1.0))
    with pytest.raises(ValueError, match="would access resources"):
        tf.CriticalSection().execute(lambda: v.assign_add(1.0))


def test_a_branch_inside_of_a_section_may_not_be_taken() -> None:
    """The section waited for operations of the other branch, and what it returned never came to be."""
    size, capacity = tf.Variable(0), tf.Variable(2)

    def append() -> Any:
        roomy = tf.cond(tf.equal(size, capacity), lambda: tf.assign(capacity, capacity * 2), lambda: capacity)
        with tf.control_dependencies([roomy]):
            return tf.assign_add(size, 1)

    appended = tf.CriticalSection().execute(append)
    with tf.control_dependencies([appended]):
        after = tf.constant(2.0) + 1.0
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        assert [sess.run([appended, after]) for _ in range(4)] == [[number, 3.0] for number in (1, 2, 3, 4)]
        assert sess.run(capacity) == 4


def test_a_tensor_of_a_branch_that_is_not_taken_cannot_be_fetched() -> None:
    """A marker of the executor was returned."""
    pred = tf.placeholder(tf.bool, [])
    _, taken = tf.raw_ops.Switch(data=tf.constant(1.0), pred=pred)
    with tf.Session() as sess:
        call = sess.make_callable([tf.constant(2.0), taken + 1.0], [pred])
        for _ in range(2):
            assert call(True) == [2.0, 2.0]
            with pytest.raises(tf.errors.InvalidArgumentError, match=r"Retval\[1\] does not have value: 'add:0'"):
                call(False)
            with pytest.raises(tf.errors.InvalidArgumentError, match=r"Retval\[0\] does not have value"):
                sess.run(taken, {pred: False})
