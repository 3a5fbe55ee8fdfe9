"""Servers: engines that sessions share by their target, clusters of them in one process, and what `reset` does."""

from __future__ import annotations

import itertools
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from sessile.session.engines.engine import Engine, SharedEngine, find_engine

import sessile as tf

_ports = itertools.count(22001)


def addresses(count: int) -> list[str]:
    return [f"localhost:{next(_ports)}" for _ in range(count)]


def cluster(workers: int = 2, servers: int = 1) -> dict[str, list[str]]:
    return {"worker": addresses(workers), "ps": addresses(servers)}


def start(spec: Any) -> dict[str, Any]:
    """A server for every task, and a session of each: `worker0`, `ps0`, ..."""
    return {
        f"{job}{index}": tf.train.Server(spec, job_name=job, task_index=index)
        for job in spec
        for index in range(len(spec[job]))
    }


def test_local_server_says_what_it_is() -> None:
    server = tf.train.Server.create_local_server()
    assert server.target.startswith("grpc://localhost:")
    definition = server.server_def
    assert isinstance(definition, tf.train.ServerDef)
    assert (definition.job_name, definition.task_index, definition.protocol) == ("localhost", 0, "grpc")
    assert dict(definition.cluster.job[0].tasks) == {0: "localhost:0"}
    assert server.start() is None and server.start() is None
    with tf.Session(server.target) as sess:
        assert sess.sess_str == server.target.encode()
        assert [d.name for d in sess.list_devices()] == ["/job:localhost/replica:0/task:0/device:CPU:0"]


def test_every_server_has_a_target_of_its_own() -> None:
    targets = {tf.train.Server.create_local_server(start=index == 0).target for index in range(3)}
    assert len(targets) == 3


def test_variables_outlive_sessions_and_are_shared() -> None:
    v = tf.Variable([1.0, 2.0], name="v")
    add = v.assign_add([1.0, 1.0])
    target = tf.train.Server.create_local_server().target
    first, second = tf.Session(target), tf.Session(target)
    first.run(v.initializer)
    f, g = first.make_callable(add), second.make_callable(add)
    for expected in (2.0, 4.0, 6.0):
        np.testing.assert_array_equal(f(), [expected, expected + 1.0])
        np.testing.assert_array_equal(g(), [expected + 1.0, expected + 2.0])
    first.close()
    np.testing.assert_array_equal(second.run(v), [7.0, 8.0])
    second.close()
    with tf.Session(target) as third:
        np.testing.assert_array_equal(third.run(v), [7.0, 8.0])
    with tf.Session() as private, pytest.raises(tf.errors.FailedPreconditionError):
        private.run(v)


def test_variables_are_shared_by_name_between_graphs() -> None:
    target = tf.train.Server.create_local_server().target
    for value in (3.0, 4.0):
        with tf.Graph().as_default(), tf.Session(target) as sess:
            v = tf.Variable(value, name="v")
            w = tf.get_variable("w", [], initializer=tf.constant_initializer(value))
            if value == 3.0:
                sess.run(tf.global_variables_initializer())
            assert sess.run([v, w]) == [3.0, 3.0]


def test_dropped_sessions_leave_no_graph_behind() -> None:
    import gc
    import weakref

    target = tf.train.Server.create_local_server().target
    with tf.Graph().as_default() as graph, tf.Session(target) as sess:
        sess.run(tf.Variable(1.0, name="v").initializer)
    gone = weakref.ref(graph)
    tf.reset_default_graph()
    del graph, sess
    gc.collect()
    assert gone() is None


def test_reset_clears_all_containers_and_closes_sessions() -> None:
    v = tf.Variable(1.0, name="v")
    with tf.container("box"):
        w = tf.Variable(2.0, name="w")
    server = tf.train.Server.create_local_server()
    sess, private = tf.Session(server.target), tf.Session()
    for session in (sess, private):
        session.run([v.initializer, w.initializer])
    f = sess.make_callable(v)
    assert f() == 1.0
    tf.Session.reset(server.target)
    for use in (lambda: sess.run(v), f, lambda: sess.make_callable(v), lambda: sess.partial_run_setup([v])):
        with pytest.raises(tf.errors.AbortedError, match="is not found"):
            use()
    with pytest.raises(tf.errors.InvalidArgumentError, match="is not found"):
        sess.list_devices()
    sess.close()
    assert private.run([v, w]) == [1.0, 2.0]
    with tf.Session(server.target) as later:
        for variable in (v, w):
            with pytest.raises(tf.errors.FailedPreconditionError):
                later.run(variable)
        later.run(v.initializer)
        assert later.run(v) == 1.0


