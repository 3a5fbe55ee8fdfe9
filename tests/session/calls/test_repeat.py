"""`make_callable(..., repeat=n, carry={feed: fetch})`: the same as a loop of calls, in every way that a step runs."""

from __future__ import annotations

import os
import signal
import threading
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sessile.compiler.machine import abi
from sessile.session.calls.feeds import Feed

import sessile as tf

native = pytest.mark.skipif(not abi.available(), reason="there are no native steps here")


@pytest.fixture(params=["interpreted", "portable", "native", "timed"])
def session(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A session that runs steps in one of several ways."""
    if request.param == "portable":
        monkeypatch.setenv("SESSILE_NATIVE", "0")
        abi.available.cache_clear()
    level = tf.OptimizerOptions.OFF if request.param == "interpreted" else tf.OptimizerOptions.ON_1
    config = tf.ConfigProto(
        graph_options=tf.GraphOptions(optimizer_options=tf.OptimizerOptions(global_jit_level=level)),
        operation_timeout_in_ms=20_000 if request.param == "timed" else 0,
    )
    with tf.Session(config=config) as made:
        yield made
    monkeypatch.undo()
    abi.available.cache_clear()


@pytest.mark.parametrize("count", [1, 2, 7])
def test_equal_to_a_loop_of_calls(session: Any, count: int) -> None:
    x, rate = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.float32, [])
    number, flag = tf.placeholder(tf.int32, []), tf.placeholder(tf.bool, [])
    new = x - rate * tf.square(x)
    more, other = number + 2, tf.logical_not(flag)
    fetches = {"x": new, "rest": [tf.reduce_sum(new), more, tf.no_op(), other, tf.where(flag, x, new)]}
    carry = {x: new, number: more, flag: other}
    feeds = [x, rate, number, flag]
    step = session.make_callable(fetches, feeds, repeat=count, carry=carry)
    once = session.make_callable([fetches, new, more, other], feeds)
    start = np.linspace(0.1, 1.0, 5).astype(np.float32)
    for rate_given in (0.25, np.float32(0.5), np.array(0.125, np.float32)):
        values: list[Any] = [start, 3, True]
        for _ in range(count):
            wanted, *values = once(values[0], rate_given, *values[1:])
        found = step(start.tolist(), rate_given, 3, True)
        assert repr(found) == repr(wanted)
        assert [type(item) for item in found["rest"]] == [type(item) for item in wanted["rest"]]
        assert found["x"].flags.writeable and start[0] == np.float32(0.1)


def test_variables_add_up(session: Any) -> None:
    v = tf.Variable(0.0)
    x = tf.placeholder(tf.float32, [])
    add = v.assign_add(x)
    session.run(v.initializer)
    assert session.make_callable(add, [x], repeat=100)(2.0) == 200.0
    assert session.make_callable(add.op, [x], repeat=np.int64(10))(2.0) is None
    fold = session.make_callable([v, add], [x], repeat=3, carry={x: add})
    found = fold(1.0)  # 221, 442, 884
    assert found[1] == 884.0 and session.run(v) == 884.0


def test_what_is_carried_need_not_be_fetched(session: Any) -> None:
    x = tf.placeholder(tf.int64, [2], name="x")
    step = session.make_callable(tf.reduce_sum(x), ["x:0"], repeat=4, carry={"x:0": tf.multiply(x, 3)})
    assert step([1, 2]) == 3 * 27 and isinstance(step([1, 2]), np.int64)


def test_shapes_may_grow(session: Any) -> None:
    x = tf.placeholder(tf.float32, [None])
    step = session.make_callable(tf.shape(x), [x], repeat=5, carry={x: tf.concat([x, x[:1]], 0)})
    assert step([1.0]).tolist() == [5]


@pytest.mark.parametrize("count", [1, 2, 5])
def test_results_into_given_arrays(session: Any, count: int) -> None:
    """The same numbers, in the arrays that are given, call after call and from several of them in turns."""
    x, scale = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.float32, [])
    number = tf.placeholder(tf.int64, [])
    new, more = x * scale + 1.0, number + 2
    fetches = {"x": new, "rest": (tf.reduce_sum(new), tf.no_op(), more)}
    carry = {x: new, number: more, scale: scale * 0.5}
    step = session.make_callable(fetches, [x, scale, number], repeat=count, carry=carry)
    for size in (4, 3000, 4):
        start = np.linspace(0, 1, size).astype(np.float32)
        for _ in range(3):
            wanted = step(start, 2.0, 7)
            arrays = [np.empty(size, np.float32), np.empty((), np.float32), np.empty((), np.int64)]
            found = step(start, 2.0, 7, out={"x": arrays[0], "rest": (arrays[1], None, arrays[2])})
            assert found["x"] is arrays[0] and found["rest"][0] is arrays[1] and found["rest"][2] is arrays[2]
            assert arrays[0].tolist() == wanted["x"].tolist()
            assert (arrays[1], arrays[2]) == (wanted["rest"][0], wanted["rest"][2])
            assert start[-1] == 1.0


def test_given_arrays_and_shapes_that_change(session: Any) -> None:
    """Turns of other shapes than the first one's, there and back, and shapes that depend on data."""
    x = tf.placeholder(tf.float32, [None, None])
    turned = session.make_callable(tf.transpose(x) * 2.0, [x], repeat=2, carry={x: tf.transpose(x) + 1.0})
    y = tf.placeholder(tf.float32, [None])
    fewer = session.make_callable(y + 0.0, [y], repeat=3, carry={y: tf.boolean_mask(y, y < tf.reduce_max(y))})
    value, out, rest = np.arange(6, dtype=np.float32).reshape(2, 3), np.empty((2, 3), np.float32), np.empty(2)
    for _ in range(3):
        assert turned(value, out=out) is out and out.tolist() == ((value + 1) * 2).tolist()
        rest = np.empty(2, np.float32)
        assert fewer([1.0, 2.0, 3.0, 4.0], out=rest).tolist() == [1.0, 2.0]
        with pytest.raises(ValueError, match=r"has shape \[4\], the result has \[2\]"):
            fewer([1.0, 2.0, 3.0, 4.0], out=np.empty(4, np.float32))


def test_given_arrays_and_variables(session: Any) -> None:
    """Updates happen once a turn, also where results go to arrays."""
    v, x = tf.Variable(1.0), tf.placeholder(tf.float32, [2])
    session.run(v.initializer)
    with tf.control_dependencies([v.assign_add(1.0).op]):
        new = tf.identity(x * 2.0)
    step, out = session.make_callable(new, [x], repeat=10, carry={x: new}), np.empty(2, np.float32)
    for call in range(1, 4):
        assert step([1.0, 3.0], out=out).tolist() == [1024.0, 3072.0]
        assert session.run(v) == 1.0 + 10 * call


@native
def test_given_arrays_are_all_that_is_written() -> None:
    """Once shapes are known to stay, turns take no memory: the two sets of arrays are written in turns."""
    x = tf.placeholder(tf.float32, [None])
    new = x + 1.0
    start, out = np.zeros(1 << 16, np.float32), np.empty(1 << 16, np.float32)
    with tf.Session() as session:
        step = session.make_callable(new, [x], repeat=50, carry={x: new})
        for _ in range(3):
            step(start, out=out)
        peaks = []
        for options in ({}, {"out": out}):
            tracemalloc.start()
            step(start, **options)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[0] > start.nbytes > 4 * peaks[1] and out[0] == 50.0


def test_handles_are_carried(session: Any) -> None:
    holder, value = tf.get_session_tensor(tf.float32)
    kept = tf.get_session_handle(value * 2.0)
    start = session.run(tf.get_session_handle(tf.constant([1.0, 3.0])))
    step = session.make_callable(kept, [holder], repeat=6, carry={holder: kept})
    for _ in range(2):
        assert step(start).eval().tolist() == [64.0, 192.0]
        assert len(session._state.handles) == 1


def test_an_error_ends_the_loop(session: Any) -> None:
    v = tf.Variable(0, dtype=tf.int32)
    i = tf.placeholder(tf.int32, [])
    with tf.control_dependencies([v.assign_add(1).op]):
        taken = tf.gather(tf.constant([5, 6, 7]), i)
    session.run(v.initializer)
    step = session.make_callable(taken, [i], repeat=10, carry={i: i + 1})
    for turn in (1, 2):
        with pytest.raises(tf.errors.InvalidArgumentError, match="not in"):
            step(0)
        assert 3 * turn <= session.run(v) <= 4 * turn  # a native step that fails writes nothing
    session.close()
    with pytest.raises(RuntimeError, match="closed Session"):
        step(0)


def test_wrong_uses() -> None:
    x, y = tf.placeholder(tf.float32, [2], name="x"), tf.placeholder(tf.float32, [2], name="y")
    new = x + y
    session = tf.Session()
    for options, kind, text in [
        ({"repeat": 0}, ValueError, "at least 1, got 0"),
        ({"repeat": 2.5}, TypeError, "must be a whole number, got 2.5"),
        ({"carry": {x: new}}, ValueError, "`carry` is for `repeat`"),
        ({"repeat": 2, "accept_options": True}, ValueError, "without `accept_options`"),
        ({"repeat": 2, "carry": [(x, new)]}, TypeError, "must be a dict from feeds"),
        ({"repeat": 2, "carry": {3: new}}, TypeError, "Cannot interpret feed_dict key"),
        ({"repeat": 2, "carry": {new: new}}, ValueError, "add:0, which is not in the feed list"),
        ({"repeat": 2, "carry": {x: new.op}}, TypeError, "`carry` needs a tensor"),
        ({"repeat": 2, "carry": {x: y}}, ValueError, "value of y:0, which is fed itself"),
        ({"repeat": 2, "carry": {x: tf.cast(new, tf.int32)}}, TypeError, "x:0 of type float32 .* has type int32"),
        ({"repeat": 2, "carry": {x: tf.concat([new, new], 0)}}, ValueError, r"x:0 of shape \(2,\) .* shape \(4,\)"),
    ]:
        with pytest.raises(kind, match=text):
            session.make_callable(new, [x, y], **options)
    with pytest.raises(ValueError, match="what is fed cannot be fetched: y:0"):
        session.make_callable([new, y], [x, y], repeat=2)
    with pytest.raises(ValueError, match="single tensors, each once"):
        session.make_callable(new, [(x, y)], repeat=2)
    step = session.make_callable(new, [x, y], repeat=2)
    with pytest.raises(TypeError, match="takes 2 positional arguments"):
        step([1.0, 2.0])
    with pytest.raises(TypeError, match="takes no `out`"):
        step([1.0, 2.0], [1.0, 2.0], out=np.empty(2, np.float32), other=1)
    with pytest.raises(TypeError, match="has type float64, the tensor has float32"):
        step([1.0, 2.0], [1.0, 2.0], out=np.empty(2))
    with pytest.raises(ValueError, match=r"has shape \[3\], the result has \[2\]"):
        step([1.0, 2.0], [1.0, 2.0], out=np.empty(3, np.float32))
    given = np.zeros(2, np.float32)
    with pytest.raises(ValueError, match="shares memory with a feed"):
        step(given, [1.0, 2.0], out=given)
    with pytest.raises(ValueError, match="Cannot feed value of shape"):
        step([1.0], [1.0, 2.0])


@native
def test_no_python_between_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    x, n = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.int64, [])
    new, more = x * 0.5, n + 1
    converted = []
    real = Feed.array
    monkeypatch.setattr(Feed, "array", lambda self, value: converted.append(self) or real(self, value))
    with tf.Session() as session:
        step = session.make_callable([new, more], [x, n], repeat=1000, carry={x: new, n: more})
        assert step(np.ones(3), 0)[1] == 1000
        del converted[:]
        assert step(np.ones(3), 0)[1] == 1000
        assert len(converted) == 2  # once per feed and call


