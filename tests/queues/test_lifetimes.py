"""What a session owns goes with it: many sessions, one after the other, leave nothing behind."""

from __future__ import annotations

import gc
import os
import threading
import time
import weakref
from typing import Any

import pytest

import sessile as tf


def _resident() -> int:
    """Kilobytes of this process in memory."""
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


class _Program:
    """A graph with one of each thing that a session may own, and a step that uses all of them."""

    def __init__(self) -> None:
        self.graph = tf.Graph()
        with self.graph.as_default():
            variable = tf.Variable(tf.zeros([1000]))
            queue = tf.FIFOQueue(4, tf.float32, shapes=[[1000]])
            area = tf.contrib.staging.StagingArea([tf.float32])
            table = tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, -1)
            barrier = tf.queue.Barrier(tf.float32, shapes=[()])
            iterator = tf.data.make_initializable_iterator(tf.data.Dataset.range(5).prefetch(2))
            self.first = tf.group(tf.global_variables_initializer(), iterator.initializer)
            self.second = tf.group(
                queue.enqueue(variable), area.put([variable]), table.insert(["a"], [1]),
                barrier.insert_many(0, ["k"], [1.0]),
            )  # fmt: skip
            self.third = [
                tf.reduce_sum(queue.dequeue()), tf.reduce_sum(area.get()[0]), table.lookup(tf.constant("a")),
                barrier.take_many(1).values[0], iterator.get_next(), tf.get_session_handle(variable),
            ]  # fmt: skip

    def run(self) -> Any:
        """One session; returns a weak reference to its state."""
        with tf.Session(graph=self.graph) as sess:
            sess.run(self.first)
            sess.run(self.second)
            found = sess.run(self.third)
            assert [float(item) for item in found[:3]] == [0.0, 0.0, 1.0]
            return weakref.ref(sess._state)


def _descriptors() -> int:
    """How many files, pipes and sockets this process has open."""
    return len(os.listdir("/proc/self/fd"))


def _many(count: int) -> tuple[int, int, int]:
    """How many kilobytes, threads and file descriptors are there after some sessions more than before."""
    program = _Program()
    for _ in range(count // 10):
        program.run()
    gc.collect()
    memory, threads, files = _resident(), threading.active_count(), _descriptors()
    for _ in range(count):
        program.run()
    gc.collect()
    return _resident() - memory, threading.active_count() - threads, _descriptors() - files


def test_a_closed_session_is_gone_without_the_collector() -> None:
    program = _Program()
    program.run()
    gc.collect()
    gc.disable()
    try:
        state = program.run()
        end = time.monotonic() + 5  # the thread that made elements ahead looks now and then
        while state() is not None and time.monotonic() < end:
            time.sleep(0.02)
        assert state() is None
    finally:
        gc.enable()


def test_some_hundred_sessions_leave_nothing() -> None:
    kilobytes, threads, files = _many(300)
    assert kilobytes < 4000
    assert threads <= 1
    assert files == 0


@pytest.mark.slow
def test_ten_thousand_sessions_leave_nothing() -> None:
    kilobytes, threads, files = _many(10_000)
    assert kilobytes < 8000
    assert threads <= 1
    assert files == 0
