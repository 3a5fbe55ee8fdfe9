"""A GraphDef imported while a loop or branch is built belongs to it, as in TensorFlow 1.15."""

import pytest

import sessile as tf


@pytest.fixture
def definition():
    """out = input * 2 + 1; its constants have no inputs."""
    with tf.Graph().as_default() as graph:
        tf.add(tf.placeholder(tf.float32, [], name="input") * 2, 1.0, name="out")
    return graph.as_graph_def()


def imported(definition, value, output="out:0"):
    return tf.import_graph_def(definition, input_map={"input:0": value}, return_elements=[output])[0]


def test_in_a_loop(definition):
    loop = tf.while_loop(lambda n, x: n < 3, lambda n, x: (n + 1, imported(definition, x)), [0, 1.0])
    constant = tf.get_default_graph().get_operation_by_name("while/import/mul/y")
    assert [op.name for op in constant.control_inputs] == ["while/Identity"]
    assert tf.Session().run(loop) == (3, 15.0)


def test_what_it_takes_from_outside_comes_in(definition):
    outside = tf.placeholder_with_default(5.0, [])
    loop = tf.while_loop(lambda n, x: n < 3, lambda n, x: (n + 1, x + imported(definition, outside)), [0, 1.0])
    branch = tf.cond(outside > 0, lambda: imported(definition, outside), lambda: tf.constant(1.0))
    product = tf.get_default_graph().get_operation_by_name("while/import/mul")
    assert [tensor.name for tensor in product.inputs] == ["while/Enter_2:0", "while/import/mul/y:0"]
    product = tf.get_default_graph().get_operation_by_name("cond/import/mul")
    assert [tensor.name for tensor in product.inputs] == ["cond/Switch_1:1", "cond/import/mul/y:0"]
    (slope,) = tf.gradients([loop[1], branch], outside)
    assert tf.Session().run([loop[1], branch, slope]) == [34.0, 11.0, 8.0]
    assert tf.Session().run([branch], {outside: -1.0}) == [1.0]


def test_a_side_effect_runs_only_in_its_branch():
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [], name="input")
        with tf.control_dependencies([tf.Assert(x < 0, ["it ran"])]):
            tf.identity(x, name="out")
    value = tf.placeholder_with_default(1.0, [])
    branch = tf.cond(value < 0, lambda: imported(graph.as_graph_def(), value), lambda: tf.constant(2.0))
    assert tf.Session().run(branch) == 2.0
    assert tf.Session().run(branch, {value: -3.0}) == -3.0


def test_in_map_fn(definition):
    mapped = tf.map_fn(lambda x: imported(definition, x), tf.constant([1.0, 2.0]))
    assert tf.Session().run(mapped).tolist() == [3.0, 5.0]


def test_a_graph_with_a_loop_and_a_branch_in_a_branch():
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [], name="input")
        tf.identity(tf.while_loop(lambda n, y: n < 2, lambda n, y: (n + 1, y * x), [0, x])[1], name="out")
        tf.identity(tf.cond(x > 1, lambda: x + 1, lambda: x - 1), name="chosen")
    definition = graph.as_graph_def()
    value = tf.placeholder_with_default(2.0, [])
    looped = tf.cond(value > 0, lambda: imported(definition, value), lambda: tf.constant(1.0))
    chosen = tf.cond(value > 0, lambda: imported(definition, value, "chosen:0"), lambda: tf.constant(1.0))
    turns = tf.while_loop(lambda n, y: n < 3, lambda n, y: (n + 1, imported(definition, y, "chosen:0")), [0, 1.5])
    assert tf.Session().run([looped, chosen]) == [8.0, 3.0]
    assert tf.Session().run(turns) == (3, 4.5)  # alone: an imported loop keeps the name of its frame, as in TensorFlow
    assert tf.Session().run([looped, chosen], {value: -2.0}) == [1.0, 1.0]
