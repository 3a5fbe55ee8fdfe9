"""Functions of a library: defined, called, differentiated, written and read; TensorFlow 2's are read and run."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sessile.ops.library.functions import functional
from sessile.ops.library.functions.defun import Defun

import sessile as tf

# The graphs of `functional.json` are TensorFlow 2.21's with `enable_control_flow_v2`, the answers its own.
RECORDED = json.loads((Path(__file__).parent / "functional.json").read_text())


@pytest.mark.parametrize("name", RECORDED)
def test_functional_control_flow_of_tensorflow_2_runs(name: str) -> None:
    case = RECORDED[name]
    tf.import_graph_def(tf.GraphDef.FromString(base64.b64decode(case["graph"])), name="")
    feeds = {key: np.array(value, kind) for key, (kind, value) in zip(case["inputs"], case["feeds"])}
    with tf.Session() as session:
        for _ in range(2):
            for found, wanted in zip(session.run(case["outputs"], feeds), case["answers"]):
                np.testing.assert_allclose(found, wanted, rtol=1e-6)


def _a() -> Any:
    return tf.constant([1.0, 2.0])


def defined() -> Any:
    @Defun(tf.float32, tf.float32)
    def f(x: Any, y: Any) -> Any:
        return x * y + 1.0, tf.reduce_sum(x)

    a = _a()
    product, total = f(a, a * 3.0)
    return [product, total, *tf.gradients(product, [a])], [[4, 13], 3, [6, 12]]


def own_gradient() -> Any:
    @Defun(tf.float32, func_name="sq", python_grad_func=lambda op, dy: dy * 100.0)
    def f(x: Any) -> Any:
        return x * x

    a = _a()
    return [f(a), *tf.gradients(f(a), a)], [[1, 4], [100, 100]]


def branches() -> Any:
    @Defun(tf.float32)
    def twice(x: Any) -> Any:
        return x * 2.0

    @Defun(tf.float32)
    def less(x: Any) -> Any:
        return x - 1.0

    a = _a()
    yes, no = (functional.If(tf.reduce_sum(a) > bound, [a], twice, less) for bound in (2.0, 20.0))
    return [yes, no, *tf.gradients(yes, a)], [[2, 4], [0, 1], [2, 2]]


def loops() -> Any:
    @Defun(tf.int32, tf.float32)
    def goes_on(i: Any, x: Any) -> Any:
        return i < 5

    @Defun(tf.int32, tf.float32)
    def body(i: Any, x: Any) -> Any:
        return i + 1, x * 2.0

    @Defun(tf.int32, tf.float32)
    def add(i: Any, x: Any) -> Any:
        return x + tf.cast(i, tf.float32)

    a = _a()
    count, x = functional.While([tf.constant(0), a], goes_on, body)
    total = functional.For(0, 5, 1, [tf.constant(1.0)], add)
    return [count, x, total, *tf.gradients(x, a)], [5, [32, 64], 11, [32, 32]]


def captured_in_a_loop() -> Any:
    w = tf.constant([3.0, 4.0]) * _a()

    @Defun(tf.int32, tf.float32)
    def goes_on(i: Any, x: Any) -> Any:
        return i < 3

    @Defun(tf.int32, tf.float32)
    def body(i: Any, x: Any) -> Any:
        return i + 1, x + w

    return [functional.While([tf.constant(0), _a()], goes_on, body)[1]], [[10, 26]]


def traced() -> Any:
    @tf.function
    def f(x: Any) -> Any:
        return {"a": x * 2.0, "b": (x, tf.reduce_sum(x))}

    a = _a()
    found = f(a)
    return [found["a"], found["b"][1], *tf.gradients(found["a"], a)], [[2, 4], 3, [2, 2]]


def traced_loops() -> Any:
    @tf.function
    def power(x: Any, n: int = 4) -> Any:
        return tf.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, y * x), [0, x])[1]

    a = _a()
    return [power(a), power(a, n=2), *tf.gradients(power(a), a)], [[1, 32], [1, 8], [5, 80]]


def nested() -> Any:
    @tf.function
    def inner(x: Any) -> Any:
        return tf.sin(x) * x

    @tf.function
    def outer(x: Any) -> Any:
        return inner(x) + inner(x * 2.0)

    a = _a()
    values = [np.float32([1, 2]), np.float32([2, 4])]
    wanted = sum(np.sin(v) * v for v in values)
    slope = sum(k * (np.cos(v) * v + np.sin(v)) for k, v in zip((1, 2), values))
    return [outer(a), *tf.gradients(outer(a), a)], [wanted, slope]


def within_a_loop() -> Any:
    @tf.function
    def f(x: Any) -> Any:
        return x * 2.0 + 1.0

    return [tf.while_loop(lambda i, x: i < 5, lambda i, x: (i + 1, f(x)), [0, tf.constant([1.0])])[1]], [[63]]


def over_rows() -> Any:
    rows = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    total, largest = tf.vectorized_map(lambda row: (tf.reduce_sum(row), tf.argmax(row)), rows)
    return [total, largest], [[3, 7], [1, 1]]


PROGRAMS = [
    defined, own_gradient, branches, loops, captured_in_a_loop, traced, traced_loops, nested, within_a_loop, over_rows
]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS)
def test_functions_run_and_survive_being_written_and_read(program: Callable[[], Any]) -> None:
    with tf.Graph().as_default() as graph:
        fetches, wanted = program()
        message = graph.as_graph_def()
        with tf.Session() as session:
            for _ in range(3):
                for found, value in zip(session.run(fetches), wanted):
                    np.testing.assert_allclose(found, value, rtol=1e-6)
    with tf.Graph().as_default(), tf.Session() as session:
        tf.import_graph_def(message, name="")
        for found, value in zip(session.run([fetch.name for fetch in fetches]), wanted):
            np.testing.assert_allclose(found, value, rtol=1e-6)


def test_variables_change_when_the_call_runs_and_only_then() -> None:
    v = tf.get_variable("v", [], use_resource=True, initializer=tf.zeros_initializer())

    @tf.function
    def f(x: Any) -> Any:
        v.assign_add(x)
        v.assign_add(1.0)
        return v * 2.0

    called = f(tf.constant(3.0))
    branched = tf.cond(v.read_value() < 5.0, lambda: f(tf.constant(1.0)), lambda: tf.constant(-1.0))
    with tf.Session() as session:
        session.run(v.initializer)
        assert session.run(branched) == 4.0
        assert [session.run(called) for _ in range(3)] == [12.0, 20.0, 28.0]
        assert session.run(branched) == -1.0
        assert session.run(v) == 14.0


def test_a_function_cannot_take_the_reference_of_a_variable() -> None:
    v = tf.Variable(1.0, use_resource=False)

    @tf.function
    def f(x: Any) -> Any:
        return tf.assign_add(v, x)

    with pytest.raises(ValueError, match="reference"):
        f(tf.constant(1.0))


def test_a_function_that_is_not_there_is_named() -> None:
    call = tf.raw_ops.PartitionedCall(args=[tf.constant(1.0)], Tout=[tf.float32], f="nowhere")
    with tf.Session() as session, pytest.raises(tf.errors.NotFoundError, match="nowhere"):
        session.run(call)
