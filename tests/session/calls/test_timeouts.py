"""Time limits: DeadlineExceededError in time, and the session works on."""

from __future__ import annotations

import gc
import os
import threading
import time
import weakref
from typing import Any

import numpy as np
import pytest

import sessile as tf

# sessions here are dropped while what they gave up still runs
pytestmark = pytest.mark.filterwarnings("ignore::sessile.UnclosedSessionWarning")
Deadline = tf.errors.DeadlineExceededError


def limit(milliseconds: int) -> Any:
    return tf.RunOptions(timeout_in_ms=milliseconds)


def limited_session(milliseconds: int) -> Any:
    return tf.Session(config=tf.ConfigProto(operation_timeout_in_ms=milliseconds))


class Gate:
    """A Python function that waits until it is let through."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.left = threading.Semaphore(0)
        self.waits = True
        self.entered = 0

    def __call__(self, value: Any) -> Any:
        self.entered += 1
        if self.waits:
            self.opened.wait(20.0)
        self.left.release()
        return value

    def op(self, x: Any, name: str = "gate") -> Any:
        return tf.py_func(self, [x], tf.float32, name=name)

    def open(self) -> None:
        """Let those through that wait, and the rest pass; returns when the first one is out."""
        self.waits = False
        self.opened.set()
        assert self.left.acquire(timeout=20.0)
        time.sleep(0.05)


def test_run_options() -> None:
    x = tf.placeholder(tf.float32, [2], name="x")
    gate = Gate()
    y = gate.op(x) * 2.0
    sess = tf.Session()
    started = time.monotonic()
    with pytest.raises(Deadline, match=r"longer than 60 ms \(timeout_in_ms of the RunOptions\)") as error:
        sess.run(y, {x: [1.0, 2.0]}, options=limit(60))
    assert 0.05 < time.monotonic() - started < 5.0
    assert error.value.op.name == "gate" and error.value.error_code == tf.errors.DEADLINE_EXCEEDED
    assert "It was at PyFunc 'gate'" in error.value.message and "test_timeouts.py" in error.value.message
    gate.open()
    np.testing.assert_array_equal(sess.run(y, {x: [1.0, 2.0]}, options=limit(20_000)), [2.0, 4.0])
    np.testing.assert_array_equal(sess.run(y, {x: [1.0, 2.0]}), [2.0, 4.0])


def test_what_lies_behind_the_end_does_not_happen() -> None:
    v = tf.Variable(0.0)
    gate = Gate()
    before = v.assign_add(1.0)
    with tf.control_dependencies([before]):
        waited = gate.op(tf.constant(1.0))
    with tf.control_dependencies([waited]):
        after = v.assign_add(10.0)
    sess = tf.Session()
    sess.run(v.initializer)
    with pytest.raises(Deadline):
        sess.run(after, options=limit(60))
    gate.open()
    assert sess.run(v) == 1.0
    assert sess.run(after, options=limit(20_000)) == 12.0


def test_operation_timeout_of_the_session() -> None:
    x = tf.placeholder(tf.float32, [2])
    gate = Gate()
    y = gate.op(x)
    sess = limited_session(300)
    step = sess.make_callable(y, [x])
    with_options = sess.make_callable(y, [x], accept_options=True)
    handle = sess.partial_run_setup([y, y * 2.0], [x])
    calls = {
        "run": lambda: sess.run(y, {x: [1, 2]}),
        "run again": lambda: sess.run(y, {x: [1, 2]}),
        "callable": lambda: step([1, 2]),
        "callable with options": lambda: with_options([1, 2]),
        "run metadata": lambda: sess.run(y, {x: [1, 2]}, run_metadata=tf.RunMetadata()),
        "partial run": lambda: sess.partial_run(handle, y, {x: [1, 2]}),
    }
    for name, call in calls.items():
        with pytest.raises(Deadline, match=r"300 ms \(operation_timeout_in_ms of the session's ConfigProto\)"):
            call()
            pytest.fail(name)
    with pytest.raises(tf.errors.InvalidArgumentError, match="Must run 'setup'.*took too long"):
        sess.partial_run(handle, y)
    gate.open()
    for call in list(calls.values())[:-1]:
        np.testing.assert_array_equal(call(), [1.0, 2.0])
    with pytest.raises(TypeError, match="takes 1 positional arguments"):
        step()


def test_run_options_take_the_place_of_the_session_s_limit() -> None:
    sess = limited_session(30)
    y = tf.py_func(lambda: (time.sleep(0.15), np.float32(1.0))[1], [], tf.float32)
    assert sess.run(y, options=limit(20_000)) == 1.0
    with pytest.raises(Deadline, match="30 ms"):
        sess.run(y, options=limit(0))


def test_without_a_limit_no_thread_is_made() -> None:
    x = tf.placeholder(tf.float32, [])
    y = tf.py_func(lambda v: np.float32(threading.get_ident() == main), [x], tf.float32)
    main = threading.get_ident()
    for options in (None, tf.RunOptions(), limit(0), limit(-5)):
        assert tf.Session().run(y, {x: 1.0}, options=options) == 1.0


def test_compiling_does_not_count() -> None:
    x = tf.placeholder(tf.float32, [None])
    y = x
    for number in range(3):
        y = tf.cumsum(tf.sin(y * (1.5 + time.time() + number)))  # a kernel that no cache has
    sess = limited_session(500)
    for _ in range(3):
        assert sess.run(y, {x: np.zeros(4)}).tolist() == [0.0] * 4


def test_planning_of_a_partial_run_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    from sessile.session.partial.partial_plan import Progress

    advance = Progress.advance

    def slow(*arguments: Any) -> Any:
        time.sleep(0.3)
        return advance(*arguments)

    monkeypatch.setattr(Progress, "advance", slow)
    x = tf.placeholder(tf.float32, [])
    sess = limited_session(200)
    handle = sess.partial_run_setup([x * 2.0], [x])
    assert sess.partial_run(handle, "mul:0", {x: 2.0}) == 4.0


def long_steps() -> dict[str, Any]:
    """Steps of a tenth of a second or more: `(fetch, feeds that take long, feeds that do not)`."""
    x, y = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.float32, [None])
    m = tf.placeholder(tf.float64, [None, None])
    many, few = np.linspace(0.0, 1.0, 10_000, dtype=np.float32), np.ones(2, np.float32)
    big, small = np.ones((1500, 1500)), np.ones((2, 2))
    return {
        "a compiled loop": (tf.reduce_sum(tf.exp(x[:, None] * y[None, :]), 1), {x: many, y: many}, {x: few, y: few}),
        "products": (tf.matmul(tf.matmul(tf.matmul(m, m), m), m), {m: big}, {m: small}),
        "a factorization": (tf.linalg.svd(m, compute_uv=False), {m: big[:500, :500]}, {m: small}),
        "an interpreted operation": (tf.unique(x)[0], {x: np.random.RandomState(0).rand(2_000_000)}, {x: few}),
    }


@pytest.mark.parametrize("name", ["a compiled loop", "products", "a factorization", "an interpreted operation"])
def test_limits_inside_loops_and_library_calls(name: str) -> None:
    fetch, large, little = long_steps()[name]
    sess = tf.Session()
    for _ in range(2):
        sess.run(fetch, little, options=limit(20_000))
    before = sess.run(fetch, little)
    started = time.monotonic()
    with pytest.raises(Deadline, match="longer than 5 ms"):
        sess.run(fetch, large, options=limit(5))
    taken = time.monotonic() - started
    np.testing.assert_array_equal(sess.run(fetch, little), before)
    assert taken < 10.0  # milliseconds; a loaded machine wakes threads late
    print(f"{name}: {1000 * taken:.0f} ms")


def test_errors_and_results_pass_through() -> None:
    x = tf.placeholder(tf.float32, [None], name="x")
    sess = limited_session(20_000)
    handle = sess.run(tf.get_session_handle(x * 2.0), {x: [1.0]})
    assert handle.eval() == [2.0]
    with pytest.raises(ValueError, match="Cannot feed value of shape"):
        sess.run(x * 2.0, {x: 1.0})
    with pytest.raises(tf.errors.InvalidArgumentError, match="no good"):

        def fail(value: Any) -> Any:
            raise ValueError("no good")

        sess.run(tf.py_func(fail, [x], tf.float32), {x: [1.0]})
    assert sess.run({"a": [x, (x * 2.0).op]}, {x: [3.0]}) == {"a": [[3.0], None]}
    sess.close()
    with pytest.raises(RuntimeError, match="closed"):
        sess.run(x * 2.0, {x: [1.0]})


@pytest.mark.parametrize("late", [False, True])
def test_handles_of_a_step_that_was_given_up_are_freed(late: bool) -> None:
    x = tf.placeholder(tf.float32, [2])
    gate = Gate()
    first = tf.get_session_handle(x * 2.0)
    with tf.control_dependencies([first]):
        waited = gate.op(x)
        fetches = [first, waited] if late else [first, tf.get_session_handle(waited)]
    sess = tf.Session()
    with pytest.raises(Deadline):
        sess.run(fetches, {x: [1.0, 2.0]}, options=limit(60))
    gate.open()
    give_up = time.monotonic() + 10.0
    while len(sess._state.handles) and time.monotonic() < give_up:
        time.sleep(0.01)
    assert len(sess._state.handles) == 0
    kept = sess.run(fetches, {x: [1.0, 2.0]}, options=limit(20_000))
    assert kept[0].eval().tolist() == [2.0, 4.0]


def test_handles_of_a_step_that_fails_are_freed() -> None:
    x = tf.placeholder(tf.float32, [2])
    first = tf.get_session_handle(x * 2.0)

    def fail(value: Any) -> Any:
        raise ValueError("no good")

    with tf.control_dependencies([first]):
        bad = tf.py_func(fail, [x], tf.float32)
    sess = tf.Session()
    for _ in range(3):
        with pytest.raises(tf.errors.InvalidArgumentError, match="no good"):
            sess.run([first, bad], {x: [1.0, 2.0]})
    assert len(sess._state.handles) == 0


@pytest.mark.parametrize("way", ["run", "callable", "partial_run", "traced"])
@pytest.mark.parametrize("ends", ["close", "reset"])
def test_close_wakes_those_who_wait(way: str, ends: str) -> None:
    x = tf.placeholder(tf.float32, [])
    gate = Gate()
    y = gate.op(x) * 2.0
    server = tf.train.Server.create_local_server()
    config = tf.ConfigProto(operation_timeout_in_ms=20_000)
    sess = tf.Session(server.target if ends == "reset" else "", config=config)
    step = sess.make_callable(y, [x])
    handle = sess.partial_run_setup([y], [x])
    traced = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE, timeout_in_ms=20_000)
    calls = {
        "run": lambda: sess.run(y, {x: 1.0}),
        "callable": lambda: step(1.0),
        "partial_run": lambda: sess.partial_run(handle, y, {x: 1.0}),
        "traced": lambda: sess.run(y, {x: 1.0}, options=traced, run_metadata=tf.RunMetadata()),
    }
    found: list[Any] = []

    def wait() -> None:
        try:
            found.append(calls[way]())
        except Exception as error:
            found.append(error)

    threads = [threading.Thread(target=wait) for _ in range(1 if way == "partial_run" else 3)]
    for thread in threads:
        thread.start()
    give_up = time.monotonic() + 10.0
    while gate.entered < len(threads) and time.monotonic() < give_up:
        time.sleep(0.01)
    started = time.monotonic()
    sess.close() if ends == "close" else tf.Session.reset(server.target)
    for thread in threads:
        thread.join(10.0)
    assert time.monotonic() - started < 5.0
    assert [type(error) for error in found] == [tf.errors.CancelledError] * len(threads)
    assert "its session was closed" in str(found[0]) and "'gate'" in str(found[0])
    assert not sess._state.waiting
    gate.open()


def test_a_late_result_is_none_however_late_its_caller_wakes(monkeypatch: pytest.MonkeyPatch) -> None:
    from sessile.session.calls import deadline

    class Sleepy(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            return super().wait(20.0)  # as a thread that is not let run in time

    y = tf.py_func(lambda: (time.sleep(0.1), np.float32(1.0))[1], [], tf.float32)
    bad = tf.py_func(lambda: (time.sleep(0.1), 1 / 0)[1], [], tf.float32)
    sess = tf.Session()
    sess.run(y)
    monkeypatch.setattr(deadline.threading, "Event", Sleepy)
    with pytest.raises(Deadline):
        sess.run(y, options=limit(20))
    with pytest.raises(tf.errors.UnknownError, match="division by zero"):
        sess.run(bad, options=limit(20))
    assert sess.run(y, options=limit(20_000)) == 1.0


def test_many_threads_with_limits() -> None:
    x = tf.placeholder(tf.float32, [])
    fast, slow = x * 2.0, tf.py_func(lambda v: (time.sleep(0.5), v)[1], [x], tf.float32)
    sess = tf.Session()
    found: list[Any] = []

    def call(number: int) -> Any:
        if number % 2:
            return sess.run(fast, {x: number}, options=limit(20_000)) == 2.0 * number
        try:
            sess.run(slow, {x: number}, options=limit(20))
        except Deadline:
            return True
        return "in time"

    def work(number: int) -> None:
        for _ in range(5):
            try:
                found.append(call(number))
            except Exception as error:
                found.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 30


def test_results_are_not_kept_alive() -> None:
    x = tf.placeholder(tf.float32, [None])
    result = limited_session(20_000).run(x * 2.0, {x: np.ones(10)})
    gone = weakref.ref(result)
    del result
    time.sleep(0.05)
    gc.collect()
    assert gone() is None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_after_a_fork() -> None:
    x = tf.placeholder(tf.float32, [])
    sess = limited_session(20_000)
    assert sess.run(x * 2.0, {x: 1.0}) == 2.0
    time.sleep(0.05)  # the worker waits for the next step
    child = os.fork()
    if child == 0:
        os._exit(0 if sess.run(x * 2.0, {x: 4.0}) == 8.0 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