@native
def test_other_threads_run_and_signals_arrive() -> None:
    """A loop of short steps, which keep the GIL, is left by a signal, and does not stop other threads."""
    x = tf.placeholder(tf.float32, [4])
    new = x * 0.5

    def count() -> None:
        for _ in range(10):
            time.sleep(0.001)
        os.kill(os.getpid(), signal.SIGUSR1)

    class AlarmError(Exception):
        pass

    def ring(*_: Any) -> None:
        raise AlarmError

    def end(*_: Any) -> None:
        raise TimeoutError("the other thread did not run")

    before = signal.signal(signal.SIGUSR1, ring), signal.signal(signal.SIGALRM, end)
    other = threading.Thread(target=count)
    try:
        with tf.Session() as session:
            session.make_callable(new, [x], repeat=3, carry={x: new})(np.ones(4))
            endless = session.make_callable(new, [x], repeat=10**12, carry={x: new})
            other.start()
            signal.alarm(60)
            with pytest.raises(AlarmError):
                endless(np.ones(4))
            assert session.run(new, {x: np.ones(4)}).tolist() == [0.5] * 4
    finally:
        signal.alarm(0)
        other.join()
        signal.signal(signal.SIGUSR1, before[0])
        signal.signal(signal.SIGALRM, before[1])
