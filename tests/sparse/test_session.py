"""Sparse tensors and indexed slices in `Session.run`: fetched, fed, in structures, in callables and partial runs."""

from __future__ import annotations

import collections
from typing import Any

import numpy as np
import pytest
import scipy.sparse

import sessile as tf

VALUE = tf.SparseTensorValue([[0, 1], [2, 3]], [1.0, 2.0], [3, 4])


def same(found: Any, indices: Any, values: Any, shape: Any) -> None:
    """Assert that a SparseTensorValue has these parts."""
    assert type(found) is tf.SparseTensorValue
    for part, expected, kind in zip(found, (indices, values, shape), "ifi"):
        assert isinstance(part, np.ndarray)
        assert part.dtype.kind == kind
        assert part.tolist() == expected


def test_fetched_value_is_a_sparse_tensor_value() -> None:
    """A tf.SparseTensor. The corresponding fetched value will be a SparseTensorValue containing its value."""
    sparse = tf.SparseTensor([[0, 1]], [2.5], [3, 4])
    with tf.Session() as session:
        found = session.run(sparse)
        same(found, [[0, 1]], [2.5], [3, 4])
        assert found.indices.dtype == found.dense_shape.dtype == np.int64
        assert found.values.dtype == np.float32
        same(sparse.eval(), [[0, 1]], [2.5], [3, 4])


def test_key_is_a_sparse_tensor_and_value_a_sparse_tensor_value() -> None:
    """If the key is a tf.SparseTensor, the value should be a SparseTensorValue."""
    place = tf.sparse_placeholder(tf.float32)
    with tf.Session() as session:
        for value in (VALUE, tuple(VALUE), list(VALUE), tf.SparseTensorValue(*map(np.array, VALUE))):
            same(session.run(place, {place: value}), [[0, 1], [2, 3]], [1.0, 2.0], [3, 4])


def test_key_is_a_nested_tuple_of_tensors_and_sparse_tensors() -> None:
    """A nested tuple of Tensors or SparseTensors takes a nested tuple of values with the same structure."""
    first, second, plain = tf.sparse_placeholder(tf.float32), tf.sparse_placeholder(tf.int32), tf.placeholder(tf.int32)
    with tf.Session() as session:
        one, two, three = session.run(
            [first, second, plain], {(first, (second, plain)): (VALUE, (([[0]], [7], [2]), 3))}
        )
    same(one, [[0, 1], [2, 3]], [1.0, 2.0], [3, 4])
    assert [part.tolist() for part in two] == [[[0]], [7], [2]]
    assert three == 3


def test_fetches_in_structures() -> None:
    pair = collections.namedtuple("pair", "sparse twice")
    sparse = tf.SparseTensor([[0]], [1.0], [2])
    with tf.Session() as session:
        found = session.run({"a": [sparse, sparse.values], "b": pair(sparse, sparse * 2.0), "c": (sparse.op,)})
    same(found["a"][0], [[0]], [1.0], [2])
    assert found["a"][1].tolist() == [1.0]
    assert type(found["b"]) is pair
    same(found["b"].twice, [[0]], [2.0], [2])
    assert found["c"] == (None,)


@pytest.mark.parametrize("form", ["bsr", "coo", "csc", "csr", "dia", "dok", "lil"])
@pytest.mark.parametrize("kind", ["matrix", "array"])
def test_scipy_matrices_are_fed(form: str, kind: str) -> None:
    dense = np.array([[0, 1, 0], [2, 0, 3]], np.float32)
    place = tf.sparse_placeholder(tf.float32, [None, 3])
    with tf.Session() as session:
        matrix = getattr(scipy.sparse, f"{form}_{kind}")(dense)
        found, whole = session.run([place, tf.sparse_tensor_to_dense(place)], {place: matrix})
    same(found, [[0, 1], [1, 0], [1, 2]], [1.0, 2.0, 3.0], [2, 3])
    assert whole.tolist() == dense.tolist()


def test_repeated_elements_of_scipy_are_added() -> None:
    matrix = scipy.sparse.coo_matrix(([1.0, 2.0, 4.0], ([1, 0, 1], [0, 1, 0])), shape=(2, 2))
    place = tf.sparse_placeholder(tf.float32)
    with tf.Session() as session:
        same(session.run(place, {place: matrix}), [[0, 1], [1, 0]], [2.0, 5.0], [2, 2])
    assert matrix.nnz == 3


