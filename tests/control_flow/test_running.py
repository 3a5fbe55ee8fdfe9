"""Loops and branches while they run: effects, errors, interrupts, deadlines, partial runs, callables."""

from __future__ import annotations

import _thread
import threading
import time
from typing import Any

import numpy as np
import pytest
from sessile.compiler.machine import abi

import sessile as tf


def endless(pure: bool) -> Any:
    """A loop that does not end: one that is a native kernel, or one with matrices."""
    if pure:
        return tf.while_loop(lambda i: i >= 0, lambda i: (i + 1) % 1000, [tf.constant(0)])
    m = tf.ones([2, 2])
    return tf.while_loop(lambda i, a: i >= 0, lambda i, a: ((i + 1) % 1000, tf.matmul(a, m) * 0.5), [0, m])[0]


@pytest.mark.parametrize("pure", [True, False])
def test_a_deadline_stops_a_loop_and_leaves_the_session_usable(pure: bool) -> None:
    loop = endless(pure)
    with tf.Session() as session:
        for _ in range(3):
            with pytest.raises(tf.errors.DeadlineExceededError):
                session.run(loop, options=tf.RunOptions(timeout_in_ms=150))
        assert session.run(tf.constant(3) + 4) == 7


@pytest.mark.parametrize("pure", [True, False])
def test_closing_the_session_stops_a_loop(pure: bool) -> None:
    loop = endless(pure)
    session = tf.Session()
    raised: list[BaseException] = []

    def run() -> None:
        try:
            session.run(loop)
        except tf.errors.CancelledError as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(0.3)
    session.close()
    thread.join(20)
    assert not thread.is_alive()
    assert raised


def test_an_error_in_the_body_names_the_operation_and_the_line() -> None:
    x = tf.placeholder(tf.float32, [None])
    _, a = tf.while_loop(
        lambda i, a: i < 5, lambda i, a: (i + 1, a + tf.reshape(x, [3], name="three")), [0, tf.zeros([3])]
    )
    with tf.Session() as session:
        for _ in range(3):
            with pytest.raises(tf.errors.InvalidArgumentError, match="three"):
                session.run(a, {x: [1.0, 2.0]})
            np.testing.assert_array_equal(session.run(a, {x: [1.0, 2.0, 3.0]}), [5.0, 10.0, 15.0])


def test_an_assertion_inside_stops_the_loop() -> None:
    n = tf.placeholder(tf.int32, [])

    def body(i: Any) -> Any:
        with tf.control_dependencies([tf.Assert(i < n, ["too far", i])]):
            return i + 1

    loop = tf.while_loop(lambda i: i < 10, body, [0])
    with tf.Session() as session:
        for _ in range(2):
            with pytest.raises(tf.errors.InvalidArgumentError, match="too far"):
                session.run(loop, {n: 4})
            assert session.run(loop, {n: 100}) == 10


def test_only_the_branch_taken_has_effects() -> None:
    seen: list[float] = []
    x = tf.placeholder(tf.float32, [])

    def note(value: Any) -> Any:
        seen.append(float(value))
        return value

    y = tf.cond(x > 0, lambda: tf.py_func(note, [x], tf.float32), lambda: tf.py_func(note, [x * 10], tf.float32))
    with tf.Session() as session:
        step = session.make_callable(y, [x])
        assert [float(step(value)) for value in (1.0, -2.0, 3.0)] == [1.0, -20.0, 3.0]
        assert session.run(y, {x: -1.0}) == -10.0
    assert seen == [1.0, -20.0, 3.0, -10.0]


def test_a_variable_that_is_read_in_the_other_branch_need_not_be_initialized() -> None:
    v = tf.Variable(1.0, use_resource=False)
    x = tf.placeholder(tf.bool, [])
    y = tf.cond(x, lambda: tf.constant(3.0), lambda: v.read_value() + 1.0)
    with tf.Session() as session:
        assert session.run(y, {x: True}) == 3.0
        with pytest.raises(tf.errors.FailedPreconditionError):
            session.run(y, {x: False})


