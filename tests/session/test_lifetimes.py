"""Threads, and what is freed when: sessions, programs, handles, partial runs."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import numpy as np
import pytest

import sessile as tf


@pytest.fixture
def no_collector() -> Iterator[None]:
    """References alone must free things: no cycles."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_session_that_nobody_refers_to_frees_all(no_collector: None) -> None:
    x = tf.placeholder(tf.float32, [None])
    y = x * 2.0
    v = tf.Variable([1.0, 2.0])
    sess = tf.Session()
    sess.run(v.initializer)
    for _ in range(3):
        sess.run(y, {x: [1.0]})
        sess.run([y, v], {x: [1.0]})
    handle = sess.run(tf.get_session_handle(y), {x: [1.0]})
    run = sess.partial_run_setup([y], [x])
    state, alive = weakref.ref(sess._state), weakref.ref(sess)
    del run
    del sess
    assert alive() is None
    assert state() is not None
    np.testing.assert_array_equal(handle.eval(), [2.0])
    del handle
    assert state() is None


def test_callable_keeps_working_without_the_session_object(no_collector: None) -> None:
    v = tf.Variable(1.0)
    sess = tf.Session()
    sess.run(v.initializer)
    f = sess.make_callable(v.assign_add(1.0))
    del sess
    assert [f(), f()] == [2.0, 3.0]


def test_results_do_not_keep_feeds_alive(no_collector: None) -> None:
    x = tf.placeholder(tf.float32, [None])
    f = tf.Session().make_callable(x + 1.0, [x])
    for _ in range(3):
        fed = np.ones(4, np.float32)
        alive = weakref.ref(fed)
        result = f(fed)
        del fed
        assert alive() is None
        assert result.base is None


def test_closing_frees_programs_and_handles(no_collector: None) -> None:
    c = tf.constant([1.0]) * 2.0
    sess = tf.Session()
    handle = sess.run(tf.get_session_handle(c))
    assert sess._programs
    sess.close()
    assert not sess._programs
    assert not sess._prepared
    assert len(sess._state.handles) == 0
    assert handle.handle


def test_many_threads_run_one_session() -> None:
    x = tf.placeholder(tf.float32, [None])
    y = tf.reduce_sum(x * x + 1.0)
    p, a = tf.get_session_tensor(tf.float32)
    keep, read = tf.get_session_handle(x), a * 1.0
    sess = tf.Session()
    f = sess.make_callable(y, [x])
    wrong: list[object] = []

    def work(seed: int) -> None:
        values = np.full(seed + 1, seed, np.float32)
        expected = (seed + 1) * (seed * seed + 1)
        for _ in range(50):
            h = sess.run(keep, {x: values})
            results = [sess.run(y, {x: values}), f(values), sess.run(read, {p: h}).sum() - seed * (seed + 1) + expected]
            wrong.extend(result for result in results if result != expected)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(sess._state.handles) == 0
    assert sess._programs_built == 3


def test_two_threads_have_their_own_default_sessions() -> None:
    c = tf.constant(1.0)
    barrier = threading.Barrier(2)
    seen: list[bool] = []

    def work() -> None:
        with tf.Session(graph=c.graph).as_default() as sess:
            barrier.wait()
            seen.append(tf.get_default_session() is sess)
            c.eval()
            barrier.wait()
        seen.append(tf.get_default_session() is None)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [True] * 4


def test_handle_is_used_and_freed_in_another_thread() -> None:
    sess = tf.Session()
    box = [sess.run(tf.get_session_handle(tf.constant(4.0)))]
    p, a = tf.get_session_tensor(tf.float32)
    seen: list[float] = []

    def work() -> None:
        seen.append(sess.run(a, {p: box[0].handle}))
        box.clear()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [4.0]
    assert len(sess._state.handles) == 0


@pytest.mark.parametrize("level", [-1, 0, 1, 2])
def test_every_jit_level_gives_the_same(level: int) -> None:
    config = tf.ConfigProto()
    config.graph_options.optimizer_options.global_jit_level = level
    x = tf.placeholder(tf.float32, [None])
    v = tf.Variable([2.0])
    y = tf.reduce_max(x * v + 1.0)
    with tf.Session(config=config) as sess:
        sess.run(v.initializer)
        f = sess.make_callable([y, v.op], [x])
        for size in (1, 2, 5):
            values = np.arange(size)
            expected = 2.0 * (size - 1) + 1.0
            assert sess.run(y, {x: values}) == expected
            assert f(values) == [expected, None]


def test_explain_shows_the_plan() -> None:
    x = tf.placeholder(tf.float32, [None], name="x")
    y = tf.multiply(x, 2.0, name="twice") + 1.0
    text = tf.Session().explain(y, [x])
    assert "twice" in text
    assert isinstance(text, str)
