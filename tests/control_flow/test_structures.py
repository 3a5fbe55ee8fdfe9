"""In what structure branches and loops give their results, as recorded from TensorFlow 1.15."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from typing import Any

import pytest

import sessile as tf

Pair = namedtuple("Pair", "a b")
one = tf.constant

BRANCHES: dict[str, tuple[Callable[[], Any], Any]] = {  # what both branches return; what `cond` does
    "list of one": (lambda: [one(1)], 1),
    "list of a list of one": (lambda: [[one(1)]], 1),
    "tuple of a list of one": (lambda: ([one(1)],), 1),
    "list of a list of two": (lambda: [[one(1), one(2)]], [1, 2]),
    "list of a dictionary": (lambda: [{"a": one(1)}], {"a": 1}),
    "list in a list": (lambda: [[one(1)], one(2)], [[1], 2]),
    "named tuple": (lambda: Pair(one(1), one(2)), Pair(1, 2)),
}


@pytest.mark.parametrize("case", BRANCHES)
def test_branches(case: str) -> None:
    branch, expected = BRANCHES[case]
    with tf.Graph().as_default(), tf.Session() as session:
        result = session.run(tf.cond(tf.placeholder_with_default(True, []), branch, branch))
    assert result == expected
    assert isinstance(result, type(expected)) or expected == 1


def test_branches_that_are_strict_keep_their_lists() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        pred = tf.placeholder_with_default(True, [])
        assert session.run(tf.cond(pred, lambda: [[one(1)]], lambda: [[one(2)]], strict=True)) == [[1]]
        with pytest.raises(ValueError, match="true_fn and false_fn must return at least one result"):
            tf.cond(pred, list, list)


LOOPS: dict[str, tuple[Any, Callable[..., Any], dict[str, Any], Any]] = {  # variables, body, options; the result
    "a tensor": ([1], lambda a: a + 1, {}, 3),
    "a tensor, kept": ([1], lambda a: a + 1, {"return_same_structure": True}, [3]),
    "a tensor, limited": ([1], lambda a: a + 1, {"maximum_iterations": 1}, 2),
    "a list, limited, kept": ([1], lambda a: [a + 1], {"maximum_iterations": 1, "return_same_structure": True}, [2]),
    "a list of two, limited": ([[1, 5]], lambda a: [a[0] + 1, a[1]], {"maximum_iterations": 1}, [2, 5]),
    "a tuple of one, limited": (((1,),), lambda a: (a[0] + 1,), {"maximum_iterations": 1}, (2,)),
    "a named tuple, limited": ([Pair(1, 5)], lambda a: Pair(a.a + 1, a.b), {"maximum_iterations": 1}, Pair(2, 5)),
    "a dictionary, limited": ([{"x": 1}], lambda a: {"x": a["x"] + 1}, {"maximum_iterations": 1}, {"x": 2}),
    "two, limited": ((1, [5]), lambda a, b: (a + 1, b), {"maximum_iterations": 1}, (2, [5])),
}


@pytest.mark.parametrize("case", LOOPS)
def test_loops(case: str) -> None:
    start, body, options, expected = LOOPS[case]

    def goes_on(a: Any, *_: Any) -> Any:
        return tf.contrib.framework.nest.flatten(a)[0] < 3

    with tf.Graph().as_default(), tf.Session() as session:
        variables = tf.contrib.framework.nest.map_structure(tf.constant, start)
        assert session.run(tf.while_loop(goes_on, body, variables, **options)) == expected


def test_the_shape_of_the_only_variable_of_a_limited_loop_may_change() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        longer = tf.while_loop(
            lambda a: tf.constant(True), lambda a: tf.concat([a, a], 0), [tf.ones([1])],
            shape_invariants=[tf.TensorShape([None])], maximum_iterations=3,
        )  # fmt: skip
        assert session.run(longer).shape == (8,)
