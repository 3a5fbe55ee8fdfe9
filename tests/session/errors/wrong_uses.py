"""Wrong uses beside those of `test_wrong_uses.py`: each with a part of the message that tells what is wrong.

`record_errors.py` runs them under TensorFlow too, so `tf` is either library here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import sessile as tf

Use = Callable[[Any], Any]


def on_device(device: str) -> Use:
    """Run an operation that asks for a device."""

    def use(world: Any) -> Any:
        with tf.device(device):
            placed = tf.constant(7.0, name="placed")
        return world.sess.run(placed)

    return use


def colocated_in_two_places(world: Any) -> Any:
    with tf.device("/cpu:0"):
        tf.constant(1.0, name="first")
    second = tf.constant(2.0, name="second")
    group = tf.AttrValue(list=tf.AttrValue.ListValue(s=[b"loc:@first"]))
    second.op._set_attr("_class", group)
    second.op._set_device("/cpu:1")
    with tf.Session(config=tf.ConfigProto(device_count={"CPU": 2})) as sess:
        return sess.run(second)


def handle(world: Any, value: Any = 1.0) -> Any:
    return world.sess.run(tf.get_session_handle(tf.constant(value)))


def deleted_handle(world: Any) -> Any:
    kept = handle(world)
    placeholder, reader = tf.get_session_tensor(kept.handle, tf.float32)
    kept.delete()
    return world.sess.run(reader, {placeholder: kept.handle})


def handle_deleted_twice(world: Any) -> Any:
    kept = handle(world)
    kept.delete()
    return kept.delete()


def handle_of_another_type(world: Any) -> Any:
    kept = handle(world)
    placeholder, reader = tf.get_session_tensor(kept.handle, tf.int32)
    return world.sess.run(reader, {placeholder: kept.handle})


def handle_in_another_session(world: Any) -> Any:
    kept = handle(world)
    placeholder, reader = tf.get_session_tensor(kept.handle, tf.float32)
    with tf.Session() as other:
        return other.run(reader, {placeholder: kept.handle})


def handle_of_a_closed_session(world: Any) -> Any:
    with tf.Session() as sess:
        kept = sess.run(tf.get_session_handle(tf.constant(1.0)))
    return kept.eval()


def partial(world: Any, *calls: Any) -> Any:
    """Set up a partial run of `y` and `c`, fed `x`, and make the calls: `(fetches, feeds)`."""
    run = world.sess.partial_run_setup([world.y, world.c], [world.x])
    return [world.sess.partial_run(run, fetches, feeds) for fetches, feeds in calls]


def after_reset(world: Any) -> Any:
    sess = tf.Session()
    tf.Session.reset("")
    return sess.run(world.c)


def after_reset_of_the_server(world: Any) -> Any:
    server = tf.train.Server.create_local_server()
    sess = tf.Session(server.target)
    sess.run(world.c)
    tf.Session.reset(server.target)
    return sess.run(world.c)


def other_graphs_variable(world: Any) -> Any:
    server = tf.train.Server.create_local_server()
    for value in (1.0, 1):
        with tf.Graph().as_default():
            variable = tf.Variable(value, name="shared")
            tf.Session(server.target).run(variable.initializer)


def session_entered_twice(world: Any) -> Any:
    sess = tf.Session()
    with sess, sess:
        pass


def finalized(world: Any) -> Any:
    tf.get_default_graph().finalize()
    return tf.constant(1.0)


def scoped(world: Any) -> Any:
    with tf.name_scope("a scope"):
        return tf.constant(1.0)


def placed_on(device: Any) -> Any:
    with tf.device(device):
        return tf.constant(1.0)


def variable_twice(world: Any) -> Any:
    tf.get_variable("twice", [1])
    return tf.get_variable("twice", [1])


def counted_out(world: Any) -> Any:
    counter = tf.Variable(3, name="counter")
    world.sess.run(counter.initializer)
    return world.sess.run(tf.count_up_to(counter, 3))


def waits_for(item: Any) -> Any:
    with tf.control_dependencies([item]):
        return tf.no_op()


def square(shape: Any) -> Any:
    """A matrix of two rows whose shape the graph does not know."""
    return tf.placeholder_with_default(np.ones((2, 2), np.float32), shape)


def raising() -> Any:
    raise ValueError("of the user's own")


CPU = r"/job:localhost/replica:0/task:0/device:CPU:0"

BUILDING: dict[str, tuple[Use, str]] = {
    "unlike shapes": (lambda w: tf.add(tf.ones([2]), tf.ones([3])), "Dimensions must be equal, but are 2 and 3"),
    "unlike types": (lambda w: tf.add(tf.constant(1), tf.constant(1.0)), "float32.*int32"),
    "matrices that do not fit": (lambda w: tf.matmul(tf.ones([2, 3]), tf.ones([2, 3])), "equal, but are 3 and 2"),
    "reshape to another size": (lambda w: tf.reshape(tf.ones([4]), [3]), "Cannot reshape a tensor with 4 elements"),
    "type that is none": (lambda w: tf.placeholder("floaty"), "floaty"),
    "constant of another type": (lambda w: tf.constant("a", tf.float32), "float"),
    "constant of another shape": (lambda w: tf.constant([1, 2], shape=[1]), "[Tt]oo many|shape|2 elements"),
    "truth of a tensor": (lambda w: bool(w.c), "Python.*bool"),
    "if over a tensor": (lambda w: 1 if w.c > 0 else 2, "Python.*bool"),
    "iterating a scalar": (lambda w: list(w.c), "[Ii]terat"),
    "iterating unknown rank": (lambda w: list(w.s), "[Ii]terat"),
    "name with a blank": (lambda w: tf.constant(1, name="a b"), "'a b' is not a valid"),
    "scope with a blank": (scoped, "'a scope' is not a valid"),
    "finalized graph": (finalized, "finalized"),
    "device that is none": (lambda w: placed_on("/foo:1"), "foo"),
    "two devices": (lambda w: placed_on("/cpu:0/gpu:0"), "Multiple device types"),
    "waiting for a number": (lambda w: waits_for(3), "3"),
    "waiting for a foreign operation": (lambda w: waits_for(w.foreign), "foreign"),
    "tensors of two graphs": (lambda w: tf.add(w.c, w.foreign), "same graph|foreign"),
    "unknown operation by name": (lambda w: w.sess.graph.get_operation_by_name("nope"), "'nope'"),
    "unknown tensor by name": (lambda w: w.sess.graph.get_tensor_by_name("nope:0"), "'nope:0'"),
    "tensor name without output": (lambda w: w.sess.graph.get_tensor_by_name("c"), "'c'"),
    "variable made twice": (variable_twice, "twice already exists"),
    "variable without shape": (lambda w: tf.get_variable("shapeless"), "shapeless"),
    "variable without value": (lambda w: tf.Variable(), "initial_value must be specified"),
    "assigning another shape": (lambda w: tf.assign(w.v, [1.0, 2.0]), r"rank|[Ss]hape"),
    "assigning another type": (lambda w: tf.assign(w.v, tf.constant(1)), "int32"),
    "assigning to a tensor": (lambda w: tf.assign(w.c, 1.0), "assign"),
    "name taken": (lambda w: tf.no_op(name="op/"), "Duplicate node name in graph: 'op'"),
    "colocating with nothing": (lambda w: tf.get_default_graph().colocate_with(None).__enter__(), "ignore_existing"),
    "shape that does not fit": (lambda w: w.x.set_shape([None, 4]), r"not compatible|must be equal"),
    "uneven split": (lambda w: tf.split(tf.ones([5]), 2), "5"),
    "too many indices": (lambda w: tf.ones([2])[0, 0], "dim"),
    "text as an index": (lambda w: tf.ones([2])["a"], "a"),
    "axis beyond the rank": (lambda w: tf.reduce_sum(tf.ones([2]), 3), "3"),
    "concat of unlike ranks": (lambda w: tf.concat([tf.ones([2]), tf.ones([2, 2])], 0), "rank"),
    "indices that are no integers": (lambda w: tf.gather(tf.ones([2]), tf.constant(0.5)), "float"),
    "nothing as a tensor": (lambda w: tf.identity(None), "None"),
    "numbers checked for NaN": (lambda w: tf.check_numerics(tf.constant(1), "m"), "int32"),
    "graph of no GraphDef": (lambda w: tf.import_graph_def(3), "GraphDef"),
    "cluster that is none": (lambda w: tf.train.ClusterSpec(3), "`cluster` must be a dictionary"),
    "tasks that are none": (lambda w: tf.train.ClusterSpec({"a": 3}), "tasks for job 'a'"),
    "address that is none": (lambda w: tf.train.ClusterSpec({"a": [3]}), "Task address 3"),
    "unknown job": (lambda w: tf.train.ClusterSpec({"a": ["b:1"]}).num_tasks("ps"), "No such job in cluster: 'ps'"),
    "unknown task": (lambda w: tf.train.ClusterSpec({"a": ["b:1"]}).task_address("a", 1), "No task with index 1"),
    "server of no cluster": (lambda w: tf.train.Server(3), "Could not convert `server_or_cluster_def`"),
    "server without job": (lambda w: tf.train.Server({"a": ["b:0"], "c": ["d:0"]}), "explicit `job_name`"),
    "server without task": (lambda w: tf.train.Server({"a": ["b:0", "c:0"]}), "explicit `task_index`"),
    "server of an unknown job": (
        lambda w: tf.train.Server({"a": ["localhost:0"]}, job_name="ps", task_index=0), 'Job "ps" was not defined'
    ),
    "server of an unknown task": (
        lambda w: tf.train.Server({"a": ["localhost:0"]}, task_index=3), 'Task 3 was not defined in job "a"'
    ),
    "server of another protocol": (
        lambda w: tf.train.Server({"a": ["localhost:0"]}, protocol="pigeon"), "No server factory registered"
    ),
    "strategy that is none": (lambda w: tf.train.replica_device_setter(2, ps_strategy=3), "must be callable"),
    "error code that is none": (lambda w: tf.errors.exception_type_from_error_code(99), "99"),
}  # fmt: skip

RUNNING: dict[str, tuple[Use, str]] = {
    "dictionary of numbers": (lambda w: w.sess.run({"a": 1}), 'has invalid type "int"'),
    "run of nothing at all": (lambda w: w.sess.run(), "fetches"),
    "unknown device": (on_device("/gpu:0"), f"placed.*assigned to /device:GPU:0 but available devices are .*{CPU}"),
    "second processor": (on_device("/cpu:1"), "placed.*assigned to /device:CPU:1"),
    "unknown job's device": (on_device("/job:worker/task:2"), "placed.*assigned to /job:worker/task:2"),
    "no processor": (lambda w: tf.Session(config=tf.ConfigProto(device_count={"CPU": 0})), "No CPU devices"),
    "colocation that contradicts": (colocated_in_two_places, "second.*first.*incompatible ids"),
    "target without address": (lambda w: tf.Session("grpc://"), 'Could not interpret "" as a host-port pair'),
    "reset of an unknown target": (lambda w: tf.Session.reset("foo"), "No session factory registered"),
    "session after reset": (after_reset, "Session has been closed"),
    "session of a server after reset": (after_reset_of_the_server, "is not found"),
    "variable of another type on a server": (other_graphs_variable, "does not match declared output type int32_ref"),
    "session entered twice": (session_entered_twice, "not re-entrant"),
    "devices of a closed session": (lambda w: (lambda s: (s.close(), s.list_devices()))(tf.Session()), "closed"),
    "false assertion": (lambda w: w.sess.run(tf.Assert(w.c > 2.0, [w.c])), r"assertion failed: \[1\]"),
    "NaN found": (lambda w: w.sess.run(tf.check_numerics(w.c * float("nan"), "sum")), "sum : Tensor had NaN values"),
    "division of integers by zero": (lambda w: w.sess.run(7 // w.i, {w.i: 0}), "Integer division by zero"),
    "index out of range": (lambda w: w.sess.run(tf.gather([1, 2], w.i), {w.i: 5}), r"5 is not in \[0, 2\)"),
    "unlike shapes in a step": (
        lambda w: w.sess.run(w.y + square([None, None]), {w.x: w.value}),
        "Incompatible shapes",
    ),
    "matrices that do not fit in a step": (
        lambda w: w.sess.run(tf.matmul(w.x, square(None)), {w.x: w.value}),
        "Matrix size-incompatible",
    ),
    "reshape in a step": (lambda w: w.sess.run(tf.reshape(w.x, [6]), {w.x: w.value}), "3 values.*6"),
    "function that raises": (lambda w: w.sess.run(tf.py_func(raising, [], tf.float32)), "of the user's own"),
    "update of no value": (lambda w: w.sess.run(tf.assign_add(w.v, 1.0)), "uninitialized value v"),
    "counter at its limit": (counted_out, "Reached limit of 3"),
    "operation in another graph's session": (lambda w: w.foreign.op.run(session=w.sess), "graph is different"),
    "garbage as a handle": (
        lambda w: w.sess.run(tf.get_session_tensor("a;0;/job:localhost/replica:0/task:0/device:CPU:0", tf.float32)[1]),
        "feed a value for placeholder",
    ),
    "deleted handle": (deleted_handle, "not in the session store"),
    "handle deleted twice": (handle_deleted_twice, "may have already been deleted"),
    "handle of another type": (handle_of_another_type, "does not match|int32"),
    "handle of another session": (handle_in_another_session, "not in the session store"),
    "handle of a closed session": (handle_of_a_closed_session, "closed"),
    "unknown partial run": (lambda w: w.sess.partial_run("nope", w.c), "nope"),
    "partial run that fetches nothing": (lambda w: w.sess.partial_run_setup([], [w.x]), "partial|target"),
    "fetch not set up": (lambda w: partial(w, (w.i, None)), "not specified in partial_run_setup"),
    "feed not set up": (lambda w: partial(w, (w.c, {w.i: 1})), "not specified in partial_run_setup"),
    "feed given twice": (lambda w: partial(w, (w.y, {w.x: w.value}), (w.c, {w.x: w.value})), "already been fed"),
    "fetch taken twice": (lambda w: partial(w, (w.c, None), (w.c, None)), "already been fetched"),
    "feed of a part missing": (lambda w: partial(w, (w.y, None)), "x|y"),
    "partial feed of another shape": (lambda w: partial(w, (w.y, {w.x: 1})), "Cannot feed value of shape"),
    "sparse placeholder fed a number": (
        lambda w: (lambda p: w.sess.run(p, {p: 3}))(tf.sparse_placeholder(tf.float32)), "int.*3|tuple|Sparse"
    ),
}  # fmt: skip