def test_reset_of_named_containers_leaves_the_others() -> None:
    v = tf.Variable(1.0, name="v")
    with tf.container("box"):
        w = tf.Variable(2.0, name="w")
    with tf.container("crate"):
        x = tf.Variable([3.0], name="x", validate_shape=False)
    target = tf.train.Server.create_local_server().target
    with tf.Session(target) as sess:
        sess.run([v.initializer, w.initializer, x.initializer])
        tf.Session.reset(target, ["box", "none of this name"])
    with tf.Session(target) as sess:
        assert sess.run(v) == 1.0 and sess.run(x) == [3.0]
        assert sess.run(tf.report_uninitialized_variables()).tolist() == [b"w"]
        tf.Session.reset(target, containers=["crate"], config=tf.ConfigProto())
    with tf.Session(target) as sess:
        assert sess.run(tf.report_uninitialized_variables()).tolist() == [b"w", b"x"]
        sess.run(tf.assign(x, [1.0, 2.0], validate_shape=False))  # the shape is lost with the value
        assert sess.run(x).shape == (2,)


def test_handles_belong_to_the_session() -> None:
    target = tf.train.Server.create_local_server().target
    keep = tf.get_session_handle(tf.constant(4.0))
    placeholder, read = tf.get_session_tensor(tf.float32)
    with tf.Session(target) as sess, tf.Session(target) as other:
        handle = sess.run(keep)
        assert sess.run(read, {placeholder: handle}) == 4.0
        with pytest.raises(tf.errors.InvalidArgumentError, match="belongs to another session"):
            other.run(read, {placeholder: handle.handle})
        tf.Session.reset(target)
        with pytest.raises(tf.errors.AbortedError):
            handle.eval()


def test_a_cluster_in_one_process_places_variables_on_its_tasks() -> None:
    sessions = {name: tf.Session(server.target) for name, server in start(cluster()).items()}
    with tf.device("/job:ps"):
        shared = tf.Variable(1.0, name="shared")
    local = tf.Variable(2.0, name="local")
    with tf.device("/job:worker/task:1"):
        remote = tf.Variable(3.0, name="remote")
    sessions["worker0"].run(tf.global_variables_initializer())
    for sess in sessions.values():
        assert sess.run([shared, remote]) == [1.0, 3.0]
    assert sessions["worker0"].run(local) == 2.0
    for name in ("worker1", "ps0"):
        with pytest.raises(tf.errors.FailedPreconditionError, match="uninitialized value local"):
            sessions[name].run(local)
    add = sessions["worker1"].make_callable(shared.assign_add(1.0).op)
    for _ in range(3):
        add()
    assert sessions["worker0"].run(shared) == 4.0


def test_reset_clears_all_tasks_and_closes_the_sessions_of_one() -> None:
    servers = start(cluster())
    sessions = {name: tf.Session(server.target) for name, server in servers.items()}
    with tf.device("/job:ps"):
        v = tf.Variable(1.0, name="v")
    sessions["worker0"].run(v.initializer)
    read = sessions["worker0"].make_callable(v * 2.0)
    assert [read(), read(), sessions["worker1"].run(v)] == [2.0, 2.0, 1.0]
    tf.Session.reset(servers["worker1"].target)
    with pytest.raises(tf.errors.AbortedError):
        sessions["worker1"].run(v)
    for use in (read, lambda: sessions["ps0"].run(v)):
        with pytest.raises(tf.errors.FailedPreconditionError):
            use()
    sessions["ps0"].run(v.initializer)
    assert read() == 2.0


def test_devices_of_a_cluster_its_own_first() -> None:
    spec = cluster()
    servers = start(spec)
    config = tf.ConfigProto(device_count={"CPU": 5}, device_filters=["/job:ps"])  # the count is the server's to say

    def names(sess: Any) -> list[str]:
        return [d.name.replace("/replica:0", "").replace("/device:CPU:0", "") for d in sess.list_devices()]

    first, *others = names(tf.Session(servers["ps0"].target))
    assert (first, sorted(others)) == ("/job:ps/task:0", ["/job:worker/task:0", "/job:worker/task:1"])
    assert names(tf.Session(servers["worker1"].target, config=config)) == ["/job:worker/task:1", "/job:ps/task:0"]


