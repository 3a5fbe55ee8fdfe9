"""Staging areas and barriers: what TensorFlow 1.15.5 gave and refused in the same places."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import pytest

import sessile as tf

INT64_LEAST = np.iinfo(np.int64).min


def test_a_staging_area_gives_elements_in_their_order() -> None:
    area = tf.contrib.staging.StagingArea([tf.float32, tf.int32], [[], [2]], names=["x", "y"], capacity=2)
    value = tf.placeholder(tf.float32, [])
    put, got = area.put({"x": value, "y": [1, 2]}), area.get()
    size, second, clear = area.size(), area.peek(1), area.clear()
    assert [(op.name, op.type) for op in tf.get_default_graph().get_operations() if "StagingArea" in op.name] == [
        ("StagingArea_root/NoOp", "NoOp"), ("StagingArea_put", "Stage"), ("StagingArea_get", "Unstage"),
        ("StagingArea_size", "StageSize"), ("StagingArea_peek/index", "Const"), ("StagingArea_peek", "StagePeek"),
        ("StagingArea_clear", "StageClear"),
    ]  # fmt: skip
    assert (got["x"].shape.as_list(), got["y"].shape.as_list()) == ([], [2])
    with tf.Session() as sess:
        for number in (1, 2):
            sess.run(put, {value: number})
        assert sess.run([size, second["x"]]) == [2, 2.0]
        with pytest.raises(tf.errors.DeadlineExceededError):  # it is full
            sess.run(put, {value: 3}, tf.RunOptions(timeout_in_ms=80))
        assert sess.run(got)["x"] == 1.0
        sess.run(clear)
        assert sess.run(size) == 0


def test_who_waits_for_an_element_is_woken_or_cancelled() -> None:
    area = tf.contrib.staging.StagingArea([tf.int32])
    put, got = area.put([tf.constant(5)]), area.get()
    found: list[Any] = []

    def run(session: Any) -> None:
        try:
            found.append(session.run(got))
        except tf.errors.CancelledError as error:
            found.append(error)

    for wake in ("put", "close"):
        session = tf.Session()
        thread = threading.Thread(target=run, args=(session,))
        thread.start()
        thread.join(0.15)
        assert thread.is_alive()
        if wake == "put":
            session.run(put)
            thread.join(5)
        session.close()
        thread.join(5)
    assert found[0] == [5]
    assert isinstance(found[1], tf.errors.CancelledError)


def test_wrong_elements_are_refused() -> None:
    area = tf.contrib.staging.StagingArea([tf.float32], [[]], names=["x"])
    for call, words in (
        (lambda: area.put(1.0), "You must enqueue a dictionary"),
        (lambda: area.put({"z": 1.0}), "do not match names of staging area"),
        (lambda: area.put({"x": [1.0]}), "incompatible|are not compatible|same rank"),
        (lambda: tf.contrib.staging.StagingArea([tf.float32], [[], []]), "shapes must be the same length"),
        (lambda: tf.contrib.staging.StagingArea([tf.float32], names=["a", "b"]), "names must be the same length"),
    ):
        with pytest.raises(ValueError, match=words):
            call()
    small = tf.contrib.staging.StagingArea([tf.float32], memory_limit=3)
    with tf.Session() as sess, pytest.raises(tf.errors.ResourceExhaustedError, match="memory limit of '3'"):
        sess.run(small.put([1.0]))


@pytest.mark.parametrize("ordered", [False, True])
def test_elements_by_key_come_component_by_component(ordered: bool) -> None:
    area = tf.contrib.staging.MapStagingArea([tf.float32, tf.int32], [[], []], names=["x", "y"], ordered=ordered)
    sizes, any_of_them = [area.size(), area.incomplete_size()], area.get()
    with tf.Session() as sess:
        sess.run([area.put(3, {"x": 1.0, "y": 2}), area.put(1, {"x": 9.0})])
        assert sess.run(sizes) == [1, 1]
        with pytest.raises(tf.errors.InvalidArgumentError, match="index '0' for key '1' was already initialized '2'"):
            sess.run(area.put(1, {"x": 9.0}))
        sess.run(area.put(1, {"y": 5}))
        assert sess.run(sizes) == [2, 0]
        assert sess.run(area.peek(3)) == {"x": 1.0, "y": 2}
        assert sess.run(any_of_them) == ((1, {"x": 9.0, "y": 5}) if ordered else (3, {"x": 1.0, "y": 2}))
        key, part = sess.run(area.get(3 if ordered else 1, ["y"]))
        assert (key, part) == ((3, {"y": 2}) if ordered else (1, {"y": 5}))
        assert sess.run(sizes) == [1, 0]
        sess.run(area.clear())
        assert sess.run(sizes) == [0, 0]
    with pytest.raises(ValueError, match="You must enqueue a dictionary"):
        area.put(1, [1.0], [0])


def test_a_barrier_gives_whole_elements_in_the_order_of_their_keys() -> None:
    barrier = tf.queue.Barrier((tf.float32, tf.float32), shapes=((), (2,)), name="B")
    first, second = barrier.insert_many(0, ["a", "b"], [1.0, 2.0]), barrier.insert_many(1, ["b", "a"], [[3, 4], [5, 6]])
    two, sizes = barrier.take_many(2), [barrier.ready_size(), barrier.incomplete_size()]
    assert [tensor.shape.as_list() for tensor in two.values] == [[2], [2, 2]]
    with tf.Session() as sess:
        sess.run(first)
        assert sess.run(sizes) == [0, 2]
        with pytest.raises(tf.errors.InvalidArgumentError, match="Key a already has a value for component 0"):
            sess.run(first)
        sess.run(second)
        assert sess.run(sizes) == [2, 0]
        found = sess.run(two)
        assert found.indices.tolist() == [INT64_LEAST, INT64_LEAST]
        assert (found.keys.tolist(), found.values[1].tolist()) == ([b"a", b"b"], [[5, 6], [3, 4]])


def test_a_closed_barrier_takes_no_new_keys() -> None:
    barrier = tf.queue.Barrier(tf.int32, shapes=[()])
    pairs = tf.queue.Barrier((tf.int32, tf.int32), shapes=((), ()))
    with tf.Session() as sess:
        sess.run([barrier.insert_many(0, ["a"], [1]), pairs.insert_many(0, ["a", "b"], [1, 2])])
        sess.run([barrier.close(), pairs.close()])
        with pytest.raises(tf.errors.CancelledError, match="attempted to insert a brand new key: n"):
            sess.run(barrier.insert_many(0, ["n"], [1]))
        with pytest.raises(tf.errors.OutOfRangeError, match=r"requested 5, total size 1"):
            sess.run(barrier.take_many(5))
        assert sess.run(barrier.take_many(5, allow_small_batch=True)).keys.tolist() == [b"a"]
        with pytest.raises(tf.errors.OutOfRangeError, match="total size 0"):
            sess.run(barrier.take_many(1, allow_small_batch=True))
        with pytest.raises(tf.errors.CancelledError, match="is already closed"):
            sess.run(barrier.close())
        sess.run(pairs.insert_many(1, ["b"], [7]))  # keys that are there may still become whole
        assert sess.run(pairs.take_many(1)).values[1].tolist() == [7]
        sess.run(pairs.close(cancel_pending_enqueues=True))
        assert sess.run(pairs.incomplete_size()) == 0
    for call, error in (
        (lambda: barrier.insert_many(0, ["z"], [1, 2]), ValueError),
        (lambda: tf.queue.Barrier((tf.float32,), shapes=((None,),)), ValueError),
        (lambda: tf.queue.Barrier((tf.float32, tf.int32), shapes=((),)), ValueError),
        (lambda: barrier.take_many(1, timeout=10), TypeError),
    ):
        with pytest.raises(error):
            call()


def _slowly(value: Any) -> Any:
    time.sleep(0.3)
    return value


def test_a_step_that_is_given_up_gives_back_what_it_took() -> None:
    queue = tf.FIFOQueue(10, tf.int32, shapes=[[]])
    slow = tf.py_func(_slowly, [queue.dequeue()], tf.int32)
    with tf.Session() as sess:
        sess.run(queue.enqueue_many([[1, 2]]))
        with pytest.raises(tf.errors.DeadlineExceededError):
            sess.run(slow, options=tf.RunOptions(timeout_in_ms=60))
        for _ in range(100):
            if sess.run(queue.size()) == 2:
                break
            time.sleep(0.02)
        assert sess.run(queue.dequeue_many(2)).tolist() == [1, 2]