def test_parts_may_be_fed_alone() -> None:
    sparse = tf.SparseTensor([[0, 1]], [2.5], [3, 4])
    with tf.Session() as session:
        same(session.run(sparse, {sparse.values: [9.0]}), [[0, 1]], [9.0], [3, 4])
        same(session.run(sparse, {sparse: ([[2, 3]], [1.0], [4, 5])}), [[2, 3]], [1.0], [4, 5])


def test_default_shape_and_another() -> None:
    place = tf.sparse_placeholder(tf.float32, [2, 3])
    dense = tf.sparse_tensor_to_dense(place)
    with tf.Session() as session:
        rows = {place.indices: [[0, 1]], place.values: [1.0]}
        assert session.run(dense, rows).shape == (2, 3)
        assert session.run(dense, {place: ([[4, 1]], [1.0], [5, 3])}).shape == (5, 3)


def test_values_that_do_not_fit() -> None:
    place = tf.sparse_placeholder(tf.float32)
    with tf.Session() as session:
        with pytest.raises(ValueError, match="expected 3 parts"):
            session.run(place, {place: ([[0]], [1.0])})
        with pytest.raises(ValueError, match="Cannot feed value of shape"):
            session.run(place, {place: ([0], [1.0], [2])})
        with pytest.raises(TypeError):
            session.run(place, {place: 5})
        with pytest.raises(tf.errors.InvalidArgumentError, match="You must feed a value for placeholder"):
            session.run(place)


def test_make_callable() -> None:
    place, number = tf.sparse_placeholder(tf.float32), tf.placeholder(tf.float32)
    with tf.Session() as session:
        step = session.make_callable([place * number, number], [place, number])
        for factor in (2.0, 3.0, 4.0):
            found, _ = step(VALUE, factor)
            same(found, [[0, 1], [2, 3]], [factor, 2 * factor], [3, 4])
        with pytest.raises(TypeError):
            step(VALUE)
        parts = session.make_callable(place, [place.indices, place.values, place.dense_shape])
        same(parts([[0]], [1.0], [2]), [[0]], [1.0], [2])
        same(session.make_callable(tf.SparseTensor([[0]], [1.0], [2]))(), [[0]], [1.0], [2])


def test_partial_run() -> None:
    first, second = tf.sparse_placeholder(tf.float32), tf.placeholder(tf.float32)
    doubled = first * 2.0
    product = tf.sparse_tensor_dense_matmul(doubled, second)
    with tf.Session() as session:
        handle = session.partial_run_setup([doubled, product], [first, second])
        same(session.partial_run(handle, doubled, {first: VALUE}), [[0, 1], [2, 3]], [2.0, 4.0], [3, 4])
        assert session.partial_run(handle, product, {second: np.ones((4, 1))}).tolist() == [[2.0], [0.0], [4.0]]


def test_many_steps_of_many_shapes() -> None:
    place = tf.sparse_placeholder(tf.float32)
    sums = tf.sparse_reduce_sum(place, 1) * 2.0 + 1.0
    with tf.Session() as session:
        for count in (1, 5, 2, 0, 7):
            rows = [[i, 0] for i in range(count)]
            found = session.run(sums, {place: (np.reshape(rows, (-1, 2)), np.ones(count), [8, 3])})
            assert found.tolist() == [3.0] * count + [1.0] * (8 - count)


def test_indexed_slices_are_fetched_and_fed() -> None:
    slices = tf.IndexedSlices(tf.constant([[1.0]]), tf.constant([1]), tf.constant([3, 1]))
    part = tf.IndexedSlices(tf.placeholder(tf.float32), tf.placeholder(tf.int32))
    with tf.Session() as session:
        found = session.run([slices, {"part": part}], {part: tf.IndexedSlicesValue([[2.0]], [0], None)})
        assert type(found[0]) is type(found[1]["part"]) is tf.IndexedSlicesValue
        assert [item.tolist() for item in found[0]] == [[[1.0]], [1], [3, 1]]
        assert found[1]["part"].dense_shape is None
        assert session.run(part.values * 2.0, {part: ([[2.0]], [0])}).tolist() == [[4.0]]
        with pytest.raises(ValueError, match="parts"):
            session.run(part, {part: ([[2.0]],)})
