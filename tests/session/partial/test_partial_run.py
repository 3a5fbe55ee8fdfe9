"""Partial runs: feeds once, fetches once, operations once; everything that once went wrong in TensorFlow works."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import sessile as tf


def chain() -> tuple[tf.Tensor, ...]:
    a, b, c = (tf.placeholder(tf.float32, [], name=name) for name in "abc")
    r1 = tf.add(a, b, name="r1")
    r2 = tf.multiply(r1, c, name="r2")
    return a, b, c, r1, r2


def test_feeds_may_come_before_they_are_needed() -> None:
    a, b, c, r1, r2 = chain()
    sess = tf.Session()
    h = sess.partial_run_setup([r1, r2], [a, b, c])
    assert sess.partial_run(h, [], {c: 5.0}) == []
    assert sess.partial_run(h, r1, {a: 1.0, b: 2.0}) == 3.0
    assert sess.partial_run(h, r2) == 15.0


def test_all_at_once_and_structures() -> None:
    a, b, c, r1, r2 = chain()
    sess = tf.Session()
    h = sess.partial_run_setup({"x": [r1], "y": r2}, [a, b, c])
    assert sess.partial_run(h, {"k": (r2, [r1.name])}, {a: 1, b: 2, c: 3}) == {"k": (9.0, [3.0])}


def test_without_feeds() -> None:
    c = tf.constant([1.0, 2.0])
    sess = tf.Session()
    h = sess.partial_run_setup([c * 2.0, c.op])
    with pytest.raises(tf.errors.InvalidArgumentError, match="was not specified in partial_run_setup"):
        sess.partial_run(h, c)
    d = tf.get_default_graph().get_tensor_by_name("mul:0")
    np.testing.assert_array_equal(sess.partial_run(h, d), [2.0, 4.0])
    assert sess.partial_run(h, c.op) is None


def test_operations_run_once_and_effects_happen_once() -> None:
    a, b = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
    v = tf.Variable(0.0)
    updated = v.assign_add(a)
    calls: list[float] = []
    seen = tf.py_func(lambda x: (calls.append(x), x)[1], [a], tf.float32)
    first = tf.add(updated, seen)
    second = first * b + seen
    sess = tf.Session()
    sess.run(v.initializer)
    h = sess.partial_run_setup([first, second], [a, b])
    assert sess.partial_run(h, first, {a: 2.0}) == 4.0
    assert sess.partial_run(h, second, {b: 10.0}) == 42.0
    assert sess.run(v) == 2.0
    assert calls == [2.0]


def test_operations_as_fetches() -> None:
    a = tf.placeholder(tf.float32, [])
    v = tf.Variable(0.0)
    update = v.assign_add(a).op
    read = v.read_value()
    sess = tf.Session()
    sess.run(v.initializer)
    h = sess.partial_run_setup([update, read], [a])
    assert sess.partial_run(h, update, {a: 3.0}) is None
    assert sess.partial_run(h, read) == 3.0


def test_any_number_alive_in_any_order() -> None:
    a, b, c, r1, r2 = chain()
    sess = tf.Session()
    handles = [sess.partial_run_setup([r1, r2], [a, b, c]) for _ in range(5)]
    assert len(set(handles)) == 5
    for i, h in enumerate(handles):
        assert sess.partial_run(h, r1, {a: i, b: 1}) == i + 1
    for i, h in reversed(list(enumerate(handles))):
        assert sess.partial_run(h, r2, {c: 2}) == 2 * (i + 1)
    assert sess._programs_built == 2


def test_from_several_threads() -> None:
    a, b, c, r1, r2 = chain()
    sess = tf.Session()
    results: list[float] = []

    def work(i: int) -> None:
        for _ in range(20):
            h = sess.partial_run_setup([r1, r2], [a, b, c])
            first = sess.partial_run(h, r1, {a: i, b: 0})
            results.append(sess.partial_run(h, r2, {c: first}) - i * i)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [0.0] * 80


def test_in_an_interactive_session() -> None:
    a, b, c, r1, r2 = chain()
    sess = tf.InteractiveSession()
    h = sess.partial_run_setup([r1, r2], [a, b, c])
    assert sess.partial_run(h, r1, {a: 1, b: 1}) == 2.0
    sess.close()
    with pytest.raises(RuntimeError, match="closed Session"):
        sess.partial_run(h, r2, {c: 1})


def test_errors_leave_the_run_usable() -> None:
    a, b, c, r1, r2 = chain()
    other = tf.placeholder(tf.float32, name="other")
    sess = tf.Session()
    h = sess.partial_run_setup([r1, r2], [a, b, c])
    invalid = tf.errors.InvalidArgumentError
    with pytest.raises(invalid, match="The feed other:0 was not specified in partial_run_setup"):
        sess.partial_run(h, r1, {other: 1})
    with pytest.raises(invalid, match="The fetch a:0 was not specified in partial_run_setup"):
        sess.partial_run(h, a, {a: 1})
    with pytest.raises(invalid, match="Fetch r2:0 can't be computed from the feeds .* needs c:0"):
        sess.partial_run(h, r2, {a: 1, b: 2})
    with pytest.raises(ValueError, match="Cannot feed value of shape"):
        sess.partial_run(h, r1, {a: [1], b: 2})
    with pytest.raises(TypeError):
        sess.partial_run(h, None)
    assert sess.partial_run(h, r1, {a: 1, b: 2}) == 3.0
    with pytest.raises(invalid, match="The feed a:0 has already been fed"):
        sess.partial_run(h, [], {a: 1})
    with pytest.raises(invalid, match="The fetch r1:0 has already been fetched"):
        sess.partial_run(h, r1)
    assert sess.partial_run(h, r2, {c: 3}) == 9.0
    with pytest.raises(invalid, match="Must run 'setup' before performing partial runs"):
        sess.partial_run(h, r2)


def test_unknown_handles_and_empty_setups() -> None:
    a, *_, r1, _ = chain()
    sess = tf.Session()
    with pytest.raises(tf.errors.InvalidArgumentError, match="Must run 'setup'"):
        sess.partial_run("bad", r1)
    with pytest.raises(tf.errors.InvalidArgumentError, match="Must specify at least one target"):
        sess.partial_run_setup([], [a])
    with pytest.raises(TypeError):
        sess.partial_run_setup(None)
    with pytest.raises(TypeError, match="Cannot interpret feed_dict key as Tensor"):
        sess.partial_run_setup([r1], [3])
    foreign = tf.Session().partial_run_setup([r1], [a])
    with pytest.raises(tf.errors.InvalidArgumentError, match="Must run 'setup'"):
        sess.partial_run(foreign, r1)


def test_a_dropped_handle_leaks_nothing() -> None:
    a, *_, r1, _ = chain()
    sess = tf.Session()
    h = sess.partial_run_setup([r1], [a])
    assert len(sess._partial_runs) == 1
    del h
    assert len(sess._partial_runs) == 0


def test_missing_placeholder_is_named() -> None:
    a, _, _, r1, _ = chain()
    sess = tf.Session()
    h = sess.partial_run_setup([r1], [a])
    with pytest.raises(tf.errors.InvalidArgumentError, match="placeholder tensor 'b'"):
        sess.partial_run(h, r1, {a: 1})


def test_with_session_handles() -> None:
    a = tf.placeholder(tf.float32, [2])
    b = tf.placeholder(tf.float32, [])
    kept = tf.get_session_handle(a * 2.0)
    sess = tf.Session()
    h = sess.partial_run_setup([kept, a * b], [a, b])
    handle = sess.partial_run(h, kept, {a: [1.0, 2.0]})
    np.testing.assert_array_equal(handle.eval(), [2.0, 4.0])
    assert len(sess._state.handles) == 1


def test_fed_arrays_are_the_users() -> None:
    a, b = tf.placeholder(tf.float32, [2]), tf.placeholder(tf.float32, [])
    r = a * b
    sess = tf.Session()
    h = sess.partial_run_setup([r, a], [a, b])
    mine = np.array([1.0, 2.0], np.float32)
    fetched = sess.partial_run(h, a, {a: mine})
    mine[:] = 0.0
    fetched[:] = 0.0
    np.testing.assert_array_equal(sess.partial_run(h, r, {b: 2.0}), [2.0, 4.0])


def test_a_control_edge_from_a_fed_placeholder_asks_for_nothing_in_any_part() -> None:
    x = tf.placeholder(tf.float32, [2])
    y = x * 2.0
    with tf.control_dependencies([x.op]):
        z = tf.identity(y)
    sess = tf.Session()
    handle = sess.partial_run_setup([y, z], [x])
    assert sess.partial_run(handle, y, {x: [3.0, 4.0]}).tolist() == [6.0, 8.0]
    assert sess.partial_run(handle, z).tolist() == [6.0, 8.0]


def test_a_call_for_nothing_does_nothing() -> None:
    """No fetches and no feeds: an empty structure, also when the run is over."""
    x = tf.placeholder(tf.float32, [])
    y = x + 1.0
    with tf.Session() as sess:
        handle = sess.partial_run_setup([y], [x])
        assert sess.partial_run(handle, []) == []
        assert sess.partial_run(handle.encode(), y, {x: 1.0}) == 2.0  # bytes are the same handle
        assert sess.partial_run(handle, {}) == {}


def test_a_handle_is_a_string() -> None:
    """What is none is a TypeError that says what a handle is."""
    x = tf.constant(1.0)
    with tf.Session() as sess, pytest.raises(TypeError, match="the string that `partial_run_setup` returned, not 3"):
        sess.partial_run(3, x)
