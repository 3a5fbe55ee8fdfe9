"""The cut of a step by placement: golden stages, and what is refused."""

from __future__ import annotations

import pytest
from sessile.compiler.partition.tasks import HERE, cut
from sessile.compiler.plan.needed import needed_operations

import sessile as tf


def stages(fetches: list[tf.Tensor], targets: tuple[tf.Operation, ...] = (), feeds: tuple[tf.Tensor, ...] = ()) -> str:
    """The stages of a step, a line each: `task: inputs -> outputs | targets; after`."""

    def task_of(op: tf.Operation) -> tuple[str, int]:
        spec = tf.DeviceSpec.from_string(op.device)
        return spec.job or "worker", spec.task or 0

    ops = needed_operations(set(feeds), fetches, targets)
    lines = []
    for stage in cut(ops, feeds, fetches, targets, task_of):
        names = [" ".join(item.name for item in part) for part in (stage.inputs, stage.outputs, stage.targets)]
        after = f"; after {' '.join(map(str, stage.after))}" if stage.after else ""
        lines.append(f"{stage.task[0]}{stage.task[1]}: {names[0]} -> {names[1]} | {names[2]}{after}".replace("  ", " "))
    return "\n".join(lines)


def on(task: str) -> object:
    job, index = task[:-1], task[-1]
    return tf.device(f"/job:{job}/task:{index}")


def test_a_training_step_reads_computes_and_applies() -> None:
    x = tf.placeholder(tf.float32, [], name="x")
    with on("ps0"):
        w = tf.Variable(1.0, name="w")
    with on("ps1"):
        b = tf.Variable(1.0, name="b")
    y = tf.add(w * x, b, name="y")
    with on("ps0"):
        first = tf.assign_sub(w, y, name="first").op
    with on("ps1"):
        second = tf.assign_sub(b, y, name="second").op
    train = tf.group(first, second, name="train")
    assert stages([y], (train,), (x,)) == (
        "ps0: -> w/read:0 | \n"
        "ps1: -> b/read:0 | \n"
        "worker0: w/read:0 x:0 b/read:0 -> y:0 | \n"
        "ps0: y:0 -> | first\n"
        "ps1: y:0 -> | second"
    ).replace(" -> |", " -> |")


def test_constants_are_of_no_task() -> None:
    with on("ps0"):
        two = tf.constant(2.0) * 3.0
    with on("worker1"):
        y = tf.multiply(two, two, name="y")
    assert stages([y]) == "worker1: -> y:0 | "


def test_control_edges_between_tasks_wait() -> None:
    with on("ps0"):
        v = tf.Variable(0.0, name="v")
        up = tf.assign_add(v, 1.0, name="up").op
    with on("ps1"):
        w = tf.Variable(0.0, name="w")
    with tf.control_dependencies([tf.group(up)]), on("ps1"):
        down = tf.assign_sub(w, 1.0, name="down").op
    assert stages([], (down,)) == "ps0: -> | up\nps1: -> | down; after 0"


def test_edges_of_both_directions_make_no_circle() -> None:
    a = tf.placeholder(tf.float32, [], name="a")
    with on("ps0"):
        p = tf.exp(a, name="p")
        q = tf.exp(a, name="q")
    with on("ps1"):
        r = tf.add(p, 1.0, name="r")
        s = tf.add(q, 1.0, name="s")
    with on("ps0"):
        t = tf.multiply(r, s, name="t")
    with on("ps1"):
        u = tf.multiply(t, p, name="u")
    assert [line.split(":")[0] for line in stages([u], (), (a,)).splitlines()] == ["ps0", "ps1", "ps0", "ps1"]


def test_what_may_wait_keeps_only_its_own_waiting() -> None:
    with on("ps0"):
        q = tf.FIFOQueue(1, [tf.float32], [[]], name="q", shared_name="q")
        taken = q.dequeue(name="taken")
        v = tf.Variable(1.0, name="v")
        other = tf.exp(v, name="other")
    with on("ps1"):
        put = tf.multiply(other, 2.0, name="put")
    with on("ps0"):
        filled = q.enqueue(put, name="filled")
    lines = stages([taken], (filled,)).splitlines()
    assert [line.split(" |")[0] for line in lines] == [
        "ps0: -> taken:0", "ps0: -> other:0", "ps1: other:0 -> put:0", "ps0: put:0 ->",
    ]  # fmt: skip


def test_branches_and_loops_stay_whole_with_their_variables() -> None:
    with on("ps0"):
        v = tf.Variable(1.0, name="v")
    y = tf.cond(v > 0.0, lambda: tf.assign_add(v, 1.0), lambda: tf.identity(v))
    (only,) = [line for line in stages([y]).splitlines() if "Merge" in line]
    assert only.startswith("ps0")


def test_a_branch_that_touches_two_tasks_is_refused() -> None:
    with on("ps0"):
        v = tf.Variable(1.0, name="v")
    with on("ps1"):
        w = tf.Variable(1.0, name="w")
    y = tf.cond(tf.constant(True), lambda: tf.assign_add(v, 1.0) + tf.assign_add(w, 1.0), lambda: tf.constant(0.0))
    with pytest.raises(tf.errors.UnimplementedError, match="touches resources of two tasks is not built") as caught:
        stages([y])
    assert caught.value.created_at and "test_partition.py" in caught.value.created_at


def test_python_functions_run_in_the_callers_process() -> None:
    with on("ps0"):
        v = tf.Variable(1.0, name="v")
        y = tf.py_func(lambda x: x, [v], tf.float32, name="y")
    ops = needed_operations(set(), [y], ())
    assert [stage.task for stage in cut(ops, (), [y], (), lambda op: ("ps", 0))] == [("ps", 0), HERE]