def test_a_server_has_the_devices_of_its_config() -> None:
    target = tf.train.Server.create_local_server(config=tf.ConfigProto(device_count={"CPU": 3})).target
    with tf.Session(target) as sess, tf.device("/cpu:2"):
        assert len(sess.list_devices()) == 3
        assert sess.run(tf.constant(1.0)) == 1.0


def test_a_task_without_server_is_named() -> None:
    spec = cluster()
    worker = tf.train.Server(spec, job_name="worker", task_index=0)
    with tf.device("/job:ps/task:0"):
        v = tf.Variable(1.0, name="v")
    with tf.Session(worker.target) as sess:
        with pytest.raises(tf.errors.UnavailableError, match="/job:ps/task:0.* has no server in this process"):
            sess.run(v.initializer)
        tf.train.Server(spec, job_name="ps", task_index=0)
        sess.run(v.initializer)
        assert sess.run(v) == 1.0


def test_the_cluster_of_the_config_counts_for_the_session() -> None:
    spec = cluster(1, 1)
    alone = tf.train.Server({"worker": spec["worker"]})
    tf.train.Server(spec, job_name="ps", task_index=0)
    with tf.device("/job:ps"):
        v = tf.Variable(1.0, name="v")
    with tf.Session(alone.target) as sess, pytest.raises(tf.errors.InvalidArgumentError, match="/job:ps"):
        sess.run(v.initializer)
    config = tf.ConfigProto(cluster_def=tf.train.ClusterSpec(spec).as_cluster_def())
    with tf.Session(alone.target, config=config) as sess:
        sess.run(v.initializer)
        assert sess.run(v) == 1.0


def test_server_from_every_kind_of_definition() -> None:
    spec = tf.train.ClusterSpec({"worker": addresses(1)})
    first = tf.train.Server(spec.as_cluster_def())
    assert first.target == "grpc://" + spec.task_address("worker", 0)
    assert (first.server_def.job_name, first.server_def.task_index) == ("worker", 0)
    definition = tf.train.ServerDef(
        cluster=tf.train.ClusterSpec({"w": addresses(2)}).as_cluster_def(), job_name="w", task_index=1, protocol="grpc"
    )
    assert tf.train.Server(definition).server_def == definition
    with pytest.raises(tf.errors.UnknownError, match="in use by another"):
        tf.train.Server(spec)


def test_unknown_targets_list_what_exists() -> None:
    target = tf.train.Server.create_local_server().target
    for unknown in ("local", "grpc://localhost:1", "http://x:1"):
        with pytest.raises(tf.errors.NotFoundError) as error:
            tf.Session(unknown)
        for word in (unknown, target, "create_local_server", "target ''"):
            assert word in str(error.value)


def test_engines_have_one_small_interface() -> None:
    """A session asks an engine for nothing else: another kind of engine needs these methods only."""
    public = {name for name in vars(Engine) if not name.startswith("_")}
    assert public == {"absent", "connect", "devices", "disconnect", "program", "reset", "resources", "target", "task"}
    found = find_engine(tf.train.Server.create_local_server().target)
    assert isinstance(found, SharedEngine) and isinstance(find_engine(b""), Engine)


def test_join_blocks() -> None:
    code = "import sessile as tf; s = tf.train.Server.create_local_server(); print('up', flush=True); s.join()"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "up\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
        process.kill()


def test_cluster_spec() -> None:
    spec = tf.train.ClusterSpec({"worker": ["a:1", "b:2"], "ps": {3: "c:3", 1: "d:4"}})
    assert spec.as_dict() == {"worker": ["a:1", "b:2"], "ps": {1: "d:4", 3: "c:3"}}
    assert spec.jobs == ["worker", "ps"]
    assert (spec.num_tasks("ps"), spec.task_indices("ps"), spec.task_address("ps", 3)) == (2, [1, 3], "c:3")
    assert spec.job_tasks("ps") == [None, "d:4", None, "c:3"]
    assert [job.name for job in spec.as_cluster_def().job] == ["ps", "worker"]
    assert spec == tf.train.ClusterSpec(spec) == tf.train.ClusterSpec(spec.as_cluster_def())
    assert spec != spec.as_dict() and spec != 3
    assert spec and not tf.train.ClusterSpec({})
    assert repr(spec) == "ClusterSpec({'ps': {1: 'd:4', 3: 'c:3'}, 'worker': ['a:1', 'b:2']})"
    with pytest.raises(TypeError, match="unhashable"):
        hash(spec)


