"""Sparse tensors as strings: the bytes that TensorFlow 1.15.5 wrote, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf

_HEAD = b"\x08\t\x12\x04\x12\x02\x08"
ONE = [
    b'\x08\t\x12\x08\x12\x02\x08\x03\x12\x02\x08\x02"0' + np.array([0, 1, 1, 2, 1, 3], "<i8").tobytes(),
    b'\x08\x01\x12\x04\x12\x02\x08\x03"\x0c' + np.array([1.5, 2, 3], "<f4").tobytes(),
    _HEAD + b'\x02"\x10' + np.array([3, 4], "<i8").tobytes(),
]
EMPTY_ROW = [b"\x08\t\x12\x06\x12\x00\x12\x02\x08\x01", b"\x08\x01\x12\x02\x12\x00"]


def _given() -> Any:
    return tf.SparseTensor([[0, 1], [1, 2], [1, 3]], tf.constant([1.5, 2.0, 3.0]), [3, 4])


def test_one_by_the_byte() -> None:
    with tf.Session() as sess:
        assert sess.run(tf.serialize_sparse(_given())).tolist() == ONE


def test_rows_by_the_byte_and_back() -> None:
    rows = tf.io.serialize_many_sparse(_given())
    back = tf.io.deserialize_many_sparse(rows, tf.float32, rank=2)
    assert back.indices.shape.as_list() == [None, 2]
    with tf.Session() as sess:
        texts, found = sess.run([rows, back])
    assert texts.shape == (3, 3)
    assert texts[2, :2].tolist() == EMPTY_ROW
    assert found.indices.tolist() == [[0, 1], [1, 2], [1, 3]]
    assert found.values.tolist() == [1.5, 2.0, 3.0]
    assert found.dense_shape.tolist() == [3, 4]


def test_a_batch_of_whole_ones_through_a_queue() -> None:
    with tf.Session() as sess:
        queue = tf.FIFOQueue(4, tf.string, shapes=[[3]])
        put = queue.enqueue(tf.serialize_sparse(_given()))
        found = tf.deserialize_many_sparse(queue.dequeue_many(2), tf.float32)
        sess.run(put)
        sess.run(put)
        indices, values, shape = sess.run(found)
    assert indices.tolist() == [[0, 0, 1], [0, 1, 2], [0, 1, 3], [1, 0, 1], [1, 1, 2], [1, 1, 3]]
    assert values.tolist() == [1.5, 2.0, 3.0] * 2
    assert shape.tolist() == [2, 3, 4]


def test_another_type_is_named() -> None:
    with tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError, match="float"):
        sess.run(tf.deserialize_many_sparse(tf.serialize_many_sparse(_given()), tf.int32))
    with pytest.raises(NotImplementedError, match="variants"):
        tf.serialize_sparse(_given(), out_type=tf.variant)
