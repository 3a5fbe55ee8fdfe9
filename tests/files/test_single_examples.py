"""One Example by itself is parsed as a batch of one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf

FEATURES = {
    "one": tf.FixedLenFeature([], tf.int64),
    "bytes": tf.FixedLenFeature([2, 1], tf.string),
    "floats": tf.FixedLenFeature([2], tf.float32),
    "long": tf.FixedLenFeature([150, 2], tf.float32),
    "default": tf.FixedLenFeature([2], tf.float32, default_value=[7.0, 8.0]),
    "word": tf.FixedLenFeature([], tf.string, default_value="x"),
    "row": tf.FixedLenSequenceFeature([], tf.int64, allow_missing=True),
    "pairs": tf.FixedLenSequenceFeature([2], tf.float32, allow_missing=True),
    "any": tf.VarLenFeature(tf.int64),
    "words": tf.VarLenFeature(tf.string),
}
VALUES: dict[str, Any] = {
    "one": [3], "bytes": [b"a", b"\0b\0"], "floats": [1.5, -2.5], "long": np.arange(300.0).tolist(),
    "default": [1.0, 2.0], "word": [b"abc"], "row": [1, 2, 3], "pairs": [1.0, 2.0, 3.0, 4.0], "any": [-5, 6],
    "words": [b"", b"w"],
}  # fmt: skip
MISSING = [(), ("default", "word"), ("row", "any"), ("pairs", "words"), tuple(FEATURES)[4:]]


def _message(left_out: Any = (), **changed: Any) -> bytes:
    made = {}
    for name, values in (VALUES | changed).items():
        if name in left_out:
            continue
        if values and isinstance(values[0], bytes):
            made[name] = tf.train.Feature(bytes_list=tf.train.BytesList(value=values))
        elif values and isinstance(values[0], int):
            made[name] = tf.train.Feature(int64_list=tf.train.Int64List(value=values))
        else:
            made[name] = tf.train.Feature(float_list=tf.train.FloatList(value=values))
    data: bytes = tf.train.Example(features=tf.train.Features(feature=made)).SerializeToString()
    return data


@pytest.mark.parametrize("left_out", MISSING)
def test_single_and_batch_agree(left_out: Any) -> None:
    data = _message(left_out)
    with tf.Graph().as_default(), tf.Session() as sess:
        one = sess.run(tf.parse_single_example(data, FEATURES))
        many = sess.run(tf.parse_example([data], FEATURES))
    for name, value in one.items():
        other = many[name]
        if isinstance(value, tf.SparseTensorValue):
            assert value.indices.dtype == np.int64 and value.values.dtype == other.values.dtype
            assert value.indices.tolist() == other.indices[:, 1:].tolist()
            assert value.values.tolist() == other.values.tolist()
            assert value.dense_shape.tolist() == other.dense_shape[1:].tolist()
        elif isinstance(value, bytes):
            assert [value] == other.tolist()
        else:
            assert value.dtype == other.dtype and value.shape == other.shape[1:]
            np.testing.assert_array_equal(value, other[0])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (_message(("one",)), "Feature: one"),
        (_message(one=[1.5]), "Key: one.  Data types don't match"),
        (_message(one=[1, 2]), "Key: one.  Can't parse"),
        (_message(any=[1.5]), "Key: any.  Data types don't match"),
        (b"\xff\xff", "Could not parse example input"),
    ],
)
def test_what_is_wrong_is_told(data: bytes, words: str) -> None:
    with tf.Graph().as_default(), tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError, match=words):
        sess.run(tf.parse_single_example(data, FEATURES))


def test_a_default_is_not_shared() -> None:
    """What is made of a default may be written to."""
    with tf.Graph().as_default(), tf.Session() as sess:
        call = sess.make_callable(tf.parse_single_example(_message(("default",)), FEATURES)["default"])
        first = call()
        first += 1.0
        assert call().tolist() == [7.0, 8.0]
