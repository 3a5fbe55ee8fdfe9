"""Rows of string vectors in TensorArrays stay strings, with their last zeros."""

import numpy as np
import pytest

import sessile as tf

WORDS = [b"a\0", b"bcd"]


def words():
    return tf.placeholder_with_default(np.array(WORDS, object), [None])


def array(**options):
    return tf.TensorArray(tf.string, 2, clear_after_read=False, **options).unstack(words())


def scattered(count, indices):
    return tf.TensorArray(tf.string, count, clear_after_read=False).scatter(indices, words())


def read_and_stacked():
    rows = array()
    return [rows.read(0), rows.stack()[1]]


CASES = {
    "read": (lambda: [array().read(0), array().read(1)], WORDS),
    "read and stack": (read_and_stacked, WORDS),
    "scatter to some": (lambda: scattered(3, [0, 2]).read(0), WORDS[0]),
    "scatter in another order": (lambda: scattered(2, [1, 0]).stack()[1], WORDS[0]),
    "write after": (lambda: array(dynamic_size=True).write(2, "q").read(0), WORDS[0]),
    "map_fn": (lambda: tf.map_fn(tf.strings.length, words(), dtype=tf.int32)[0], 2),
    "foldl": (lambda: tf.foldl(lambda one, other: one + other, words()), b"a\0bcd"),
}


@pytest.mark.parametrize("name", CASES)
def test_rows_of_strings(name):
    make, expected = CASES[name]
    assert tf.Session().run(make()) == expected
