"""Steps whose core is native: what is interpreted before it, and behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sessile.compiler.machine import abi
from sessile.compiler.program import cored

import sessile as tf

OFF, ON = tf.OptimizerOptions.OFF, tf.OptimizerOptions.ON_1
ROWS = np.random.RandomState(0).rand(60, 4).astype(np.float32)


def _session(level: int) -> Any:
    options = tf.OptimizerOptions(global_jit_level=level)
    return tf.Session(config=tf.ConfigProto(graph_options=tf.GraphOptions(optimizer_options=options)))


def _trained(rows: Any) -> tuple[Any, Any]:
    w = tf.get_variable("w", [4, 1], initializer=tf.ones_initializer())
    loss = tf.reduce_mean(tf.square(tf.matmul(rows, w) - 1.0))
    return loss, tf.train.AdamOptimizer(0.1).minimize(loss, tf.train.get_or_create_global_step())


def _with_summaries() -> tuple[Any, dict[Any, Any]]:
    x = tf.placeholder(tf.float32, [None, 4])
    loss, train = _trained(x)
    tf.summary.scalar("loss", loss)
    tf.summary.histogram("x", x)
    return [train, tf.summary.merge_all(), loss, tf.train.get_global_step()], {x: ROWS[:8]}


def _with_a_dataset() -> tuple[Any, dict[Any, Any]]:
    rows = tf.data.Dataset.from_tensor_slices(ROWS).repeat().batch(7).make_one_shot_iterator().get_next()
    loss, train = _trained(rows)
    return [train, loss, rows], {}


def _with_both() -> tuple[Any, dict[Any, Any]]:
    rows = tf.data.Dataset.from_tensor_slices(ROWS).repeat().batch(5).make_one_shot_iterator().get_next()
    loss, train = _trained(rows * 2.0)
    return [train, tf.summary.scalar("loss", loss), tf.as_string(loss, precision=3)], {}


def _with_python_in_front() -> tuple[Any, dict[Any, Any]]:
    x = tf.placeholder(tf.float32, [None, 4])
    prepared = tf.py_func(lambda a: a * np.float32(2), [tf.square(x) + 1.0], tf.float32)
    prepared.set_shape([None, 4])
    loss, train = _trained(prepared + tf.square(x))
    return [train, loss], {x: ROWS[:9]}


CASES: dict[str, Callable[[], tuple[Any, dict[Any, Any]]]] = {
    "summaries": _with_summaries,
    "dataset": _with_a_dataset,
    "both": _with_both,
    "python": _with_python_in_front,
}


def _results(name: str, level: int, way: str = "run") -> list[Any]:
    with tf.Graph().as_default():
        fetches, feeds = CASES[name]()
        with _session(level) as session:
            session.run(tf.global_variables_initializer())
            step = session.make_callable(fetches, list(feeds)) if way == "callable" else None
            found = [session.run(fetches, feeds) if step is None else step(*feeds.values()) for _ in range(6)]
            return [*found, session.run(tf.trainable_variables())]


@pytest.mark.parametrize("way", ["run", "callable"])
@pytest.mark.parametrize("name", CASES)
def test_steps_give_what_the_interpreter_gives(name: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = _results(name, OFF)
    native: list[bool] = []
    run = cored.NativeIteration.run

    def noted(self: Any, *arguments: Any) -> Any:
        results = run(self, *arguments)
        native.append(results is not None)
        return results

    monkeypatch.setattr(cored.NativeIteration, "run", noted)
    found = _results(name, ON, way)
    assert not abi.available() or (len(native) >= 5 and all(native)), "the core is a native step"
    for one, other in zip(found, expected, strict=True):
        for a, b in zip(one, other, strict=True):
            if isinstance(b, bytes):
                assert len(a) == len(b)
            elif b is not None:
                np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_what_stands_behind_an_update_stays_there() -> None:
    """An element is taken after a variable was written, in a fixed order: there is no core."""
    dataset = tf.data.Dataset.range(10).make_one_shot_iterator()
    v = tf.Variable(0)
    seen: list[int] = []
    with tf.control_dependencies([v.assign_add(1)]):
        noted = tf.py_func(lambda value: seen.append(int(value)), [v.read_value()], [])
    with tf.control_dependencies([noted]):
        element = dataset.get_next()
    with _session(ON) as session:
        session.run(v.initializer)
        for turn in range(4):
            assert session.run(element) == turn
    assert seen == [1, 2, 3, 4]


def test_the_end_of_the_data_changes_no_variable() -> None:
    rows = tf.data.Dataset.from_tensor_slices(ROWS).batch(30).make_one_shot_iterator().get_next()
    loss, train = _trained(rows)
    with _session(ON) as session:
        session.run(tf.global_variables_initializer())
        for _ in range(2):
            session.run([train, loss])
        before = session.run(tf.global_variables())
        for _ in range(2):
            with pytest.raises(tf.errors.OutOfRangeError):
                session.run([train, loss])
        for one, other in zip(session.run(tf.global_variables()), before):
            np.testing.assert_array_equal(one, other)


def test_sessions_have_cores_of_their_own() -> None:
    x = tf.placeholder(tf.float32, [None, 4])
    loss, train = _trained(x)
    summary = tf.summary.scalar("loss", loss)
    losses = []
    for _ in range(3):
        with _session(ON) as session:
            session.run(tf.global_variables_initializer())
            losses.append([session.run([loss, train, summary], {x: ROWS[:size]})[0] for size in (3, 5, 3, 60)])
    assert losses[0] == losses[1] == losses[2]
