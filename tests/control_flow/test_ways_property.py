"""Programs drawn at random, with loops and branches in each other and effects among them: every way of running them
(interpreted, dataflow, compiled at once or at the second step) gives what Python gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import sessile as tf

NAMES = st.sampled_from(["a", "b"])
READ = 2  # what a variable holds that is only read
OPERATORS = st.sampled_from(["add", "subtract", "multiply", "maximum", "minimum"])


def programs(depth: int) -> Any:
    """Lists of statements: `("set", name, operator, other)`, `("note", name)`, `("read", name)`,
    `("if", name, yes, no)`, `("loop", times, body)`."""
    simple = st.one_of(
        st.tuples(st.just("set"), NAMES, OPERATORS, NAMES),
        st.tuples(st.just("constant"), NAMES, st.integers(-3, 3)),
        st.tuples(st.just("note"), NAMES),
        st.tuples(st.just("read"), NAMES),
    )
    if depth == 0:
        return st.lists(simple, min_size=1, max_size=3)
    inner = programs(depth - 1)
    nested = st.one_of(
        st.tuples(st.just("if"), NAMES, inner, inner), st.tuples(st.just("loop"), st.integers(0, 3), inner)
    )
    return st.lists(st.one_of(simple, nested), min_size=1, max_size=3)


class InPython:
    """What a program means."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.noted = np.zeros(shape, np.int32)

    def run(self, statements: Any, state: dict[str, Any]) -> dict[str, Any]:
        for kind, *rest in statements:
            if kind == "set":
                name, operator, other = rest
                state = {**state, name: getattr(np, operator)(state[name], state[other])}
            elif kind == "constant":
                state = {**state, rest[0]: state[rest[0]] + np.int32(rest[1])}
            elif kind == "read":
                state = {**state, rest[0]: state[rest[0]] - np.int32(READ)}
            elif kind == "note":
                self.noted = self.noted * np.int32(3) + state[rest[0]]
            elif kind == "if":
                name, yes, no = rest
                state = self.run(yes if state[name].sum() > 0 else no, state)
            else:
                for _ in range(rest[0]):
                    state = self.run(rest[1], state)
        return state


class InGraph:
    """Builds a program."""

    def __init__(self, shape: tuple[int, ...], use_resource: bool) -> None:
        self.noted = tf.Variable(np.zeros(shape, np.int32), use_resource=use_resource)
        self.read = tf.Variable(np.full(shape, READ, np.int32), use_resource=use_resource)

    def run(self, statements: Any, state: dict[str, Any]) -> dict[str, Any]:
        for kind, *rest in statements:
            if kind == "set":
                name, operator, other = rest
                state = {**state, name: getattr(tf, operator)(state[name], state[other])}
            elif kind == "constant":
                state = {**state, rest[0]: state[rest[0]] + rest[1]}
            elif kind == "read":
                state = {**state, rest[0]: state[rest[0]] - self.read.read_value()}
            elif kind == "note":
                before = [value.op for value in state.values()]
                with tf.control_dependencies(before):
                    now = self.noted.read_value() * 3 + state[rest[0]]
                    done = tf.assign(self.noted, now)
                with tf.control_dependencies([done]):
                    state = {name: tf.identity(value) for name, value in state.items()}
            elif kind == "if":
                state = self._branch(state, *rest)
            else:
                state = self._loop(state, *rest)
        return state

    def _branch(self, state: dict[str, Any], name: str, yes: Any, no: Any) -> dict[str, Any]:
        before = [value.op for value in state.values()]
        with tf.control_dependencies(before):
            return tf.cond(
                tf.reduce_sum(state[name]) > 0,
                lambda: self.run(yes, _again(state)),
                lambda: self.run(no, _again(state)),
            )  # type: ignore[no-any-return]

    def _loop(self, state: dict[str, Any], times: int, body: Any) -> dict[str, Any]:
        def iterate(i: Any, a: Any, b: Any) -> Any:
            after = self.run(body, {"a": a, "b": b})
            return i + 1, after["a"], after["b"]

        _, a, b = tf.while_loop(lambda i, a, b: i < times, iterate, [0, state["a"], state["b"]])
        return {"a": a, "b": b}


def _again(state: dict[str, Any]) -> dict[str, Any]:
    return {name: tf.identity(value) for name, value in state.items()}


# What the dataflow executor finds behind its end goes round in a circle: looking for it did not come to an end.
LOOP_THAT_WAITS = ("loop", 3, [("note", "a"), ("if", "a", [("set", "b", "add", "a")], [("note", "b")])])


@pytest.mark.parametrize("shape", [(), (2,), (40,)])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(statements=[LOOP_THAT_WAITS, ("note", "b"), ("if", "a", [("note", "a")], [LOOP_THAT_WAITS])], a=4, b=2)
@given(statements=programs(2), a=st.integers(-5, 5), b=st.integers(-5, 5))
@pytest.mark.parametrize("use_resource", [False, True])
def test_all_ways_of_running_agree(shape: tuple[int, ...], use_resource: bool, statements: Any, a: int, b: int) -> None:
    meaning = InPython(shape)
    with np.errstate(all="ignore"):
        start = {"a": np.full(shape, a, np.int32), "b": np.full(shape, b, np.int32)}
        wanted = meaning.run(statements, start)
    with tf.Graph().as_default():
        feeds = [tf.placeholder(tf.int32, shape), tf.placeholder(tf.int32, shape)]
        built = InGraph(shape, use_resource)
        found = built.run(statements, {"a": tf.identity(feeds[0]), "b": tf.identity(feeds[1])})
        with tf.control_dependencies([found["a"].op, found["b"].op]):
            noted = built.noted.read_value()
        queue = tf.FIFOQueue(10, tf.int32, shapes=[[]])
        waiting = [queue.enqueue(1), queue.dequeue()]  # with them a step is run by the dataflow executor
        for level, more in ((tf.OptimizerOptions.OFF, []), (tf.OptimizerOptions.ON_1, []), (0, []), (0, waiting)):
            options = tf.OptimizerOptions(global_jit_level=level)
            with tf.Session(config=tf.ConfigProto(graph_options=tf.GraphOptions(optimizer_options=options))) as session:
                for _ in range(2):
                    session.run([built.noted.initializer, built.read.initializer])
                    values = session.run([found["a"], found["b"], noted, *more], dict(zip(feeds, start.values())))
                    for value, expected in zip(values, (wanted["a"], wanted["b"], meaning.noted)):
                        np.testing.assert_array_equal(value, expected)
