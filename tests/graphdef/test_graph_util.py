"""`graph_util` and `io.write_graph`: parts of graphs, frozen graphs, files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from google.protobuf import text_format

import sessile as tf
from tests.graphdef.test_import import X, graph_def, node

util = tf.graph_util


def rows(message: Any) -> dict[str, list[str]]:
    """Type and inputs of each node, by name."""
    return {entry.name: [entry.op, *entry.input] for entry in message.node}


@pytest.fixture
def model() -> Any:
    """A session of a graph with three variables; two of them lead to `h`."""
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    w, b = tf.Variable([[1.0, 2.0], [3.0, 4.0]], name="w"), tf.Variable([1.0, 2.0], name="b")
    tf.Variable(0, name="unused")
    with tf.control_dependencies([tf.no_op(name="gate")]):
        tf.identity(tf.matmul(x, w) + b, name="h")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        yield session


# extract_sub_graph


def test_sub_graph(model: Any) -> None:
    """What the nodes need, control inputs too, in the order of the graph."""
    part = util.extract_sub_graph(model.graph_def, ["h"])
    assert list(rows(part)) == ["x", "w", "w/read", "b", "b/read", "gate", "MatMul", "add", "h"]
    assert part.versions == model.graph_def.versions
    assert not util.extract_sub_graph(model.graph_def, []).node


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((graph_def(X), "x"), TypeError),
        (("x", ["x"]), TypeError),
        ((graph_def(X), ["q"]), AssertionError),
        ((graph_def(X), ["x:0"]), AssertionError),
        ((graph_def(node("y", "Neg", "x")), ["y"]), KeyError),
    ],
)
def test_no_sub_graph(arguments: Any, error: type[Exception]) -> None:
    """The classes TensorFlow raises."""
    with pytest.raises(error):
        util.extract_sub_graph(*arguments)


# remove_training_nodes


def test_identities_are_spliced_out() -> None:
    """Consumers take what went in; outputs other than the first keep their number."""
    parts = [
        X,
        node("i", "Identity", "x"),
        node("j", "CheckNumerics", "i"),
        node("k", "Neg", "j"),
        node("s", "Split", "x x"),
        node("l", "StopGradient", "s:1"),
        node("m", "Neg", "l:0"),
        node("p", "PreventGradient", "m"),
        node("e", "Identity", "p"),
    ]
    assert rows(util.remove_training_nodes(graph_def(*parts))) == {
        "x": ["Placeholder"], "k": ["Neg", "x"], "s": ["Split", "x", "x"], "m": ["Neg", "s:1"],
        "p": ["PreventGradient", "m"],
    }  # fmt: skip


def test_identities_that_stay() -> None:
    """Protected ones, ones with control inputs, and ones that others wait for."""
    parts = [
        X,
        node("c", "NoOp", attrs=""),
        node("i", "Identity", "x ^c"),
        node("j", "Identity", "i"),
        node("k", "Neg", "j ^j"),
        node("o", "Identity", "k"),
    ]
    assert list(rows(util.remove_training_nodes(graph_def(*parts), ["o"]))) == ["x", "c", "i", "j", "k", "o"]
    assert list(rows(util.remove_training_nodes(graph_def(*parts)))) == ["x", "c", "i", "j", "k"]
    with pytest.raises(TypeError):
        util.remove_training_nodes(3)


# must_run_on_cpu, tensor_shape_from_node_def_name


def test_must_run_on_cpu() -> None:
    """String and int32 constants, int32 stitches and casts from int32; variables when they are pinned."""
    whole = tf.placeholder(tf.int32, [2])
    yes = [tf.constant("a"), tf.constant(1), tf.dynamic_stitch([[0]], [tf.constant([1])]), tf.cast(whole, tf.float32)]
    no = [tf.constant(1.0), tf.constant(1, tf.int64), whole, tf.placeholder(tf.string), tf.identity(whole)]
    assert all(util.must_run_on_cpu(tensor.op) and util.must_run_on_cpu(tensor.op.node_def) for tensor in yes)
    assert not any(util.must_run_on_cpu(tensor.op) for tensor in no)
    variable = tf.Variable(1.0)
    for op in (variable.op, variable.initializer, variable.assign_add(1.0).op):
        assert (util.must_run_on_cpu(op), util.must_run_on_cpu(op, True)) == (False, True)
    with pytest.raises(AssertionError):
        util.must_run_on_cpu("node")


def test_tensor_shape_from_node_def_name() -> None:
    """With or without the index of the output."""
    tf.placeholder(tf.float32, [None, 2], name="x")
    for name in ("x", "x:0"):
        assert util.tensor_shape_from_node_def_name(tf.get_default_graph(), name).as_list() == [None, 2]
    with pytest.raises(KeyError):
        util.tensor_shape_from_node_def_name(tf.get_default_graph(), "y")


# convert_variables_to_constants


def test_frozen_graph(model: Any) -> None:
    """Variables are constants, and the graph computes the same elsewhere."""
    frozen = util.convert_variables_to_constants(model, model.graph_def, ["h"])
    assert rows(frozen)["w"] == ["Const"]
    assert rows(frozen)["w/read"] == ["Identity", "w"]
    assert sorted(frozen.node[1].attr) == ["dtype", "value"]
    with tf.Graph().as_default():
        (h,) = tf.import_graph_def(frozen, return_elements=["h:0"])
        with tf.Session() as session:
            assert session.run(h, {"import/x:0": [[1.0, 1.0]]}).tolist() == [[5.0, 8.0]]


@pytest.mark.parametrize(
    ("listed", "kept", "constants"),
    [(["w"], None, ["w"]), (None, ["w"], ["b"]), (["w", "b"], ["w"], ["b"]), ([], None, []), (None, None, ["w", "b"])],
)
def test_lists_of_variables(model: Any, listed: Any, kept: Any, constants: list[str]) -> None:
    """Only those of the whitelist, none of the blacklist."""
    frozen = util.convert_variables_to_constants(model, model.graph_def, ["h"], listed, kept)
    assert [name for name in ("w", "b") if rows(frozen)[name] == ["Const"]] == constants


def test_nothing_to_freeze(model: Any) -> None:
    """Uninitialised variables, resource variables, unknown outputs."""
    with tf.Session() as fresh, pytest.raises(tf.errors.FailedPreconditionError):
        util.convert_variables_to_constants(fresh, fresh.graph_def, ["h"])
    with pytest.raises(tf.errors.NotFoundError, match="'v' \\(VarHandleOp\\)"):
        util.convert_variables_to_constants(model, graph_def(node("v", "VarHandleOp", attrs="")), ["v"])
    with pytest.raises(AssertionError):
        util.convert_variables_to_constants(model, model.graph_def, ["q"])


# write_graph


@pytest.mark.parametrize("write", [tf.io.write_graph, tf.train.write_graph])
def test_write_graph(model: Any, tmp_path: Path, write: Any) -> None:
    """Text or bytes, of a Graph or of a GraphDef; folders are made; the path is returned."""
    folder = tmp_path / "a" / "b"
    text = write(model.graph, str(folder), "graph.pbtxt")
    binary = write(model.graph_def, folder, "graph.pb", as_text=False)
    assert text == str(folder / "graph.pbtxt")
    assert text_format.Parse(Path(text).read_text(), tf.GraphDef()) == model.graph_def
    assert tf.GraphDef.FromString(Path(binary).read_bytes()) == model.graph_def
    assert sorted(path.name for path in folder.iterdir()) == ["graph.pb", "graph.pbtxt"]


def test_no_graph_is_written(tmp_path: Path) -> None:
    """A folder in the name must exist; nothing but graphs is written."""
    with pytest.raises(tf.errors.NotFoundError):
        tf.io.write_graph(tf.GraphDef(), str(tmp_path), "missing/graph.pb")
    with pytest.raises(TypeError):
        tf.io.write_graph(np.zeros(3), str(tmp_path), "graph.pb")
    assert not list(tmp_path.iterdir())
