"""Loops over small arrays as one kernel, and branches as choices: what the interpreter gives, and by what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sessile.compiler.machine import abi

import sessile as tf

ROWS = np.random.RandomState(0).uniform(-1, 1, (40, 6)).astype(np.float32)
SQUARE = np.random.RandomState(1).uniform(-1, 1, (3, 3)).astype(np.float32)
ONE_KERNEL = "while go:"


def _by(level: Any, out: Any, feeds: dict[Any, Any]) -> Any:
    options = tf.OptimizerOptions(global_jit_level=level)
    with tf.Session(config=tf.ConfigProto(graph_options=tf.GraphOptions(optimizer_options=options))) as session:
        found = [session.run(out, feeds) for _ in range(2)]
        return found[-1], session.explain(out, list(feeds)) if level else ""


def _compare(build: Callable[[Any], Any], value: Any, shape: Any) -> str:
    """Check that compiled results are the interpreter's; returns how they were computed."""
    x = tf.placeholder(value.dtype, shape)
    out = build(x)
    wanted, _ = _by(tf.OptimizerOptions.OFF, out, {x: value})
    _, text = found = _by(tf.OptimizerOptions.ON_1, out, {x: value})
    for ours, theirs in zip(tf.nest.flatten(found[0]), tf.nest.flatten(wanted)):
        np.testing.assert_allclose(ours, theirs, rtol=2e-6, atol=1e-6)
        assert ours.shape == theirs.shape and ours.dtype == theirs.dtype
    return str(text)


