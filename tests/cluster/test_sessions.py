"""Sessions whose steps run on several tasks give what sessions of one process give; tasks are threads here."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf
from tests.cluster.threads import Threads, cluster

CLUSTER = {"ps": ["a:1", "b:1"], "worker": ["c:1", "d:1"]}


@pytest.fixture
def tasks() -> Iterator[tuple[Threads, dict[str, str]]]:
    yield cluster(ps=2, worker=2)


@pytest.fixture
def master(tasks: tuple[Threads, dict[str, str]]) -> str:
    return tasks[1]["worker:0"]


def replicated(worker: int = 0) -> Any:
    return tf.device(tf.train.replica_device_setter(cluster=CLUSTER, worker_device=f"/job:worker/task:{worker}"))


def train(target: str) -> Any:
    """Five steps of a network whose variables are on two tasks: its weights and the count of steps."""
    with tf.Graph().as_default(), replicated() if target else contextlib.nullcontext():
        x = tf.placeholder(tf.float32, [None, 3])
        w = tf.get_variable("w", [3, 4], initializer=tf.random_normal_initializer(seed=1))
        out = tf.layers.dense(tf.nn.relu(tf.matmul(x, w)), 1, kernel_initializer=tf.ones_initializer())
        step = tf.train.get_or_create_global_step()
        op = tf.train.AdamOptimizer(0.1).minimize(tf.reduce_mean(out * out), global_step=step)
        with tf.Session(target) as session:
            session.run(tf.global_variables_initializer())
            data = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
            for _ in range(5):
                session.run(op, {x: data})
            return session.run([w, step])


def test_training_gives_what_one_process_gives(master: str) -> None:
    (weights, step), (alone, _) = train(master), train("")
    assert step == 5
    np.testing.assert_allclose(weights, alone, rtol=1e-6)


def test_variables_of_the_parameter_servers_are_shared_by_workers(tasks: Any) -> None:
    with replicated():
        v = tf.get_variable("v", [], initializer=tf.zeros_initializer())
        up = tf.assign_add(v, 1.0, use_locking=True).op
    assert v.device == "/job:ps/task:0"
    with tf.Session(tasks[1]["worker:0"]) as first, tf.Session(tasks[1]["worker:1"]) as second:
        first.run(v.initializer)
        threads = [threading.Thread(target=lambda s=s: [s.run(up) for _ in range(20)]) for s in (first, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert first.run(v) == second.run(v) == 40.0


def test_queue_on_a_task_connects_sessions(tasks: Any) -> None:
    with tf.device("/job:ps/task:1"):
        queue = tf.FIFOQueue(3, [tf.float32, tf.string], [[], []], shared_name="shared")
    x = tf.placeholder(tf.float32)
    put, taken = queue.enqueue([x, "text"]), queue.dequeue()
    found = []
    with tf.Session(tasks[1]["worker:0"]) as first, tf.Session(tasks[1]["worker:1"]) as second:
        waiter = threading.Thread(target=lambda: found.append(second.run(taken)))
        waiter.start()
        first.run(put, {x: 4.0})
        waiter.join(10)
        assert found == [[4.0, b"text"]]
        assert first.run([taken, put], {x: 5.0})[0] == [5.0, b"text"]  # both in one step


def test_close_wakes_what_waits_on_a_task(master: str) -> None:
    with tf.device("/job:ps/task:1"):
        taken = tf.FIFOQueue(3, [tf.float32], [[]], shared_name="empty").dequeue()
    session, found = tf.Session(master), []

    def wait() -> None:
        try:
            session.run(taken)
        except tf.errors.CancelledError as error:
            found.append(error)

    waiter = threading.Thread(target=wait)
    waiter.start()
    time.sleep(0.2)
    session.close()
    waiter.join(10)
    assert len(found) == 1


def test_time_limit_leaves_the_queue_as_it_was(master: str) -> None:
    with tf.device("/job:ps/task:1"):
        queue = tf.FIFOQueue(3, [tf.float32], [[]], shared_name="late")
    taken = queue.dequeue()
    with tf.Session(master) as session:
        with pytest.raises(tf.errors.DeadlineExceededError):
            session.run(taken, options=tf.RunOptions(timeout_in_ms=200))
        session.run(queue.enqueue(3.0))
        assert session.run(taken, options=tf.RunOptions(timeout_in_ms=20_000)) == 3.0


def test_handles_stay_on_their_task_and_move_when_read_elsewhere(tasks: Any, master: str) -> None:
    with tf.device("/job:ps/task:0"):
        kept = tf.get_session_handle(tf.constant([2.0, 4.0]))
    holder, value = tf.get_session_tensor(tf.float32)
    with tf.Session(master) as session:
        handle = session.run(kept)
        assert handle.handle.endswith("/job:ps/replica:0/task:0/device:CPU:0")
        assert handle.eval().tolist() == [2.0, 4.0]
        assert session.run(value + 1.0, {holder: handle}).tolist() == [3.0, 5.0]
        assert session.run(value + 1.0, {holder: handle.handle}).tolist() == [3.0, 5.0]
        handle.delete()
        with pytest.raises(TypeError, match="may have already been deleted"):
            handle.eval()
        with pytest.raises(tf.errors.InvalidArgumentError, match="session store"):
            session.run(value, {holder: "GetSessionHandle;77;/job:ps/replica:0/task:0/device:CPU:0"})


def test_partial_run_across_tasks(master: str) -> None:
    with tf.device("/job:ps/task:0"):
        a = tf.placeholder(tf.float32)
        b = a + 1.0
    with tf.device("/job:worker/task:1"):
        c = tf.placeholder(tf.float32)
        d = b * c
    with tf.Session(master) as session:
        handle = session.partial_run_setup([b, d], [a, c])
        assert session.partial_run(handle, b, {a: 1.0}) == 2.0
        assert session.partial_run(handle, d, {c: 5.0}) == 10.0


def test_python_functions_and_datasets_run_in_this_process(master: str) -> None:
    seen: list[float] = []

    def note(x: Any) -> Any:
        seen.append(float(x))
        return x * 2

    with tf.device("/job:ps/task:0"):
        v = tf.Variable(3.0)
        doubled = tf.py_func(note, [v], tf.float32)
        more = doubled + v
    following = tf.data.Dataset.range(5).map(lambda x: x * 2).batch(2).make_one_shot_iterator().get_next()
    with tf.Session(master) as session:
        session.run(v.initializer)
        assert session.run(more) == 9.0 and seen == [3.0]
        assert session.run(following).tolist() == [0, 2]


def test_errors_name_the_users_line(master: str) -> None:
    with tf.device("/job:ps/task:0"):
        v = tf.Variable(-1.0)
        bad = tf.check_numerics(tf.log(v), "bad", name="checked")
    with tf.Session(master) as session:
        session.run(v.initializer)
        with pytest.raises(tf.errors.InvalidArgumentError, match="bad : Tensor had NaN") as caught:
            session.run(bad * 2.0)
    assert caught.value.op is bad.op and "test_sessions.py" in (caught.value.created_at or "")


def test_graph_that_grows_keeps_values_and_random_streams(master: str) -> None:
    with tf.device("/job:ps/task:0"):
        drawn = tf.random_uniform([], seed=3)
    with tf.Session(master) as session:
        found = [session.run(drawn), session.run(drawn)]
        tf.constant(1.0)
        more = drawn + 0.0
        found.append(session.run(more))
    assert len(set(map(float, found))) == 3


def test_checkpoints_of_variables_on_tasks(master: str, tmp_path: Path) -> None:
    with replicated():
        v, w = tf.Variable([1.0, 2.0]), tf.Variable(["a", "b"])
    saver = tf.train.Saver()
    with tf.Session(master) as session:
        session.run(tf.global_variables_initializer())
        path = saver.save(session, str(tmp_path / "model"))
        session.run(v.assign([0.0, 0.0]))
        saver.restore(session, path)
        first, second = session.run([v, w])
    assert first.tolist() == [1.0, 2.0] and second.tolist() == [b"a", b"b"]


def test_devices_of_the_whole_cluster_the_own_first(tasks: Any) -> None:
    with tf.Graph().as_default(), tf.Session(tasks[1]["worker:1"]) as session:
        names = [device.name for device in session.list_devices()]
    assert names[0] == "/job:worker/replica:0/task:1/device:CPU:0" and len(names) == 4


def test_device_filters_hide_tasks_that_are_not_up() -> None:
    fabric, targets = cluster(ps=1, worker=2)
    del fabric.tasks[next(address for address in fabric.tasks if address.startswith("worker1"))]
    with tf.Graph().as_default():
        tf.constant(1.0)
        config = tf.ConfigProto(device_filters=["/job:ps", "/job:worker/task:0"])
        with tf.Session(targets["worker:0"], config=config) as session:
            assert len(session.list_devices()) == 2
        with pytest.raises(tf.errors.DeadlineExceededError, match="worker.*task:1.* was not up"):
            tf.Session(targets["worker:0"], config=tf.ConfigProto(operation_timeout_in_ms=300))


def test_sessions_wait_for_tasks_that_are_not_up_yet() -> None:
    fabric, targets = cluster(ps=1, worker=1)
    address, task = next((a, t) for a, t in fabric.tasks.items() if a.startswith("ps"))
    del fabric.tasks[address]
    timer = threading.Timer(0.4, lambda: fabric.tasks.update({address: task}))
    timer.start()
    with tf.Graph().as_default(), tf.Session(targets["worker:0"]) as session:
        assert session.run(tf.constant(2.0)) == 2.0


def test_reset_clears_containers_of_all_tasks_and_ends_sessions(tasks: Any) -> None:
    with tf.device("/job:ps/task:0"):
        with tf.container("mine"):
            v = tf.Variable(1.0, name="v")
        w = tf.Variable(2.0, name="w")
    first, second = tf.Session(tasks[1]["worker:0"]), tf.Session(tasks[1]["worker:1"])
    first.run(tf.global_variables_initializer())
    tf.Session.reset(tasks[1]["worker:0"], ["mine"])
    with pytest.raises(tf.errors.AbortedError):
        first.run(w)
    assert second.run(w) == 2.0
    with pytest.raises(tf.errors.FailedPreconditionError):
        second.run(v)
    second.close()


def test_task_that_came_back_empty_aborts_sessions_of_before(tasks: Any, master: str) -> None:
    fabric = tasks[0]
    with tf.device("/job:ps/task:0"):
        v = tf.Variable(1.0)
    session = tf.Session(master)
    session.run(v.initializer)
    address = next(address for address in fabric.tasks if address.startswith("ps0"))
    old = fabric.tasks.pop(address)
    with pytest.raises(tf.errors.UnavailableError, match=r"/job:ps/replica:0/task:0 .*cannot be reached"):
        session.run(v)
    fabric.create(address, "ps", 0, address, old._cluster, "")
    with pytest.raises(tf.errors.AbortedError, match="just restarted"):
        session.run(v)
    session.close()
    with tf.Session(master) as again, pytest.raises(tf.errors.FailedPreconditionError):
        again.run(v)


def test_no_stranger_connects() -> None:
    from sessile.session.engines.cluster import ClusterSpec
    from sessile.session.engines.remote.engine import RemoteEngine

    fabric, targets = cluster("secret", worker=1)
    with tf.Graph().as_default(), tf.Session(targets["worker:0"]) as session:
        assert session.run(tf.constant(1.0)) == 1.0
    (address,) = fabric.tasks
    spec = ClusterSpec({"worker": [address]})
    stranger = RemoteEngine("grpc://stranger:1", ("worker", 0), spec, fabric, "guess")
    with pytest.raises(tf.errors.UnauthenticatedError, match="SESSILE_RAY_TOKEN"):
        stranger.devices(None)
    with pytest.raises(tf.errors.UnauthenticatedError):
        stranger.reset(None)


def test_a_signature_is_sent_once(tasks: Any, master: str) -> None:
    fabric = tasks[0]
    with tf.device("/job:ps/task:0"):
        v = tf.Variable(1.0)
        y = v * 2.0
    with tf.Session(master) as session:
        session.run(v.initializer)
        session.run(y)
        fabric.calls.clear()
        for _ in range(3):
            session.run(y)
        assert [method for _, method in fabric.calls] == ["run"] * 3
        assert session.explain(y).startswith("stage 0 on /job:ps/task:0")


def synchronous_replica(worker: int) -> tuple[Any, Any, Any, Any]:
    """A worker's part of a training in step with others: its weights, the step, the optimizer, what it runs."""
    with replicated(worker):
        w = tf.get_variable("w", [2], initializer=tf.zeros_initializer())
        step = tf.train.get_or_create_global_step()
        optimizer = tf.train.SyncReplicasOptimizer(tf.train.GradientDescentOptimizer(1.0), 2, 2)
        return w, step, optimizer, optimizer.minimize(tf.reduce_sum(w), global_step=step)


