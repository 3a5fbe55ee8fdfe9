"""SequenceExample messages: TensorFlow's answers and errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf


def message(context: dict[str, list[Any]], lists: dict[str, list[list[Any]]]) -> bytes:
    """A serialized SequenceExample; the type of a feature is that of its first value."""
    made = tf.train.SequenceExample()
    for key, values in context.items():
        _add(made.context.feature[key], values)
    for key, rows in lists.items():
        for row in rows:
            _add(made.feature_lists.feature_list[key].feature.add(), row)
    data: bytes = made.SerializeToString()
    return data


def _add(feature: Any, values: list[Any]) -> None:
    if values:
        kind = {int: "int64_list", float: "float_list", bytes: "bytes_list"}[type(values[0])]
        getattr(feature, kind).value.extend(values)


FIRST = message(
    {"n": [3], "w": [b"x", b"y"]},
    {"t": [[1], [2], [3]], "m": [[1.0, 2.0], [3.0, 4.0]], "v": [[b"a"], [], [b"b", b"c"]]},
)
SECOND = message({"n": [1]}, {"t": [[9]], "m": [[5.0, 6.0]]})
CONTEXT = {"n": tf.FixedLenFeature([], tf.int64), "w": tf.VarLenFeature(tf.string)}
LISTS = {
    "t": tf.FixedLenSequenceFeature([], tf.int64),
    "m": tf.FixedLenSequenceFeature([2], tf.float32),
    "v": tf.VarLenFeature(tf.string),
}


def test_one_message() -> None:
    context, lists = tf.io.parse_single_sequence_example(FIRST, CONTEXT, LISTS)
    assert lists["m"].shape.as_list() == [None, 2]
    with tf.Session() as sess:
        context, lists = sess.run((context, lists))
    assert (context["n"], context["w"].values.tolist()) == (3, [b"x", b"y"])
    assert lists["t"].tolist() == [1, 2, 3]
    assert lists["m"].tolist() == [[1, 2], [3, 4]]
    assert lists["v"].indices.tolist() == [[0, 0], [2, 0], [2, 1]]
    assert lists["v"].dense_shape.tolist() == [3, 2]


def test_a_batch_of_messages() -> None:
    found = tf.io.parse_sequence_example([FIRST, SECOND], CONTEXT, LISTS)
    with tf.Session() as sess:
        context, lists, lengths = sess.run(found)
    assert context["n"].tolist() == [3, 1]
    assert context["w"].indices.tolist() == [[0, 0], [0, 1]]
    assert lists["t"].tolist() == [[1, 2, 3], [9, 0, 0]]
    assert lists["m"].tolist() == [[[1, 2], [3, 4]], [[5, 6], [0, 0]]]
    assert lists["v"].dense_shape.tolist() == [2, 3, 2]
    assert {key: value.tolist() for key, value in lengths.items()} == {"m": [2, 1], "t": [3, 1]}


def test_what_may_be_missing_is_empty() -> None:
    features = {"v": tf.FixedLenSequenceFeature([], tf.string, allow_missing=True)}
    _, lists = tf.io.parse_single_sequence_example(SECOND, None, features)
    with tf.Session() as sess:
        assert sess.run(lists["v"]).tolist() == []


@pytest.mark.parametrize(
    ("data", "context", "lists", "words"),
    [
        (message({}, {}), CONTEXT, {}, "Feature: n .* is required but could not be found"),
        (SECOND, {}, {"q": LISTS["t"]}, "Feature list 'q' is required but could not be found"),
        (FIRST, {"n": tf.FixedLenFeature([], tf.float32)}, {}, "Data types don't match"),
        (FIRST, {}, {"t": tf.FixedLenSequenceFeature([], tf.float32)}, "Feature list: t, Index: 0.  Data types don't"),
        (FIRST, {}, {"t": tf.FixedLenSequenceFeature([2], tf.int64)}, r"values size: 1 but output shape: \[2\]"),
        (b"junk", CONTEXT, LISTS, "Could not parse example input, value: 'junk'"),
    ],
    ids=range(6),  # bytes of messages differ from process to process
)
def test_wrong_messages_are_refused(data: bytes, context: Any, lists: Any, words: str) -> None:
    found = tf.io.parse_single_sequence_example(data, context, lists)
    with tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError, match=words):
        sess.run(found)


def test_wrong_features_are_refused() -> None:
    for context, lists, words in (
        ({}, {}, "Missing features"),
        ({}, {"m": tf.FixedLenFeature([2], tf.float32)}, "Unsupported FixedLenFeature"),
        ({"m": LISTS["m"]}, {}, "Unsupported FixedLenSequenceFeature"),
        ({}, {"t": tf.FixedLenSequenceFeature([], tf.int64, True, 7)}, "must be None"),
    ):
        with pytest.raises(ValueError, match=words):
            tf.parse_single_sequence_example(FIRST, context, lists)
    with pytest.raises(ValueError, match="rank"):
        tf.io.parse_sequence_example(np.array(FIRST, object), CONTEXT, LISTS)
