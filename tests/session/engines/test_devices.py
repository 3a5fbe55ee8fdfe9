"""Devices: what `tf.device` and ConfigProto ask for, what is refused and when, and the log of placements."""

from __future__ import annotations

import re
from typing import Any

import pytest

import sessile as tf

CPU = "/job:localhost/replica:0/task:0/device:CPU:"


def run_on(device: str, **config: Any) -> Any:
    """Run a sum of which one operand asks for a device."""
    with tf.device(device):
        a = tf.constant(1.0, name="a")
    with tf.Session(config=tf.ConfigProto(**config)) as sess:
        return sess.run(a + 1.0)


GOOD = ["", "/cpu:0", "/CPU:0", "/device:CPU:0", "/device:CPU:*", "/job:localhost", "/task:0", "/replica:0/cpu:0"]
SOFT = ["/gpu:0", "/cpu:1", "/device:XPU:0", "/tpu:0", "/job:localhost/gpu:3"]
NOWHERE = ["/job:worker", "/job:localhost/task:1", "/replica:1", "/job:worker/cpu:0", "/job:ps/task:0/gpu:3"]


@pytest.mark.parametrize("device", GOOD)
@pytest.mark.parametrize("soft", [False, True])
def test_devices_that_exist(device: str, soft: bool) -> None:
    assert run_on(device, allow_soft_placement=soft) == 2.0


@pytest.mark.parametrize("device", SOFT)
def test_devices_that_soft_placement_replaces(device: str) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"operation a: .*allow_soft_placement=True") as error:
        run_on(device)
    assert error.value.op.name == "a" and f"available devices are [ {CPU}0 ]" in str(error.value)
    assert re.search(r"created at .*test_devices\.py:\d+ in run_on", str(error.value))
    tf.reset_default_graph()
    assert run_on(device, allow_soft_placement=True) == 2.0


@pytest.mark.parametrize("device", NOWHERE)
@pytest.mark.parametrize("soft", [False, True])
def test_tasks_that_do_not_exist(device: str, soft: bool) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match="This session has no such task"):
        run_on(device, allow_soft_placement=soft)


def test_device_count_makes_processors() -> None:
    assert run_on("/cpu:1", device_count={"CPU": 2}) == 2.0
    tf.reset_default_graph()
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"device_count={'CPU': 3}\) has so many"):
        run_on("/cpu:2", device_count={"CPU": 2})
    with tf.Session(config=tf.ConfigProto(device_count={"CPU": 3, "GPU": 1})) as sess:
        assert [d.name for d in sess.list_devices()] == [f"{CPU}{index}" for index in range(3)]
        assert len({d.incarnation for d in sess.list_devices()}) == 3
        assert sess.list_devices() == sess.list_devices()
    for count in (0, -1):
        with pytest.raises(tf.errors.NotFoundError, match="No CPU devices are available"):
            tf.Session(config=tf.ConfigProto(device_count={"CPU": count}))


def test_the_whole_graph_is_looked_at() -> None:
    """As in TensorFlow an operation that no step needs fails every new step; what is fed does not run."""
    b = tf.constant(2.0, name="b")
    c = b * 3.0
    with tf.Session() as sess:
        known = sess.make_callable(c)
        assert sess.run(b) == 2.0
        with tf.device("/gpu:0"):
            bad = tf.constant(1.0, name="bad")
        for use in (
            lambda: sess.run(bad), lambda: sess.run(b + 1.0), lambda: sess.run(bad + 1.0, {bad: 1.0}),
            lambda: sess.make_callable(bad), lambda: sess.partial_run_setup([bad], []), lambda: sess.run(c, {b: 1.0}),
        ):  # fmt: skip
            with pytest.raises(tf.errors.InvalidArgumentError, match="operation bad"):
                use()
        assert sess.run(bad, {bad: 1.0}) == 1.0
        assert known() == 6.0


def test_variables_and_functions_of_devices() -> None:
    with tf.device(lambda op: "/gpu:0" if op.type == "VariableV2" else "/cpu:0"):
        v = tf.Variable(1.0, name="v")
        total = v + 1.0
    assert (v.device, total.device) == ("/gpu:0", "/cpu:0")  # as the function says it
    with tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError, match="operation v: VariableV2"):
        sess.run(v.initializer)
    with tf.Session(config=tf.ConfigProto(allow_soft_placement=True)) as sess:
        sess.run(v.initializer)
        assert sess.run(total) == 2.0


