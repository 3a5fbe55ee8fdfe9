"""Partial runs and effects: what an earlier call ran, later calls neither repeat nor miss."""

from __future__ import annotations

import gc
import threading
import weakref

import numpy as np
import pytest

import sessile as tf

Invalid = tf.errors.InvalidArgumentError
HANDLE = "GetSessionHandle;0;/job:localhost/replica:0/task:0/device:CPU:0"


def counted(x: tf.Tensor, calls: list[float]) -> tf.Tensor:
    def note(value: float) -> float:
        calls.append(float(value))
        return value

    return tf.py_func(note, [x], tf.float32)


def test_waiting_for_an_effect_that_has_run() -> None:
    a, b = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
    v = tf.Variable(0.0)
    update = v.assign_add(a)
    with tf.control_dependencies([update]):
        after = tf.identity(b)
        seen = v.read_value()
    sess = tf.Session()
    sess.run(v.initializer)
    h = sess.partial_run_setup([update, after, seen], [a, b])
    assert sess.partial_run(h, update, {a: 1.0}) == 1.0
    assert sess.partial_run(h, after, {b: 5.0}) == 5.0
    assert sess.run(v) == 1.0
    assert sess.partial_run(h, seen) == 1.0
    assert sess.run(v) == 1.0


def test_a_chain_of_updates_of_one_reference() -> None:
    a, b, c = (tf.placeholder(tf.float32, []) for _ in range(3))
    v = tf.Variable(10.0)
    first = tf.assign(v, a)
    second = tf.assign_add(first, b)
    third = tf.assign_sub(second, c)
    sess = tf.Session()
    sess.run(v.initializer)
    h = sess.partial_run_setup([first, second, third.op, third], [a, b, c])
    assert sess.partial_run(h, first, {a: 1.0}) == 1.0
    assert sess.partial_run(h, second, {b: 2.0}) == 3.0
    assert sess.partial_run(h, third.op, {c: 5.0}) is None
    assert sess.run(v) == -2.0
    assert sess.partial_run(h, third) == -2.0


def test_the_variable_itself_is_fetched_between_updates() -> None:
    a, b = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
    v = tf.Variable(0.0)
    first = v.assign_add(a)
    with tf.control_dependencies([first]):
        second = v.assign_add(b)
    sess = tf.Session()
    sess.run(v.initializer)
    h = sess.partial_run_setup([v, first.op, second], [a, b])
    assert sess.partial_run(h, [first.op, v], {a: 1.0}) == [None, 1.0]
    assert sess.partial_run(h, second, {b: 2.0}) == 3.0


def test_effects_wait_until_they_are_asked_for_and_happen_once() -> None:
    a, b = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
    calls: list[float] = []
    x = counted(a, calls)
    with tf.control_dependencies([x]):
        y = counted(b, calls)
    group = tf.group(x, y)
    sess = tf.Session()
    h = sess.partial_run_setup([x, y, group], [a, b])
    assert sess.partial_run(h, [], {b: 2.0}) == []
    assert calls == []
    assert sess.partial_run(h, y, {a: 1.0}) == 2.0
    assert calls == [1.0, 2.0]
    assert sess.partial_run(h, [group, x]) == [None, 1.0]
    assert calls == [1.0, 2.0]


def fail(value: float) -> float:
    raise ValueError("no good")


def test_a_failing_operation_ends_the_run() -> None:
    a, b = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
    v = tf.Variable(0.0)
    update = v.assign_add(a)
    with tf.control_dependencies([update]):
        bad = tf.py_func(fail, [b], tf.float32)
    sess = tf.Session()
    sess.run(v.initializer)
    h = sess.partial_run_setup([bad, update], [a, b])
    with pytest.raises(Invalid, match="no good"):
        sess.partial_run(h, bad, {a: 1.0, b: 0.0})
    with pytest.raises(Invalid, match="Must run 'setup' before performing partial runs! An earlier call .* failed"):
        sess.partial_run(h, update)
    assert sess.run(v) == 1.0
    assert len(sess._partial_runs) == 0


def test_a_feed_given_twice_in_the_setup() -> None:
    a = tf.placeholder(tf.float32, [], name="a")
    with pytest.raises(Invalid, match='Endpoint "a:0" fed more than once'):
        tf.Session().partial_run_setup([a + 1.0], [a, a])


def test_sparse_feeds_and_fetches() -> None:
    a = tf.placeholder(tf.float32, [2])
    fed = tf.sparse_placeholder(tf.float32, [2, 2])
    made = tf.SparseTensor([[0, 1], [1, 0]], a * 2.0, [2, 2])
    dense = tf.sparse_tensor_to_dense(tf.sparse_add(made, fed))
    sess = tf.Session()
    h = sess.partial_run_setup({"made": made, "dense": [dense, fed]}, [a, fed])
    result = sess.partial_run(h, (made,), {a: [1.0, 2.0]})[0]
    assert isinstance(result, tf.SparseTensorValue)
    np.testing.assert_array_equal(result.values, [2.0, 4.0])
    value = tf.SparseTensorValue([[0, 0]], [7.0], [2, 2])
    got, back = sess.partial_run(h, [dense, fed], {fed: value})
    np.testing.assert_array_equal(got, [[7.0, 2.0], [4.0, 0.0]])
    np.testing.assert_array_equal(back.values, [7.0])