def test_a_loop_in_a_partial_run() -> None:
    a, b = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
    first = tf.while_loop(lambda i, s: i < 4, lambda i, s: (i + 1, s * a), [0, a])[1]
    second = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s + b), [0, first])[1]
    with tf.Session() as session:
        for _ in range(2):
            handle = session.partial_run_setup([first, second], [a, b])
            assert session.partial_run(handle, first, {a: 2.0}) == 32.0
            assert session.partial_run(handle, second, {b: 1.0}) == 35.0


def test_what_stands_in_a_branch_or_loop_is_not_fetched() -> None:
    inside: list[Any] = []

    def body(i: Any) -> Any:
        inside.append(i + 1)
        return inside[0]

    tf.while_loop(lambda i: i < 3, body, [0])
    with tf.Session() as session, pytest.raises(ValueError, match="not fetchable"):
        session.run(inside[0])


def test_memory_of_elements_is_checked() -> None:
    array = tf.TensorArray(tf.float32, size=3)
    twice = array.write(0, 1.0).write(0, 2.0)
    x = tf.placeholder(tf.float32, [3])
    read = tf.while_loop(lambda i, s: i < 5, lambda i, s: (i + 1, s + array.unstack(x).read(i)), [0, 0.0])[1]
    taken = tf.TensorArray(tf.float32, size=3).unstack(x)
    again = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s + taken.read(0)), [0, 0.0])[1]
    with tf.Session() as session:
        for _ in range(3):
            with pytest.raises(tf.errors.InvalidArgumentError, match="already been written"):
                session.run(twice.read(0))
            with pytest.raises(tf.errors.InvalidArgumentError):
                session.run(read, {x: [1.0, 2.0, 3.0]})
            with pytest.raises(tf.errors.InvalidArgumentError, match="read index 0 twice"):
                session.run(again, {x: [1.0, 2.0, 3.0]})


def test_wrong_uses_are_told() -> None:
    x = tf.placeholder(tf.float32, [])
    with pytest.raises(TypeError, match="must not be a Python bool"):
        tf.cond(True, lambda: x, lambda: x)
    with pytest.raises(TypeError, match="true_fn must be callable"):
        tf.cond(x > 0, x, lambda: x)
    with pytest.raises(ValueError, match="same number|same structure|structure"):
        tf.cond(x > 0, lambda: (x, x), lambda: x)
    with pytest.raises(ValueError, match="shape_invariants"):
        tf.while_loop(lambda a: a[0] > 0, lambda a: tf.concat([a, a], 0), [tf.ones([1])])
    with pytest.raises(ValueError, match="No loop variables"):
        tf.while_loop(lambda: True, lambda: (), [])


def test_loops_over_structures() -> None:
    sparse = tf.SparseTensor([[0], [2]], [1.0, 2.0], [3])
    _, found = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s * 2.0), [0, sparse])
    tree = tf.while_loop(
        lambda i, t: i < 2, lambda i, t: (i + 1, {"a": t["b"], "b": t["a"] + 1}), (0, {"a": 1, "b": 10})
    )
    with tf.Session() as session:
        np.testing.assert_array_equal(session.run(found).values, [8.0, 16.0])
        assert session.run(tree) == (2, {"a": 2, "b": 11})


def test_case_and_switch_case() -> None:
    x = tf.placeholder(tf.float32, [])
    i = tf.placeholder(tf.int32, [])
    found = tf.case([(x > 2, lambda: tf.constant(2)), (x > 1, lambda: tf.constant(1))], default=lambda: tf.constant(0))
    strict = tf.case({x > 2: lambda: tf.constant(2), x > 1: lambda: tf.constant(1)}, exclusive=True)
    chosen = tf.switch_case(i, [lambda: tf.constant(10), lambda: tf.constant(20)], default=lambda: tf.constant(-1))
    with tf.Session() as session:
        assert [int(session.run(found, {x: value})) for value in (3.0, 1.5, 0.0)] == [2, 1, 0]
        assert [int(session.run(chosen, {i: value})) for value in (0, 1, 7)] == [10, 20, -1]
        assert session.run(strict, {x: 1.5}) == 1
        for value in (3.0, 0.0):
            with pytest.raises(tf.errors.InvalidArgumentError):
                session.run(strict, {x: value})


