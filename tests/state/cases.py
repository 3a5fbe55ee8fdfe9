"""What variables build and do, written against TensorFlow 1's names: recorded with TensorFlow, replayed here.

Each case takes the library's module and an empty default graph, and returns what can be written as JSON. The nodes of
the graph are recorded beside it.
"""

from __future__ import annotations

from typing import Any, Callable  # noqa: UP035  TensorFlow 1 runs this with a Python whose other one has no types

import numpy as np

CASES: dict[str, Callable[[Any], Any]] = {}


def case(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    CASES[function.__name__] = function
    return function


def values(tf: Any, variables: list[Any], *steps: Any) -> list[Any]:
    """The variables after each step, and what the step returned."""
    found = []
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(tf.local_variables_initializer())
        for step in steps:
            result = session.run(step)
            after = session.run(variables)
            found.append([None if result is None else np.asarray(result).tolist(), *(a.tolist() for a in after)])
    return found


def table(tf: Any, is_resource: bool) -> Any:
    return tf.get_variable("w", initializer=np.arange(12.0, dtype="float32").reshape(4, 3), use_resource=is_resource)


def slices(tf: Any, count: int) -> Any:
    return tf.IndexedSlices(tf.constant(np.full((count, 3), 2.0, "float32")), tf.constant([3, 1, 3][:count]))


def changes(tf: Any, is_resource: bool) -> Any:
    w = table(tf, is_resource)
    steps = [
        w.assign(np.full((4, 3), 7.0, "float32")),
        w.assign_add(tf.ones([4, 3])),
        w.assign_sub(tf.ones([4, 3]) * 2.0),
        w.assign_add(tf.ones([4, 3]), read_value=False),
        tf.assign(w, tf.zeros([4, 3])),
        w[1:3].assign(tf.ones([2, 3])),
        w[0, 2].assign(5.0),
        w[::-2, 1].assign([8.0, 9.0]),
    ]
    return values(tf, [w], *steps)


@case
def changes_of_a_reference(tf: Any) -> Any:
    return changes(tf, False)


@case
def changes_of_a_resource(tf: Any) -> Any:
    return changes(tf, True)


def scattered(tf: Any, is_resource: bool) -> Any:
    w = table(tf, is_resource)
    ones = np.ones((2, 3), "float32")
    steps = [
        tf.scatter_update(w, [0, 2], ones),
        tf.scatter_add(w, [1, 1], ones),
        tf.scatter_sub(w, [1, 3], ones),
        tf.scatter_mul(w, [3], [[2.0, 3.0, 4.0]]),
        tf.scatter_div(w, [3], [[2.0, 3.0, 4.0]]),
        tf.scatter_min(w, [3, 0], ones * 5.0),
        tf.scatter_max(w, [3, 0], ones * 6.0),
        tf.scatter_nd_update(w, [[0, 1], [2, 2]], [10.0, 20.0]),
        tf.scatter_nd_add(w, [[0], [0]], ones),
        tf.scatter_nd_sub(w, [[3, 2]], [1.0]),
        w.scatter_add(slices(tf, 3)),
        w.scatter_update(slices(tf, 2)),
        w.scatter_nd_add([[1, 1]], [0.5]),
    ]
    return values(tf, [w], *steps)


@case
def scattering_into_a_reference(tf: Any) -> Any:
    return scattered(tf, False)


@case
def scattering_into_a_resource(tf: Any) -> Any:
    return scattered(tf, True)


@case
def reading_a_resource(tf: Any) -> Any:
    w = table(tf, True)
    reads = [w + 1.0, 2.0 * w, -w, w.value(), w.read_value(), w[1], w.sparse_read([2, 0]), tf.gather(w, [[1]])]
    reads += [tf.gather_nd(w, [[1, 2]]), w.gather_nd([[0]]), tf.matmul(w, w, transpose_b=True), w.is_initialized()]
    after = w.assign(tf.zeros([4, 3]))
    reads += [after + 1.0, after.read_value()]
    return [str(read.shape) for read in reads], values(tf, [w], *reads)


@case
def what_a_resource_says_of_itself(tf: Any) -> Any:
    w = tf.Variable(lambda: tf.ones([2], tf.float64), name="a/b", use_resource=True, trainable=False, dtype=tf.float64)
    again = tf.Variable.from_proto(w.to_proto())
    message = w.to_proto()
    fields = ["variable_name", "initializer_name", "snapshot_name", "initial_value_name", "is_resource", "trainable"]
    return [
        w.name, w.op.name, w.handle.name, w.initializer.name, w.initial_value.name, w.dtype.name, str(w.shape),
        w.trainable, repr(w), again.name, again.initializer.name, [getattr(message, field) for field in fields],
    ]  # fmt: skip


@case
def counting(tf: Any) -> Any:
    a = tf.Variable(3, name="a")
    b = tf.Variable(3, name="b", use_resource=True)
    return values(tf, [a, b], a.count_up_to(9), b.count_up_to(9), tf.count_up_to(a, 9), tf.count_up_to(b, 9))


@case
def parts(tf: Any) -> Any:
    w = tf.get_variable("w", initializer=tf.zeros_initializer(), shape=[5, 2], partitioner=tf.fixed_size_partitioner(2))
    whole = tf.convert_to_tensor(w)
    steps = [w.assign(np.arange(10.0, dtype="float32").reshape(5, 2)), w.assign_add(tf.ones([5, 2]))]
    found = []
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for step in steps:
            session.run(step)
            found.append(session.run(whole).tolist())
    infos = [part._get_save_slice_info().spec for part in w]
    return [w.name, str(w.shape), w.dtype.name, len(w), [part.name for part in w], infos, found]


@case
def partitioners(tf: Any) -> Any:
    shape = tf.TensorShape([16, 8])
    made = [
        tf.fixed_size_partitioner(3, axis=1), tf.fixed_size_partitioner(20),
        tf.min_max_variable_partitioner(max_partitions=4, min_slice_size=16),
        tf.min_max_variable_partitioner(max_partitions=40, axis=1, min_slice_size=100),
        tf.variable_axis_size_partitioner(64), tf.variable_axis_size_partitioner(64, max_shards=2),
        tf.variable_axis_size_partitioner(1000, axis=1),
    ]  # fmt: skip
    return [[list(one(shape=shape, dtype=dtype)) for dtype in (tf.float32, tf.string)] for one in made]


@case
def scopes(tf: Any) -> Any:
    zeros = tf.zeros_initializer()
    calls: list[Any] = []

    def getter(inner: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        calls.append(["getter", name, sorted(kwargs)])
        return inner(name + "_x", *args, **kwargs)

    def outer(inner: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        calls.append(["outer", name])
        return inner(name, *args, **kwargs)

    def creator(inner: Any, **kwargs: Any) -> Any:
        calls.append(["creator", sorted(kwargs)])
        return inner(**kwargs)

    with tf.variable_scope("a", custom_getter=outer, use_resource=True), tf.variable_scope("b", custom_getter=getter):
        first = tf.get_variable("w", [2], initializer=zeros)
    with tf.variable_scope("c", regularizer=lambda value: tf.reduce_sum(value) * 0.5, dtype=tf.float64) as scope:
        second = tf.get_variable("w", [2], initializer=zeros)
        tf.get_variable("free", [2], initializer=zeros, regularizer=tf.no_regularizer)
    with tf.variable_creator_scope(creator):
        third = tf.Variable(1.0, name="made")
    with tf.variable_scope(None, "a"):
        fourth = tf.get_variable("w", [2], initializer=zeros)
    with tf.variable_scope(scope, reuse=True):
        fifth = tf.get_variable("w", [2])
    local = tf.get_local_variable("local", [2], initializer=zeros)
    losses = [loss.name for loss in tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)]
    names = [variable.name for variable in (first, second, third, fourth, fifth, local)]
    return [calls, losses, names, fifth is second, [v.name for v in tf.local_variables()], type(first).__name__]


@case
def templates(tf: Any) -> Any:
    def scaled(x: Any, factor: float) -> Any:
        return x * tf.get_variable("w", [], initializer=tf.ones_initializer()) * factor

    one = tf.make_template("scaled", scaled, factor=3.0)
    other = tf.make_template("scaled", scaled, factor=4.0)
    tensors = [one(tf.constant(1.0)), one(tf.constant(2.0)), other(tf.constant(1.0))]
    names = [variable.name for variable in tf.global_variables()]
    return [[tensor.name for tensor in tensors], names, one.variable_scope_name, values(tf, [], *tensors)]


def nodes(graph: Any) -> list[str]:
    """The nodes of a graph as text: name, type, inputs, control inputs, group."""
    lines = []
    for op in graph.get_operations():
        node = op.node_def
        group = sorted(text.decode() for text in node.attr["_class"].list.s) if "_class" in node.attr else []
        controls = sorted("^" + other.name for other in op.control_inputs)
        lines.append(" ".join([op.name, op.type, *(tensor.name for tensor in op.inputs), *controls, *group]))
    return lines


def run(tf: Any, name: str) -> dict[str, Any]:
    """The answer of a case and the nodes it made."""
    with tf.Graph().as_default() as graph:
        answer = CASES[name](tf)
        return {"answer": answer, "nodes": nodes(graph)}
