"""Warnings that help: what they say, that they come once, and that ordinary programs get none."""

from __future__ import annotations

import gc
import threading
import warnings
from typing import Any

import numpy as np
import pytest
from sessile.session import warnings_

import sessile as tf


def messages(caught: list[warnings.WarningMessage], category: type[Warning]) -> list[str]:
    return [str(item.message) for item in caught if issubclass(item.category, category)]


def test_a_graph_that_grows_in_a_loop_is_told_once_with_its_line() -> None:
    with warnings.catch_warnings(record=True) as caught, tf.Session() as sess:
        warnings.simplefilter("always")
        sess.run(tf.constant(1.0))
        for number in range(3 * warnings_.GROWING_STEPS):
            sess.run(tf.constant(float(number)) + 1.0)
    (message,) = messages(caught, tf.UsageWarning)
    assert "The graph grows between steps" in message
    assert "test_warnings.py:" in message and "in test_a_graph_that_grows" in message
    assert "Graph.finalize()" in message
    (item,) = caught
    assert item.filename.endswith("test_warnings.py")  # it points at the line that runs the step


def test_an_assignment_made_in_the_loop_is_told() -> None:
    v = tf.Variable(0.0)
    with tf.Session() as sess, pytest.warns(tf.UsageWarning, match="graph grows between steps"):
        sess.run(v.initializer)
        for number in range(2 * warnings_.GROWING_STEPS):
            sess.run(tf.assign(v, float(number)))


def test_a_graph_built_step_by_step_is_no_loop() -> None:
    """Operations added at different lines, or not run, and many signatures of a graph that stands."""
    x = tf.placeholder(tf.float32, [], name="x")
    layers = [x * float(index) for index in range(2 * warnings_.GROWING_STEPS)]
    with tf.Session() as sess:
        for layer in layers:
            sess.run(layer, {x: 1.0})
        for _ in range(2 * warnings_.GROWING_STEPS):
            tf.constant(0.0)
            sess.run(layers[0], {x: 1.0})


def test_one_step_a_session_is_no_loop() -> None:
    for _ in range(warnings_.GROWING_STEPS + 10):
        with tf.Session() as sess:
            sess.run(tf.constant(1.0))


def test_a_callable_made_in_a_loop_is_told_once_with_its_line() -> None:
    x = tf.placeholder(tf.float32, [], name="x")
    y = tf.multiply(x, 2.0, name="y")
    with warnings.catch_warnings(record=True) as caught, tf.Session() as sess:
        warnings.simplefilter("always")
        for _ in range(3 * warnings_.CALLABLES):
            assert sess.make_callable(y, [x])(1.0) == 2.0
    (message,) = messages(caught, tf.UsageWarning)
    assert f"make_callable was called {warnings_.CALLABLES} times at " in message
    assert "test_warnings.py:" in message and "'y:0'" in message


def test_callables_of_many_signatures_are_no_loop() -> None:
    x = tf.placeholder(tf.float32, [])
    layers = [x * float(index) for index in range(2 * warnings_.CALLABLES)]
    with tf.Session() as sess:
        calls = [sess.make_callable(layer, [x]) for layer in layers]
    assert len(calls) == 2 * warnings_.CALLABLES


class Worker:
    """A thread that works for a session until it is told to leave."""

    def __init__(self, sess: Any) -> None:
        self._leave = threading.Event()
        self.thread = threading.Thread(target=self._leave.wait, args=(30.0,), name="reader")
        self.thread.start()
        sess._state.threads.append(self.thread)

    def stop(self) -> None:
        self._leave.set()
        self.thread.join()


def test_a_session_dropped_with_living_threads_is_told() -> None:
    sess = tf.Session()
    worker = Worker(sess)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        del sess
        gc.collect()
    worker.stop()
    (message,) = messages(caught, tf.UnclosedSessionWarning)
    assert "dropped without close()" in message and "reader" in message
    assert issubclass(tf.UnclosedSessionWarning, ResourceWarning)


def test_no_word_of_sessions_closed_or_without_threads() -> None:
    closed, finished, plain = tf.Session(), tf.Session(), tf.Session()
    working, done = Worker(closed), Worker(finished)
    closed.close()
    done.stop()
    v = tf.Variable(np.ones(1000))
    plain.run(v.initializer)  # memory goes with the session: nothing is lost
    del closed, finished, plain
    gc.collect()
    working.stop()