def test_explain_shows_loops_as_loops() -> None:
    x, m = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [8, 8])
    z = tf.while_loop(lambda i, a: i < 10, lambda i, a: (i + 1, a * x + 1.0), [tf.constant(0), x])[1]
    w = tf.while_loop(lambda i, a: i < 10, lambda i, a: (i + 1, tf.tanh(tf.matmul(a, m))), [0, m])[1]
    with tf.Session() as session:
        text = session.explain([z, w], [x, m])
    assert f"# loop while/while_context{': one kernel' if abi.available() else ', iteration:'}" in text
    assert "# loop while_1/while_context, iteration:" in text
    assert "MatMul" in text
    assert "test_running.py" in text


def test_results_share_no_memory_with_each_other_or_with_feeds() -> None:
    x = tf.placeholder(tf.float32, [2])
    n = tf.placeholder(tf.int32, [])
    _, a, b = tf.while_loop(lambda i, a, b: i < n, lambda i, a, b: (i + 1, a, a), [0, x, x * 2.0])
    c = tf.cond(n > 0, lambda: x, lambda: x * 1.0)
    given = np.array([1.0, 2.0], np.float32)
    with tf.Session() as session:
        for _ in range(3):
            values = session.run([a, b, c], {x: given, n: 1})
            for value in values:
                value += 1.0
            assert all(value.tolist() == [2.0, 3.0] for value in values)
            assert given.tolist() == [1.0, 2.0]


def test_operations_that_wait_stand_in_branches() -> None:
    queue = tf.FIFOQueue(10, tf.int32, shapes=[[]])
    which = tf.placeholder(tf.bool, [])
    taken = queue.dequeue()
    put = tf.cond(which, lambda: tf.group(queue.enqueue(7)), lambda: tf.group(queue.enqueue(8)))
    loop = tf.while_loop(lambda i: i < 5, lambda i: i + 1, [0])
    with tf.Session() as session:
        for value, wanted in ((True, 7), (False, 8), (True, 7)):
            assert session.run([taken, put, loop], {which: value})[::2] == [wanted, 5]


@pytest.mark.parametrize("pure", [True, False])
def test_ctrl_c_stops_a_loop_and_leaves_the_session_usable(pure: bool) -> None:
    loop = endless(pure)
    with tf.Session() as session:
        for _ in range(3):
            threading.Timer(0.2, _thread.interrupt_main).start()
            with pytest.raises(KeyboardInterrupt):
                session.run(loop)
        assert session.run(tf.constant(3) + 4) == 7


def test_extents_follow_loop_variables() -> None:
    """A size that is read by a counter is another one in each turn, although the first turn's is known at once."""
    sizes = tf.constant([3, 1, 2])

    def body(number: Any, rows: Any) -> Any:
        steps = tf.range(sizes[number])
        assert steps.shape.as_list() == [None]
        both, _ = tf.meshgrid(steps, steps)
        told = tf.stack([tf.size(steps), tf.shape(both)[0]])
        return number + 1, rows.write(number, tf.concat([told, tf.reshape(both, [-1])], 0))

    start = tf.TensorArray(tf.int32, size=3, infer_shape=False)
    found = tf.while_loop(lambda number, _: number < 3, body, [0, start])[1].concat()
    with tf.Session() as session:
        for _ in range(3):
            assert session.run(found).tolist() == [3, 3, 0, 1, 2, 0, 1, 2, 0, 1, 2, 1, 1, 0, 2, 2, 0, 1, 0, 1]
