"""Loops of every kind that are stopped at random moments, and the session after that."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sessile as tf

_MOST = 2_000_000_000  # turns: for ever
_SOON = 5.0  # seconds; in fact some milliseconds, but the machine may be busy


def _numbers(n: Any) -> Any:
    return tf.while_loop(lambda i, v: i < n, lambda i, v: (i + 1, v * 0.5 + 1.0), [0, tf.constant(1.0)])[1]


def _small_array(n: Any) -> Any:
    return tf.while_loop(lambda i, v: i < n, lambda i, v: (i + 1, v * 0.5 + 1.0), [0, tf.ones([3])])[1][0]


def _array(n: Any) -> Any:
    return tf.while_loop(lambda i, v: i < n, lambda i, v: (i + 1, v * 0.5 + 1.0), [0, tf.ones([500])])[1][0]


def _nested(n: Any) -> Any:
    def body(i: Any, v: Any) -> Any:
        inner = tf.while_loop(lambda j, w: j < 3, lambda j, w: (j + 1, w * 0.5 + 1.0), [0, v])[1]
        return i + 1, tf.cond(inner[0] > 0.0, lambda: inner, lambda: tf.exp(v))

    return tf.while_loop(lambda i, v: i < n, body, [0, tf.ones([500])])[1][0]


def _with_python(n: Any) -> Any:
    def body(i: Any, v: Any) -> Any:
        return i + 1, tf.reshape(tf.py_func(lambda x: np.float32(x * 0.5 + 1.0), [v], tf.float32), [])

    return tf.while_loop(lambda i, v: i < n, body, [0, tf.constant(1.0)])[1]


def _with_variable(n: Any) -> Any:
    v = tf.get_variable("v", [], initializer=tf.ones_initializer(), use_resource=False)

    def body(i: Any) -> Any:
        with tf.control_dependencies([tf.assign(v, v.read_value() * 0.5 + 1.0)]):
            return i + 1

    with tf.control_dependencies([tf.while_loop(lambda i: i < n, body, [tf.constant(0)])]):
        return tf.identity(v.read_value())


LOOPS = [_numbers, _small_array, _array, _nested, _with_python, _with_variable]


def _prepared(session: Any, build: Callable[[Any], Any]) -> tuple[Any, Any]:
    n = tf.placeholder(tf.int32, [])
    out = build(n)
    session.run(tf.global_variables_initializer())
    for _ in range(3):  # interpreted, compiled, by what is there
        assert session.run(out, {n: 50}) == pytest.approx(2.0, rel=1e-3)
    return n, out


@pytest.mark.parametrize("build", LOOPS)
@pytest.mark.parametrize("seed", range(3))
def test_a_deadline_stops_a_loop_and_the_session_goes_on(build: Callable[[Any], Any], seed: int) -> None:
    with tf.Session() as session:
        n, out = _prepared(session, build)
        limit = random.Random(seed).randint(5, 60)
        started = time.monotonic()
        with pytest.raises(tf.errors.DeadlineExceededError):
            session.run(out, {n: _MOST}, options=tf.RunOptions(timeout_in_ms=limit))
        assert time.monotonic() - started < _SOON
        assert session.run(out, {n: 50}) == pytest.approx(2.0, rel=1e-3)


@pytest.mark.parametrize("build", LOOPS)
@pytest.mark.parametrize("seed", range(3))
def test_closing_a_session_stops_its_loops(build: Callable[[Any], Any], seed: int) -> None:
    session = tf.Session()
    n, out = _prepared(session, build)
    closing = threading.Timer(random.Random(seed).uniform(0.0, 0.06), session.close)
    closing.start()
    started = time.monotonic()
    with pytest.raises((tf.errors.CancelledError, RuntimeError)):  # the latter if it was closed before
        session.run(out, {n: _MOST})
    closing.join()
    assert time.monotonic() - started < _SOON
    with tf.Session() as another:
        another.run(tf.global_variables_initializer())
        assert another.run(out, {n: 50}) == pytest.approx(2.0, rel=1e-3)


@pytest.mark.parametrize("build", LOOPS)
@pytest.mark.parametrize("seed", range(3))
def test_ctrl_c_stops_a_loop_and_the_session_goes_on(build: Callable[[Any], Any], seed: int) -> None:
    with tf.Session() as session:
        n, out = _prepared(session, build)
        pause = random.Random(seed).uniform(0.001, 0.06)
        pressing = threading.Timer(pause, lambda: os.kill(os.getpid(), signal.SIGINT))
        started = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            pressing.start()
            session.run(out, {n: _MOST})
        pressing.join()
        assert time.monotonic() - started < _SOON
        assert session.run(out, {n: 50}) == pytest.approx(2.0, rel=1e-3)


def test_an_assertion_that_fails_stops_a_loop() -> None:
    n = tf.placeholder(tf.int32, [])

    def body(i: Any, v: Any) -> Any:
        with tf.control_dependencies([tf.Assert(i < n, ["too far", i])]):
            return i + 1, v * 0.5 + 1.0

    out = tf.while_loop(lambda i, v: i < 40, body, [0, tf.ones([500])])[1][0]
    with tf.Session() as session:
        for _ in range(3):
            with pytest.raises(tf.errors.InvalidArgumentError, match="too far"):
                session.run(out, {n: 7})
            assert session.run(out, {n: 100}) == pytest.approx(2.0, rel=1e-3)