# The chief's thread waits for gradients when the session ends, and says so, as TensorFlow's does.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_synchronous_replicas(tasks: Any) -> None:
    w, step, optimizer, train = synchronous_replica(0)
    hooks = [optimizer.make_session_run_hook(True)]
    # A worker has its own graph, and with it its own local step: one shared by two workers can be set back by
    # the slower, whose token is older; then both gradients are stale and the tokens run out.
    with tf.Graph().as_default():
        _, _, second, other_train = synchronous_replica(1)
        other = tf.Session(tasks[1]["worker:1"])
    with tf.train.MonitoredTrainingSession(
        tasks[1]["worker:0"], is_chief=True, hooks=hooks, stop_grace_period_secs=1
    ) as chief:  # fmt: skip

        def work(session: Any, operation: Any) -> None:
            with contextlib.suppress(tf.errors.CancelledError, RuntimeError):
                while True:
                    session.run(operation)

        inner = chief._tf_sess()
        other.run(second.local_step_init_op)
        threads = [threading.Thread(target=work, args=pair) for pair in ((inner, train), (other, other_train))]
        for thread in threads:
            thread.start()
        end = time.monotonic() + 20
        while inner.run(step) < 3 and time.monotonic() < end:
            time.sleep(0.01)
        other.close()
    for thread in threads:
        thread.join(20)
    with tf.Session(tasks[1]["worker:1"], graph=w.graph) as session:
        weights, count = session.run([w, step])
    assert count >= 3 and weights.tolist() == [-count] * 2  # each update is the mean of two gradients of 1


