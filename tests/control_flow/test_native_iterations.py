"""Loops whose turns update variables or draw random numbers, or read variables: native turns, with all other ways'
results."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sessile.compiler.native import turns
from sessile.compiler.partition import loop_invariants
from sessile.compiler.program.loops import iterations

import sessile as tf

OFF, ON = tf.OptimizerOptions.OFF, tf.OptimizerOptions.ON_1
TURNS = 9


def session_of(level: int) -> Any:
    options = tf.OptimizerOptions(global_jit_level=level)
    return tf.Session(config=tf.ConfigProto(graph_options=tf.GraphOptions(optimizer_options=options)))


def turned(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many turns ran in machine code, in each run of the driver from now on."""
    done: list[int] = []
    run = iterations.NativeIteration.turns

    def noted(self: Any, *arguments: Any) -> Any:
        result = run(self, *arguments)
        done.append(result[1])
        return result

    monkeypatch.setattr(iterations.NativeIteration, "turns", noted)
    return done


def assigned(use_resource: bool) -> tuple[list[Any], list[Any]]:
    """A loop that adds to a variable, which its next condition looks at."""
    x = tf.placeholder(tf.float32, [3])
    v = tf.get_variable("v", [3], initializer=tf.zeros_initializer(), use_resource=use_resource)

    def body(i: Any, a: Any) -> Any:
        with tf.control_dependencies([tf.assign_add(v, a)]):
            return i + 1, a * 0.5

    out = tf.while_loop(lambda i, a: i < TURNS, body, [0, x], parallel_iterations=1)
    with tf.control_dependencies(out):
        return [*out, v.read_value()], [x]


def trained() -> tuple[list[Any], list[Any]]:
    """A training loop in the graph, with a slot and noise."""
    x = tf.placeholder(tf.float32, [5, 3])
    w = tf.get_variable("w", [3, 1], initializer=tf.ones_initializer(), use_resource=True)
    optimizer = tf.train.MomentumOptimizer(0.1, 0.9)

    def body(i: Any, last: Any) -> Any:
        noise = tf.random_normal([5, 3], stddev=0.1, seed=7)
        loss = tf.reduce_mean(tf.square(tf.matmul(x + noise, w) - 1.0))
        with tf.control_dependencies([optimizer.minimize(loss, var_list=[w])]):
            return i + 1, tf.identity(loss)

    out = tf.while_loop(lambda i, last: i < TURNS, body, [0, 0.0], parallel_iterations=1)
    with tf.control_dependencies(out):
        return [*out, w.read_value()], [x]


def walked() -> tuple[list[Any], list[Any]]:
    """Noise of the size of what is fed."""
    x = tf.placeholder(tf.float32, [None])

    def body(i: Any, a: Any) -> Any:
        return i + 1, a + tf.random_uniform(tf.shape(a), -1.0, 1.0, seed=4)

    return list(tf.while_loop(lambda i, a: i < TURNS, body, [0, x])), [x]


def dropped() -> tuple[list[Any], list[Any]]:
    """Gradients of a loop with dropout, through a variable that it only reads."""
    x = tf.placeholder(tf.float32, [2, 3])
    w = tf.get_variable("w", [3, 3], initializer=tf.orthogonal_initializer(seed=1), use_resource=True)

    def body(i: Any, a: Any) -> Any:
        return i + 1, tf.nn.dropout(tf.tanh(tf.matmul(a, w)), rate=0.1, seed=2)

    out = tf.while_loop(lambda i, a: i < TURNS, body, [0, x])
    return [out[1], *tf.gradients(out[1], [w, x])], [x]


CASES: dict[str, Callable[[], tuple[list[Any], list[Any]]]] = {
    "reference": lambda: assigned(False),
    "resource": lambda: assigned(True),
    "trained": trained,
    "walked": walked,
    "dropped": dropped,
}


def results(name: str, level: int, shapes: list[Any]) -> list[list[Any]]:
    """What steps of some shapes give, twice each."""
    with tf.Graph().as_default():
        tf.set_random_seed(5)
        fetches, feeds = CASES[name]()
        with session_of(level) as session:
            session.run(tf.global_variables_initializer())
            step = session.make_callable(fetches, feeds)
            arrays = [np.random.RandomState(1).rand(*shape).astype(np.float32) for shape in shapes]
            return [step(array) for array in arrays for _ in range(2)]


