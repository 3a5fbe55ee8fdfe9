"""`tf.test.Benchmark`, which test modules of programs derive from, and `StubOutForTesting`."""

from __future__ import annotations

import os
from typing import Any

import pytest

import sessile as tf


class Products(tf.test.Benchmark):
    """A benchmark as programs have it."""

    def benchmark_small(self) -> Any:
        """One that calls itself by its method's name."""
        with tf.Graph().as_default(), tf.Session() as session:
            x = tf.placeholder(tf.float32, [3])
            return self.run_op_benchmark(
                session, x * 2.0, {x: [1.0, 2.0, 3.0]}, min_iters=4, store_trace=True, extras={"a": 1}, mbs=8
            )


def test_a_benchmark_reports_and_returns(capsys: pytest.CaptureFixture[str]) -> None:
    """In the text form of TensorFlow's entries."""
    result = Products().benchmark_small()
    assert result["iters"] == 4 and result["name"] == "Products.benchmark_small" and result["wall_time"] > 0
    assert result["throughput"] == 8 / result["wall_time"]
    assert "traceEvents" in result["extras"]["full_trace_chrome_format"]
    printed = capsys.readouterr().out
    assert printed.startswith('entry {\n  name: "Products.benchmark_small"\n  iters: 4\n  wall_time: ')
    assert '  extras {\n    key: "a"\n    value {\n      double_value: 1.0\n    }\n  }\n' in printed


def test_other_numbers_are_reported(capsys: pytest.CaptureFixture[str]) -> None:
    """Of the caller's own."""
    Products().report_benchmark(cpu_time=0.5, name="own", metrics=[{"name": "loss", "value": 2}])
    assert capsys.readouterr().out == (
        'entry {\n  name: "Products.own"\n  cpu_time: 0.5\n  metrics {\n    name: loss\n    value: 2\n  }\n}\n\n'
    )


def test_values_are_those_of_the_default_session() -> None:
    """Or of one that is made."""
    with tf.Graph().as_default():
        assert Products().evaluate(tf.constant(3) + 1) == 4
        with tf.Session():
            assert Products().evaluate([tf.constant(3)]) == [3]
    assert tf.test.benchmark_config().graph_options.rewrite_options.dependency_optimization == 2


def test_stubs_are_put_back() -> None:
    """The last first."""
    with tf.test.StubOutForTesting() as stubs:
        stubs.Set(os.path, "exists", lambda path: True)
        stubs.SmartSet(os.path, "exists", lambda path: None)
        assert os.path.exists("/nothing") is None
    assert os.path.exists("/nothing") is False


def test_queue_runners_are_in_their_module() -> None:
    """`tf.train.queue_runner.QueueRunner` is `tf.train.QueueRunner`."""
    assert tf.train.queue_runner.QueueRunner is tf.train.QueueRunner