def placed(setter: Any) -> list[str]:
    """Devices of four variables, a sum, a constant on a CPU of its own, and a variable of another job."""
    with tf.Graph().as_default(), tf.device(setter):
        variables = [tf.Variable(1.0) for _ in range(4)]
        total = variables[0] + 1.0
        with tf.device("/cpu:1"):
            constant = tf.constant(2.0)
        with tf.device("/job:x/task:4"):
            other = tf.Variable(2.0)
        return [*(v.device for v in variables), total.device, constant.device, other.device]


SPEC = {"worker": ["a:1"], "ps": ["b:1", "c:1"]}
PS = ["/job:ps/task:0", "/job:ps/task:1"]
ELSEWHERE = ["/job:worker", "/job:worker/device:CPU:1", "/job:x/task:4"]
SETTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["", "", "", "", "", "/device:CPU:1", "/job:x/task:4"]),
    ({"cluster": {"worker": ["a:1"]}}, ["", "", "", "", "", "/device:CPU:1", "/job:x/task:4"]),
    ({"ps_tasks": 2}, [*PS, *PS, *ELSEWHERE]),
    ({"cluster": SPEC}, [*PS, *PS, *ELSEWHERE]),
    ({"cluster": tf.train.ClusterSpec(SPEC)}, [*PS, *PS, *ELSEWHERE]),
    ({"ps_tasks": 2, "merge_devices": False}, [*PS, *PS, "/job:worker", "/device:CPU:1", "/job:x/task:4"]),
    ({"ps_tasks": 2, "ps_strategy": lambda op: 7}, ["/job:ps/task:7"] * 4 + ELSEWHERE),
    ({"ps_tasks": 2, "ps_ops": ["Const"]}, ["/job:worker"] * 5 + ["/job:ps/task:1/device:CPU:1", "/job:x/task:4"]),
    ({"ps_tasks": 2, "ps_device": ""}, ["/job:worker"] * 5 + ELSEWHERE[1:]),
    ({"ps_tasks": 1, "ps_device": "/job:a", "worker_device": "/job:b/task:1"},
     ["/job:a/task:0"] * 4 + ["/job:b/task:1", "/job:b/task:1/device:CPU:1", "/job:x/task:4"]),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(SETTERS)))
def test_replica_device_setter(number: int) -> None:
    """Recorded from TensorFlow: variables in turn on the parameter servers, all else on the worker."""
    arguments, expected = SETTERS[number]
    assert placed(tf.train.replica_device_setter(**arguments)) == expected


def test_updates_are_where_their_variable_is() -> None:
    with tf.device("/job:ps"):
        v = tf.Variable([1.0])
    with tf.device("/job:worker"):
        updates = [tf.assign_add(v, [1.0]), tf.assign(v, [1.0]), tf.scatter_add(v, [0], [1.0]), v.assign_sub([1.0])]
        assert v.read_value().device == "/job:worker"
    assert {update.device for update in updates} == {"/job:ps"}
    assert tf.assign_add(v, [1.0]).device == "/job:ps"


def test_training_between_replicas() -> None:
    """The usual program: variables on parameter servers, steps on two workers."""
    spec = cluster(2, 2)
    servers = start(spec)
    with tf.device(tf.train.replica_device_setter(cluster=spec)):
        weights = [tf.Variable(tf.zeros([3]), name=f"w{index}") for index in range(2)]
        x = tf.placeholder(tf.float32, [3])
        step = tf.group(*[tf.assign_add(w, x * float(index + 1)) for index, w in enumerate(weights)])
    workers = [tf.Session(servers[f"worker{index}"].target) for index in range(2)]
    workers[0].run(tf.global_variables_initializer())
    for turn in range(6):
        workers[turn % 2].run(step, {x: [1.0, 2.0, 3.0]})
    for sess in workers:
        np.testing.assert_array_equal(sess.run(weights), [[6.0, 12.0, 18.0], [12.0, 24.0, 36.0]])