def test_trace_has_a_lane_a_task(master: str) -> None:
    with tf.device("/job:ps/task:0"):
        v = tf.Variable([1.0, 2.0], name="v")
    with tf.device("/job:worker/task:1"):
        y = tf.multiply(v, 2.0, name="y")
    metadata = tf.RunMetadata()
    with tf.Session(master) as session:
        session.run(v.initializer)
        options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE, output_partition_graphs=True)
        assert session.run(y, options=options, run_metadata=metadata).tolist() == [2.0, 4.0]
    lanes = {lane.device: lane.node_stats[0] for lane in metadata.step_stats.dev_stats}
    assert list(lanes) == ["/job:ps/replica:0/task:0/device:CPU:0", "/job:worker/replica:0/task:1/device:CPU:0"]
    first, second = lanes.values()
    assert first.timeline_label == "stage 0 = Stage() -> v/read:0"
    assert 0 < first.all_start_nanos <= second.all_start_nanos
    assert [[node.name for node in graph.node] for graph in metadata.partition_graphs] == [["v/read"], ["y"]]


def test_compiling_ahead_is_refused(master: str) -> None:
    with tf.Graph().as_default() as graph, tf.Session(master, graph=graph) as session:
        y = tf.exp(tf.placeholder(tf.float32, [3], name="x"))
        with pytest.raises(tf.errors.UnimplementedError, match="not built for sessions on a cluster"):
            session._signature_program(y, ["x:0"])[0].compile_ahead([(3,)])


def test_a_process_joins_one_ray() -> None:
    """A session for another address than the one joined is refused, rather than run on what there is."""
    from sessile.session.engines.remote.fabric import is_of_another

    joined = "192.0.2.2:6379"
    assert is_of_another("127.0.0.1:1", joined)
    assert not any(
        is_of_another(name, joined) for name in ("local", "auto", "localhost:6379", "ray://head:10001", joined)
    )