def test_handles_computed_early_belong_to_the_run() -> None:
    a, b = tf.placeholder(tf.float32, [2]), tf.placeholder(tf.float32, [])
    kept = tf.get_session_handle(a * 2.0)
    with tf.control_dependencies([kept]):
        r = tf.identity(b)
    sess = tf.Session()

    def begin() -> tf.Tensor:
        h = sess.partial_run_setup([r, kept], [a, b])
        assert sess.partial_run(h, r, {a: [1.0, 2.0], b: 3.0}) == 3.0
        assert len(sess._state.handles) == 1
        return h

    h = begin()
    del h
    assert len(sess._state.handles) == 0
    h = begin()
    handle = sess.partial_run(h, kept)
    del h
    np.testing.assert_array_equal(handle.eval(), [2.0, 4.0])
    del handle
    assert len(sess._state.handles) == 0


def test_fed_by_a_handle() -> None:
    a, b = tf.placeholder(tf.float32, [2]), tf.placeholder(tf.float32, [])
    holder, tensor = tf.get_session_tensor(HANDLE, tf.float32)
    r = tensor + a
    sess = tf.Session()
    handle = sess.run(tf.get_session_handle(a), {a: [1.0, 2.0]})
    h = sess.partial_run_setup([r, r * b], [a, holder, b])
    np.testing.assert_array_equal(sess.partial_run(h, r, {holder: handle.handle, a: handle}), [2.0, 4.0])


def test_a_dropped_handle_frees_what_was_computed() -> None:
    a, b = tf.placeholder(tf.float32, [1000]), tf.placeholder(tf.float32, [])
    x = a * 2.0
    sess = tf.Session()
    h = sess.partial_run_setup([x, x * b], [a, b])
    sess.partial_run(h, x, {a: np.ones(1000)})
    values = weakref.ref(h.run)
    del h
    gc.collect()
    assert values() is None and len(sess._partial_runs) == 0


def test_values_are_kept_only_as_long_as_they_are_needed() -> None:
    a, b, c = (tf.placeholder(tf.float32, [8], name=name) for name in "abc")
    x = a * 2.0
    y = tf.exp(x) + b
    sess = tf.Session()
    h = sess.partial_run_setup([x, y, y * c], [a, b, c])
    sess.partial_run(h, x, {a: np.ones(8)})
    assert {t.name for t in h.run._values} == {x.name}
    sess.partial_run(h, y, {b: np.ones(8)})
    assert {t.name for t in h.run._values} == {y.name}


def test_a_dropped_session_is_collected_although_the_run_lives() -> None:
    a = tf.placeholder(tf.float32, [])
    sess = tf.Session()
    h = sess.partial_run_setup([a + 1.0], [a])
    gone = weakref.ref(sess)
    del sess
    gc.collect()
    assert gone() is None and h.run.ended is None


def test_close_cancels() -> None:
    a, b = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
    entered, leave = threading.Event(), threading.Event()

    def wait(value: float) -> float:
        entered.set()
        leave.wait(10.0)
        return value

    calls: list[float] = []
    slow = counted(tf.py_func(wait, [a], tf.float32), calls)
    sess = tf.Session()
    h = sess.partial_run_setup([slow, slow + b], [a, b])
    found: list[BaseException] = []

    def work() -> None:
        try:
            sess.partial_run(h, slow, {a: 1.0})
        except BaseException as error:
            found.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert entered.wait(10.0)
    sess.close()
    leave.set()
    thread.join(10.0)
    assert isinstance(found[0], tf.errors.CancelledError) and calls == []


def test_calls_of_several_threads_on_one_handle() -> None:
    feeds = [tf.placeholder(tf.float32, []) for _ in range(8)]
    v = tf.Variable(0.0)
    adds = [v.assign_add(feed).op for feed in feeds]
    sess = tf.Session()
    sess.run(v.initializer)
    h = sess.partial_run_setup(adds, feeds)
    threads = [
        threading.Thread(target=sess.partial_run, args=(h, op, {feed: 2.0**i}))
        for i, (op, feed) in enumerate(zip(adds, feeds))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sess.run(v) == 255.0
    assert h.run.ended is not None


def test_repeated_runs_plan_nothing() -> None:
    a, b = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.float32, [None])
    x = tf.exp(a)
    y = x * b
    sess = tf.Session()
    for i in range(4):
        h = sess.partial_run_setup([x, y], [a, b])
        sess.partial_run(h, x, {a: np.zeros(i + 1)})
        np.testing.assert_array_equal(sess.partial_run(h, y, {b: np.ones(i + 1)}), np.ones(i + 1))
        if i == 0:
            built = sess._programs_built
    assert sess._programs_built == built == 2


def test_an_edited_graph_is_planned_anew() -> None:
    a, b = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
    calls: list[float] = []
    noted = counted(a, calls)
    y = tf.identity(b)
    sess = tf.Session()
    h = sess.partial_run_setup([y, noted], [a, b])
    sess.partial_run(h, y, {b: 1.0})
    y.op._add_control_input(noted.op)
    h = sess.partial_run_setup([y, noted], [a, b])
    assert sess.partial_run(h, y, {b: 1.0, a: 4.0}) == 1.0
    assert calls == [4.0]
