"""Results are put into the structure of the fetches by the step: the same as Python would, nothing lost or leaked."""

from __future__ import annotations

import collections
import gc
import sys
import types
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

import attr
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessile.compiler.machine import abi
from sessile.compiler.step.structure import Keyed, Listed, Made, Nothing, Result, Structure, Tupled, flat

import sessile as tf

Pair = collections.namedtuple("Pair", "first second")


class Odd(tuple[Any, ...]):
    """A tuple of another class."""


@attr.s
class Record:
    """Fetches by name."""

    value = attr.ib()
    more = attr.ib(default=None)


class Refusing(Record):
    """Cannot be made of results."""


X = np.arange(3, dtype=np.float32)
FORMS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "a dict with a value and a list": lambda a, b, op: {"a": a, "b": [b]},
    "lists in lists": lambda a, b, op: [[a, [b]], [[a]]],
    "a tuple in a dict in a tuple": lambda a, b, op: ({"k": (a, b)},),
    "a named tuple": lambda a, b, op: Pair(a, b),
    "named tuples in one another": lambda a, b, op: Pair(Pair(b, a), [Pair(a, a)]),
    "a tuple of another class": lambda a, b, op: Odd((a, b)),
    "an ordered dict": lambda a, b, op: OrderedDict([("z", a), ("a", b)]),
    "a defaultdict": lambda a, b, op: collections.defaultdict(list, k=a, l=b),
    "a mapping proxy": lambda a, b, op: types.MappingProxyType({"k": a, "l": [b]}),
    "an attrs object": lambda a, b, op: Record(a, [b]),
    "a value given twice": lambda a, b, op: [a, a, {"again": a, "b": b}],
    "an operation": lambda a, b, op: op,
    "an operation and values": lambda a, b, op: [op, a, (op, b)],
    "operations alone": lambda a, b, op: {"train": op, "more": [op]},
    "keys of many kinds": lambda a, b, op: {1: a, "1": b, None: a, (1, 2): b, 2.5: a},
    "scalars": lambda a, b, op: {"s": b, "t": (b, b)},
}


@pytest.fixture
def session() -> Iterator[Any]:
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


def same(actual: Any, expected: Any) -> None:
    """Assert that two nests are equal, and of the same types."""
    assert type(actual) is type(expected)
    if isinstance(expected, dict | types.MappingProxyType):
        assert list(actual) == list(expected) and list(map(type, actual)) == list(map(type, expected))
        actual, expected = list(actual.values()), list(expected.values())
    if isinstance(expected, Record):
        actual, expected = [actual.value, actual.more], [expected.value, expected.more]
    if isinstance(expected, list | tuple):
        assert len(actual) == len(expected)
        for one, other in zip(actual, expected):
            same(one, other)
    elif isinstance(expected, np.ndarray | np.generic):
        np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize("has_state", [False, True])
@pytest.mark.parametrize("name", FORMS)
def test_every_structure(name: str, has_state: bool, session: Any) -> None:
    x = tf.placeholder(tf.float32, [None])
    w = tf.Variable(np.ones(3, np.float32))
    session.run(w.initializer)
    a, b = x * (w if has_state else 2.0), tf.reduce_sum(x)
    op = w.assign_add(x * 0.0).op if has_state else tf.no_op()
    values = {True: X, False: X * 2}[has_state]
    expected = FORMS[name](values, X.sum(), None)
    call = session.make_callable(FORMS[name](a, b, op), [x])
    for _ in range(3):
        same(call(X), expected)
        same(session.run(FORMS[name](a, b, op), {x: X}), expected)


def test_an_object_stands_wherever_its_value_is_asked_for(session: Any) -> None:
    x = tf.placeholder(tf.float32, [None])
    y = x + 1.0
    call = session.make_callable({"one": y, "two": [y]}, [x])
    for _ in range(2):
        result = call(X)
        assert result["one"] is result["two"][0]
        assert call(X)["one"] is not result["one"]


@pytest.mark.parametrize("name", FORMS)
def test_nothing_is_leaked(name: str, session: Any) -> None:
    x = tf.placeholder(tf.float32, [None])
    a, b = x * 2.0, tf.reduce_sum(x)
    call = session.make_callable(FORMS[name](a, b, tf.no_op()), [x])
    for _ in range(3):
        call(X)
    gc.collect()
    before = len(gc.get_objects()), sys.getrefcount(None), sys.getrefcount(X)
    for _ in range(200):
        call(X)
    gc.collect()
    after = len(gc.get_objects()), sys.getrefcount(None), sys.getrefcount(X)
    assert all(abs(now - then) < 100 for now, then in zip(after, before))
    if name != "an operation" and name != "operations alone":
        arrays = [item for item in _leaves(call(X)) if isinstance(item, np.ndarray)]
        assert all(sys.getrefcount(item) < 20 for item in arrays)