@pytest.mark.parametrize(
    ("name", "shapes"),
    [
        ("reference", [(3,)]),
        ("resource", [(3,)]),
        ("trained", [(5, 3)]),
        ("walked", [(4,), (7,), (1,), (4,)]),
        ("dropped", [(2, 3)]),
    ],
)
def test_native_turns_give_what_the_interpreter_gives(
    name: str, shapes: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = results(name, OFF, shapes)
    done = turned(monkeypatch)
    found = results(name, ON, shapes)
    assert not turns.available() or sum(done) >= (TURNS - 2) * len(shapes), "most turns are native"
    for one, other in zip(found, expected, strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_allclose(a, b, rtol=2e-5, atol=1e-6)


def test_sessions_have_variables_and_streams_of_their_own() -> None:
    fetches, feeds = assigned(True)
    sessions = [session_of(ON) for _ in range(3)]
    for session in sessions:
        session.run(tf.global_variables_initializer())
        steps = [session.run(fetches, {feeds[0]: np.ones(3, np.float32)})[2] for _ in range(2)]
        np.testing.assert_allclose(steps[1], 2 * steps[0], rtol=1e-6)
        session.close()


def reading(n: Any, use_resource: bool = True) -> tuple[Any, Any]:
    v = tf.get_variable("v", [2], initializer=tf.ones_initializer(), use_resource=use_resource)
    return v, tf.while_loop(lambda i, x: i < n, lambda i, x: (i + 1, x * (v + 1.0)), [0, tf.ones([2])])


@pytest.mark.parametrize("level", [OFF, ON])
def test_a_loop_without_turns_reads_no_variable(level: int) -> None:
    n = tf.placeholder(tf.int32, [])
    v, out = reading(n)
    with session_of(level) as session:
        for _ in range(2):
            np.testing.assert_array_equal(session.run(out[1], {n: 0}), [1, 1])
        with pytest.raises(tf.errors.FailedPreconditionError, match="v"):
            session.run(out[1], {n: 1})
        session.run(v.initializer)
        np.testing.assert_array_equal(session.run(out[1], {n: 3}), [8, 8])
        session.run(v.assign([0.0, 2.0]))
        np.testing.assert_array_equal(session.run(out[1], {n: 3}), [1, 27])


def test_a_loop_may_wait_for_another_step_to_change_a_variable() -> None:
    v = tf.get_variable("v", [], initializer=tf.zeros_initializer(), use_resource=True)
    out = tf.while_loop(lambda seen, i: seen < 1.0, lambda seen, i: (v.read_value(), i + 1), [v.read_value(), 0])
    done = v.assign(2.0)
    with session_of(ON) as session:
        for _ in range(2):
            session.run(v.initializer)
            threading.Timer(0.2, session.run, [done]).start()
            assert session.run(out)[0] == 2.0


def test_what_turns_share_is_neither_read_nor_pushed_in_them(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    shared = loop_invariants.with_shared_values

    def noted(plan: Any) -> Any:
        made.append(shared(plan)[0])
        return shared(plan)

    monkeypatch.setattr(loop_invariants, "with_shared_values", noted)
    results("dropped", ON, [(2, 3)])
    loops = [i for i in made[0].instructions if i.blocks]
    assert len(loops) == 2
    inside = [i.op_def.name for loop in loops for plan in loop.blocks for i in plan.instructions]
    assert "ReadVariableOp" not in inside
    shapes = [
        tuple(i.inputs[1].extents) for loop in loops for i in loop.blocks[1].instructions if "Push" in i.op_def.name
    ]
    assert shapes and (3, 3) not in shapes, "the variable is not kept for each turn"


def test_a_variable_that_turns_change_is_read_in_them() -> None:
    v = tf.get_variable("v", [], initializer=tf.ones_initializer(), use_resource=True)

    def body(i: Any, total: Any) -> Any:
        with tf.control_dependencies([v.assign_add(1.0)]):
            return i + 1, total + v.read_value()

    out = tf.while_loop(lambda i, total: i < 4, body, [0, 0.0], parallel_iterations=1)
    for level in (OFF, ON):
        with session_of(level) as session:
            session.run(v.initializer)
            assert session.run(out[1]) == 2 + 3 + 4 + 5


def test_a_session_that_is_closed_ends_native_turns() -> None:
    v = tf.get_variable("v", [], initializer=tf.zeros_initializer(), use_resource=True)

    def body(i: Any) -> Any:
        with tf.control_dependencies([v.assign_add(1.0)]):
            return i + 1

    out = tf.while_loop(lambda i: i < 2**31 - 1, body, [0])
    session = session_of(ON)
    session.run(v.initializer)
    threading.Timer(0.3, session.close).start()
    with pytest.raises(tf.errors.CancelledError):
        session.run(out)
    with session_of(ON) as session:
        session.run(v.initializer)
        with pytest.raises(tf.errors.DeadlineExceededError):
            session.run(out, options=tf.RunOptions(timeout_in_ms=200))
        assert session.run(v) > 0
