"""MetaGraphDefs: a graph with its collections, out and in; VariableDefs."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf


@pytest.fixture
def message() -> Any:
    """A model with all kinds of collections, exported."""
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        with tf.name_scope("layer"), tf.device("/cpu:0"):
            w = tf.Variable(np.eye(2, dtype=np.float32), name="w")
        tf.Variable(3.0, trainable=False, collections=[tf.GraphKeys.LOCAL_VARIABLES], name="local")
        y = tf.matmul(x, w, name="y")
        for name, value in (
            ("tensors", x), ("tensors", y), ("ops", y.op), ("ints", -4), ("ints", 2**40), ("floats", 1.5),
            ("strings", "caf\xe9"), ("strings", b"\x00"),
        ):  # fmt: skip
            tf.add_to_collection(name, value)
        tf.global_variables_initializer()
        return tf.train.export_meta_graph()


def collection(name: str) -> list[Any]:
    """A collection of the default graph."""
    return tf.get_collection(name)


def test_import(message: Any, tmp_path: Path) -> None:
    """The operations, the collections, and variables that are variables."""
    saver = tf.train.import_meta_graph(message)
    graph = tf.get_default_graph()
    assert collection("tensors") == [graph.get_tensor_by_name("x:0"), graph.get_tensor_by_name("y:0")]
    assert collection("ops") == [graph.get_operation_by_name("y")]
    assert (collection("ints"), collection("floats")) == ([-4, 2**40], [1.5])
    assert collection("strings") == ["caf\xe9".encode(), b"\x00"]
    (w,) = tf.global_variables()
    assert ([v.name for v in tf.trainable_variables()], [v.name for v in tf.local_variables()]) == (
        ["layer/w:0"],
        ["local:0"],
    )
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(w.assign_add(np.ones((2, 2), np.float32)))
        assert session.run("y:0", {"x:0": [[1.0, 0.0]]}).tolist() == [[2.0, 1.0]]
        path = saver.save(session, str(tmp_path / "model"))
        session.run(w.initializer)
        saver.restore(session, path)
        assert session.run("y:0", {"x:0": [[1.0, 0.0]]}).tolist() == [[2.0, 1.0]]


def test_import_scope(message: Any) -> None:
    """The scope goes before every name, and is made unique."""
    for scope in ("q", "q_1"):
        tf.train.import_meta_graph(message, import_scope="q")
        assert collection("tensors")[-1].name == f"{scope}/y:0"
        variable = tf.global_variables()[-1]
        assert (variable.name, variable.initializer.name) == (f"{scope}/layer/w:0", f"{scope}/layer/w/Assign")


def test_import_with_map(message: Any) -> None:
    """As in `import_graph_def`."""
    mine = tf.placeholder(tf.float32, [3, 2], name="mine")
    tf.train.import_meta_graph(message, import_scope="q", input_map={"x:0": mine}, return_elements=["y:0"])
    assert tf.get_default_graph().get_tensor_by_name("q/y:0").shape == [3, 2]


def test_choice_of_collections(message: Any) -> None:
    """By a predicate on import, by a list on export."""
    assert tf.train.import_meta_graph(message, restore_collections_predicate=lambda name: name == "ints") is None
    assert tf.get_default_graph().collections == ["ints"]
    assert list(tf.train.export_meta_graph(collection_list=["ints", "none"]).collection_def) == ["ints"]


def test_devices(message: Any) -> None:
    """Kept, or cleared on either way."""
    assert {node.device for node in message.graph_def.node if node.name.startswith("layer/w")} == {"/device:CPU:0"}
    tf.train.import_meta_graph(message, clear_devices=True)
    operations = tf.get_default_graph().get_operations()
    assert not any(op.device for op in operations if not op.name.startswith("save/"))  # the new saver reads on the CPU
    assert not any(node.device for node in tf.train.export_meta_graph(clear_devices=True).graph_def.node)


def test_definitions_and_shapes(message: Any) -> None:
    """The operations in use are described, and every node tells its shapes."""
    definitions = {op.name: op for op in message.meta_info_def.stripped_op_list.op}
    assert sorted(definitions) == ["Assign", "Const", "Identity", "MatMul", "NoOp", "Placeholder", "VariableV2"]
    assert [arg.name for arg in definitions["MatMul"].input_arg] == ["a", "b"]
    assert definitions["Assign"].input_arg[0].is_ref
    x = next(node for node in message.graph_def.node if node.name == "x")
    assert [dim.size for dim in x.attr["_output_shapes"].list.shape[0].dim] == [-1, 2]


def test_defaults_left_out(message: Any) -> None:
    """`strip_default_attrs`; the import puts them back."""
    tf.train.import_meta_graph(message)
    short = tf.train.export_meta_graph(strip_default_attrs=True)
    assert sorted(next(node for node in short.graph_def.node if node.name == "y").attr) == ["T", "_output_shapes"]
    with tf.Graph().as_default() as graph:
        tf.train.import_meta_graph(short)
        assert graph.get_operation_by_name("y").get_attr("transpose_a") is False


def test_export_scope(message: Any) -> None:
    """What is under a scope, without the scope in the names."""
    tf.train.import_meta_graph(message)
    part = tf.train.export_meta_graph(export_scope="layer")
    assert [node.name for node in part.graph_def.node] == ["w/initial_value", "w", "w/Assign", "w/read"]
    with tf.Graph().as_default():
        tf.train.import_meta_graph(part)
        assert [variable.name for variable in tf.global_variables()] == ["w:0"]


def test_files(message: Any, tmp_path: Path) -> None:
    """Bytes and text are both read."""
    tf.train.import_meta_graph(message)
    for as_text in (False, True):
        path = tmp_path / f"graph{as_text}.meta"
        tf.train.export_meta_graph(str(path), as_text=as_text)
        with tf.Graph().as_default():
            tf.train.import_meta_graph(str(path))
            assert len(tf.global_variables()) == 1
    (tmp_path / "broken").write_bytes(b"garbage \xff\x00")
    for name, error in (("missing", OSError), ("broken", OSError)):
        with tf.Graph().as_default(), pytest.raises(error):
            tf.train.import_meta_graph(str(tmp_path / name))


@pytest.mark.parametrize("argument", [3, None, tf.GraphDef()])
def test_wrong_arguments(argument: Any) -> None:
    """TypeError for what is neither a MetaGraphDef nor a path."""
    with pytest.raises(TypeError):
        tf.train.import_meta_graph(argument)
    with pytest.raises(TypeError):
        tf.train.export_meta_graph(saver_def=tf.GraphDef())


def test_collections_that_no_message_holds(caplog: pytest.LogCaptureFixture) -> None:
    """Left out with a warning that names them."""
    tf.add_to_collection("objects", object())
    tf.add_to_collection("mixed", 1)
    tf.add_to_collection("mixed", tf.constant(1))
    with caplog.at_level(logging.WARNING, "sessile"):
        assert not tf.train.export_meta_graph().collection_def
    assert "'objects'" in caplog.text
    assert "'mixed'" in caplog.text


# VariableDefs.


def test_variable_def() -> None:
    """The names of its operations; the variable they make is the same one in another object."""
    with tf.name_scope("a"):
        variable = tf.Variable(1.0, name="v", trainable=False)
    message = variable.to_proto()
    assert (message.variable_name, message.initializer_name, message.trainable) == ("a/v:0", "a/v/Assign", False)
    assert variable.to_proto("a").variable_name == "v:0"
    assert variable.to_proto("b") is None
    for again in (tf.Variable.from_proto(message), tf.Variable.from_proto(variable.to_proto("a"), "a")):
        assert (again.op, again.value(), again.initial_value) == (variable.op, variable.value(), variable.initial_value)
        assert not again.trainable
    assert tf.global_variables() == [variable]


def test_no_variable_def() -> None:
    """Missing operations, both ways at once, something else."""
    message = tf.Variable(1.0).to_proto()
    with pytest.raises(ValueError, match="mutually exclusive"):
        tf.Variable(1.0, variable_def=message)
    with tf.Graph().as_default(), pytest.raises(KeyError):
        tf.Variable.from_proto(message)
    with pytest.raises(TypeError):
        tf.Variable.from_proto(tf.GraphDef())
