"""`gradients` and what belongs to it: names, aggregation, gates, sources, slices, rules of the user's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sessile.ops.library.gradients.registered import rule_of

import sessile as tf


def nodes() -> dict[str, list[str]]:
    """From each node of gradients to its type and inputs."""
    graph = tf.get_default_graph().as_graph_def()
    return {node.name: [node.op, *node.input] for node in graph.node if node.name.startswith("gradients")}


def run(fetches: Any, feeds: Any = None) -> Any:
    """Run in a new session, variables initialized."""
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        return sess.run(fetches, feeds)


def test_gradients_given_by_the_caller_and_ones() -> None:
    """`grad_ys` are named and passed through an Identity, ones are filled; one AddN beside the first adds them up."""
    x = tf.placeholder(tf.float32, [3], name="x")
    (found,) = tf.gradients([x * x, x], [x], grad_ys=[[1.0, 2, 3], None])
    assert found.name == "gradients/AddN:0"
    made = nodes()
    assert made["gradients/grad_ys_0"] == ["Identity", "gradients/grad_y_0"]
    assert made["gradients/Fill"] == ["Fill", "gradients/Shape", "gradients/grad_ys_1"]
    assert made["gradients/AddN"] == ["AddN", "gradients/Fill", "gradients/mul_grad/Mul", "gradients/mul_grad/Mul_1"]
    assert found.op.colocation_groups() == [b"loc:@gradients/Fill"]
    assert run(found, {x: [1, 1, 1]}).tolist() == [3, 5, 7]


def test_gradients_given_by_the_caller_must_fit() -> None:
    """Counts and kinds of `grad_ys`, numbers that have no default gradient."""
    x = tf.placeholder(tf.float32, [3])
    with pytest.raises(ValueError, match="Passed 2 grad_ys for 1 ys"):
        tf.gradients(x, x, grad_ys=[None, None])
    with pytest.raises(TypeError, match="complex tensors must set grad_ys"):
        z = tf.placeholder(tf.complex64, [3])
        tf.gradients(z * 2, z)
    with pytest.raises(TypeError, match="must be floating"):
        tf.gradients(x, x, grad_ys=[tf.constant([1j, 1, 1])])


def test_tree_sums_and_gates() -> None:
    """Two at a time in a scope of the operation's; each operation's gradients wait for one another."""
    x = tf.placeholder(tf.float32, [3], name="x")
    tf.gradients(x * x + x * x, x, aggregation_method=tf.AggregationMethod.EXPERIMENTAL_TREE, gate_gradients=True)
    made = nodes()
    gate = "^gradients/mul_grad/tuple/group_deps"
    assert made["gradients/mul_grad/tuple/control_dependency"] == ["Identity", "gradients/mul_grad/Mul", gate]
    first = ["gradients/mul_grad/tuple/control_dependency", "gradients/mul_grad/tuple/control_dependency_1"]
    assert made["gradients/x_gradient_sum/AddN"] == ["AddN", *first]
    assert "gradients/x_gradient_sum/AddN_2" in made


def test_colocated_gradients() -> None:
    """Gradients are placed with the operations they are of, sums with their tensors."""
    x = tf.placeholder(tf.float32, [3], name="x")
    y = x * x + x * x
    (found,) = tf.gradients(y, x, colocate_gradients_with_ops=True, aggregation_method=2)
    assert found.op.type == "AccumulateNV2"
    assert found.op.colocation_groups() == [b"loc:@x"]
    graph = tf.get_default_graph()
    assert graph.get_operation_by_name("gradients/mul_1_grad/Mul").colocation_groups() == [b"loc:@mul_1"]
    with pytest.raises(ValueError, match="Invalid aggregation_method specified 7"):
        tf.gradients(y, x, aggregation_method=7)


def test_sources_nothing_depends_on() -> None:
    """None, or zeros where they are asked for; of integers None."""
    x = tf.placeholder(tf.float32, [3])
    other = tf.placeholder(tf.float32, [None])
    count = tf.placeholder(tf.int32, [])
    assert tf.gradients(x * 2.0, [other]) == [None]
    assert tf.gradients(x * tf.cast(count, tf.float32), [count]) == [None]
    (zeros,) = tf.gradients(x, [other], unconnected_gradients=tf.UnconnectedGradients.ZERO)
    assert zeros.name == "zeros_like:0"
    assert run(zeros, {other: [1, 2]}).tolist() == [0, 0]
    with pytest.raises(ValueError, match="Unknown value for unconnected_gradients: 'foo'"):
        tf.gradients(x, x, unconnected_gradients="foo")


def test_tensors_that_count_as_constants() -> None:
    """`stop_gradients` gives partial derivatives, as `stop_gradient` does."""
    a = tf.constant(2.0)
    b = 2.0 * a
    total = tf.gradients(a + b, [a, b])
    partial = tf.gradients(a + b, [a, b], stop_gradients=[a, b])
    assert run(total) == [3.0, 1.0]
    assert run(partial) == [1.0, 1.0]
    assert run(tf.gradients(tf.stop_gradient(b) * a, a)) == [4.0]


def test_a_source_on_the_way_to_another() -> None:
    """The walk goes on through a source that depends on another one."""
    x = tf.constant(3.0)
    y = x * x
    assert run(tf.gradients(y * 2.0, [y, x])) == [2.0, 12.0]


@pytest.mark.parametrize("resource", [False, True])
def test_variables(resource: bool) -> None:
    """Gradients by variables of both kinds, given as variables."""
    weights = tf.get_variable("w", initializer=[[1.0], [2.0]], use_resource=resource)
    x = tf.constant([[3.0, 4.0]])
    (by_weights,) = tf.gradients(tf.matmul(x, weights) ** 2, [weights])
    assert run(by_weights).tolist() == [[66.0], [88.0]]


@pytest.mark.parametrize("resource", [False, True])
def test_gathered_rows_have_slices(resource: bool) -> None:
    """IndexedSlices of what was gathered; several are joined, with a dense one they become dense."""
    table = tf.get_variable("table", initializer=np.ones((4, 2), np.float32), use_resource=resource)
    first, second = tf.nn.embedding_lookup(table, [1, 1]), tf.nn.embedding_lookup(table, [3])
    (slices,) = tf.gradients([first * 2.0, second], table)
    assert isinstance(slices, tf.IndexedSlices)
    assert slices.values.name == "gradients/concat:0"
    assert slices.indices.name == "gradients/concat_1:0"
    value = run(slices)
    assert value.indices.tolist() == [3, 1, 1]
    assert value.values.tolist() == [[1, 1], [2, 2], [2, 2]]
    assert value.dense_shape.tolist() == [4, 2]
    (dense,) = tf.gradients([first, tf.reduce_sum(table)], table)
    assert dense.op.type == "AddN"
    assert run(dense).tolist() == [[1, 1], [3, 3], [1, 1], [1, 1]]


def test_outputs_nothing_reaches_have_zeros() -> None:
    """An operation of several outputs is given zeros for those that were not used."""
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    (found,) = tf.gradients(tf.unstack(x, axis=1)[1], x)
    assert nodes()["gradients/zeros_like"] == ["ZerosLike", "unstack"]
    assert run(found, {x: np.zeros((2, 3))}).tolist() == [[0, 1, 0], [0, 1, 0]]


def test_operations_without_gradient() -> None:
    """An operation on the way whose gradient nobody knows."""
    x = tf.placeholder(tf.float32, [2])
    with pytest.raises(LookupError, match="No gradient is known of operations of type RandomShuffle"):
        tf.gradients(tf.random_shuffle(x), x)
    with pytest.raises(LookupError, match="Gradient explicitly disabled. Reason: b'once'"):
        tf.gradients(tf.raw_ops.PreventGradient(input=x, message="once"), x)


def test_shapes_of_gradients_are_checked() -> None:
    """A rule that returns another shape than its input has, or too few gradients."""

    @tf.RegisterGradient("OfAnotherShape")
    def _wrong(op: Any, dy: Any) -> Any:
        return tf.zeros([7])

    @tf.RegisterGradient("TooFew")
    def _few(op: Any, dy: Any) -> Any:
        return [dy]

    x = tf.placeholder(tf.float32, [2])
    with tf.get_default_graph().gradient_override_map({"Exp": "OfAnotherShape", "Mul": "TooFew"}):
        y, z = tf.exp(x), x * x
    with pytest.raises(ValueError, match="Incompatible shapes between op input and calculated input gradient"):
        tf.gradients(y, x)
    with pytest.raises(ValueError, match="(?s)Num gradients 1 generated for op .*do not match num inputs 2"):
        tf.gradients(z, x)


def test_registered_gradients() -> None:
    """Rules in place of a type's own; a name has one rule only; types without one, and those that stop the walk."""

    @tf.RegisterGradient("Doubled")
    def _doubled(op: Any, dy: Any) -> Any:
        return dy * 2.0

    tf.NoGradient("NothingFlows")
    x = tf.constant([1.0, -1.0])
    graph = tf.get_default_graph()
    with graph.gradient_override_map({"Identity": "Doubled", "Relu": "NothingFlows", "Tanh": "NeverRegistered"}):
        doubled, stopped, unknown = tf.identity(x), tf.nn.relu(x), tf.tanh(x)
    assert run(tf.gradients(doubled, x)[0]).tolist() == [2, 2]
    assert tf.gradients(stopped, x) == [None]
    with pytest.raises(LookupError, match="No gradient defined for operation 'Tanh'"):
        tf.gradients(unknown, x)
    for name in ("Doubled", "Mul"):
        with pytest.raises(KeyError, match="Registering two gradient with name"):
            tf.RegisterGradient(name)(_doubled)
    for register in (tf.RegisterGradient, tf.NotDifferentiable, tf.no_gradient):
        with pytest.raises(TypeError, match="op_type must be a string"):
            register(3)
    assert rule_of(tf.equal(x, x).op) is None


