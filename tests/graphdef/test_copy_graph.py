"""Operations and variables of one graph, copied to another."""

from typing import Any

import numpy as np
import pytest

import sessile as tf

copying = tf.contrib.copy_graph


def network() -> Any:
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        with tf.variable_scope("m"):
            w = tf.get_variable("w", initializer=np.eye(2, dtype="f") * 3)
            b = tf.get_variable("b", initializer=tf.ones([2]), trainable=False, use_resource=True)
        y = tf.nn.relu(tf.matmul(x, w) + b, name="y")
        with tf.control_dependencies([tf.negative(x, name="before")]):
            z = tf.identity(y, name="z")
    return x, w, b, y, z


@pytest.mark.parametrize("scope", ["", "c"])
def test_a_network_in_another_graph(scope: str) -> None:
    x, w, b, y, z = network()
    graph, before = tf.Graph(), f"{scope}/" if scope else ""
    copies = [copying.copy_variable_to_graph(v, graph, scope) for v in (w, b)]
    copied = copying.copy_op_to_graph(z, graph, copies, scope)
    assert copied.name == f"{before}z:0" and copied.shape.as_list() == [None, 2] and copied.graph is graph
    assert [op.name for op in copied.op.control_inputs] == [f"{before}before"]
    assert copying.copy_op_to_graph(z, graph, copies, scope) is copied
    assert copying.get_copied_op(y.op, graph, scope).name == f"{before}y"
    with graph.as_default(), tf.Session() as session:
        assert [v.op.name for v in tf.trainable_variables()] == [f"{before}m/w"]
        session.run(tf.global_variables_initializer())
        feed = copying.get_copied_op(x, graph, scope)
        assert session.run(copied, {feed: [[1, 2]]}).tolist() == [[4, 7]]
        extra = tf.constant(1)
    assert extra.graph is graph


def test_what_cannot_be_copied() -> None:
    x, w, _, y, _ = network()
    with pytest.raises(TypeError, match="is not a Variable"):
        copying.copy_variable_to_graph(x, tf.Graph())
    with pytest.raises(TypeError, match="not an Operation or Tensor"):
        copying.copy_op_to_graph(3, tf.Graph(), [])
    with pytest.raises(KeyError):
        copying.get_copied_op(y, tf.Graph())
    del w
