"""Random numbers in native steps: taken of the session's streams by whoever runs a step, and drawn without Python."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from sessile.compiler.machine import abi
from sessile.compiler.step import actions as act
from sessile.ops.families.random import distributions

import sessile as tf
from tests.compiler.programs import State, numbered, program
from tests.compiler.step.test_actions import stateful_list

pytestmark = pytest.mark.skipif(not abi.available(), reason="no native steps here")


def _integers(shape: Any, dtype: Any, seed: int) -> tf.Tensor:
    return tf.random_uniform(shape, -5, 2**31 - 3, dtype, seed)


DRAWS = {
    "int32": (_integers, tf.int32),
    "int64": (_integers, tf.int64),
    "uniform": (tf.random_uniform, tf.float32),
    "uniform float64": (tf.random_uniform, tf.float64),
    "normal": (tf.random_normal, tf.float32),
    "truncated": (tf.truncated_normal, tf.float32),
    "called back": (tf.random_normal, tf.float64),
}


def interpreted() -> Any:
    config = tf.ConfigProto()
    config.graph_options.optimizer_options.global_jit_level = tf.OptimizerOptions.OFF
    return tf.Session(config=config)


@pytest.mark.parametrize("kind", DRAWS)
def test_all_ways_of_running_draw_the_same_numbers(kind: str) -> None:
    """Of every length up to some blocks, and of one that the pool shares; in steps run in turn by both."""
    draw, dtype = DRAWS[kind]
    size = tf.placeholder(tf.int32, [1], name="size")
    short = tf.concat([draw([n], dtype=dtype, seed=n + 1) for n in range(10)], 0)
    fetches = [short, draw([5, 4099], dtype=dtype, seed=3), draw(size, dtype=dtype, seed=2) * 2 + 1]
    with tf.Session() as sess, interpreted() as slow:
        native = sess.make_callable(fetches, [size])
        for turn in range(6):
            feed = np.int32([turn + 1])
            found = sess.run(fetches, {size: feed}) if turn == 3 else native(feed)
            for expected, value in zip(slow.run(fetches, {size: feed}), found):
                np.testing.assert_array_equal(value, expected)


def test_what_is_drawn_is_not_called_back() -> None:
    w = tf.Variable(np.ones(5, np.float32), name="w")
    state = State(w.graph)
    program([], [], [w.initializer]).run([], state)
    kept = tf.cast(tf.random_uniform([5], seed=1) < 0.5, tf.float32)
    kept *= tf.cast(tf.random_uniform([5], 1, 7, tf.int32, seed=1) % 3, tf.float32)
    kinds = [type(action) for action in stateful_list(program([], [w.assign_sub(kept)]), state).actions]
    assert act.CallBack not in kinds
    places = [kinds.index(kind) for kind in (act.CheckStream, act.Guard, act.Reserve, act.Hold, act.Draw, act.WriteCell)
              if kind in kinds]  # fmt: skip
    assert places == sorted(places) and len(places) >= 5


def test_a_step_without_variables_is_native_as_well() -> None:
    with tf.Session() as sess:
        noise = sess.make_callable(tf.random_normal([4], seed=1) * 2)
        noise()
        made = program([], [tf.random_normal([4], seed=1) * 2])
        assert made.stateful is not None
        assert not np.array_equal(noise(), noise())


def test_a_step_that_leaves_takes_no_numbers() -> None:
    """Where the native step does not fit an argument, what runs instead draws what it would have drawn."""
    x = tf.placeholder(tf.float32, [None], name="x")
    noisy = x + tf.random_uniform(tf.shape(x), seed=4)
    with tf.Session() as sess, interpreted() as slow:
        native = sess.make_callable(noisy, [x])
        given: list[Any] = [numbered(4), [1.0, 2.0], numbered(4), numbered(8)[::2]]
        for value in (*given, numbered(1), numbered(0), numbered(7)):
            np.testing.assert_array_equal(native(value), slow.run(noisy, {x: value}))


def test_threads_share_a_stream() -> None:
    """Each number of it is drawn once, whether by a native step, by an interpreted one, or while another reserves."""
    drawn = tf.random_uniform([3], seed=9)
    with tf.Session() as sess:
        native = sess.make_callable(drawn)
        native(), native()
        found: list[Any] = []

        def work(call: Any) -> None:
            found.extend(call() for _ in range(200))

        calls = [native, native, lambda: sess.run(drawn), lambda: sess.run([drawn, drawn])[0]]
        threads = [threading.Thread(target=work, args=(call,)) for call in calls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with interpreted() as slow:
        expected = np.array([slow.run(drawn) for _ in range(802)])[2:]
    np.testing.assert_array_equal(np.sort(np.array(found), 0), np.sort(expected, 0))


def test_a_count_carries_into_the_upper_half() -> None:
    drawn = tf.random_uniform([6], seed=2)
    with tf.Session() as sess:
        native = sess.make_callable(drawn)
        native(), native()
        (stream,) = sess._state.random.values()
        stream.words[1] = 2**64 - 1
        key, high = stream.key, int(stream.words[2])
        first = (high << 64) + 2**64 - 1
        np.testing.assert_array_equal(native(), distributions.uniform(key, first, 6, tf.float32))
        assert stream.words.tolist() == [key, 6 * 256 - 1, high + 1, 0]


def test_a_traced_step_draws_numbers() -> None:
    """A step that updates variables with random numbers failed when it was traced."""
    w = tf.Variable(tf.zeros([8]), name="w")
    noisy = w.assign_add(tf.random_normal([8], seed=3) * 2)
    options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
    with tf.Session() as sess, interpreted() as slow:
        sess.run(w.initializer)
        slow.run(w.initializer)
        for _ in range(4):
            metadata = tf.RunMetadata()
            np.testing.assert_array_equal(sess.run(noisy, options=options, run_metadata=metadata), slow.run(noisy))
        names = [node.node_name for device in metadata.step_stats.dev_stats for node in device.node_stats]
        assert "random_normal/RandomStandardNormal" in names


def test_large_draws_let_other_threads_run() -> None:
    """A draw of millions of numbers holds no lock of Python's; and it updates a variable all the same."""
    w = tf.Variable(tf.zeros([1 << 23]), name="w")
    noisy = w.assign_add(tf.random_uniform([1 << 23], seed=3))
    with tf.Session() as sess:
        sess.run(w.initializer)
        native = sess.make_callable(noisy.op)
        for _ in range(3):
            native()
        key = next(iter(sess._state.random.values())).key
        expected = sum(
            distributions.uniform(key, (3 << 64) + step * 256 * (1 << 23), 1 << 23, tf.float32) for step in range(3)
        )
        np.testing.assert_allclose(sess.run(w), expected, rtol=1e-6)
