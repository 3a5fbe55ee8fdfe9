"""Traced steps as one native step that fills the times into a prepared message: they tell what the others tell."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessile.compiler.machine import abi as layout
from sessile.session.tracing import quick_trace

import sessile as tf

pytestmark = pytest.mark.skipif(not layout.available(), reason="there are no native steps")
FULL = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)


class Quick:
    """Counts the traced steps that took the quick way."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        run = quick_trace.QuickTrace.run

        def counting(*arguments: Any) -> Any:
            result = run(*arguments)
            self.count += result is not quick_trace.DECLINED
            return result

        monkeypatch.setattr(quick_trace.QuickTrace, "run", counting)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Quick:
    return Quick(monkeypatch)


def trace(sess: Any, fetches: Any, feeds: Any = None) -> tuple[Any, Any]:
    metadata = tf.RunMetadata()
    result = sess.run(fetches, feeds, options=FULL, run_metadata=metadata)
    return result, metadata


def without_times(metadata: Any) -> Any:
    copy = tf.RunMetadata()
    copy.CopyFrom(metadata)
    for stats in copy.step_stats.dev_stats[0].node_stats:
        for name in ("all_start", "scheduled", "op_end_rel", "all_end_rel"):
            stats.ClearField(f"{name}_micros")
            stats.ClearField(f"{name}_nanos")
    return copy


def test_the_same_is_told_in_both_ways_and_the_times_are_true(quick: Quick) -> None:
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    y = tf.nn.softmax(tf.matmul(tf.exp(x * 2.0), tf.ones([4, 3])) + 1.0)
    sess = tf.Session()
    feeds = {x: np.random.RandomState(0).randn(5, 4).astype(np.float32)}
    told = []
    for _ in range(6):
        before = time.time_ns()
        result, metadata = trace(sess, y, feeds)
        after = time.time_ns()
        told.append(without_times(metadata))
        np.testing.assert_allclose(result.sum(1), 1.0, rtol=1e-6)
        at = before
        for stats in metadata.step_stats.dev_stats[0].node_stats:
            assert at <= stats.all_start_nanos == stats.scheduled_nanos
            assert stats.all_start_micros == stats.scheduled_micros == stats.all_start_nanos // 1000
            at = stats.all_start_nanos + stats.all_end_rel_nanos
            assert stats.op_end_rel_nanos == stats.all_end_rel_nanos
            assert stats.op_end_rel_micros == stats.all_end_rel_micros == at // 1000 - stats.all_start_micros
        assert at <= after
    assert quick.count == 4
    assert told[2:] == [told[1]] * 4


@pytest.mark.parametrize("fetch", ["single", "list", "tuple", "dict", "operation"])
def test_every_structure(quick: Quick, fetch: str) -> None:
    v = tf.Variable(0.0)
    x = tf.placeholder(tf.float32, [])
    update = v.assign_add(x)
    y = x * 2.0
    listed, paired, named = [update, y], (y, update), {"u": update, "y": y}
    structures = {"single": update, "list": listed, "tuple": paired, "dict": named, "operation": update.op}
    sess = tf.Session()
    sess.run(v.initializer)
    for number in range(1, 6):
        result, _ = trace(sess, structures[fetch], {x: 1.0})
        listed, paired, named = [number, 2.0], (2.0, number), {"u": number, "y": 2.0}
        expected = {"single": number, "list": listed, "tuple": paired, "dict": named, "operation": None}
        assert result == expected[fetch]
    assert sess.run(v) == 5.0  # each step ran once
    assert quick.count == 3


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=8))
def test_shapes_are_told_as_they_are(sizes: list[int]) -> None:
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None], name="x")
        y = tf.cumsum(tf.exp(x) + 1.0)
        sess = tf.Session()
        for size in (2, 2, *sizes, *sizes):
            result, metadata = trace(sess, y, {x: np.zeros(size)})
            assert result.tolist() == [2.0 * (n + 1) for n in range(size)]
            for stats in metadata.step_stats.dev_stats[0].node_stats[-1:]:
                description = stats.output[0].tensor_description
                assert [dim.size for dim in description.shape.dim] == [size]
                assert description.allocation_description.requested_bytes == 4 * size


