"""Fetches of every kind, and the structure they come back in."""

from __future__ import annotations

import types
from collections import OrderedDict, defaultdict, namedtuple

import attrs
import numpy as np
import pytest

import sessile as tf

Pair = namedtuple("Pair", ["a", "b"])


@attrs.define
class Point:
    x: object
    y: object


class MyList(list):  # type: ignore[type-arg]
    pass


class MyTuple(tuple):  # type: ignore[type-arg]
    pass


class MyDict(dict):  # type: ignore[type-arg]
    pass


def test_structures_come_back() -> None:
    c = tf.constant(1.0)
    sess = tf.Session()
    assert sess.run([]) == []
    assert sess.run({}) == {}
    assert sess.run(()) == ()
    assert sess.run([[[]], {"a": []}]) == [[[]], {"a": []}]
    assert sess.run((c, [c, (c,)])) == (1.0, [1.0, (1.0,)])
    assert sess.run(Pair(c, [c])) == Pair(1.0, [1.0])
    assert sess.run(Point(c, {"k": c})) == Point(1.0, {"k": 1.0})


def test_mappings_keep_their_type_and_order() -> None:
    c = tf.constant(1.0)
    sess = tf.Session()
    ordered = sess.run(OrderedDict(b=c, a=c))
    assert type(ordered) is OrderedDict
    assert list(ordered) == ["b", "a"]
    default = sess.run(defaultdict(int, a=c))
    assert default.default_factory is int
    assert type(sess.run(MyDict(a=c))) is MyDict
    assert sess.run(types.MappingProxyType({"a": c}))["a"] == 1.0


def test_subclasses_of_sequences() -> None:
    c = tf.constant(1.0)
    assert sess_run(MyList([c])) == [1.0]
    assert sess_run(MyTuple([c])) == (1.0,)


def sess_run(fetches: object) -> object:
    return tf.Session().run(fetches)


def test_tensor_fetched_twice_is_one_value() -> None:
    c = tf.constant([1.0, 2.0]) * 2.0
    first, second, (third,) = tf.Session().run([c, c.name, (c,)])
    assert first is second is third


def test_scalars_are_numpy_scalars_and_bytes() -> None:
    values = tf.Session().run([tf.constant(1.0), tf.constant(1), tf.constant(True), tf.constant("a")])
    assert [type(value) for value in values] == [np.float32, np.int32, np.bool_, bytes]


def test_operations_and_tensors_together() -> None:
    c = tf.constant(3.0)
    assert tf.Session().run([tf.no_op(), c, c.op]) == [None, 3.0, None]


def test_variable_and_bytes_name() -> None:
    v = tf.Variable([1.0], name="v")
    sess = tf.Session()
    sess.run(v.initializer)
    np.testing.assert_array_equal(sess.run(v), [1.0])
    np.testing.assert_array_equal(sess.run(b"v:0"), [1.0])
    np.testing.assert_array_equal(sess.run({"k": (v,)})["k"][0], [1.0])


def test_fetched_feed_is_the_fed_value_but_not_the_fed_array() -> None:
    x = tf.placeholder(tf.float32, [2])
    fed = np.array([1.0, 2.0], np.float32)
    for result in (tf.Session().run(x, {x: fed}), tf.Session().make_callable(x, [x])(fed)):
        np.testing.assert_array_equal(result, fed)
        assert not np.shares_memory(result, fed)


@pytest.mark.parametrize("make", [tf.identity, lambda x: x[::-1], lambda x: tf.reshape(x, [-1]), lambda x: x[1:]])
def test_results_do_not_alias_feeds(make: object) -> None:
    x = tf.placeholder(tf.float32, [2])
    fed = np.array([1.0, 2.0], np.float32)
    y = make(x)  # type: ignore[operator]
    sess = tf.Session()
    callable_ = sess.make_callable(y, [x])
    for result in (sess.run(y, {x: fed}), sess.run(y, {x: fed}), callable_(fed), callable_(fed)):
        assert not np.shares_memory(result, fed)


def test_results_are_writable_and_independent() -> None:
    c = tf.constant([1.0, 2.0])
    sess = tf.Session()
    first = sess.run(c)
    first[:] = 5.0
    np.testing.assert_array_equal(sess.run(c), [1.0, 2.0])


def test_equal_structures_share_a_signature() -> None:
    x = tf.placeholder(tf.float32, [None])
    y = tf.placeholder(tf.float32, [None])
    z = x + y
    sess = tf.Session()
    one = np.ones(1, np.float32)
    sess.run(z, {x: one, y: one})
    for _ in range(3):
        sess.run(z, {y: one, "x:0" if False else x: one})
        sess.run([z], {x.name: one, y.name: one})
        sess.run({"a": z}, {(x, y): (one, one)})
        sess.run(z, {x: np.ones(5), y: [1.0] * 5})
    assert sess._programs_built == 1


def test_a_graph_that_grows_keeps_its_programs() -> None:
    a = tf.constant(1.0)
    sess = tf.Session()
    sess.run(a)
    for _ in range(3):
        tf.constant(2.0)
        sess.run(a)
    assert sess._programs_built == 1


def test_an_edited_graph_is_planned_again() -> None:
    v = tf.Variable(0)
    read = tf.identity(v)
    add = v.assign_add(1).op
    sess = tf.Session()
    sess.run(v.initializer)
    assert sess.run(read) == 0
    read.op._add_control_input(add)
    assert sess.run(read) == 1


class Both:
    def __init__(self, a: object, b: object) -> None:
        self.a = a
        self.b = b


def test_conversion_functions_for_own_types() -> None:
    tf.register_session_run_conversion_functions(
        Both,
        lambda both: ([both.a, both.b], lambda values: Both(*values)),
        lambda both, value: [(both.a, value), (both.b, -value)],
        lambda both: [both.a, both.b],
    )
    with pytest.raises(ValueError, match="has already been registered"):
        tf.register_session_run_conversion_functions(Both)
    x, y = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
    result = tf.Session().run({"k": Both(x * 2.0, y)}, {Both(x, y): 3.0})
    assert (result["k"].a, result["k"].b) == (6.0, -3.0)
