"""Control dependencies and devices."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import sessile as tf


def test_control_dependencies() -> None:
    """Operations made inside wait for operations and tensors."""
    a, b = tf.no_op(name="a"), tf.constant(1, name="b")
    with tf.control_dependencies([a, b]):
        c = tf.no_op()
    assert c.control_inputs == [a, b.op]
    assert tf.no_op().control_inputs == []


def test_control_dependencies_nest() -> None:
    """Inner blocks add; an operation of the block that is an input already is not repeated."""
    a, b = tf.no_op(name="a"), tf.no_op(name="b")
    with tf.control_dependencies([a]):
        with tf.control_dependencies([b]):
            c = tf.no_op()
        d = tf.no_op()
    assert set(c.control_inputs) == {a, b}
    assert d.control_inputs == [a]


def test_inputs_made_inside_carry_the_dependency() -> None:
    """What depends on an operation of the block needs no dependency of its own."""
    a = tf.no_op()
    with tf.control_dependencies([a]):
        x = tf.constant(1)
        y = tf.identity(x)
    assert x.op.control_inputs == [a]
    assert y.op.control_inputs == []


def test_none_clears_control_dependencies() -> None:
    """`control_dependencies(None)` starts afresh inside."""
    a, b = tf.no_op(), tf.no_op()
    with tf.control_dependencies([a]), tf.control_dependencies(None):
        free = tf.no_op()
        with tf.control_dependencies([b]):
            bound = tf.no_op()
    assert free.control_inputs == []
    assert bound.control_inputs == [b]


def test_control_inputs_must_be_elements_of_the_graph() -> None:
    """Numbers are refused."""
    with pytest.raises(TypeError), tf.get_default_graph().control_dependencies([1]):
        pass


def test_group() -> None:
    """An operation that waits for all."""
    a, b = tf.no_op(name="a"), tf.constant(1, name="b")
    both = tf.group(a, [b], name="both")
    assert (both.type, both.name) == ("NoOp", "both")
    assert set(both.control_inputs) == {a, b.op}
    assert tf.group().control_inputs == []
    assert tf.group().name.startswith("group_deps")
    with pytest.raises(TypeError):
        tf.group(1)
    with pytest.raises(ValueError, match="Unknown keyword arguments"):
        tf.group(a, nme="x")


def test_tuple() -> None:
    """Tensors given on only when all are computed; None stays."""
    a, b = tf.constant(1), tf.constant(2)
    gate = tf.no_op(name="gate")
    first, nothing, second = tf.tuple([a, None, b], control_inputs=[gate])
    assert nothing is None
    assert (first.op.type, second.op.inputs[0]) == ("Identity", b)
    assert first.op.control_inputs == second.op.control_inputs
    assert set(first.op.control_inputs[0].control_inputs) == {a.op, b.op, gate}
    with pytest.raises(ValueError, match="at least one Tensor"):
        tf.tuple([None])
    with pytest.raises(TypeError):
        tf.tuple([a], control_inputs=[3])


def test_devices() -> None:
    """Inner devices add to outer ones, in canonical form."""
    with tf.device("/job:ps/cpu:0"):
        outer = tf.no_op()
        with tf.device("/device:GPU:1"):
            inner = tf.no_op()
        with tf.device("/task:3"):
            task = tf.no_op()
        with tf.device(None):
            none = tf.no_op()
    assert outer.device == "/job:ps/device:CPU:0"
    assert inner.device == "/job:ps/device:GPU:1"
    assert task.device == "/job:ps/task:3/device:CPU:0"
    assert none.device == ""
    assert tf.no_op().device == ""


def test_device_functions() -> None:
    """A function of the operation chooses."""
    with tf.device(lambda op: "/device:CPU:0" if op.type == "NoOp" else "/device:GPU:0"):
        assert tf.no_op().device == "/device:CPU:0"
        assert tf.constant(1).device == "/device:GPU:0"


def test_bad_devices_are_refused() -> None:
    """A device is `/job:j/replica:r/task:t/device:TYPE:n`, or part of that."""
    with pytest.raises(ValueError), tf.device("/nonsense:x:y"):
        tf.no_op()


def test_tensors_have_their_operations_device() -> None:
    """`Tensor.device` is the operation's."""
    with tf.device("/cpu:0"):
        assert tf.constant(1).device == "/device:CPU:0"


def test_what_a_device_function_returns_stands() -> None:
    """A function outside other blocks sees what they said, and its answer replaces it, spelled as it is."""
    seen = []

    def everything_on_a_gpu(op: tf.Operation) -> str:
        seen.append(op.device)
        return "/gpu:1"

    with tf.device(everything_on_a_gpu), tf.device("/cpu:0"):
        assert tf.no_op().device == "/gpu:1"
    with tf.device("/job:ps"), tf.device(everything_on_a_gpu), tf.device("/task:2"):
        assert tf.no_op().device == "/job:ps/device:GPU:1"
    with tf.device(lambda op: ""), tf.device("/cpu:0"):
        assert tf.no_op().device == ""
    assert seen == ["/device:CPU:0", "/task:2"]


def test_blocks_left_in_another_order_are_an_assertion_error() -> None:
    """As in TensorFlow, for default graphs and for default sessions (in a thread: its stacks go with it)."""

    def leave_the_first(enter: Any) -> None:
        blocks = enter(), enter()
        for block in blocks:
            block.__enter__()
        with pytest.raises(AssertionError, match="Nesting violated"):
            blocks[0].__exit__(None, None, None)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(leave_the_first, lambda: tf.Graph().as_default()).result()
        pool.submit(leave_the_first, lambda: tf.Session().as_default()).result()