def test_values_that_are_no_arrays_of_the_type(quick: Quick) -> None:
    x = tf.placeholder(tf.float32, [2])
    sess = tf.Session()
    for value in ([1.0, 2.0], [1, 2], (1.0, 2), np.array([1, 2]), np.array([1.0, 9.0, 2.0], np.float32)[::2]):
        assert trace(sess, x * 2.0 + 1.0, {x: value})[0].tolist() == [3.0, 5.0]
    y = tf.exp(x)
    for _ in range(3):
        trace(sess, y, {x: [0, 0]})
    before = quick.count
    assert trace(sess, y, {x: [0, 0]})[0].tolist() == [1.0, 1.0]
    assert quick.count == before + 1
    with pytest.raises(ValueError, match="Cannot feed value of shape"):
        trace(sess, y, {x: [1.0]})
    with pytest.raises(ValueError, match="Cannot feed a value of type str"):
        trace(sess, y, {x: "no"})


def test_each_thread_is_named(quick: Quick) -> None:
    x = tf.placeholder(tf.float32, [])
    y = x * 2.0 + 1.0
    sess = tf.Session()
    wrong: list[Any] = []

    def work(number: int) -> None:
        for _ in range(20):
            result, metadata = trace(sess, y, {x: number})
            (device,) = metadata.step_stats.dev_stats
            names = set(device.thread_names.values())
            numbers = {stats.thread_id for stats in device.node_stats}
            if result != 2 * number + 1 or names != {f"worker {number}"} or numbers != {threading.get_native_id()}:
                wrong.append((number, result, metadata))

    threads = [threading.Thread(target=work, args=(number,), name=f"worker {number}") for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert quick.count > 60


def test_a_variable_of_another_shape_and_a_closed_session(quick: Quick) -> None:
    v = tf.Variable([1.0, 2.0], validate_shape=False)
    x = tf.placeholder(tf.float32, None)
    grow = tf.assign(v, x, validate_shape=False)
    y = v * 2.0 + 1.0
    sess = tf.Session()
    sess.run(v.initializer)
    for value in ([1.0, 2.0], [1.0], [3.0, 4.0, 5.0]):
        sess.run(grow, {x: value})
        for _ in range(3):
            result, metadata = trace(sess, y)
            assert result.tolist() == [2 * item + 1 for item in value]
            shape = metadata.step_stats.dev_stats[0].node_stats[-1].output[0].tensor_description.shape
            assert [dim.size for dim in shape.dim] == [len(value)]
    assert quick.count >= 3
    sess.close()
    with pytest.raises(RuntimeError, match="closed"):
        trace(sess, y)


def test_a_reset_session() -> None:
    x = tf.placeholder(tf.float32, [])
    server = tf.train.Server.create_local_server()
    sess = tf.Session(server.target)
    for _ in range(4):
        trace(sess, x + 1.0, {x: 1.0})
    y = x * 2.0
    for _ in range(4):
        trace(sess, y, {x: 1.0})
    tf.Session.reset(server.target)
    with pytest.raises(tf.errors.AbortedError):
        trace(sess, y, {x: 1.0})


def test_options_of_a_call_are_looked_at_each_time(quick: Quick) -> None:
    x = tf.placeholder(tf.float32, [])
    y = x * 2.0 + 1.0
    sess = tf.Session()
    for _ in range(4):
        trace(sess, y, {x: 1.0})
    count = quick.count
    metadata = tf.RunMetadata()
    options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE, output_partition_graphs=True)
    assert sess.run(y, {x: 1.0}, options=options, run_metadata=metadata) == 3.0
    assert len(metadata.partition_graphs) == 1 and len(metadata.step_stats.dev_stats) == 1
    options.output_partition_graphs = False
    options.timeout_in_ms = 20_000
    assert sess.run(y, {x: 1.0}, options=options, run_metadata=metadata) == 3.0
    assert not metadata.partition_graphs and len(metadata.step_stats.dev_stats) == 1
    assert quick.count == count
    options.timeout_in_ms = 0
    assert sess.run(y, {x: 1.0}, options=options, run_metadata=metadata) == 3.0
    assert quick.count == count + 1
    options.trace_level = tf.RunOptions.NO_TRACE
    sess.run(y, {x: 1.0}, options=options, run_metadata=metadata)
    assert not metadata.ListFields()


def test_a_traced_step_costs_little() -> None:
    x = tf.placeholder(tf.float32, [None])
    y = tf.exp(x * 2.0) + 1.0
    sess = tf.Session()
    feeds = {x: np.ones(10, np.float32)}

    def taken(call: Any) -> float:
        best = 1e9
        for _ in range(30):
            start = time.perf_counter()
            for _ in range(50):
                call()
            best = min(best, time.perf_counter() - start)
        return best

    plain, full = taken(lambda: sess.run(y, feeds)), taken(lambda: trace(sess, y, feeds))
    assert full < 8.0 * plain  # about 2.5: most of it is protobuf's reading of the message