def _leaves(item: Any) -> list[Any]:
    if isinstance(item, Record):
        item = [item.value, item.more]
    if isinstance(item, dict | types.MappingProxyType):
        item = list(item.values())
    return [leaf for part in item for leaf in _leaves(part)] if isinstance(item, list | tuple) else [item]


def test_an_object_that_cannot_be_made_raises_its_error_and_leaks_nothing(
    session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    x = tf.placeholder(tf.float32, [None])
    a, b = x * 2.0, x + 1.0
    call = session.make_callable([a, {"r": Refusing(b, [a])}, (b,)], [x])
    call(X)
    call(X)

    def refuse(self: Any, *values: Any) -> None:
        raise KeyError("refused")

    monkeypatch.setattr(Refusing, "__init__", refuse)
    gc.collect()
    before = len([item for item in gc.get_objects() if type(item) in (list, dict)])
    for _ in range(100):
        with pytest.raises(KeyError, match="refused"):
            call(X)
    gc.collect()
    after = len([item for item in gc.get_objects() if type(item) in (list, dict)])
    assert after - before < 50


def test_the_same_structure_is_compiled_once(session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from sessile.compiler.machine import code

    made: list[str] = []
    init = code.Code.__init__

    def counting(self: Any, text: str, objects: Any) -> None:
        made.append(text)
        init(self, text, objects)

    monkeypatch.setattr(code.Code, "__init__", counting)
    x = tf.placeholder(tf.float32, [None])
    y, z = x * 3.0, x + 3.0
    for _ in range(3):
        call = session.make_callable({"a": y, "b": Pair(z, [y])}, [x])
        call(X)
        call(X)
    assert len([text for text in made if "@trampoline" not in text]) == (1 if abi.available() else 0)


def test_keys_that_are_equal_but_not_the_same_are_told_apart(session: Any) -> None:
    x = tf.placeholder(tf.float32, [None])
    y = x * 3.0
    for key in (1, True, 1.0, np.int64(1)):
        for _ in range(2):
            (found,) = session.make_callable({key: [y]}, [x])(X)
            assert type(found) is type(key)


def test_structures_say_what_they_are() -> None:
    structure = Keyed.of(("a", "b"), (Result(1), Listed((Result(0), Nothing(), Result(1)))))
    assert structure.rebuilding()(["x", "y"]) == {"a": "y", "b": ["x", None, "y"]}
    assert structure.results() == [1, 0, 1]
    assert structure.over([None, 0]).rebuilding()(["z"]) == {"a": "z", "b": [None, None, "z"]}
    assert Keyed.of((1,), (Result(0),)) != Keyed.of((True,), (Result(0),))
    assert flat("single", 1) == Result(0) and flat("tuple", 2) == Tupled((Result(0), Result(1)))


def trees(places: int) -> st.SearchStrategy[Structure]:
    """Return structures over so many results."""
    leaves = st.one_of(st.builds(Result, st.integers(0, places - 1)), st.just(Nothing()))

    def extended(parts: st.SearchStrategy[Structure]) -> st.SearchStrategy[Structure]:
        several = st.lists(parts, max_size=4).map(tuple)
        return st.one_of(
            several.map(Listed),
            several.map(Tupled),
            several.map(lambda some: Keyed.of([f"k{number}" for number in range(len(some))], some)),
            parts.map(lambda part: Made.of(repr, Listed((part,)))),
        )

    return st.recursive(leaves, extended, max_leaves=12)


@settings(max_examples=40, deadline=None)
@given(trees(3))
def test_any_structure_is_as_python_makes_it(structure: Structure) -> None:
    from tests.compiler.programs import numbered, program

    x = tf.placeholder(tf.float32, [None])
    made = program([x], [x * 2.0, tf.reduce_sum(x), x + 1.0])
    call = made.make_step(None, lambda index, value: np.asarray(value, np.float32), None, structure)
    expected = structure.rebuilding()(made.interpret([numbered(3)], None))
    for _ in range(2):
        same(call(numbered(3)), expected)


def test_a_step_that_returns_none_runs_once(session: Any) -> None:
    """None is what an operation gives, and no sign that a step did not take its arguments."""
    x = tf.placeholder(tf.float32, [None])
    w = tf.Variable(np.zeros(3, np.float32))
    session.run(w.initializer)
    call = session.make_callable(w.assign_add(x).op, [x])
    forms = [X, X.tolist(), X.astype(np.float64), X, np.repeat(X, 2)[::2], X.tolist()]
    for form in forms:
        assert call(form) is None
    np.testing.assert_array_equal(session.run(w), X * len(forms))
    for form in forms:
        assert session.run(w.assign_sub(x).op, {x: form}) is None
    np.testing.assert_array_equal(session.run(w), X * 0)