def _repeat(body: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: tf.while_loop(lambda i, y: i < 7, lambda i, y: (i + 1, body(y)), [0, x])[1]


BODIES: dict[str, Callable[[Any], Any]] = {
    "elementwise": lambda y: tf.tanh(y * 0.5) + y[0],
    "sums": lambda y: y / (1.0 + tf.reduce_sum(y * y, 1, keepdims=True)),
    "extremes": lambda y: y - tf.reduce_max(y) * tf.reduce_min(y, [0, 1]),
    "means": lambda y: y - tf.reduce_mean(y, axis=0),
    "products": lambda y: tf.matmul(y, y, transpose_b=True) * 0.3,
    "moved": lambda y: tf.concat([tf.transpose(y)[1:], y[:1, ::-1] * 0.5], 0),
    "stacked": lambda y: tf.stack([y[2], y[0] + y[1], tf.reshape(y, [9])[3:6]]),
    "padded": lambda y: tf.pad(y[1:, 1:], [[1, 0], [0, 1]]) + tf.eye(3),
    "softmax": lambda y: tf.nn.softmax(y),
    "branches": lambda y: tf.cond(y[0, 0] > 0.0, lambda: y * 0.5 - 0.3, lambda: tf.exp(y) + y),
}


def _is_one_kernel(explained: str) -> None:
    """Where there are no native steps the values alone are compared."""
    assert ONE_KERNEL in explained or not abi.available()


@pytest.mark.parametrize("name", BODIES)
def test_small_arrays_stand_in_registers(name: str) -> None:
    _is_one_kernel(_compare(_repeat(BODIES[name]), SQUARE, [3, 3]))


@pytest.mark.parametrize(
    "build",
    [
        lambda x: tf.scan(lambda before, row: before + tf.reduce_sum(row * row), x),
        lambda x: tf.scan(lambda before, row: before * 0.5 + tf.nn.softmax(row) * 2.0, x),
        lambda x: tf.map_fn(lambda row: (row[:2], tf.reduce_max(row)), x, dtype=(tf.float32, tf.float32)),
        lambda x: tf.scan(lambda before, row: before * 0.5 + row, x),
        lambda x: tf.foldl(lambda before, row: tf.maximum(before, row), x),
        lambda x: tf.foldr(lambda before, row: before * 0.9 - row, x),
    ],
)
def test_rows_are_read_and_written_in_memory(build: Callable[[Any], Any]) -> None:
    _is_one_kernel(_compare(build, ROWS, [None, 6]))
    with tf.Graph().as_default():
        _compare(build, ROWS[:1], [None, 6])


def test_larger_arrays_and_unknown_shapes_run_by_plans() -> None:
    large = np.ones((8, 8), np.float32)
    assert ONE_KERNEL not in _compare(_repeat(lambda y: y * 0.5 + 1.0), large, [8, 8])
    assert ONE_KERNEL not in _compare(_repeat(lambda y: y * 0.5 + 1.0), SQUARE, [None, None])


def test_what_is_wrong_in_a_loop_is_said_as_by_the_interpreter() -> None:
    x = tf.placeholder(tf.float32, [2])
    array = tf.TensorArray(tf.float32, 3, clear_after_read=False).unstack(tf.ones([3, 2]))
    out = tf.while_loop(lambda i, y: i < 5, lambda i, y: (i + 1, y + array.read(i)), [0, x])[1]
    messages = []
    for level in (tf.OptimizerOptions.OFF, tf.OptimizerOptions.ON_1):
        with pytest.raises(tf.errors.OpError) as caught:
            _by(level, out, {x: [1.0, 2.0]})
        messages.append(caught.value.message)
    assert messages[0] == messages[1]


@pytest.mark.parametrize("first", [0.0, 1.0])
@pytest.mark.parametrize("second", [0.0, 1.0])
def test_cheap_branches_become_choices(first: float, second: float) -> None:
    def build(x: Any) -> Any:
        second = x[1]
        inner = lambda: tf.cond(second > 0.5, lambda: x * 2.0, lambda: -x)  # noqa: E731
        return tf.cond(x[0] > 0.5, inner, lambda: x + 0.25)

    value = np.array([first, second, 3.0], np.float32)
    text = _compare(build, value, [None])
    assert "= Switch" not in text and "= Merge" not in text and text.count("= SelectV2") == 2


@pytest.mark.parametrize(
    "build",
    [
        lambda x: tf.cond(x[0] > 0.5, lambda: x * 2.0, lambda: tf.constant([1.0, 2.0])),  # other shapes
        lambda x: tf.cond(x[0] > 0.5, lambda: tf.exp(x), lambda: tf.tanh(x)),  # dear
        lambda x: tf.cond(x[0] > 0.5, lambda: tf.reduce_sum(x), lambda: x[1]),  # not elementwise; an index may be wrong
    ],
)
def test_other_branches_are_decided(build: Callable[[Any], Any]) -> None:
    for first in (0.0, 1.0):
        with tf.Graph().as_default():
            assert "= Switch" in _compare(build, np.array([first, 2.0, 3.0], np.float32), [None])


def test_effects_of_a_branch_that_is_not_taken_do_not_happen() -> None:
    v = tf.Variable(0.0, use_resource=False)
    p = tf.placeholder(tf.bool, [])
    out = tf.cond(p, lambda: v.assign_add(1.0) * 2.0, lambda: v * 3.0)
    with tf.Session() as session:
        session.run(v.initializer)
        step = session.make_callable(out, [p])
        assert [float(step(value)) for value in (True, False, False, True)] == [2.0, 3.0, 3.0, 4.0]


SMALL_BRANCHES: dict[str, Callable[[Any], Any]] = {
    "sums": lambda x: tf.cond(x[0] > 0.5, lambda: tf.reduce_sum(x), lambda: tf.reduce_max(x)),
    "functions": lambda x: tf.cond(x[0] > 0.5, lambda: tf.exp(x), lambda: tf.tanh(x)),
    "moved": lambda x: tf.cond(x[0] > 0.5, lambda: tf.reverse(x, [0]), lambda: tf.concat([x[1:], x[:1]], 0)),
    "products": lambda x: tf.cond(
        x[0] > 0.5, lambda: tf.matmul(x[None], tf.ones([3, 3]))[0], lambda: tf.reshape(tf.reshape(x, [3, 1]), [3])
    ),
    "integers": lambda x: tf.cond(x[0] > 0.5, lambda: tf.cast(x, tf.int32) // 2, lambda: tf.cast(x, tf.int32) % 2),
}


@pytest.mark.parametrize("name", SMALL_BRANCHES)
def test_small_branches_of_known_shapes_become_choices(name: str) -> None:
    for first in (0.0, 1.0):
        with tf.Graph().as_default():
            value = np.array([first, 2.0, 3.0], np.float32)
            text = _compare(SMALL_BRANCHES[name], value, [3])
            assert "= Switch" not in text and "SelectV2" in text


@pytest.mark.parametrize(
    "build",
    [
        lambda x: tf.cond(x[0] > 0.5, lambda: x[tf.cast(x[1], tf.int32)], lambda: x[2]),  # may be outside
        lambda x: tf.cond(x[0] > 0.5, lambda: 6 // tf.cast(x[1], tf.int32), lambda: 0),  # may divide by 0
        lambda x: tf.cond(x[0] > 0.5, lambda: tf.gather(x, tf.cast(x[1], tf.int32)), lambda: x[2]),
    ],
)
def test_a_side_that_may_fail_is_not_computed_in_vain(build: Callable[[Any], Any]) -> None:
    x = tf.placeholder(tf.float32, [3])
    out = build(x)
    wrong = -9.0 if out.dtype == tf.float32 else 0.0
    found, text = _by(tf.OptimizerOptions.ON_1, out, {x: [0.0, wrong, 3.0]})
    assert found == (3.0 if out.dtype == tf.float32 else 0) and "= Switch" in str(text)
    with pytest.raises(tf.errors.InvalidArgumentError):
        _by(tf.OptimizerOptions.ON_1, out, {x: [1.0, wrong, 3.0]})


def test_rows_with_small_branches_are_mapped_at_once() -> None:
    build = lambda x: tf.map_fn(  # noqa: E731
        lambda row: tf.cond(row[0] > 0.0, lambda: tf.reduce_sum(row), lambda: tf.reduce_max(row)), x
    )
    text = _compare(build, np.random.RandomState(5).uniform(-1, 1, (30, 50)).astype(np.float32), [None, 50])
    assert "= Switch" not in text
