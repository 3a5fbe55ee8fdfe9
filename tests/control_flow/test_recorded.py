"""Branches, loops, TensorArrays and what is made of them: graphs node by node, and values, as TensorFlow 1's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf
from tests.control_flow.programs import PROGRAMS
from tests.control_flow.record import nodes

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())


def same(found: Any, wanted: Any) -> None:
    """Assert that fetched values are those recorded."""
    if isinstance(wanted, dict) and "values" in wanted:
        assert found.dtype.name == wanted["dtype"]
        expected = np.array(wanted["values"]).reshape(wanted["shape"])
        np.testing.assert_allclose(found, expected, rtol=2e-5, atol=2e-6)
    elif isinstance(wanted, dict):
        for key, item in wanted.items():
            same(found[key], item)
    else:
        assert len(found) == len(wanted)
        for item, expected in zip(found, wanted):
            same(item, expected)


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_graph_is_tensorflows(name: str) -> None:
    PROGRAMS[name](tf)
    for found, wanted in zip(nodes(tf.get_default_graph()), RECORDED[name]["nodes"], strict=True):
        assert found[:4] == wanted[:4]
        for shape, least in zip(found[4], wanted[4], strict=True):
            assert least == "<unknown>" or fits(shape, least), found


def fits(shape: str, least: str) -> bool:
    """Whether at least as much is known of a shape: broadcasts' axes are counted while the graph is built here."""
    pairs = zip(shape.strip("()").split(","), least.strip("()").split(","), strict=True)
    return all(wanted.strip() == "?" or extent == wanted for extent, wanted in pairs)


@pytest.mark.parametrize("way", ["interpreted", "compiled", "run twice"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_values_are_tensorflows(name: str, way: str) -> None:
    feeds, fetches = PROGRAMS[name](tf)
    level = {"interpreted": tf.OptimizerOptions.OFF, "compiled": tf.OptimizerOptions.ON_1}.get(way, 0)
    config = tf.ConfigProto(
        graph_options=tf.GraphOptions(optimizer_options=tf.OptimizerOptions(global_jit_level=level))
    )
    for step, wanted in enumerate(RECORDED[name]["answers"]):
        with tf.Session(config=config) as session:
            given = {feed: values[step] for feed, values in feeds}
            for _ in range(3 if way == "run twice" else 1):
                session.run(tf.global_variables_initializer())
                if name in ("branches", "loops"):
                    session.run([v.initializer for v in tf.global_variables()])
            if step and name in ("branches", "loops"):
                continue  # their variables remember the steps before
            for _ in range(3 if way == "run twice" and name not in ("branches", "loops") else 1):
                same(session.run(fetches, given), wanted)


@pytest.mark.parametrize("name", ["branches", "loops"])
def test_steps_in_their_order_are_tensorflows(name: str) -> None:
    feeds, fetches = PROGRAMS[name](tf)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for step, wanted in enumerate(RECORDED[name]["answers"]):
            same(session.run(fetches, {feed: values[step] for feed, values in feeds}), wanted)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_graph_def_brings_the_program_along(name: str) -> None:
    feeds, fetches = PROGRAMS[name](tf)
    tensors = [tensor for tensor in tf.nest.flatten(fetches) if isinstance(tensor, tf.Tensor)]
    names = [feed.name for feed, _ in feeds] + [tensor.name for tensor in tensors]
    init = tf.global_variables_initializer().name
    with tf.Graph().as_default() as graph:
        found = tf.import_graph_def(feeds[0][0].graph.as_graph_def(), return_elements=names, name="")
        with tf.Session() as session:
            session.run(graph.get_operation_by_name(init))
            given = dict(zip(found, [values[0] for _, values in feeds]))
            values = session.run(found[len(feeds) :], given)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        wanted = session.run(tensors, {feed: values[0] for feed, values in feeds})
    for value, other in zip(values, wanted):
        np.testing.assert_array_equal(value, other)


def test_a_meta_graph_keeps_the_contexts_so_that_loops_can_be_differentiated() -> None:
    feeds, fetches = PROGRAMS["gradients"](tf)
    (x, values), (n, counts) = feeds
    loop, gradient = fetches[2], fetches[5]
    message = tf.train.export_meta_graph()
    with tf.Graph().as_default() as graph:
        tf.train.import_meta_graph(message)
        assert len(graph.get_collection("while_context")) == 2
        again = tf.gradients(graph.get_tensor_by_name(loop.name), graph.get_tensor_by_name(x.name))[0]
        with tf.Session() as session:
            found = session.run(again, {x.name: values[0], n.name: counts[0]})
    with tf.Session() as session:
        assert found == session.run(gradient, {x: values[0], n: counts[0]})
