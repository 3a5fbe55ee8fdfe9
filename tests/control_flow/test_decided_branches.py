"""Branches that feeds or constants decide: what is taken is compiled as if there were no other side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sessile.compiler.passes.pipeline import optimize
from sessile.compiler.plan.prune import prune
from sessile.compiler.plan.verify import verify

import sessile as tf


def session(level: int = tf.OptimizerOptions.ON_1) -> Any:
    """A session that compiles at once, or never."""
    config = tf.ConfigProto()
    config.graph_options.optimizer_options.global_jit_level = level
    return tf.Session(config=config)


def types(plan: Any) -> list[str]:
    """The types of a plan's instructions, constants left out."""
    return [i.op_def.name for i in plan.instructions if not i.is_constant]


def test_a_branch_on_a_constant_is_taken_in_the_plan() -> None:
    x = tf.placeholder(tf.float32, [3])
    y = tf.cond(tf.constant(True), lambda: tf.exp(x), lambda: tf.negative(x))
    plan = verify(optimize(prune([x], [y], [])))
    assert types(plan) == ["Exp"]


@pytest.mark.parametrize("default", [True, False])
def test_a_default_that_is_not_fed_decides(default: bool) -> None:
    x = tf.placeholder(tf.float32, [3])
    training = tf.placeholder_with_default(default, [])
    y = tf.cond(training, lambda: tf.exp(x), lambda: tf.negative(x))
    plan = verify(optimize(prune([x], [y], [])))
    assert types(plan) == ["Exp" if default else "Neg"]
    with session() as sess:
        assert sess.run(y, {x: [0, 0, 0], training: not default}).tolist() == ([0] * 3 if default else [1] * 3)


def test_branches_in_branches_and_negations() -> None:
    x = tf.placeholder(tf.float32, [])
    a, b = tf.placeholder(tf.bool, []), tf.placeholder(tf.bool)
    inner = tf.cond(tf.logical_and(a, b), lambda: x * 10, lambda: x * 100)
    y = tf.cond(tf.logical_not(a), lambda: inner + 1, lambda: tf.cond(b, lambda: x + 2, lambda: inner + 3))
    for level in (tf.OptimizerOptions.OFF, tf.OptimizerOptions.ON_1):
        with session(level) as sess:
            step = sess.make_callable(y, [x, a, b])
            for _ in range(2):
                assert [float(step(1.0, p, q)) for p in (True, False) for q in (True, False)] == [3, 103, 101, 101]


def test_effects_of_the_side_that_is_taken_alone() -> None:
    flag = tf.placeholder(tf.bool, [], name="flag")
    v = tf.Variable(0.0)

    def add(amount: float) -> Any:
        with tf.control_dependencies([tf.assign_add(v, amount)]):
            return tf.constant(amount)

    y = tf.cond(flag, lambda: add(1.0), lambda: add(10.0))
    with session() as sess:
        sess.run(v.initializer)
        step = sess.make_callable(y, [flag])
        expected = 0.0
        for truth in (True, True, False, True, False, False):
            assert step(truth) == (1.0 if truth else 10.0)
            expected += 1.0 if truth else 10.0
            assert sess.run(v) == expected
        assert step(np.array(True)) == 1.0
        assert sess.run(v) == expected + 1


def test_a_condition_that_is_no_scalar_is_refused_as_before() -> None:
    flag = tf.placeholder(tf.bool)
    y = tf.cond(flag, lambda: tf.constant(1.0), lambda: tf.constant(2.0))
    with session() as sess:
        assert sess.run(y, {flag: True}) == 1.0
        for _ in range(2):
            with pytest.raises(tf.errors.InvalidArgumentError):
                sess.run(y, {flag: [True, False]})
        assert sess.run(y, {flag: False}) == 2.0


def test_a_training_step_with_a_fed_flag_is_one_native_step() -> None:
    """Batch normalisation and dropout in a training loop: nothing is interpreted, both outcomes keep apart."""
    random = np.random.RandomState(0)
    x, y = tf.placeholder(tf.float32, [None, 4]), tf.placeholder(tf.float32, [None, 1])
    training = tf.placeholder(tf.bool, [])
    z = tf.layers.batch_normalization(
        tf.layers.dense(x, 8, kernel_initializer=tf.ones_initializer()), training=training
    )
    z = tf.layers.dense(tf.nn.relu(z), 1, kernel_initializer=tf.ones_initializer())
    loss = tf.reduce_mean(tf.square(z - y))
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        update = tf.train.GradientDescentOptimizer(0.01).minimize(loss)
    fed = {x: random.rand(16, 4).astype(np.float32), y: random.rand(16, 1).astype(np.float32)}
    curves = []
    for level in (tf.OptimizerOptions.OFF, tf.OptimizerOptions.ON_1):
        with session(level) as sess:
            sess.run(tf.global_variables_initializer())
            curve = []
            for number in range(8):
                curve.append(sess.run([loss, update], {**fed, training: number % 3 < 2})[0])
                curve.append(sess.run(loss, {**fed, training: False}))
            curves.append(curve)
            text = sess.explain([loss, update], [x, y, training])
    np.testing.assert_allclose(curves[0], curves[1], rtol=1e-4)
    assert "is True:" in text and "= Switch" not in text and "= Merge" not in text


def test_python_numbers_as_feeds_take_the_native_step() -> None:
    """A step with variables runs natively on feeds that had to be made arrays."""
    from sessile.compiler.program import callables

    rate, v = tf.placeholder(tf.float32, []), tf.Variable(tf.ones([3]))
    update = tf.assign_add(v, rate * v)
    calls = []
    before = callables.SlowPath._install_stateful
    with session() as sess:
        sess.run(v.initializer)
        step = sess.make_callable(update, [rate])
        callables.SlowPath._install_stateful = lambda *arguments: calls.append(1) or before(*arguments)  # type: ignore
        try:
            for _ in range(5):
                step(1.0)
        finally:
            callables.SlowPath._install_stateful = before  # type: ignore[method-assign]
        assert sess.run(v).tolist() == [32.0] * 3
    assert len(calls) <= 1
