"""Variables, scopes, handles, checks, text of values: the nodes they make, and values where a single step gives them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Case = Callable[[Any], Any]


def _after(tf: Any, first: Any, then: Callable[[], Any]) -> Any:
    with tf.control_dependencies([first]):
        return then()


def _assigned(method: str, *arguments: Any, **options: Any) -> Case:
    """The value of a variable after its initializer and one update."""

    def case(tf: Any) -> Any:
        v = tf.Variable([1.0, 2.0, 3.0], name="v")
        update = _after(tf, v.initializer, lambda: getattr(tf, method)(v, *arguments, **options))
        return _after(tf, update, v.read_value)

    return case


def _initialized(**options: Any) -> Case:
    def case(tf: Any) -> Any:
        v = tf.Variable(**{name: value(tf) if callable(value) else value for name, value in options.items()})
        return _after(tf, v.initializer, v.read_value)

    return case


def _scoped(tf: Any) -> Any:
    with tf.variable_scope("a"):
        x = tf.get_variable("x", [2], initializer=tf.ones_initializer())
        with tf.variable_scope("b"):
            y = tf.get_variable("y", [2], initializer=tf.constant_initializer([3.0, 4.0]))
        with tf.variable_scope(None, "c"):
            z = tf.constant(1.0)
    with tf.variable_scope("a", reuse=True):
        assert tf.get_variable("x") is x
        return [tf.shape(x), tf.shape(y), z]


def _get(**options: Any) -> Case:
    def case(tf: Any) -> Any:
        arguments = {name: value(tf) if callable(value) else value for name, value in options.items()}
        return tf.shape(tf.get_variable("w", **arguments))

    return case


def _operators(tf: Any) -> Any:
    v = tf.Variable([1.0, 2.0, 3.0], name="v")
    read = _after(tf, v.initializer, v.read_value)
    return [tf.shape(v + 1.0), tf.shape(2.0 * v), tf.shape(v[1:]), read]


def _format(*values: Any, **options: Any) -> Case:
    template = " ".join(["{}"] * len(values))

    def case(tf: Any) -> Any:
        inputs = [tf.constant(value) for value in values]
        return tf.raw_ops.StringFormat(inputs=inputs, template=template, placeholder="{}", **options)

    return case


CASES: dict[str, Case] = {
    "variable": _initialized(initial_value=1.0),
    "variable_name_dtype": _initialized(initial_value=[1, 2], name="w", dtype="float64", trainable=False),
    "variable_string": _initialized(initial_value=["a", "b"]),
    "variable_tensor": _initialized(initial_value=lambda tf: tf.constant([1.0, 2.0]) * 2.0),
    "variable_function": lambda tf: tf.shape(tf.Variable(lambda: tf.constant([1, 2]), name="f")),
    "variables": lambda tf: [tf.shape(tf.Variable(1.0)), tf.shape(tf.Variable([2.0])), tf.shape(tf.Variable(3))],
    "variable_nothing": lambda tf: tf.Variable(),
    "variable_no_shape": lambda tf: tf.Variable(tf.placeholder(tf.float32)),
    "variable_uninitialized": lambda tf: tf.Variable(1.0),
    "variable_operators": _operators,
    "is_variable_initialized": lambda tf: tf.raw_ops.IsVariableInitialized(ref=tf.Variable(1.0)._ref()),
    "assign": _assigned("assign", [4.0, 5.0, 6.0]),
    "assign_wrong_shape": _assigned("assign", [4.0, 5.0]),
    "assign_unchecked_shape": _assigned("assign", [4.0, 5.0], validate_shape=False),
    "assign_wrong_type": _assigned("assign", ["a", "b", "c"]),
    "assign_add": _assigned("assign_add", [1.0, 1.0, 1.0]),
    "assign_add_wrong_shape": _assigned("assign_add", 1.0),
    "assign_sub": _assigned("assign_sub", [1.0, 1.0, 1.0], name="less"),
    "scatter_update": _assigned("scatter_update", [0, 2], [7.0, 8.0]),
    "scatter_update_scalar": _assigned("scatter_update", 1, 7.0),
    "scatter_add": _assigned("scatter_add", [0, 0, 1], [1.0, 2.0, 3.0]),
    "scatter_sub": _assigned("scatter_sub", [2], [1.0]),
    "scatter_mul": _assigned("scatter_mul", [0, 0], [2.0, 3.0]),
    "scatter_div": _assigned("scatter_div", [0, 1], [2.0, 4.0]),
    "scatter_min": _assigned("scatter_min", [0, 2], [0.5, 9.0]),
    "scatter_max": _assigned("scatter_max", [0, 2], [0.5, 9.0]),
    "scatter_outside": _assigned("scatter_add", [3], [1.0]),
    "scopes": _scoped,
    "get_variable": _get(shape=[2, 3]),
    "get_variable_integers": _get(shape=[2], dtype="int32"),
    "get_variable_values": _get(initializer=lambda tf: [1.0, 2.0]),
    "get_variable_tensor": _get(initializer=lambda tf: tf.zeros([3])),
    "get_variable_normal": _get(shape=[2], initializer=lambda tf: tf.random_normal_initializer(seed=1)),
    "get_variable_truncated": _get(shape=[4], initializer=lambda tf: tf.truncated_normal_initializer(seed=1)),
    "get_variable_scaled": _get(shape=[3, 4], initializer=lambda tf: tf.glorot_normal_initializer(seed=1)),
    "get_variable_no_shape": _get(),
    "get_variable_unknown_shape": _get(shape=[2, None]),
    "get_variable_shape_and_values": _get(shape=[3], initializer=lambda tf: tf.zeros([3])),
    "random_uniform_nodes": lambda tf: tf.shape(tf.random_uniform([2, 3], seed=5)),
    "random_uniform_range_nodes": lambda tf: tf.shape(tf.random_uniform([2], -1.0, 2.0, seed=5)),
    "random_uniform_integers_nodes": lambda tf: tf.shape(tf.random_uniform([2], 0, 10, tf.int32, seed=5)),
    "random_uniform_integers_without_end": lambda tf: tf.random_uniform([2], dtype=tf.int32),
    "random_normal_nodes": lambda tf: tf.shape(tf.random_normal([2], 1.0, 2.0, seed=3)),
    "truncated_normal_nodes": lambda tf: tf.shape(tf.truncated_normal([2], seed=3)),
    "random_shuffle_nodes": lambda tf: tf.shape(tf.random_shuffle([1, 2, 3], seed=3)),
    "get_session_handle_nodes": lambda tf: tf.shape(tf.get_session_handle(tf.constant(1.0), name="keep")),
    "get_session_handle_no_tensor": lambda tf: tf.get_session_handle(3),
    "get_session_tensor_nodes": lambda tf: [
        tf.constant(1.0),
        tf.get_session_tensor("a;0;/job:localhost/replica:0/task:0/device:CPU:0", tf.float32)[0].op.name,
    ][:1],
    "get_session_tensor_garbage": lambda tf: tf.get_session_tensor("garbage", tf.float32),
    "format_numbers": _format(1 / 3, 1e10, 3, True, float("nan"), -0.0),
    "format_float64": _format(np.array([1 / 3, 1e-300, 0.1, 123456789.0])),
    "format_half": _format(np.array([1 / 3, 1000, 0.1], np.float16)),
    "format_small": _format(np.array([255], np.uint8), np.array([-1], np.int8)),
    "format_text": _format("a", ["b", "c"]),
    "format_long": _format(np.arange(7), np.arange(6)),
    "format_matrix": _format(np.arange(16).reshape(4, 4), np.arange(100).reshape(10, 10)),
    "format_cube": _format(np.arange(8).reshape(2, 2, 2), np.arange(12).reshape(3, 1, 2, 2)),
    "format_all": _format(np.arange(20), summarize=-1),
    "format_one": _format(np.arange(20).reshape(4, 5), summarize=1),
    "format_empty": _format(np.zeros((0, 2))),
    "assert_true_nodes": lambda tf: _after(
        tf, tf.raw_ops.Assert(condition=True, data=["a", 1.0]), lambda: tf.constant(1.0)
    ),
    "assert_false": lambda tf: _after(
        tf, tf.raw_ops.Assert(condition=False, data=["a", 1.0]), lambda: tf.constant(1.0)
    ),
    "print_nodes": lambda tf: tf.Print(
        tf.constant(1.0), [tf.constant(2.0), "x"], message="m: ", first_n=0, summarize=5
    ),
    "assert_rank_static": lambda tf: tf.debugging.assert_rank(tf.placeholder(tf.float32, [2]), 2),
    "assert_type_wrong": lambda tf: tf.debugging.assert_type(tf.constant(1.0), tf.int32),
    "count_up_to": lambda tf: tf.Variable(2).count_up_to(3),
    "identity_of_variable": lambda tf: tf.shape(tf.identity(tf.Variable([1.0]))),
}
