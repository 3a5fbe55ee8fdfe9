"""Gradients of loops whose shapes are known when they run: turns in machine code, with all other ways' results."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sessile.compiler.executors import lifted_loop
from sessile.compiler.program import choice

import sessile as tf

STEPS = 7


def cell_of(kind: str) -> Any:
    """A cell of recurrent networks with three units."""
    cells = {"lstm": tf.nn.rnn_cell.LSTMCell, "gru": tf.nn.rnn_cell.GRUCell, "plain": tf.nn.rnn_cell.BasicRNNCell}
    return cells[kind](3)


def training(kind: str, batch: int | None) -> tuple[list[Any], Any, Any]:
    """The loss and gradients of a network over `[batch, STEPS, 2]`, and its two feeds."""
    x, y = tf.placeholder(tf.float32, [batch, STEPS, 2]), tf.placeholder(tf.float32, [batch, 3])
    with tf.variable_scope("net", initializer=tf.random_uniform_initializer(-1.0, 1.0, seed=3)):
        outputs, _ = tf.nn.dynamic_rnn(cell_of(kind), x, dtype=tf.float32)
    loss = tf.reduce_mean(tf.square(outputs[:, -1] - y)) + tf.reduce_sum(tf.square(outputs))
    return [loss, *tf.gradients(loss, [*tf.trainable_variables(), x])], x, y


def arrays(batch: int) -> tuple[Any, Any]:
    random = np.random.RandomState(batch)
    return random.rand(batch, STEPS, 2).astype(np.float32), random.rand(batch, 3).astype(np.float32)


def results(kind: str, batch: int | None, sizes: list[int], level: int) -> list[list[Any]]:
    """What steps of some sizes give, three times each."""
    with tf.Graph().as_default():
        fetches, x, y = training(kind, batch)
        config = tf.ConfigProto()
        config.graph_options.optimizer_options.global_jit_level = level
        with tf.Session(config=config) as session:
            session.run(tf.global_variables_initializer())
            return [session.run(fetches, dict(zip((x, y), arrays(size)))) for size in sizes for _ in range(3)]


def close(found: list[list[Any]], expected: list[list[Any]]) -> None:
    for one, other in zip(found, expected, strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_allclose(a, b, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("kind", ["lstm", "gru", "plain"])
def test_any_batch_trains_as_a_known_one(kind: str) -> None:
    on, off = tf.OptimizerOptions.ON_1, tf.OptimizerOptions.OFF
    interpreted = results(kind, None, [4, 1, 5], off)
    close(results(kind, None, [4, 1, 5], on), interpreted)
    close(results(kind, 4, [4], on), interpreted[:3])


@pytest.mark.parametrize("kind", ["gru", "plain"])
def test_turns_by_portable_steps(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """They read views that a turn had made as if these were dense, and gradients were wrong."""
    on, off = tf.OptimizerOptions.ON_1, tf.OptimizerOptions.OFF
    interpreted = results(kind, None, [4, 1, 5], off)
    monkeypatch.setattr(choice, "_native", lambda *arguments: None)
    close(results(kind, None, [4, 1, 5], on), interpreted)


def ways(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Lifted iterations that are made from now on."""
    made: list[Any] = []
    init = lifted_loop.LiftedIteration.__init__

    def noted(self: Any, *arguments: Any) -> None:
        init(self, *arguments)
        made.append(self)

    monkeypatch.setattr(lifted_loop.LiftedIteration, "__init__", noted)
    return made


def test_shapes_that_are_popped_do_not_cut_the_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    made = ways(monkeypatch)
    results("lstm", None, [4, 2], tf.OptimizerOptions.ON_1)
    backward = [iteration for iteration in made if iteration._way[0].pops]
    assert backward and all(iteration._way[0].standing for iteration in backward)
    for iteration in made:
        assert iteration.pure.only_region is not None, "a turn is one region"
    assert any(iteration._way[0].slopes for iteration in made), "the gradients' TensorArray is looked up once"


@pytest.mark.parametrize("shape", [[-1, 2], [1 << 20, 1 << 20], [1] * 9, [[1, 2]]])
def test_what_cannot_stand_in(shape: Any) -> None:
    assert lifted_loop._stand_in(np.array(shape, np.int32)) is None
    assert lifted_loop._stand_in(np.int32(3)) is None


def test_a_stand_in_takes_no_memory() -> None:
    for shape in ([3, 4], [], [0, 5], [1 << 14, 1 << 14]):
        found = lifted_loop._stand_in(np.array(shape, np.int64))
        assert list(found.shape) == shape and found.dtype == np.uint8 and found.flags.c_contiguous


def product_of_shapes(first: Callable[[Any], Any]) -> tuple[Any, Any]:
    """A loop whose gradient pops shapes that change from turn to turn."""
    x = tf.placeholder(tf.float32, [None, None])

    def body(i: Any, total: Any) -> Any:
        part = first(x)[: i + 1, : tf.shape(x)[1] - i]
        return i + 1, total + tf.reduce_sum(part * part[:1]) * tf.cast(i + 1, tf.float32)

    total = tf.while_loop(lambda i, _: i < 3, body, [0, 0.0])[1]
    return x, [total, tf.gradients(total, x)[0]]


def test_shapes_that_change_from_turn_to_turn() -> None:
    for level in (tf.OptimizerOptions.ON_1, tf.OptimizerOptions.OFF):
        with tf.Graph().as_default():
            x, fetches = product_of_shapes(lambda x: tf.tanh(x) * 2.0)
            config = tf.ConfigProto()
            config.graph_options.optimizer_options.global_jit_level = level
            with tf.Session(config=config) as session:
                for rows, columns in ((3, 4), (5, 3), (3, 4), (4, 6)):
                    given = np.random.RandomState(rows).rand(rows, columns).astype(np.float32)
                    for _ in range(3):
                        total, slope = session.run(fetches, {x: given})
                    wide = 2 * np.tanh(given.astype(np.float64))
                    expected, at = 0.0, np.zeros_like(wide)
                    for i in range(3):
                        part = wide[: i + 1, : columns - i]
                        expected += np.sum(part * part[:1]) * (i + 1)
                        at[: i + 1, : columns - i] += part[:1] * (i + 1)
                        at[:1, : columns - i] += part.sum(0) * (i + 1)
                    np.testing.assert_allclose(total, expected, rtol=1e-4)
                    np.testing.assert_allclose(slope, at * 2 * (1 - np.tanh(given) ** 2), rtol=1e-4, atol=1e-5)


def test_threads_share_a_loop_while_it_is_lifted_anew() -> None:
    fetches, x, y = training("gru", None)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        expected = {size: session.run(fetches, dict(zip((x, y), arrays(size)))) for size in (1, 2, 3)}
        wrong: list[Any] = []

        def steps(size: int) -> None:
            for _ in range(10):
                try:
                    close([session.run(fetches, dict(zip((x, y), arrays(size))))], [expected[size]])
                except BaseException as error:  # told by the main thread
                    wrong.append(error)

        threads = [threading.Thread(target=steps, args=(size,)) for size in (1, 2, 3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong
