"""Names of TensorFlow's own modules that no public module shows, or shows under another name."""

import importlib
import threading
from typing import Any

import numpy as np
import pytest

import sessile as tf


@pytest.fixture(autouse=True)
def hooked() -> Any:
    tf.install()
    yield
    tf.uninstall()


def inner(name: str) -> Any:
    return importlib.import_module(f"tensorflow.python.{name}")


@pytest.mark.parametrize(
    ("module", "name", "public"),
    [
        ("ops.sets_impl", "set_size", "sets.size"),
        ("ops.signal.dct_ops", "dct", "signal.dct"),
        ("ops.distributions.normal", "Normal", "distributions.Normal"),
        ("ops.nn_ops", "conv3d_v1", "nn.conv3d"),
        ("ops.math_ops", "reduce_sum_v1", "reduce_sum"),
        ("data.ops.readers", "TextLineDatasetV1", "data.TextLineDataset"),
        ("layers.convolutional", "Convolution2D", "layers.Conv2D"),
        ("lib.io.file_io", "file_exists_v2", "io.gfile.exists"),
        ("ops.gen_math_ops", "MatMul", "raw_ops.MatMul"),
        ("training.gen_training_ops", "ApplyAdam", "raw_ops.ApplyAdam"),
        ("framework.config", "get_inter_op_parallelism_threads", "config.threading.get_inter_op_parallelism_threads"),
        ("distribute.distribute_lib", "InputContext", "distribute.InputContext"),
        ("ops.ragged.ragged_functional_ops", "map_flat_values", "ragged.map_flat_values"),
        ("ops.summary_ops_v2", "always_record_summaries", "contrib.summary.always_record_summaries"),
    ],
)
def test_public_under_another_name(module: str, name: str, public: str) -> None:
    wanted: Any = tf
    for part in public.split("."):
        wanted = getattr(wanted, part)
    assert getattr(inner(module), name) is wanted


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("training.slot_creator", "create_slot create_slot_with_initializer create_zeros_slot"),
        ("training.saver", "BaseSaverBuilder"),
        ("training.saving.saveable_object", "SaveSpec SaveableObject"),
        ("ops.rnn_cell_impl", "LayerRNNCell"),
        ("ops.control_flow_ops", "ControlFlowContext CondContext WhileContext"),
        ("client.session", "BaseSession SessionInterface"),
        ("ops.init_ops_v2", "GlorotUniform VarianceScaling"),
        ("platform.resource_loader", "get_path_to_datafile load_resource"),
    ],
)
def test_behind_public_functions(module: str, names: str) -> None:
    for name in names.split():
        assert callable(getattr(inner(module), name))
    with pytest.raises(AttributeError):
        inner(module).no_such_name  # noqa: B018


def test_second_versions_have_their_arguments() -> None:
    array_ops, math_ops, nn_ops = inner("ops.array_ops"), inner("ops.math_ops"), inner("ops.nn_ops")
    x = tf.constant([[1.0, 3.0], [2.0, 0.0]])
    got = tf.Session().run(
        [
            array_ops.transpose_v2(x, None, False, "t"),
            math_ops.argmax_v2(x, 1, tf.int32),
            nn_ops.softmax_v2(x, 0),
            nn_ops.dropout_v2(x, rate=0.0),
            nn_ops.in_top_k_v2([1, 1], x, 1),
            math_ops.count_nonzero_v2(input=x, axis=0),
            nn_ops.pool_v2(x[None, :, :, None], [2, 2], "MAX"),
        ]
    )
    want: Any = [
        [[1, 2], [3, 0]],
        [1, 0],
        np.exp([[1, 3], [2, 0]]) / np.exp([[1, 3], [2, 0]]).sum(0),
        [[1, 3], [2, 0]],
        [True, False],
        [2, 1],
        [[[[3]]]],
    ]
    for one, other in zip(got, want):
        np.testing.assert_allclose(one, other, rtol=1e-6)
    assert got[1].dtype == np.int32
    with pytest.raises(tf.errors.InvalidArgumentError, match="not so"):
        check = inner("ops.check_ops").assert_equal_v2(tf.placeholder_with_default([1], [1]), [2], "not so")
        tf.Session().run(check)


def test_operations_know_their_loops_and_branches() -> None:
    util = inner("ops.control_flow_util")
    outside, loop = tf.constant(0), tf.while_loop(lambda i: i < 3, lambda i: i + 1, [0])
    tf.cond(tf.constant(True), lambda: tf.constant(1) + 1, lambda: tf.identity(loop))
    told = {op.name: [name for name in _QUESTIONS if getattr(util, name)(op)] for op in tf_operations()}
    assert told["while/Enter"] == ["IsInWhileLoop", "IsLoopEnter"]
    assert told["while/Merge"] == ["IsInWhileLoop", "IsMerge", "IsLoopMerge"]
    assert told["while/Switch"] == ["IsInWhileLoop", "IsSwitch", "IsLoopSwitch"]
    assert told["while/Exit"] == ["IsInWhileLoop", "IsLoopExit"]
    assert told["cond/Switch"] == ["IsSwitch", "IsCondSwitch"]
    assert told["cond/add"] == ["IsInCond"]
    assert told["cond/Merge"] == ["IsMerge", "IsCondMerge"]
    context = tf_operation("while/add")._get_control_flow_context()
    assert util.GetContainingWhileContext(context) is context is util.GetWhileContext(tf_operation("while/add"))
    assert util.GetContainingCondContext(context) is None
    assert util.OpInContext(tf_operation("while/add"), context) and not util.OpInContext(outside.op, context)


_QUESTIONS = (
    *("IsInWhileLoop", "IsInCond", "IsSwitch", "IsMerge", "IsLoopEnter"),
    *("IsLoopExit", "IsCondSwitch", "IsCondMerge", "IsLoopSwitch", "IsLoopMerge"),
)


def tf_operations() -> Any:
    return tf.get_default_graph().get_operations()


def tf_operation(name: str) -> Any:
    return tf.get_default_graph().get_operation_by_name(name)


def test_shapes() -> None:
    shapes, shape = inner("framework.common_shapes"), tf.TensorShape
    cases = [([None, 3], [1, 3], [None, 3]), ([None], [4], [4]), ([2], [1, None], [1, 2]), ([1], [None], [None])]
    for left, right, result in cases:
        assert shapes.broadcast_shape(shape(left), shape(right)).as_list() == result
    assert not shapes.is_broadcast_compatible(shape([2]), shape([3]))
    with pytest.raises(ValueError, match="Incompatible shapes"):
        shapes.broadcast_shape(shape([2]), shape([3]))
    assert shapes.get_conv_output_size([8, 9], [3, 3], [2, 2], b"SAME") == (4, 5)
    assert shapes.get_conv_output_size([8, None], [3, 3], [2, 2], "VALID") == (3, None)


def test_devices() -> None:
    device = inner("framework.device")
    with tf.device(device.merge_device("/device:CPU:0")), tf.device(device.MergeDevice("/job:worker")):
        assert tf.constant(1).device == "/job:worker/device:CPU:0"
    assert device.canonical_name("/cpu:0") == "/device:CPU:0"
    with pytest.raises(ValueError, match="foo"):
        device.check_valid("/foo:1")


def test_layouts_of_images() -> None:
    util = inner("framework.test_util")
    x = tf.constant(np.arange(24.0).reshape(1, 2, 3, 4))
    grouped = util.NHWCToNCHW_VECT_C(x)
    assert util.NHWCToNCHW(x).shape == [1, 4, 2, 3] and grouped.shape == [1, 1, 2, 3, 4]
    back = tf.Session().run(util.NCHW_VECT_CToNHWC(grouped))
    np.testing.assert_array_equal(back, np.arange(24.0).reshape(1, 2, 3, 4))
    assert util.NHWCToNCHW([1, 2, 3, 4, 5]) == [1, 5, 2, 3, 4] and util.NCHWToNHWC([1, 2, 3, 4]) == [1, 3, 4, 2]
    with pytest.raises(ValueError, match="divisible by 4"):
        util.NHWCToNCHW_VECT_C([1, 2, 3, 6])
    graph = tf.get_default_graph()
    assert list(util.assert_ops_in_graph({"Const": "Const"}, graph)) == ["Const"]
    with pytest.raises(ValueError, match="is different"):
        util.assert_ops_in_graph({"Const": "Add"}, graph)


def test_events_are_written(tmp_path: Any) -> None:
    writer = inner("summary.writer.event_file_writer").EventFileWriter(str(tmp_path))
    writer.add_event(tf.Event(wall_time=1.0, step=3))
    writer.close()
    assert writer.get_logdir() == str(tmp_path)
    (path,) = tmp_path.iterdir()
    assert [event.step for event in tf.train.summary_iterator(str(path))] == [0, 3]


def test_statistics_of_operations() -> None:
    ops = inner("framework.ops")

    @ops.RegisterStatistics("Tanh", "flops")
    def _tanh(graph: Any, node: Any) -> Any:
        return ops.OpStats("flops", 7)

    x = tf.tanh(tf.matmul(tf.ones([2, 3]), tf.ones([3, 4]), name="product"), name="tanh")
    nodes = {node.name: node for node in x.graph.as_graph_def().node}
    values = [ops.get_stats_for_node_def(x.graph, nodes[name], "flops").value for name in ("product", "tanh")]
    assert values == [48, 7]
    with pytest.raises(KeyError):
        ops.RegisterStatistics("Tanh", "flops")(_tanh)


def test_decorators_say_what_they_decorate() -> None:
    tf_decorator = inner("util.tf_decorator")

    def target(x: int) -> int:
        """A sum."""
        return x + 1

    def wrapper(x: int) -> int:
        return target(x) * 2

    decorated = tf_decorator.make_decorator(target, wrapper, "twice")
    assert decorated(1) == 4 and decorated.__name__ == "target" and decorated.__doc__ == "A sum."
    (decorator,), function = tf_decorator.unwrap(decorated)
    assert function is target and decorator.decorator_name == "twice"
    assert tf_decorator.unwrap(target) == ([], target)

    @inner("util.keyword_args").keyword_args_only
    def named(a: int) -> int:
        return a

    assert named(a=3) == 3
    with pytest.raises(ValueError, match="Must use keyword args to call named"):
        named(3)


def test_objects_as_keys() -> None:
    identity = inner("util.object_identity")
    first, second = [1], [1]
    names = identity.ObjectIdentityDictionary()
    names[first], names[second] = "first", "second"
    assert len(names) == 2 and names[second] == "second" and [1] not in names
    both = identity.ObjectIdentitySet([first, second, first])
    assert len(both) == 2 and len(both.difference([second])) == 1 and first in both.intersection([first])

    class Thing:
        pass

    thing = Thing()
    weak = identity.ObjectIdentityWeakSet([thing])
    assert len(weak) == 1
    del thing
    assert len(weak) == 0


def test_a_lock_of_groups() -> None:
    lock = inner("util.lock_util").GroupLock(2)
    entered: list[int] = []
    with lock.group(0), lock.group(0):
        other = threading.Thread(target=lambda: lock.acquire(1) or entered.append(1))
        other.start()
        other.join(0.05)
        assert not entered
    other.join(10)
    assert entered == [1]
    with pytest.raises(ValueError, match="groups 0 to 1"):
        lock.acquire(2)


def test_registry() -> None:
    registry = inner("framework.registry").Registry("things")
    registry.register(max)
    assert registry.lookup("max") is max and list(registry.list()) == ["max"]
    with pytest.raises(KeyError, match="Registering two things with name 'max'"):
        registry.register(max)
    with pytest.raises(LookupError, match="no entry for: min"):
        registry.lookup("min")
