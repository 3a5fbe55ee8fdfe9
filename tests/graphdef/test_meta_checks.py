"""What `import_meta_graph` refuses, libraries of functions, placeholders of old graphs: as TensorFlow answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import sessile as tf


def meta_graph() -> Any:
    with tf.Graph().as_default():
        v = tf.Variable(1.0, name="v")
        tf.add_to_collection("c", v.op)
        return tf.train.export_meta_graph()


def add_unbound(message: Any) -> None:
    node = message.graph_def.node.add(name="u", op="Identity", input=["$unbound_inputs_x"])
    node.attr["T"].type = 1
    message.collection_def["unbound_inputs"].bytes_list.value.append(b"$unbound_inputs_x")


def bad_saver(message: Any) -> None:
    message.saver_def.filename_tensor_name = "nope:0"


def name_of_nothing(message: Any) -> None:
    message.collection_def["c"].node_list.value.append("nope")


WRONG: dict[str, tuple[Callable[[Any], None], dict[str, Any], Any, str]] = {
    "scope": (lambda m: None, {"import_scope": "a b"}, ValueError, "'a b' is not a valid root scope name"),
    "underscore": (lambda m: None, {"import_scope": "_a"}, ValueError, "not a valid root scope name"),
    "unbound": (add_unbound, {}, ValueError, "Graph contains unbound inputs: \\$unbound_inputs_x"),
    "unbound, other": (add_unbound, {"input_map": {"y": 1.0}}, ValueError, "Graph contains unbound inputs"),
    "unbound, unnamed": (add_unbound, {"unbound_inputs_col_name": None}, ValueError, "Unknown input node"),
    "saver": (bad_saver, {}, ValueError, "saver_def must specify the save_tensor_name"),
    "collection": (name_of_nothing, {}, KeyError, "'nope' refers to an Operation not in the graph"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_meta_graphs(name: str) -> None:
    change, arguments, kind, match = WRONG[name]
    message = meta_graph()
    change(message)
    with tf.Graph().as_default(), pytest.raises(kind, match=match):
        tf.train.import_meta_graph(message, **arguments)


def test_unbound_inputs_are_given_and_scopes_may_end_in_a_slash() -> None:
    message = meta_graph()
    add_unbound(message)
    with tf.Graph().as_default() as graph:
        tf.train.import_meta_graph(message, import_scope="z/", input_map={"$unbound_inputs_x": 3.0})
        assert "unbound_inputs" not in graph.collections
        assert tf.Session().run("z/u:0") == 3.0
        assert [v.name for v in tf.global_variables()] == ["z/v:0"]


def library(body: str = "y") -> Any:
    message = tf.GraphDef()
    function = message.library.function.add()
    function.signature.name = "double"
    function.signature.input_arg.add(name="x", type=1)
    function.signature.output_arg.add(name="y", type=1)
    node = function.node_def.add(name=body, op="AddV2", input=["x", "x"])
    node.attr["T"].type = 1
    function.ret["y"] = f"{body}:z:0"
    return message


def test_functions_of_the_library_are_kept_for_export() -> None:
    message = library()
    with tf.Graph().as_default() as graph:
        for _ in range(2):
            tf.import_graph_def(message, name="")
        assert graph.as_graph_def().library == message.library
        with pytest.raises(ValueError, match="a different function with the same name already exists"):
            tf.import_graph_def(library("other"))
        exported = tf.train.export_meta_graph().graph_def
        message.library.function[0].signature.name = "changed"  # the graph's is its own
        assert graph.as_graph_def().library.function[0].signature.name == "double"
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(exported)
        assert graph.as_graph_def().library == exported.library


def test_a_function_that_takes_its_own_result_is_refused_and_nothing_is_kept() -> None:
    message = library()
    message.node.add(name="call", op="double", input=["call"])
    with tf.Graph().as_default() as graph:
        with pytest.raises(ValueError, match="in a cycle"):
            tf.import_graph_def(message)
        assert not graph.as_graph_def().library.function


def test_placeholders_of_old_graphs() -> None:
    message = tf.GraphDef()
    node = message.node.add(name="p", op="PlaceholderV2")
    node.attr["dtype"].type = 1
    node.attr["shape"].shape.dim.add(size=2)
    with tf.Graph().as_default() as graph:
        (p,) = tf.import_graph_def(message, return_elements=["p:0"], name="")
        assert p.op.type == "PlaceholderV2" and p.shape == [2]
        y = p * 2.0
        with tf.control_dependencies([p.op]):
            z = tf.identity(y)
        sess = tf.Session()
        with pytest.raises(tf.errors.InvalidArgumentError, match="must feed a value for placeholder tensor 'p'"):
            sess.run(y)
        for _ in range(3):
            assert sess.run([y, z], {p: [1.0, 2.0]})[1].tolist() == [2.0, 4.0]
        handle = sess.partial_run_setup([y, z], [p])
        assert sess.partial_run(handle, y, {p: [3.0, 4.0]}).tolist() == [6.0, 8.0]
        assert sess.partial_run(handle, z).tolist() == [6.0, 8.0]
        assert graph.as_graph_def().node[0] == message.node[0]
