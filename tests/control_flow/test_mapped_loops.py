"""Loops whose iterations do not need each other run over all rows at once; those with stacks run without Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessile.compiler.machine import abi

import sessile as tf


def run(level: int, build: Callable[..., Any], *arrays: Any, times: int = 1) -> tuple[Any, str]:
    """What a graph gives for arrays, and how it is explained if it is compiled."""
    config = tf.ConfigProto()
    config.graph_options.optimizer_options.global_jit_level = level
    with tf.Graph().as_default(), tf.Session(config=config) as session:
        feeds = [tf.placeholder(array.dtype, [None, *array.shape[1:]]) for array in arrays]
        made = build(*feeds)
        fed = dict(zip(feeds, arrays, strict=True))
        found = [session.run(made, fed) for _ in range(times)][-1]
        return found, session.explain(made, fed) if level == tf.OptimizerOptions.ON_1 else ""


def agree(build: Callable[..., Any], *arrays: Any, times: int = 1) -> str:
    """Compare compiled and interpreted; returns the explanation."""
    ours, text = run(tf.OptimizerOptions.ON_1, build, *arrays, times=times)
    expected, _ = run(tf.OptimizerOptions.OFF, build, *arrays, times=times)
    for one, other in zip(tf.nest.flatten(ours), tf.nest.flatten(expected), strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=1e-6)
    return text


def rows(count: int, width: int = 3, seed: int = 0) -> Any:
    return np.random.default_rng(seed).standard_normal((count, width)).astype(np.float32)


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "sum": lambda row: tf.reduce_sum(row * row) + 1.0,
    "softmax": lambda row: tf.nn.softmax(row),
    "mean taken off": lambda row: row - tf.reduce_mean(row),
    "outer": lambda row: row * tf.reshape(tf.constant([1.0, 2.0]), [2, 1]),
    "cast": lambda row: tf.cast(row * 10, tf.int32),
    "largest": lambda row: tf.maximum(tf.reduce_max(row, keepdims=True), row),
}
DTYPES = {"cast": tf.int32}


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(sorted(FUNCTIONS)), st.integers(1, 5), st.integers(1, 4), st.integers(0, 9))
def test_mapped_rows_are_those_of_the_loop(name: str, count: int, width: int, seed: int) -> None:
    text = agree(lambda x: tf.map_fn(FUNCTIONS[name], x, DTYPES.get(name)), rows(count, width, seed))
    assert "_Loop" not in text


def test_no_rows_are_mapped_to_none() -> None:
    agree(lambda x: tf.map_fn(FUNCTIONS["sum"], x), rows(0))


def test_several_arrays_are_mapped_to_several() -> None:
    def build(x: Any, y: Any) -> Any:
        scale = tf.reduce_sum(y)
        return tf.map_fn(lambda pair: (pair[0] * pair[1], pair[0] + scale), (x, y), (tf.float32, tf.float32))

    text = agree(build, rows(4), rows(4, seed=1))
    if abi.available():  # where there are no native steps, it stays a loop
        assert "over all rows at once" in text  # nothing but a run says that there are as many rows of both


@pytest.mark.parametrize(
    "function",
    [
        lambda x: tf.scan(lambda before, row: before * 0.5 + row, x),
        lambda x: tf.map_fn(lambda row: tf.cumsum(row), x),
        lambda x: tf.map_fn(lambda row: tf.cond(row[0] > 0, lambda: row, lambda: -row), x),
        lambda x: tf.map_fn(lambda i: x[i] * tf.cast(i, tf.float32), tf.range(tf.shape(x)[0]), tf.float32),
        lambda x: tf.map_fn(lambda row: row * 2, x[:2]) + x[:2],
        lambda x: tf.gradients(tf.map_fn(lambda row: tf.reduce_sum(tf.exp(row)), x), x),
    ],
)
def test_what_is_no_map_of_rows_stays_a_loop_or_not_and_agrees(function: Callable[[Any], Any]) -> None:
    agree(function, rows(4))


def recurrent(x: Any) -> Any:
    """A loss over a loop that reads rows, and its gradients: the loop backwards pops what this one pushed."""
    w = tf.constant(rows(3, 3, seed=5))
    array = tf.TensorArray(tf.float32, tf.shape(x)[0]).unstack(x)
    written = tf.TensorArray(tf.float32, tf.shape(x)[0])

    def turn(i: Any, h: Any, written: Any) -> Any:
        h = tf.tanh(tf.matmul(tf.reshape(array.read(i), [1, 3]) + h, w))
        return i + 1, h, written.write(i, h)

    _, h, written = tf.while_loop(lambda i, *_: i < tf.shape(x)[0], turn, [0, tf.zeros([1, 3]), written])
    loss = tf.reduce_sum(h * h) + tf.reduce_sum(written.stack() ** 3)
    return [loss, *tf.gradients(loss, [x, w])]


@pytest.mark.parametrize("count", [1, 2, 3, 40])
def test_loops_with_stacks_and_arrays_agree_with_their_gradients(count: int) -> None:
    agree(recurrent, rows(count), times=4)


def test_an_element_that_is_read_twice_is_an_error_of_its_read() -> None:
    def build(x: Any) -> Any:
        array = tf.TensorArray(tf.float32, 4).unstack(x)
        w = tf.constant(rows(7, 7, seed=5))  # too large for registers

        def turn(i: Any, v: Any) -> Any:
            return i + 1, tf.matmul(v, w) + tf.reduce_sum(array.read(i // 2))

        return tf.while_loop(lambda i, v: i < 4, turn, [0, tf.zeros([7, 7])])[1]

    for level in (tf.OptimizerOptions.ON_1, tf.OptimizerOptions.OFF):
        with pytest.raises(tf.errors.InvalidArgumentError, match="Could not read index 0 twice"):
            run(level, build, rows(4))


def test_an_index_outside_is_an_error_of_the_array() -> None:
    def build(x: Any) -> Any:
        array = tf.TensorArray(tf.float32, 4).unstack(x)
        w = tf.constant(rows(7, 7, seed=5))

        def turn(i: Any, v: Any) -> Any:
            return i + 1, tf.matmul(v, w) + tf.reduce_sum(array.read(i))

        return tf.while_loop(lambda i, v: i < 9, turn, [0, tf.zeros([7, 7])])[1]

    for level in (tf.OptimizerOptions.ON_1, tf.OptimizerOptions.OFF):
        with pytest.raises(tf.errors.InvalidArgumentError, match="Tried to read from index 4 but array size is: 4"):
            run(level, build, rows(4))