def test_hessians() -> None:
    """Second derivatives by every pair of elements."""
    x = tf.constant([1.0, 2.0])
    y = tf.constant([[1.0], [2.0]])
    by_x, by_y = tf.hessians(tf.reduce_sum(x * x * x) * tf.reduce_sum(y), [x, y])
    assert run(by_x).tolist() == [[18, 0], [0, 36]]
    assert by_y.shape.as_list() == [2, 1, 2, 1]
    with pytest.raises(ValueError, match="no y depends on it"):
        tf.hessians(x, tf.constant(1.0))
    unknown = tf.placeholder(tf.float32, [None])
    (by_unknown,) = tf.hessians(tf.reduce_sum(unknown * unknown * unknown), unknown)
    assert run(by_unknown, {unknown: [1, 2]}).tolist() == [[6, 0], [0, 12]]


def test_second_derivatives_compiled() -> None:
    """A residual of second derivatives, as in networks for differential equations, is one loop."""
    x = tf.placeholder(tf.float64, [None, 1])
    u = tf.sin(2.0 * x)
    du = tf.gradients(u, x)[0]
    residual = tf.gradients(du, x)[0] + 4.0 * u
    with tf.Session() as sess:
        assert np.abs(sess.run(residual, {x: np.linspace(0, 1, 9)[:, None]})).max() < 1e-12


def test_backward_pass_is_fused() -> None:
    """Sums over the axis of an unknown batch are part of the loop that makes what they sum."""
    x = tf.placeholder(tf.float32, [None, 4])
    bias = tf.Variable(tf.zeros([4]))
    loss = tf.reduce_mean(tf.square(tf.tanh(x + bias)))
    gradient = tf.gradients(loss, bias)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        text = sess.explain(gradient, {x: np.ones((5, 4), np.float32)})
    assert "BroadcastGradientArgs" not in text
    assert "group 0:" in text
    assert "group 1:" not in text
