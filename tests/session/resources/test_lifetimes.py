"""Threads, and what is freed when: sessions, programs, handles, partial runs."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

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


def test_a_callable_without_its_session_runs_parts_of_the_graph(no_collector: None) -> None:
    """Datasets make programs in a step; they ended in an error about `None` when the session was gone."""
    scale = tf.get_variable("scale", [], initializer=tf.constant_initializer(2), dtype=tf.int64, use_resource=True)
    number = tf.data.Dataset.range(5).map(lambda x: x * 2).make_one_shot_iterator().get_next()
    iterator = tf.data.Dataset.range(5).map(lambda x: x + scale).batch(2).make_initializable_iterator()
    sess = tf.Session()
    sess.run(scale.initializer)
    calls = [sess.make_callable(fetch) for fetch in (number, iterator.initializer, iterator.get_next())]
    alive = weakref.ref(sess)
    del sess
    assert alive() is None
    assert [calls[0](), calls[0]()] == [0, 2]
    calls[1]()
    assert [calls[2]().tolist(), calls[2]().tolist()] == [[2, 3], [4, 5]]


def use_in_every_way(sess: tf.Session, x: tf.Tensor, y: tf.Tensor, update: tf.Tensor, keep: tf.Tensor) -> list[object]:
    """Steps of all kinds; returns what refers to the session's state."""
    feeds = {x: np.ones(4, np.float32)}
    traced, limited = tf.RunOptions(trace_level=3), tf.RunOptions(timeout_in_ms=20_000)
    calls = [sess.make_callable(y, [x]), sess.make_callable({"a": y, "b": update}, [x])]
    for _ in range(3):
        sess.run([y, update], feeds)
        sess.run(y, feeds, options=traced, run_metadata=tf.RunMetadata())
        sess.run(update, feeds, options=traced, run_metadata=tf.RunMetadata())
        sess.run(y, feeds, options=limited)
        for call in calls:
            call(feeds[x])
    begun = sess.partial_run_setup([y, y * 2.0], [x])
    sess.partial_run(begun, y, feeds)
    return [*calls, begun, sess.run(keep, feeds)]


def test_a_session_used_in_every_way_is_freed_without_the_collector(no_collector: None) -> None:
    x = tf.placeholder(tf.float32, [4])
    v = tf.Variable(tf.zeros([4]))
    y, update = tf.exp(x) * 2.0, v.assign_add(x)
    keep = tf.get_session_handle(y)
    sess = tf.Session()
    sess.run(v.initializer)
    used = use_in_every_way(sess, x, y, update, keep)
    signatures = [weakref.ref(prepared.signature.program) for prepared in sess._prepared.values()]
    alive, state = weakref.ref(sess), weakref.ref(sess._state)
    del sess
    time.sleep(0.05)  # the thread of the limited steps lets go
    assert alive() is None
    assert any(signature() is None for signature in signatures)
    used.clear()
    assert state() is None
    assert [signature() for signature in signatures] == [None] * len(signatures)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the memory of the process is read there")
def test_dropped_sessions_give_memory_and_threads_back() -> None:
    x = tf.placeholder(tf.float32, [None])
    v = tf.Variable(tf.zeros([1 << 18]))  # a megabyte
    y, update, keep = x * 2.0, v.assign_add(tf.ones([1 << 18])), tf.get_session_handle(x + 1.0)
    big = np.ones(1 << 18, np.float32)

    def megabytes() -> float:
        gc.collect()
        tf.Session(graph=x.graph).trim_memory()
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096 / 1e6

    def use() -> None:
        sess = tf.Session()
        sess.run(v.initializer)
        sess.run(update)
        handles = [sess.run(keep, {x: big}) for _ in range(3)]
        sess.run(y, {x: big}, options=tf.RunOptions(timeout_in_ms=20_000))
        begun = sess.partial_run_setup([y, v], [x])
        sess.partial_run(begun, y, {x: big})
        assert len(handles) == 3

    for _ in range(10):
        use()
    before, threads = megabytes(), threading.active_count()
    for _ in range(40):
        use()  # 6 MB of values each
    assert megabytes() - before < 60
    assert threading.active_count() <= threads + 1


def test_one_graph_built_in_many_threads() -> None:
    graph = tf.Graph()
    barrier = threading.Barrier(6)
    seen: dict[int, list[tf.Tensor]] = {}

    def work(number: int) -> None:
        assert tf.get_default_graph() is not graph  # a thread begins without
        with graph.as_default(), tf.name_scope(f"scope{number}"), tf.device(f"/cpu:{number % 1}"):
            barrier.wait()
            tensor = tf.constant(float(number), name="c")
            for _ in range(50):
                tensor = tf.add(tensor, 1.0, name="shared")
            seen[number] = [tensor]
        with graph.as_default():
            for _ in range(30):
                seen[number].append(tf.constant(float(number), name="same"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    names = [op.name for op in graph.get_operations()]
    assert len(set(names)) == len(names) == 6 * (1 + 100 + 30)
    assert sum(name.startswith("same") for name in names) == 180
    with tf.Session(graph=graph) as sess:
        for number, tensors in seen.items():
            assert tensors[0].name == f"scope{number}/shared_49:0"
            assert sess.run(tensors) == [number + 50.0, *[float(number)] * 30]


def test_a_graph_grows_while_a_session_runs_it() -> None:
    x = tf.placeholder(tf.float32, [])
    sess = tf.Session()
    wrong: list[object] = []
    done = threading.Event()

    def run() -> None:
        y = x * 2.0  # in the thread's own default graph it would be foreign
        while not done.is_set():
            for value in (1.0, 2.0):
                result = sess.run(y, {x: value})
                if result != 2.0 * value:
                    wrong.append(result)

    def start() -> None:
        try:
            with x.graph.as_default():
                run()
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(200):
        grown = x + float(number)
        if number % 20 == 0:
            assert sess.run(grown, {x: 1.0}) == number + 1.0
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []


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
