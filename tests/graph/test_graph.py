"""`Graph`: defaults, looking up, collections, finalizing, feeding rules."""

from __future__ import annotations

import threading

import pytest

import sessile as tf


def test_there_is_always_a_default_graph() -> None:
    """One of the process; `as_default` covers it."""
    first = tf.get_default_graph()
    assert tf.get_default_graph() is first
    with tf.Graph().as_default() as inner:
        assert tf.get_default_graph() is inner is not first
        assert tf.constant(1).graph is inner
    assert tf.get_default_graph() is first


def test_the_default_graph_is_per_thread() -> None:
    """Another thread sees neither the block around its start nor this thread's graph: it has one of its own."""
    ours = tf.get_default_graph()
    seen: list[tf.Graph] = []
    with tf.Graph().as_default() as inner:
        thread = threading.Thread(target=lambda: seen.append(tf.get_default_graph()))
        thread.start()
        thread.join()
    assert seen[0] not in (ours, inner) and seen[0].get_operations() == []


def test_reset_default_graph() -> None:
    """A new, empty graph takes the place of the process's."""
    before = tf.get_default_graph()
    tf.constant(1)
    tf.reset_default_graph()
    assert tf.get_default_graph() is not before
    assert tf.get_default_graph().get_operations() == []


def test_reset_inside_a_block_is_refused() -> None:
    """The block would put an old graph back."""
    with tf.Graph().as_default(), pytest.raises(AssertionError):
        tf.reset_default_graph()


def test_operations_are_listed_in_order() -> None:
    """`get_operations` and `version` grow with the graph."""
    graph = tf.get_default_graph()
    assert graph.version == 0
    a = tf.constant(1, name="a")
    version = graph.version
    b = tf.identity(a, name="b")
    assert version > 0 and graph.version > version
    assert graph.get_operations() == [a.op, b.op]


def test_get_operation_by_name() -> None:
    """By exact name; a tensor's name is no operation's."""
    op = tf.constant(1, name="x").op
    graph = tf.get_default_graph()
    assert graph.get_operation_by_name("x") is op
    with pytest.raises(KeyError, match="'y' refers to an Operation not in the graph"):
        graph.get_operation_by_name("y")
    with pytest.raises(ValueError, match="appears to refer to a Tensor"):
        graph.get_operation_by_name("x:0")
    with pytest.raises(TypeError):
        graph.get_operation_by_name(1)


def test_get_tensor_by_name() -> None:
    """By `operation:index`."""
    tensor = tf.constant(1, name="x")
    graph = tf.get_default_graph()
    assert graph.get_tensor_by_name("x:0") is tensor
    with pytest.raises(KeyError, match="only has 1 outputs"):
        graph.get_tensor_by_name("x:1")
    with pytest.raises(KeyError, match="The operation, 'y', does not exist in the graph"):
        graph.get_tensor_by_name("y:0")
    with pytest.raises(ValueError, match=r"looks like an \(invalid\) Operation name, not a Tensor"):
        graph.get_tensor_by_name("y")
    with pytest.raises(ValueError, match="appears to refer to a Tensor"):
        graph.get_operation_by_name("y:0")
    with pytest.raises(ValueError, match="not a Tensor"):
        graph.get_tensor_by_name("x")
    with pytest.raises(ValueError, match="not a valid one"):
        graph.get_tensor_by_name("x:a")
    with pytest.raises(TypeError):
        graph.get_tensor_by_name(1)


def test_as_graph_element() -> None:
    """Tensors, operations, names, and what converts itself."""
    tensor = tf.constant(1, name="x")
    graph = tf.get_default_graph()

    class Wrapper:
        def _as_graph_element(self) -> object:
            return tensor

    assert graph.as_graph_element(tensor) is tensor
    assert graph.as_graph_element(tensor.op) is tensor.op
    assert graph.as_graph_element("x:0") is tensor
    assert graph.as_graph_element("x") is tensor.op
    assert graph.as_graph_element(Wrapper()) is tensor
    with pytest.raises(TypeError, match="Can not convert a int into a Tensor or Operation"):
        graph.as_graph_element(1)
    with pytest.raises(TypeError, match="Can not convert a Operation into a Tensor"):
        graph.as_graph_element(tensor.op, allow_operation=False)
    with pytest.raises(ValueError):
        graph.as_graph_element("x", allow_operation=False)
    with pytest.raises(ValueError, match="can't both be False"):
        graph.as_graph_element("x", allow_tensor=False, allow_operation=False)


def test_elements_of_other_graphs_are_refused() -> None:
    """A tensor belongs to one graph."""
    tensor = tf.constant(1)
    with pytest.raises(ValueError, match="is not an element of this graph"):
        tf.Graph().as_graph_element(tensor)
    with pytest.raises(ValueError, match="is not an element of this graph"):
        tf.Graph().as_graph_element(tensor.op)
    with tf.Graph().as_default(), pytest.raises(ValueError, match="must be from the same graph"):
        tf.add(tf.constant(1), tensor)


def test_finalize() -> None:
    """A finalized graph takes no more operations."""
    graph = tf.Graph()
    with graph.as_default():
        tf.constant(1)
        assert not graph.finalized
        graph.finalize()
        assert graph.finalized
        with pytest.raises(RuntimeError, match="Graph is finalized and cannot be modified"):
            tf.constant(2)
    assert len(graph.get_operations()) == 1


def test_collections() -> None:
    """Lists by name; `get_collection` copies, `get_collection_ref` does not."""
    graph = tf.get_default_graph()
    tf.add_to_collection("c", 1)
    graph.add_to_collection("c", 2)
    assert tf.get_collection("c") == graph.get_collection("c") == [1, 2]
    tf.get_collection("c").append(3)
    assert tf.get_collection("c") == [1, 2]
    graph.get_collection_ref("c").append(3)
    assert tf.get_collection("c") == [1, 2, 3]
    graph.add_to_collections(["d", "e", "d"], 4)
    assert tf.get_collection("d") == tf.get_collection("e") == [4]
    assert {"c", "d", "e"} <= set(graph.get_all_collection_keys())
    graph.clear_collection("c")
    assert tf.get_collection("c") == []
    assert tf.get_collection("nothing") == []


def test_collections_by_scope() -> None:
    """`scope` is a regular expression matched at the beginning of names; nameless items are left out."""
    with tf.name_scope("a"):
        x = tf.constant(1, name="x")
    y = tf.constant(1, name="y")
    for item in (x, y, 3):
        tf.add_to_collection("c", item)
    assert tf.get_collection("c", "a/") == [x]
    assert tf.get_collection("c", ".*y") == [y]
    assert tf.get_collection("c", "") == [x, y]


def test_graph_keys() -> None:
    """The usual names of collections."""
    keys = tf.GraphKeys
    assert keys.GLOBAL_VARIABLES == "variables"
    assert keys.TRAINABLE_VARIABLES == "trainable_variables"
    assert keys.TRAINABLE_RESOURCE_VARIABLES == "trainable_resource_variables"
    assert keys.LOCAL_VARIABLES == "local_variables"
    assert keys.SUMMARIES == "summaries"
    assert keys.QUEUE_RUNNERS == "queue_runners"
    assert keys.LOSSES == "losses"
    assert keys.UPDATE_OPS == "update_ops"
    assert keys.REGULARIZATION_LOSSES == "regularization_losses"
    assert keys.INIT_OP == "init_op"
    assert keys.SAVERS == "savers"
    assert keys.TABLE_INITIALIZERS == "table_initializer"
    assert keys.GLOBAL_STEP == "global_step"


def test_feeding_and_fetching_can_be_prevented() -> None:
    """Everything is feedable and fetchable until said otherwise."""
    graph = tf.get_default_graph()
    a, b = tf.constant(1), tf.constant(2)
    assert graph.is_feedable(a) and graph.is_feedable(b)
    graph.prevent_feeding(a)
    assert not graph.is_feedable(a) and graph.is_feedable(b)
    assert graph.is_fetchable(a) and graph.is_fetchable(a.op)
    graph.prevent_fetching(a.op)
    assert not graph.is_fetchable(a) and not graph.is_fetchable(a.op)
    assert graph.is_fetchable(b)


def test_seed() -> None:
    """The graph's random seed is None until set."""
    graph = tf.get_default_graph()
    assert graph.seed is None
    tf.set_random_seed(7)
    assert graph.seed == 7
    graph.seed = 8
    assert graph.seed == 8


def test_create_op() -> None:
    """The low-level way to add any known operation."""
    graph = tf.get_default_graph()
    x = tf.constant([1.0, 2.0])
    op = graph.create_op("Identity", [x], [tf.float32], name="made")
    assert (op.type, op.name, op.inputs[0]) == ("Identity", "made", x)
    assert op.outputs[0].dtype == tf.float32 and op.outputs[0].shape == [2]
    with pytest.raises(TypeError, match="Input #0 is not a tensor"):
        graph.create_op("Identity", [1.0], [tf.float32])


def test_gradient_override_map() -> None:
    """Operations made inside carry the name of their gradient."""
    graph = tf.get_default_graph()
    with graph.gradient_override_map({"Identity": "Mine"}):
        inside = tf.identity(1.0)
    outside = tf.identity(1.0)
    assert inside.op.get_attr("_gradient_op_type") == b"Mine"
    with pytest.raises(ValueError):
        outside.op.get_attr("_gradient_op_type")
    with pytest.raises(TypeError), graph.gradient_override_map({"Identity": 1}):
        pass
    with pytest.raises(TypeError), graph.gradient_override_map(["Identity"]):
        pass


def test_colocate_with() -> None:
    """Operations made inside name the operation they are placed with."""
    graph = tf.get_default_graph()
    a = tf.constant(1, name="a")
    with graph.colocate_with(a.op):
        b = tf.constant(2, name="b")
    assert b.op.colocation_groups() == [b"loc:@a"]
    assert b.op.get_attr("_class") == [b"loc:@a"]
    assert a.op.colocation_groups() == [b"loc:@a"]
    with graph.colocate_with(b.op), graph.colocate_with(None, ignore_existing=True):
        c = tf.constant(3, name="c")
    assert c.op.colocation_groups() == [b"loc:@c"]


def test_container_blocks() -> None:
    """Stateful operations made inside carry the container's name."""
    graph = tf.get_default_graph()
    with graph.container("mine"):
        with tf.container("inner"):
            pass
        state = tf.Variable(1.0)
    assert state.op.get_attr("container") == b"mine"


def test_init_scope_lifts_control_dependencies() -> None:
    """Initial values must not wait for what the block waits for."""
    gate = tf.no_op()
    with tf.control_dependencies([gate]), tf.init_scope():
        lifted = tf.constant(1)
    assert lifted.op.control_inputs == []


def test_building_in_threads_makes_unique_names() -> None:
    """Several threads may add to one graph."""
    graph = tf.get_default_graph()

    def build() -> None:
        with graph.as_default():
            for _ in range(50):
                tf.no_op(name="x")

    threads = [threading.Thread(target=build) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    names = [op.name for op in graph.get_operations()]
    assert len(names) == len(set(names)) == 200


def test_op_def_reads_like_the_message() -> None:
    """`Operation.op_def` has the fields of TensorFlow's OpDef, its bytes and its text."""
    op_def = tf.add_n([1.0, 2.0]).op.op_def
    assert [(arg.name, arg.type_attr, arg.number_attr) for arg in op_def.input_arg] == [("inputs", "T", "N")]
    assert [(attr.name, attr.type, attr.minimum) for attr in op_def.attr] == [("N", "int", 1), ("T", "type", 0)]
    assert op_def.is_aggregate and op_def.is_commutative and not op_def.is_stateful
    assert str(op_def).startswith('name: "AddN"\ninput_arg {')
    assert type(op_def.attr[0]).DESCRIPTOR.file.pool.FindMessageTypeByName("tensorflow.OpDef") is op_def.DESCRIPTOR
    assert op_def.SerializeToString().startswith(b"\n\x04AddN")
    with pytest.raises(AttributeError):
        op_def.no_such_field  # noqa: B018


def test_op_defs_of_variables() -> None:
    """What takes the reference of a variable is not stateful itself; initializers take one without a value."""
    variable = tf.Variable(1.0)
    assert variable.op.op_def.is_stateful and variable.op.op_def.output_arg[0].is_ref
    assign = variable.initializer.op_def
    assert assign.allows_uninitialized_input and not assign.is_stateful
