"""Every way to run a step gives the same: `run`, `make_callable`, every split of `partial_run`; compiled or not."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import sessile as tf

UNARY = (tf.negative, tf.square, lambda x: x * 0.5, lambda x: tf.maximum(x, 0.0), lambda x: x[::-1], tf.identity)
BINARY = (tf.add, tf.subtract, tf.multiply, tf.maximum)


@st.composite
def programs(draw: Any) -> tuple[list[tuple[int, int, int]], list[int], list[int]]:
    """Rows `(operation, first, second)` that make tensors of earlier ones, fetches, and an order of the feeds."""
    rows = []
    for size in range(3, 3 + draw(st.integers(1, 8))):
        operation = draw(st.integers(0, len(UNARY) + len(BINARY) - 1))
        rows.append((operation, draw(st.integers(0, size - 1)), draw(st.integers(0, size - 1))))
    count = len(rows) + 3
    fetches = draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=4))
    order = draw(st.permutations(range(3)))
    return rows, fetches, list(order)


def build(rows: list[tuple[int, int, int]]) -> tuple[list[Any], list[set[int]]]:
    """The tensors, and per tensor the placeholders it needs."""
    tensors: list[Any] = [tf.placeholder(tf.float32, [None], name=f"x{i}") for i in range(3)]
    needs = [{0}, {1}, {2}]
    for operation, first, second in rows:
        if operation < len(UNARY):
            tensors.append(UNARY[operation](tensors[first]))
            needs.append(set(needs[first]))
        else:
            tensors.append(BINARY[operation - len(UNARY)](tensors[first], tensors[second]))
            needs.append(needs[first] | needs[second])
    return tensors, needs


def partial_results(
    sess: tf.Session, tensors: list[Any], needs: list[set[int]], fetches: list[int], values: list[Any], order: list[int]
) -> dict[int, Any]:
    """Feed one placeholder at a time; fetch what becomes known by it."""
    wanted = list(dict.fromkeys(fetches))
    handle = sess.partial_run_setup([tensors[i] for i in wanted], tensors[:3])
    found: dict[int, Any] = {}
    fed: set[int] = set()
    for place in order:
        fed.add(place)
        ready = [i for i in wanted if i not in found and needs[i] <= fed]
        results = sess.partial_run(handle, [tensors[i] for i in ready], {tensors[place]: values[place]})
        found.update(zip(ready, results))
    return found


@settings(max_examples=25, deadline=None)
@given(programs(), st.integers(0, 4))
def test_equal_ways(program: tuple[Any, ...], size: int) -> None:
    rows, fetches, order = program
    values = [np.random.RandomState(i).randn(size).astype(np.float32) for i in range(3)]
    with tf.Graph().as_default() as graph:
        tensors, needs = build(rows)
    config = tf.ConfigProto()
    config.graph_options.optimizer_options.global_jit_level = tf.OptimizerOptions.OFF
    wanted = {"list": [tensors[i] for i in fetches], "pair": (tensors[fetches[0]], [tensors[-1].op])}
    feeds = dict(zip(tensors[:3], values))
    expected = tf.Session(graph=graph, config=config).run(wanted, feeds)
    sess = tf.Session(graph=graph)
    step = sess.make_callable(wanted, tensors[:3])
    for result in (sess.run(wanted, feeds), sess.run(wanted, feeds), step(*values), step(*map(list, values))):
        assert repr(result) == repr(expected)
    if size:
        parts = partial_results(sess, tensors, needs, fetches, values, order)
        assert repr([parts[i] for i in fetches]) == repr(expected["list"])
    assert all(np.array_equal(v, np.random.RandomState(i).randn(size).astype(np.float32)) for i, v in enumerate(values))
