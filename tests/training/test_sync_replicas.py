"""Accumulators of gradients, and the optimizer that averages the gradients of several workers with them."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import Any

import numpy as np
import pytest

import sessile as tf


def test_an_accumulator_gives_the_mean_and_drops_what_is_late() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        accumulator = tf.ConditionalAccumulator(tf.float32, shape=[2])
        given, step = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.int64, [])
        add, count, mean = accumulator.apply_grad(given, step), accumulator.num_accumulated(), accumulator.take_grad(2)
        session.run(add, {given: [1.0, 2.0], step: 0})
        session.run(add, {given: [3.0, 4.0], step: 0})
        assert session.run(count) == 2
        assert session.run(mean).tolist() == [2.0, 3.0]
        session.run(add, {given: [9.0, 9.0], step: 0})  # the accumulator is at step 1
        assert session.run(count) == 0
        session.run(accumulator.set_global_step(5))
        session.run(add, {given: [9.0, 9.0], step: 4})
        assert session.run(count) == 0
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"Shape mismatch: expected \[2\], got \[3\]"):
            session.run(add, {given: [1.0, 2.0, 3.0], step: 5})


@pytest.mark.parametrize(("reduction", "expected"), [("MEAN", [1.0, 3.0, 6.0]), ("SUM", [1.0, 6.0, 6.0])])
def test_slices_are_averaged_by_row(reduction: str, expected: list[float]) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        accumulator = tf.SparseConditionalAccumulator(tf.float32, shape=[5, 1], reduction_type=reduction)
        rows, values = tf.placeholder(tf.int64, [None]), tf.placeholder(tf.float32, [None, 1])
        add = accumulator.apply_indexed_slices_grad(tf.IndexedSlices(values, rows))
        session.run(add, {rows: [1, 3], values: [[1.0], [2.0]]})
        session.run(add, {rows: [3, 4], values: [[4.0], [6.0]]})
        taken = session.run(accumulator.take_indexed_slices_grad(2))
        assert taken.indices.tolist() == [1, 3, 4]
        assert taken.values.reshape(-1).tolist() == expected
        assert taken.dense_shape.tolist() == [5, 1]


def test_taking_waits_for_gradients() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        accumulator = tf.ConditionalAccumulator(tf.float32, shape=[])
        add, take = accumulator.apply_grad(4.0), accumulator.take_grad(3)
        results: list[Any] = []
        thread = threading.Thread(target=lambda: results.append(session.run(take)))
        thread.start()
        for _ in range(3):
            assert not results
            session.run(add)
        thread.join(10)
        assert results == [4.0]
        with pytest.raises(tf.errors.DeadlineExceededError):
            session.run(take, options=tf.RunOptions(timeout_in_ms=100))


def test_a_step_takes_the_mean_of_two_workers() -> None:
    with tf.Graph().as_default():
        weights = tf.get_variable("w", initializer=np.ones(2, np.float32))
        table = tf.get_variable("table", initializer=np.ones((3, 2), np.float32))
        gradient = tf.placeholder(tf.float32, [2])
        slices = tf.IndexedSlices(tf.ones([1, 2]), tf.constant([1]))
        counter = tf.train.get_or_create_global_step()
        optimizer = tf.train.SyncReplicasOptimizer(tf.train.GradientDescentOptimizer(0.5), 2, 2)
        step = optimizer.apply_gradients([(gradient, weights), (slices, table)], counter)
        tokens, runner = optimizer.get_init_tokens_op(), optimizer.get_chief_queue_runner()
        session = tf.Session()
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        session.run([optimizer.chief_init_op, tokens])
        coordinator = tf.train.Coordinator()
        threads = runner.create_threads(session, coordinator, daemon=True, start=True)

        def work(scale: float) -> None:
            with contextlib.suppress(tf.errors.CancelledError, RuntimeError):  # when the session is closed
                while True:
                    session.run(step, {gradient: [scale, 2 * scale]})

        workers = [threading.Thread(target=work, args=(scale,)) for scale in (1.0, 3.0)]
        for worker in workers:
            worker.start()
        deadline = time.monotonic() + 30
        while session.run(counter) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        coordinator.request_stop()
        session.close()
        coordinator.join(threads, stop_grace_period_secs=10)
        for worker in workers:
            worker.join(10)
        assert all(not worker.is_alive() for worker in workers)
        assert time.monotonic() < deadline


def test_what_is_wrong_is_told() -> None:
    with tf.Graph().as_default():
        variable = tf.Variable(1.0)

        def made() -> Any:
            return tf.train.SyncReplicasOptimizer(tf.train.GradientDescentOptimizer(0.5), 2)

        with pytest.raises(ValueError, match="Global step is required to check staleness"):
            made().apply_gradients([(tf.constant(1.0), variable)])
        with pytest.raises(ValueError, match="Must supply at least one variable"):
            made().apply_gradients([], tf.train.get_or_create_global_step())
        with pytest.raises(ValueError, match="should be called after apply_gradients"):
            made().get_init_tokens_op()
