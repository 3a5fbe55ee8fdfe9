"""GraphDef: what a graph says of itself to others."""

from __future__ import annotations

import pytest

import sessile as tf


def test_nodes() -> None:
    """Name, type, inputs with their index, control inputs with a caret, attributes, device."""
    with tf.device("/cpu:0"):
        x = tf.placeholder(tf.float32, [None, 2], name="x")
    first, second = tf.unstack(x, axis=1, name="parts")
    with tf.control_dependencies([x]):
        tf.add(first, second, name="sum")
    nodes = {node.name: node for node in tf.get_default_graph().as_graph_def().node}
    assert list(nodes) == ["x", "parts", "sum"]
    assert nodes["x"].device == "/device:CPU:0"
    assert nodes["x"].attr["dtype"].type == tf.float32.as_datatype_enum
    assert [dim.size for dim in nodes["x"].attr["shape"].shape.dim] == [-1, 2]
    assert (nodes["parts"].op, list(nodes["parts"].input)) == ("Unpack", ["x"])
    assert (nodes["parts"].attr["num"].i, nodes["parts"].attr["axis"].i) == (2, 1)
    assert list(nodes["sum"].input) == ["parts", "parts:1", "^x"]


def test_control_inputs() -> None:
    """They follow the inputs."""
    gate = tf.no_op(name="gate")
    x = tf.constant(1.0, name="x")
    with tf.control_dependencies([gate]):
        op = tf.identity(x, name="y").op
    assert list(op.node_def.input) == ["x", "^gate"]


def test_constants() -> None:
    """The value is a TensorProto."""
    op = tf.constant([[1, 2]], tf.int64).op
    message = op.node_def.attr["value"].tensor
    assert tf.make_ndarray(message).tolist() == [[1, 2]]
    assert message.dtype == tf.int64.as_datatype_enum


@pytest.mark.ours  # TensorFlow documents this, and returns everything
def test_from_version() -> None:
    """Only what came after that version."""
    graph = tf.get_default_graph()
    tf.constant(1, name="a")
    version = graph.version
    tf.constant(2, name="b")
    assert [node.name for node in graph.as_graph_def(from_version=version).node] == ["b"]


def test_shapes_on_demand() -> None:
    """`add_shapes` adds the inferred shapes."""
    tf.zeros([2, 3], name="z")
    with_shapes = tf.get_default_graph().as_graph_def(add_shapes=True).node[-1]
    assert [dim.size for dim in with_shapes.attr["_output_shapes"].list.shape[0].dim] == [2, 3]
    assert "_output_shapes" not in tf.get_default_graph().as_graph_def().node[-1].attr


def test_versions() -> None:
    """A producer TensorFlow accepts."""
    assert tf.get_default_graph().as_graph_def().versions.producer > 0


def test_text_of_an_operation() -> None:
    """`str(op)` is its NodeDef."""
    text = str(tf.no_op(name="nothing"))
    assert 'name: "nothing"' in text and 'op: "NoOp"' in text


def test_attributes_from_messages() -> None:
    """`create_op` takes AttrValue messages."""
    x = tf.constant([[1.0, 2.0]])
    attrs = {"transpose_a": tf.AttrValue(b=True), "transpose_b": tf.AttrValue(b=False)}
    attrs["T"] = tf.AttrValue(type=tf.float32.as_datatype_enum)
    op = tf.get_default_graph().create_op("MatMul", [x, x], [tf.float32], attrs=attrs)
    assert op.outputs[0].shape.as_list() == [2, 2]
    with pytest.raises(ValueError):
        op.get_attr("nothing")


WRITTEN_BY_1_15 = {
    "convolution": "T data_format dilations explicit_paddings padding strides use_cudnn_on_gpu",
    "pool": "T data_format ksize padding strides",
    "norm": "T U data_format epsilon is_training",
    "product": "T transpose_a transpose_b",
    "products": "T adj_x adj_y",
    "top": "T sorted",
    "gathered": "Tindices Tparams",
    "transform": "",
    "filled": "T index_type",
    "v": "container dtype shape shared_name",
    "v/Assign": "T use_locking validate_shape",
    "v/read": "T",
    "w": "container dtype shape shared_name",
    "w/IsInitialized/VarIsInitializedOp": "",
    "w/Assign": "dtype",
    "w/Read/ReadVariableOp": "dtype",
    "sums": "T Tidx",
}


def test_attributes_that_tensorflow_1_does_not_know_are_not_written() -> None:
    """1.15 refuses a graph with `grad_a`, even at its default; the names recorded are those it writes itself."""
    x, square = tf.ones([1, 8, 8, 2], name="x"), tf.ones([3, 3])
    tf.nn.conv2d(x, tf.ones([3, 3, 2, 2]), strides=[1, 1, 1, 1], padding="SAME", name="convolution")
    tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "VALID", name="pool")
    tf.nn.fused_batch_norm(x, tf.ones([2]), tf.ones([2]), name="norm")
    tf.matmul(square, square, name="product")
    tf.matmul(tf.ones([2, 3, 3]), tf.ones([2, 3, 3]), name="products")
    tf.nn.top_k(square, 2, name="top")
    tf.gather_nd(square, [[0]], name="gathered")
    tf.signal.rfft(square, name="transform")
    tf.fill([2], 1.0, name="filled")
    tf.Variable(square, name="v", use_resource=False)
    tf.Variable(square, name="w", use_resource=True)
    tf.sparse_segment_sum(square, [0, 1], [0, 0], name="sums")
    nodes = tf.get_default_graph().as_graph_def().node
    written = {node.name: {*node.attr} for node in nodes if node.op not in ("Const", "NoOp")}
    assert {
        name: " ".join(sorted(n for n in names if n[0] != "_")) for name, names in written.items()
    } == WRITTEN_BY_1_15


def test_attributes_that_tensorflow_1_does_not_know_are_written_where_they_mean_something() -> None:
    tf.matmul(tf.ones([3, 3]), tf.ones([3, 3]), name="product", grad_a=True)
    node = tf.get_default_graph().as_graph_def().node[-1]
    assert node.attr["grad_a"].b
    assert "grad_b" not in node.attr


def test_a_constant_without_a_name_has_the_usual_one() -> None:
    assert [tf.constant(1, name=None).op.name for _ in range(2)] == ["Const", "Const_1"]