def test_merging_of_device_scopes() -> None:
    with tf.device("/job:localhost/cpu:1"), tf.device("/device:CPU:0"), tf.device(tf.DeviceSpec(task=0)):
        inner = tf.constant(1.0)
        with tf.device(None):
            free = tf.constant(1.0)
    assert (inner.device, free.device) == ("/job:localhost/task:0/device:CPU:0", "")
    assert tf.Session().run(inner) == 1.0


def colocate(op: Any, other: str) -> None:
    op._set_attr("_class", tf.AttrValue(list=tf.AttrValue.ListValue(s=[f"loc:@{other}".encode()])))


def test_colocation_is_honoured() -> None:
    with tf.device("/cpu:1"):
        a = tf.constant(1.0, name="a")
    with tf.colocate_with(a.op), tf.device("/cpu:0"):
        late = tf.constant(3.0, name="late")
    b = tf.constant(2.0, name="b")
    colocate(b.op, "a")  # as an imported graph has it: the group without the device
    with tf.Session(config=tf.ConfigProto(device_count={"CPU": 2})) as sess:
        assert sess.run([a, b, late]) == [1.0, 2.0, 3.0]
        assert sess._placer.device_of(b.op) == f"{CPU}1"


def test_colocation_that_contradicts() -> None:
    with tf.device("/cpu:1"):
        tf.constant(1.0, name="d")
    c = tf.constant(3.0, name="c")
    colocate(c.op, "d")
    c.op._set_device("/cpu:0")
    config = tf.ConfigProto(device_count={"CPU": 2})
    words = "Cannot colocate nodes 'c' and 'd': Cannot merge devices with incompatible ids"
    with tf.Session(config=config) as sess:
        for _ in range(2):
            with pytest.raises(tf.errors.InvalidArgumentError, match=words) as error:
                sess.run(c)
        assert str(error.value).count("test_devices.py:") == 2  # where both were made
    config.allow_soft_placement = True
    with tf.Session(config=config) as sess:
        assert sess.run(c) == 3.0


def test_colocation_with_something_absent_is_ignored() -> None:
    c = tf.constant(3.0, name="c")
    colocate(c.op, "nowhere")
    assert tf.Session().run(c) == 3.0


def test_placements_are_logged_once_per_plan(capsys: pytest.CaptureFixture[str]) -> None:
    c, d = tf.constant(3.0, name="c"), tf.constant(1.0, name="d")
    with tf.device("/cpu:1"):
        m = tf.constant(2.0, name="m")
    total = tf.add(c, d, name="total")
    more = tf.add(total, m, name="more")
    config = tf.ConfigProto(device_count={"CPU": 2}, log_device_placement=True)
    with tf.Session(config=config) as sess:
        for _ in range(3):
            sess.run(total)
        lines = capsys.readouterr().err.splitlines()
        assert lines == [f"c: (Const): {CPU}0", f"d: (Const): {CPU}0", f"total: (Add): {CPU}0"]
        for _ in range(3):
            sess.run(more)
        lines = capsys.readouterr().err.splitlines()
        assert sorted(lines)[3] == f"more: (Add): {CPU}0" or f"m: (Const): {CPU}1" in lines
        assert len(lines) == len(set(lines)) == 5


def test_known_signatures_are_not_looked_at_again() -> None:
    x = tf.placeholder(tf.float32, [], name="x")
    y = x * 2.0
    with tf.Session() as sess:
        sess.run(y, {x: 1.0})
        calls: list[int] = []
        sess._placer.check = lambda: calls.append(1)  # type: ignore[method-assign]
        for value in range(5):
            assert sess.run(y, {x: float(value)}) == 2.0 * value
        assert calls == []


def test_device_spec() -> None:
    spec = tf.DeviceSpec.from_string("/job:a/replica:1/task:2/cpu:3")
    assert (spec.job, spec.replica, spec.task, spec.device_type, spec.device_index) == ("a", 1, 2, "CPU", 3)
    assert spec.to_string() == "/job:a/replica:1/task:2/device:CPU:3"
    assert spec.replace(task=0).to_string() == "/job:a/replica:1/task:0/device:CPU:3"
    assert spec.make_merged_spec(tf.DeviceSpec(job="b")).to_string() == "/job:b/replica:1/task:2/device:CPU:3"
    assert spec.parse_from_string("/task:1").to_string() == "/task:1"
    assert repr(tf.DeviceSpec(job="a")) == (
        "<DeviceSpec(job=a, replica=None, task=None, device_type=None, device_index=None)>"
    )
    assert tf.DeviceSpec.from_string("/gpu:*") == tf.DeviceSpec(device_type="GPU")
    with pytest.raises(ValueError, match="Multiple device types"):
        tf.DeviceSpec.from_string("/cpu:0/gpu:0")
