"""Graphs that TensorFlow has written are imported, and compute what TensorFlow has computed."""

from __future__ import annotations

from typing import Any

import pytest
from sessile.ops.encoding.node_def import added_later
from sessile.ops.encoding.op_def_message import op_list

import sessile as tf
from tests.graphdef.playing import BUILDERS, FIXTURES, as_array, differences, play, read_steps

NAMES = sorted(BUILDERS)
STATEFUL = ("control_dependencies", "session_handles", "variables")
LEVELS = {"interpreted": -1, "usual": 0, "compiled": 1}


def recorded(name: str) -> Any:
    """The GraphDef that TensorFlow has written."""
    return tf.GraphDef.FromString((FIXTURES / f"{name}.pb").read_bytes())


def config(level: str) -> Any:
    """A ConfigProto that says when to compile."""
    result = tf.ConfigProto()
    result.graph_options.optimizer_options.global_jit_level = LEVELS[level]
    return result


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", NAMES)
def test_equal_values(name: str, level: str) -> None:
    """Every step gives TensorFlow's values, interpreted and compiled."""
    tf.import_graph_def(recorded(name), name="")
    steps, expected = read_steps(FIXTURES / f"{name}.json")
    with tf.Session(config=config(level)) as session:
        for values, wanted in zip(play(session, steps), expected):
            assert not differences(values, wanted)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in STATEFUL])
def test_equal_values_of_callables(name: str) -> None:
    """So do compiled callables."""
    tf.import_graph_def(recorded(name), name="")
    steps, expected = read_steps(FIXTURES / f"{name}.json")
    with tf.Session() as session:
        for step, wanted in zip(steps, expected):
            found = session.make_callable(step.fetches, list(step.feeds))(*step.feeds.values())
            assert not differences({key: as_array(value) for key, value in zip(step.fetches, found)}, wanted)


@pytest.mark.parametrize("name", NAMES)
def test_written_again(name: str) -> None:
    """An imported graph is written as it was read."""
    message = recorded(name)
    tf.import_graph_def(message, name="")
    again = tf.get_default_graph().as_graph_def()
    assert [without_notes(node) for node in again.node] == [without_notes(node) for node in message.node]


def without_notes(node: Any) -> Any:
    """A node without what only TensorFlow 2 notes, its control inputs sorted, a constant written in one way.

    Attributes that TensorFlow 2 has added are not written where they are at their default: 1.15 refuses them.
    """
    result = type(node)()
    result.CopyFrom(node)
    result.input[:] = sorted(node.input, key=lambda name: name if name.startswith("^") else "")
    result.ClearField("experimental_type")
    for key in ("_has_manual_control_dependencies", "_gradient_op_type"):
        result.attr.pop(key, None)
    defaults = {attr.name: attr.default_value for attr in op_list([node.op]).op[0].attr}
    for key in added_later(node.op, node.attr):
        if result.attr[key] == defaults[key]:
            del result.attr[key]
    if "value" in result.attr:
        value = result.attr["value"].tensor
        value.CopyFrom(tf.make_tensor_proto(tf.make_ndarray(value), value.dtype))
    return result


# Recorded from TensorFlow 2, which leaves out what `tensordot` need not do, makes many operations of `linspace` and
# keeps the int32 of numbers given to `band_part`, whose default is int64; what is built here is what TensorFlow 1.15
# builds (tests/programs/test_graphs.py, test_seeds.py, tests/graph/test_defaults_of_types.py).
AS_IN_1_15 = {"attention", "matrices", "mixture_density", "signal_windows"}


@pytest.mark.parametrize("name", sorted(set(NAMES) - AS_IN_1_15))
def test_built_alike(name: str) -> None:
    """The same Python program builds the same nodes here as in TensorFlow, except for notes of its builder."""
    BUILDERS[name](tf)
    ours = tf.get_default_graph().as_graph_def().node
    for mine, theirs in zip(ours, recorded(name).node, strict=True):
        if (mine.op, theirs.op) == ("Add", "AddV2"):  # what `tf.add` makes in TensorFlow 1.15, and in TensorFlow 2
            theirs.op = "Add"
        assert without_notes(mine) == without_notes(theirs)


def test_branches_and_loops_of_functions_are_read_and_written() -> None:
    """A graph with TensorFlow 2's branches and loops keeps them as operations, and its library."""
    message = recorded("unsupported")
    tf.import_graph_def(message, name="")
    graph = tf.get_default_graph()
    for node in message.node:
        assert graph.get_operation_by_name(node.name).type == node.op
    assert graph.as_graph_def().library == message.library


def test_unsupported_operations_are_listed() -> None:
    """A graph with operations that are not built here is refused, naming every one."""
    message = recorded("unsupported")
    for number, node in enumerate(message.node):
        if node.op in ("If", "While", "StatelessIf", "StatelessWhile"):
            node.op = f"NotBuilt{number}"
    with pytest.raises(tf.errors.NotFoundError) as caught:
        tf.import_graph_def(message)
    names = [node.name for node in message.node if node.op.startswith("NotBuilt")]
    assert len(names) > 1
    assert all(name in caught.value.message for name in names)
