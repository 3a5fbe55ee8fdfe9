"""Warnings that help: what they say, that they come once, and that ordinary programs get none."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import time
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


def test_callables_of_operations_made_in_the_loop_are_told() -> None:
    x = tf.placeholder(tf.float32, [], name="x")
    with tf.Session() as sess, pytest.warns(tf.UsageWarning, match="graph grows between steps"):
        for _ in range(2 * warnings_.GROWING_STEPS):
            assert sess.make_callable(x + 1.0, [x])(1.0) == 2.0


class Worker:
    """A step that was given up at its limit and goes on in a thread until it is let go."""

    def __init__(self, sess: Any) -> None:
        self._go = threading.Event()
        self._left = threading.Event()

        def wait() -> Any:
            self._go.wait(30.0)
            self._left.set()
            return np.float32(1.0)

        with pytest.raises(tf.errors.DeadlineExceededError):
            sess.run(tf.py_func(wait, [], tf.float32), options=tf.RunOptions(timeout_in_ms=30))

    def stop(self) -> None:
        self._go.set()
        assert self._left.wait(10.0)
        time.sleep(0.1)


def dropped(sess: list[Any]) -> list[str]:
    """What is said when the only reference to a session goes."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        sess.clear()
        gc.collect()
    return messages(caught, tf.UnclosedSessionWarning)


def test_a_session_dropped_with_a_step_that_was_given_up_is_told() -> None:
    box = [tf.Session()]
    workers = [Worker(box[0]), Worker(box[0])]
    (message,) = dropped(box)
    for worker in workers:
        worker.stop()
    assert "dropped without close() while 2 of its threads ran (sessile-timed-step" in message
    assert "made at " in message and "test_warnings.py:" in message
    assert issubclass(tf.UnclosedSessionWarning, ResourceWarning)


def test_no_word_where_the_thread_is_done_or_the_session_closed() -> None:
    closed, finished = [tf.Session()], [tf.Session()]
    working, done = Worker(closed[0]), Worker(finished[0])
    closed[0].close()
    done.stop()
    assert dropped(closed) == dropped(finished) == []
    working.stop()


def test_no_word_of_ordinary_sessions() -> None:
    config = tf.ConfigProto(intra_op_parallelism_threads=2, operation_timeout_in_ms=20_000)
    x = tf.placeholder(tf.float32, [None])
    box = [tf.Session(config=config), tf.Session(), tf.InteractiveSession()]
    for sess in box:
        for _ in range(3):
            sess.run(tf.exp(x) * 2.0, {x: np.ones(1 << 19)})  # a loop that the process's pool shares
    box[-1].close()
    del sess
    assert dropped(box) == []


USERS = {
    "growth": """
sess = tf.Session()
a, b = tf.constant(1.0), tf.constant(2.0)
for _ in range(200):
    sess.run(tf.add(a, b))
""",
    "eval": """
with tf.Session():
    a = tf.constant(1.0)
    for i in range(200):
        (a + i).eval()
""",
    "callables": """
sess = tf.Session()
x = tf.placeholder(tf.float32, [])
y = x * 2.0
for _ in range(100):
    f = sess.make_callable(y, [x])
    f(1.0)
""",
    "models": """
def model(x):
    for _ in range(4):
        x = tf.nn.relu(tf.matmul(x, tf.Variable(tf.ones([4, 4]))))
    return x
for _ in range(60):
    with tf.Graph().as_default(), tf.Session() as sess:
        y = model(tf.ones([2, 4]))
        sess.run(tf.global_variables_initializer())
        for _ in range(3):
            sess.run(y)
        f = sess.make_callable(y)
        f()
sess = tf.Session()
x = tf.placeholder(tf.float32, [2, 4])
for width in range(10):
    y = model(x)
    sess.run(tf.global_variables_initializer())
    for _ in range(100):
        sess.run(y, {x: [[1.0] * 4] * 2})
fs = [sess.make_callable(y + i, [x]) for i in range(10)]
""",
    "exit": """
import threading, time
sess = tf.Session(config=tf.ConfigProto(operation_timeout_in_ms=30, intra_op_parallelism_threads=2))
try:
    sess.run(tf.py_func(lambda: (time.sleep(5.0), 1.0)[1], [], tf.float64))
except tf.errors.DeadlineExceededError:
    pass
keep = tf.Session()
keep.cycle = keep
keep.run(tf.constant(1.0) * 2.0)
""",
}
TOLD = {
    "growth": "UsageWarning: The graph grows between steps: operations made at <string>:6",
    "callables": "make_callable",
}
TOLD["eval"] = "UsageWarning: The graph grows between steps: operations made at <string>:6"


@pytest.mark.parametrize("name", USERS)
def test_as_a_new_user_meets_them(name: str) -> None:
    script = f"import sessile as tf\n{USERS[name]}"
    command = [sys.executable, "-W", "default::ResourceWarning", "-c", script]
    said = subprocess.run(command, capture_output=True, text=True, timeout=120.0, check=True).stderr
    if name in TOLD:
        assert TOLD[name] in said
        assert said.count("Warning: ") == 1
    else:
        assert said == ""
