"""Groups that share what they read, or read what another writes, become one wherever they stand."""

from __future__ import annotations

from typing import Any

import numpy as np

import sessile as tf
from tests.compiler.programs import agree, groups, numbered, plain, program, same

X = numbered(3, 4) - 5


def joined(feeds: list[Any], fetches: list[Any], *arrays: Any) -> list[list[str]]:
    """Return the groups of a program that gives what the interpreter gives."""
    made = program(feeds, fetches)
    same(plain(made, *arrays), made.interpret(list(arrays), None), ulp=4)
    return groups(made, *arrays)


def others(count: int) -> tuple[list[Any], list[Any]]:
    """Return placeholders and work on them that has nothing to do with anything else."""
    feeds = [tf.placeholder(tf.float32, [None]) for _ in range(count)]
    return feeds, [tf.exp(feed) for feed in feeds]


def test_work_on_one_array_shares_a_pass_with_other_work_between() -> None:
    x = tf.placeholder(tf.float32, [None, None])
    feeds, between = others(10)
    fetches = [tf.nn.relu(x), *between, tf.sigmoid(x)]
    found = joined([x, *feeds], fetches, X, *[numbered(2)] * 10)
    assert ["Relu", "Sigmoid"] in found and len(found) == 11


def test_folds_of_one_array_share_a_pass_with_other_work_between() -> None:
    x = tf.placeholder(tf.float32, [None, None])
    feeds, between = others(10)
    fetches = [tf.reduce_max(x), *between, tf.reduce_sum(x * x)]
    found = joined([x, *feeds], fetches, X, *[numbered(2)] * 10)
    assert ["Max", "Mul", "Sum"] in found and len(found) == 11


def test_folds_along_other_axes_take_their_elements_with_them() -> None:
    """The squares are not written to memory for the sake of sharing a pass with the maximum."""
    x = tf.placeholder(tf.float32, [None, None])
    found = joined([x], [tf.reduce_max(x, 0), tf.reduce_sum(x * x, 1)], X)
    assert found == [["Max"], ["Mul", "Sum"]]


def test_an_earlier_group_moves_down_to_a_later_one() -> None:
    x, w = tf.placeholder(tf.float32, [None, None]), tf.placeholder(tf.float32, [None, None])
    hidden = tf.matmul(w, x)
    made = program([x, w], [tf.exp(x), x + hidden])
    agree(made, X, numbered(3, 3), ulp=4)
    assert groups(made, X, numbered(3, 3)) == [["MatMul()"], ["Exp", "AddV2"]]


def test_a_group_does_not_pass_by_what_needs_it() -> None:
    x, w = tf.placeholder(tf.float32, [None, None]), tf.placeholder(tf.float32, [None, None])
    hidden = tf.matmul(w, tf.exp(x))
    made = program([x, w], [x + hidden])
    agree(made, X, numbered(3, 3), ulp=64)
    assert groups(made, X, numbered(3, 3)) == [["Exp"], ["MatMul()"], ["AddV2"]]


def test_what_is_moved_is_read_from_memory() -> None:
    x = tf.placeholder(tf.float32, [None, None])
    square = tf.exp(x)
    found = joined([x], [square, tf.transpose(square) + x], numbered(3, 3))
    assert len(found) == 2


def test_scalars_and_constants_are_no_reason_to_share() -> None:
    x, y, s = (tf.placeholder(tf.float32, [None] * rank) for rank in (2, 2, 0))
    feeds, between = others(10)
    fetches = [x * s + 1.0, *between, y * s + 1.0]
    assert len(joined([x, y, s, *feeds], fetches, X, X + 1, np.float32(2), *[numbered(2)] * 10)) == 12


def test_many_groups_are_joined_in_linear_time() -> None:
    x = tf.placeholder(tf.float32, [None, None])
    feeds, between = others(300)
    made = program([x, *feeds], [*between, *[tf.exp(x * float(n)) for n in range(3)]])
    assert len(groups(made, X, *[numbered(2)] * 300)) == 301
