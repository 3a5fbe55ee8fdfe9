"""Wrong uses: the class that TensorFlow raises, a message that names the thing, and a session that still works."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sessile as tf


class World:
    """A small graph, a session of it, and elements of another graph."""

    def __init__(self) -> None:
        self.x = tf.placeholder(tf.float32, [None, 3], name="x")
        self.i = tf.placeholder(tf.int32, [], name="i")
        self.s = tf.placeholder(tf.string, name="s")
        self.y = tf.multiply(self.x, 2.0, name="y")
        self.c = tf.constant(1.0, name="c")
        self.op = tf.no_op(name="op")
        self.v = tf.Variable(1.0, name="v")
        self.other = tf.Graph()
        with self.other.as_default():
            self.foreign = tf.constant(3.0, name="foreign")
        self.sess = tf.Session()
        self.value = np.ones((1, 3), np.float32)


Use = Callable[[World], Any]
INVALID = tf.errors.InvalidArgumentError

WRONG: dict[str, tuple[Use, type[Exception], str]] = {
    "fetch None": (lambda w: w.sess.run(None), TypeError, "Argument `fetch` = None has invalid type \"NoneType\""),
    "fetch int": (lambda w: w.sess.run(3), TypeError, "has invalid type \"int\" must be a string or Tensor"),
    "fetch set": (lambda w: w.sess.run({w.c}), TypeError, "has invalid type \"set\""),
    "fetch generator": (lambda w: w.sess.run(t for t in [w.c]), TypeError, "has invalid type \"generator\""),
    "fetch array": (lambda w: w.sess.run(np.ones(1)), TypeError, "has invalid type \"ndarray\""),
    "fetch object": (lambda w: w.sess.run(object()), TypeError, "has invalid type \"object\""),
    "fetch session": (lambda w: w.sess.run(w.sess), TypeError, "has invalid type \"Session\""),
    "fetch graph": (lambda w: w.sess.run(w.sess.graph), TypeError, "has invalid type \"Graph\""),
    "None in a list": (lambda w: w.sess.run([w.c, None]), TypeError, "Cannot be None"),
    "None in a dictionary": (lambda w: w.sess.run({"a": None}), TypeError, "Cannot be None"),
    "unknown operation": (lambda w: w.sess.run("nope"), ValueError, "'nope' refers to an Operation not in the graph"),
    "unknown tensor": (lambda w: w.sess.run("nope:0"), ValueError, "'nope', does not exist in the graph"),
    "near name": (lambda w: w.sess.run("foreig:0"), ValueError, "refers to a Tensor which does not exist"),
    "no such output": (lambda w: w.sess.run("c:1"), ValueError, "exists but only has 1 outputs"),
    "no tensor name": (lambda w: w.sess.run("c:a"), ValueError, "looks a like a Tensor name, but is not a valid one"),
    "foreign tensor": (lambda w: w.sess.run(w.foreign), ValueError, "is not an element of this graph"),
    "foreign operation": (lambda w: w.sess.run(w.foreign.op), ValueError, "is not an element of this graph"),
    "missing feed": (lambda w: w.sess.run(w.y), INVALID, r"placeholder tensor 'x' with dtype float and shape \[\?,3\]"),
    "missing feed names the fetch": (lambda w: w.sess.run(w.y), INVALID, "y:0"),
    "missing feed names the line": (lambda w: w.sess.run(w.y), INVALID, "test_wrong_uses.py"),
    "fetched placeholder": (lambda w: w.sess.run(w.i), INVALID, "placeholder tensor 'i' with dtype int32"),
    "wrong extent": (lambda w: w.sess.run(w.y, {w.x: [[1, 2]]}), ValueError, r"shape \(1, 2\) for Tensor x:0"),
    "wrong rank": (lambda w: w.sess.run(w.y, {w.x: 1}), ValueError, r"shape \(\) for Tensor x:0, which has shape"),
    "empty list": (lambda w: w.sess.run(w.y, {w.x: []}), ValueError, r"shape \(0,\)"),
    "ragged": (lambda w: w.sess.run(w.y, {w.x: [[1, 2], [3]]}), ValueError, "different lengths"),
    "text for numbers": (lambda w: w.sess.run(w.y, {w.x: "abc"}), ValueError, "could not convert string to float"),
    "None for numbers": (lambda w: w.sess.run(w.y, {w.x: None}), ValueError, r"Cannot feed value of shape \(\)"),
    "function": (lambda w: w.sess.run(w.i + 1, {w.i: len}), TypeError, "argument must be"),
    "too large integer": (lambda w: w.sess.run(w.i + 1, {w.i: 2**40}), TypeError, "is not compatible with Tensor type"),
    "number for text": (lambda w: w.sess.run(tf.identity(w.s), {w.s: 5}), TypeError, "is not compatible with Tensor"),
    "tensor as a value": (lambda w: w.sess.run(w.y, {w.x: w.c}), TypeError, "cannot be a tf.Tensor object.*c:0"),
    "tensor in a value": (lambda w: w.sess.run(w.y, {w.x: [w.c]}), NotImplementedError, "symbolic tf.Tensor"),
    "operation as a key": (lambda w: w.sess.run(w.y, {w.op: 1}), TypeError, "convert a Operation into a Tensor"),
    "number as a key": (lambda w: w.sess.run(w.y, {3: 1}), TypeError, "Can not convert a int into a Tensor"),
    "None as a key": (lambda w: w.sess.run(w.y, {None: 1}), TypeError, "Can not convert a NoneType into a Tensor"),
    "foreign key": (lambda w: w.sess.run(w.y, {w.foreign: 1}), TypeError, "is not an element of this graph"),
    "unknown key": (lambda w: w.sess.run(w.y, {"nope:0": 1}), TypeError, "Cannot interpret feed_dict key as Tensor"),
    "operation's name as a key": (lambda w: w.sess.run(w.y, {"x": 1}), TypeError, "an Operation, not a Tensor"),
    "list as feeds": (lambda w: w.sess.run(w.y, [1]), TypeError, "must be a dictionary or collection.Mapping"),
    "text as feeds": (lambda w: w.sess.run(w.y, "x"), TypeError, "must be a dictionary or collection.Mapping"),
    "nested keys": (lambda w: w.sess.run(w.y, {(w.x, w.i): (1,)}), ValueError, "Key had 2 elements"),
    "options": (lambda w: w.sess.run(w.c, options=3), TypeError, "`options` must be a tf.RunOptions, but got \"int\""),
    "metadata": (lambda w: w.sess.run(w.c, run_metadata=3), TypeError, "`run_metadata` must be a tf.RunMetadata"),
    "uninitialised": (lambda w: w.sess.run(w.v), tf.errors.FailedPreconditionError, "uninitialized value v"),
    "graph argument": (lambda w: tf.Session(graph=3), TypeError, "Argument `graph` must be a tf.Graph, but got"),
    "config argument": (lambda w: tf.Session(config=3), TypeError, "`config` must be a tf.ConfigProto, but got"),
    "target argument": (lambda w: tf.Session(target=3), TypeError, "`target` must be a string, but got"),
    "unknown target": (lambda w: tf.Session("foo"), tf.errors.NotFoundError, "No session factory registered"),
    "reset of no target": (lambda w: tf.Session.reset(3), TypeError, "must be a string"),
    "callable of None": (lambda w: w.sess.make_callable(None), TypeError, "Cannot be None"),
    "callable of a foreign tensor": (lambda w: w.sess.make_callable(w.foreign), ValueError, "not an element of"),
    "feed list": (lambda w: w.sess.make_callable(w.y, w.x), TypeError, "`feed_list` must be a list or tuple"),
    "feed list of numbers": (lambda w: w.sess.make_callable(w.y, [3]), TypeError, "convert a int into a Tensor"),
    "feed list of operations": (lambda w: w.sess.make_callable(w.y, [w.op]), TypeError, "Can not convert a Operation"),
    "too few arguments": (lambda w: w.sess.make_callable(w.y, [w.x])(), TypeError, "x:0"),
    "too many arguments": (lambda w: w.sess.make_callable(w.y, [w.x])(1, 2), TypeError, "but 2 were given"),
    "callable's shape": (lambda w: w.sess.make_callable(w.y, [w.x])([[1]]), ValueError, "Cannot feed value of shape"),
    "callable's options": (
        lambda w: w.sess.make_callable(w.y, [w.x], accept_options=True)(w.value, options=3), TypeError, "RunOptions"
    ),
    "eval without session": (lambda w: w.c.eval(), ValueError, "Cannot evaluate tensor using `eval\\(\\)`: No default"),
    "run without session": (lambda w: w.op.run(), ValueError, "Cannot execute operation using `run\\(\\)`: No default"),
    "eval in a foreign session": (lambda w: w.foreign.eval(session=w.sess), ValueError, "graph is different"),
    "handle of no tensor": (lambda w: tf.get_session_handle(3), TypeError, "`data` must be of type Tensor"),
    "reader without type": (lambda w: tf.get_session_tensor("a;0;/cpu:0", None), TypeError, "needs the type"),
    "reader of garbage": (lambda w: tf.get_session_tensor("garbage", tf.int32), ValueError, "'garbage' is no session"),
    "explain None": (lambda w: w.sess.explain(None), TypeError, "Cannot be None"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_wrong_use(case: str) -> None:
    use, error, message = WRONG[case]
    world = World()
    with pytest.raises(error, match=message):
        use(world)
    np.testing.assert_array_equal(world.sess.run(world.y, {world.x: world.value}), world.value * 2)


CLOSED: dict[str, Use] = {
    "run": lambda w: w.sess.run(w.c),
    "run of nothing": lambda w: w.sess.run([]),
    "make_callable": lambda w: w.sess.make_callable(w.c),
    "partial_run_setup": lambda w: w.sess.partial_run_setup([w.c]),
    "partial_run": lambda w: w.sess.partial_run("h", w.c),
    "explain": lambda w: w.sess.explain(w.c),
    "eval": lambda w: w.c.eval(session=w.sess),
    "with options": lambda w: w.sess.run(w.c, options=tf.RunOptions()),
}


@pytest.mark.parametrize("case", CLOSED)
def test_closed_session(case: str) -> None:
    world = World()
    world.sess.run(world.c)
    world.sess.close()
    with pytest.raises(RuntimeError, match=r"Attempted to use a closed Session\."):
        CLOSED[case](world)


@pytest.mark.parametrize("fetches", [[], None, "x"])
def test_empty_graph(fetches: object) -> None:
    with pytest.raises(RuntimeError, match="The Session graph is empty. Add operations to the graph before"):
        tf.Session(graph=tf.Graph()).run(fetches)


def test_unfeedable_and_unfetchable() -> None:
    world = World()
    graph = tf.get_default_graph()
    sess = world.sess
    assert sess.run(world.c + 1.0, {world.c: 2.0}) == 3.0
    graph.prevent_feeding(world.c)
    with pytest.raises(ValueError, match="Tensor c:0 may not be fed"):
        sess.run(world.y, {world.c: 1, world.x: world.value})
    sess.run(world.op)
    graph.prevent_fetching(world.op)
    with pytest.raises(ValueError, match="Operation op has been marked as not fetchable"):
        sess.run(world.op)


def test_failing_step_names_operation_line_and_leaves_the_session_usable() -> None:
    x = tf.placeholder(tf.int32, [None], name="x")
    y = tf.placeholder(tf.int32, [None], name="y")
    z = tf.add(x, y, name="z")
    sess = tf.Session()
    for f in (lambda a, b: sess.run(z, {x: a, y: b}), sess.make_callable(z, [x, y])):
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"(?s)z.*test_wrong_uses\.py") as error:
            f([1, 2], [1, 2, 3])
        assert error.value.op is z.op
        np.testing.assert_array_equal(f([1], [2]), [3])
