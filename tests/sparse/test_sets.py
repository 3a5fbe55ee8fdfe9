"""Sets in rows, the n-th of a row, intervals: values and errors of TensorFlow 1.15."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sessile.ops.families.sparse import set_ops

import sessile as tf

A = [[1, 2], [3, 5]]


def first() -> Any:
    return tf.SparseTensor([[0, 0], [0, 1], [1, 0]], [1, 2, 3], [2, 2])


def second() -> Any:
    return tf.SparseTensor([[0, 0], [1, 0], [1, 1]], [2, 3, 4], [2, 3])


CASES: dict[str, tuple[Callable[[], Any], list[Any], list[Any], list[int]]] = {
    "intersection of sparse": (
        lambda: tf.sets.intersection(first(), second()), [[0, 0], [1, 0]], [2, 3], [2, 1],
    ),
    "union of sparse": (
        lambda: tf.sets.union(first(), second()), [[0, 0], [0, 1], [1, 0], [1, 1]], [1, 2, 3, 4], [2, 2],
    ),
    "difference of sparse": (lambda: tf.sets.difference(first(), second()), [[0, 0]], [1], [2, 1]),
    "the other difference": (lambda: tf.sets.difference(first(), second(), aminusb=False), [[1, 0]], [4], [2, 1]),
    "dense and sparse": (lambda: tf.sets.intersection(tf.constant(A), second()), [[0, 0], [1, 0]], [2, 3], [2, 1]),
    "sparse less dense": (lambda: tf.sets.difference(second(), tf.constant(A)), [[1, 0]], [4], [2, 1]),
    "dense": (lambda: tf.sets.difference([[3, 1, 2, 2]], [[2, 9]]), [[0, 0], [0, 1]], [1, 3], [1, 2]),
    "strings": (lambda: tf.sets.union([["a", "b"]], [["b"]]), [[0, 0], [0, 1]], [b"a", b"b"], [1, 2]),
    "three dimensions": (
        lambda: tf.sets.intersection([[[1, 2], [3, 4]]], [[[2, 2], [4, 9]]]), [[0, 0, 0], [0, 1, 0]], [2, 4], [1, 2, 1],
    ),
    "nothing": (lambda: tf.sets.intersection([[1]], [[2]]), [], [], [1, 0]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_sets_are_tensorflows(case: str) -> None:
    build, indices, values, shape = CASES[case]
    with tf.Session() as sess:
        found = sess.run(build())
    assert found.indices.tolist() == indices
    assert found.values.tolist() == values
    assert found.dense_shape.tolist() == shape


def test_sizes_count_different_elements() -> None:
    twice = tf.SparseTensor([[0, 0], [0, 1], [1, 0]], [1, 1, 3], [2, 2])
    with tf.Session() as sess:
        assert sess.run(tf.sets.size(twice)).tolist() == [1, 1]
        unordered = tf.SparseTensor([[1, 0], [0, 0]], [1, 1], [2, 2])
        with pytest.raises(tf.errors.InvalidArgumentError, match="out of order"):
            sess.run(tf.sets.size(unordered))
    assert tf.sets.size is tf.sets.set_size


def test_wrong_sets_are_refused() -> None:
    for build, kind, words in (
        (lambda: tf.sets.union([[1]], [[1.0]]), TypeError, "Types don't match"),
        (lambda: tf.sets.union([[1.0]], [[1.0]]), TypeError, "invalid dtype"),
        (lambda: tf.sets.union([1], [1]), ValueError, "at least rank 2"),
        (lambda: tf.sets.union([[1]], [[1], [2]]), ValueError, "must be equal, but are 1 and 2"),
        (lambda: tf.sets.size(tf.constant([[1]])), TypeError, "Expected `SparseTensor`"),
    ):
        with pytest.raises(kind, match=words):
            build()


def test_the_nth_of_each_row() -> None:
    x = [[3.0, 1, 2], [9, 8, 7]]
    with tf.Session() as sess:
        assert sess.run(tf.raw_ops.NthElement(input=x, n=1)).tolist() == [2, 8]
        assert sess.run(tf.raw_ops.NthElement(input=x, n=0, reverse=True)).tolist() == [3, 9]
    for n, words in ((5, "last dimension > n = 5 but is 3"), (-1, "must be non-negative"), ([0], "rank 0")):
        with pytest.raises(ValueError, match=words):
            tf.raw_ops.NthElement(input=x, n=n)
    tensor = tf.constant([[1.0, 2.0, 2.0]])
    middle = tf.raw_ops.NthElement(input=tensor, n=1)
    with tf.Session() as sess:
        assert sess.run(tf.gradients(middle, tensor)[0]).tolist() == [[0, 0.5, 0.5]]


def test_intervals_are_numbered() -> None:
    with tf.Session() as sess:
        found = tf.raw_ops.Bucketize(input=[-1.0, 0, 5, 10, 100, np.nan], boundaries=[0, 10, 100])
        assert sess.run(found).tolist() == [0, 1, 1, 2, 3, 3]
        with pytest.raises(tf.errors.InvalidArgumentError, match="Expected sorted boundaries"):
            sess.run(tf.raw_ops.Bucketize(input=[1.0], boundaries=[3, 1]))


@pytest.mark.parametrize("operation", [b"intersection", b"union", b"a-b", b"b-a"])
@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.uint16, np.int64])
@pytest.mark.parametrize("shapes", [((5, 7), (5, 3)), ((2, 3, 4), (2, 3, 9)), ((1, 1), (1, 1)), ((40, 2), (40, 2))])
def test_dense_integers_are_taken_at_once(operation: bytes, kind: type, shapes: Any) -> None:
    """As groups one by one; empty ones among them."""
    random = np.random.default_rng(len(operation))
    low, high = max(np.iinfo(kind).min, -90), min(np.iinfo(kind).max, 90)
    first, second = (random.integers(low, high, shape).astype(kind) % 7 for shape in shapes)
    found = set_ops._of_integers(set_ops._dense_members(first), set_ops._dense_members(second), operation)
    wanted = set_ops._combined(set_ops._dense_sets(first), set_ops._dense_sets(second), operation, first.dtype)
    assert found is not None
    for one, other in zip(found, wanted, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)


def _drawn(random: np.random.Generator, extents: Any, kind: type) -> tuple[Any, Any, Any]:
    """A sparse tensor of integers, a third of whose elements are listed; the last group has none."""
    rows = np.argwhere(random.random(extents) < 0.3)
    rows = rows[rows[:, 0] < extents[0] - 1]
    return rows, random.integers(0, 5, len(rows)).astype(kind), np.array(extents)


@pytest.mark.parametrize("operation", [b"intersection", b"union", b"a-b", b"b-a"])
@pytest.mark.parametrize("kind", [np.int8, np.uint16, np.int64])
@pytest.mark.parametrize("extents", [(9, 12), (4, 5, 6), (3, 1)])
def test_sparse_integers_are_taken_at_once(operation: bytes, kind: type, extents: Any) -> None:
    """As groups one by one; sizes too, and sparse sets beside dense ones."""
    random = np.random.default_rng(len(operation))
    first, second = ((*_drawn(random, extents, kind), True) for _ in range(2))
    dense = random.integers(0, 5, extents).astype(kind)
    ones, twos = set_ops._sparse_sets(*first), set_ops._sparse_sets(*second)
    many = set_ops._sparse_members(*first), set_ops._sparse_members(*second), set_ops._dense_members(dense)
    pairs = (many[:2], (ones, twos)), ((many[2], many[1]), (set_ops._dense_sets(dense), twos))
    for members, sets in pairs:
        found = set_ops._of_integers(*members, operation)
        if found is None:
            assert not (members[0].values.size and members[1].values.size)
            continue
        for one, other in zip(found, set_ops._combined(*sets, operation, np.dtype(kind)), strict=True):
            assert one.dtype == other.dtype
            np.testing.assert_array_equal(one, other)
    sizes = set_ops._sizes(many[0])
    assert sizes is None or {group: n for group, n in np.ndenumerate(sizes) if n} == {
        group: len(members) for group, members in ones[1].items()
    }


def test_what_is_wrong_with_sparse_sets_is_said() -> None:
    """Elements out of order or out of bounds; unless they are checked, order does not matter."""
    rows, values = np.array([[0, 1], [0, 0]]), np.array([3, 4])
    assert set_ops._sparse_members(rows, values, np.array([2, 2]), True) is None
    assert set_ops._sparse_members(rows, values, np.array([2, 2]), False) is not None
    assert set_ops._sparse_members(rows + 2, values, np.array([2, 2]), False) is None
