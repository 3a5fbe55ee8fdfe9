"""Feeds: what values are taken, how they are converted, what is never done to the user's arrays."""

from __future__ import annotations

import numpy as np
import pytest

import sessile as tf


def feed(dtype: object, value: object, shape: object = None) -> object:
    x = tf.placeholder(dtype, shape, name="x")
    return tf.Session().run(tf.identity(x), {x: value})


@pytest.mark.parametrize(
    ("dtype", "value", "expected"),
    [
        ("int32", 1.5, 1),  # as in TensorFlow: NumPy's conversion
        ("int32", np.array(1.5), 1),
        ("int32", True, 1),
        ("float32", np.arange(3), [0.0, 1.0, 2.0]),
        ("float32", [[1, 2], [3, 4]], [[1.0, 2.0], [3.0, 4.0]]),
        ("float32", np.array([["1", "2"]]), [[1.0, 2.0]]),
        ("bool", [1, 0], [True, False]),
        ("complex64", 1.5, 1.5),
        ("uint8", np.array([255], np.int64), [255]),
    ],
)
def test_conversions(dtype: str, value: object, expected: object) -> None:
    result = feed(dtype, value)
    np.testing.assert_array_equal(result, expected)  # type: ignore[arg-type]
    assert np.asarray(result).dtype == np.dtype(dtype)


def test_strings() -> None:
    assert feed(tf.string, "é") == "é".encode()
    assert feed(tf.string, b"a\0b") == b"a\0b"
    assert feed(tf.string, np.array(["a", "bb"])).tolist() == [b"a", b"bb"]  # type: ignore[attr-defined]
    assert feed(tf.string, [["a"], ["b"]]).shape == (2, 1)  # type: ignore[attr-defined]


@pytest.mark.parametrize("value", [2**40, -(2**40)])
def test_integer_that_does_not_fit(value: int) -> None:
    with pytest.raises(TypeError, match="is not compatible with Tensor type"):
        feed(tf.int32, value)


def test_numbers_are_no_strings() -> None:
    with pytest.raises(TypeError, match="Type of feed value 5 with type <class 'int'> is not compatible"):
        feed(tf.string, 5)


def test_fed_arrays_are_read_in_place() -> None:
    """No copy of 80 MB is made: a step that takes one row is quick, and the array stays as it is."""
    x = tf.placeholder(tf.float64, [None, None])
    big = np.zeros((1000, 1000))
    big.flags.writeable = False
    assert tf.Session().run(x[0, 0], {x: big}) == 0.0


@pytest.mark.parametrize("view", [np.s_[::2], np.s_[::-1], np.s_[:, ::3]])
def test_strided_arrays(view: object) -> None:
    x = tf.placeholder(tf.float32, [None, None])
    value = np.arange(60, dtype=np.float32).reshape(6, 10)[view]  # type: ignore[index]
    sess = tf.Session()
    f = sess.make_callable(x * 2.0, [x])
    for result in (sess.run(x * 2.0, {x: value}), f(value), f(value), f(value.T.copy().T)):
        np.testing.assert_array_equal(result, value * 2)


def test_fortran_order_and_foreign_byte_order() -> None:
    value = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(feed(tf.float64, np.asfortranarray(value)), value)  # type: ignore[arg-type]
    np.testing.assert_array_equal(feed(tf.float64, value.astype(">f8")), value)  # type: ignore[arg-type]


def test_array_subclasses_and_masked_arrays() -> None:
    result = feed(tf.float32, np.ma.masked_array([1.0, 2.0], [False, True]))
    assert type(result) is np.ndarray


@pytest.mark.parametrize("shape", [None, [None], [3]])
def test_shape_checks_that_pass(shape: object) -> None:
    np.testing.assert_array_equal(feed(tf.float32, [1, 2, 3], shape), [1, 2, 3])  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [[], [2], [None, None], [3, None]])
def test_shape_checks_that_fail(shape: object) -> None:
    with pytest.raises(ValueError, match=r"Cannot feed value of shape \(3,\) for Tensor x:0, which has shape"):
        feed(tf.float32, [1, 2, 3], shape)


def test_empty_arrays() -> None:
    assert feed(tf.float32, np.zeros((0, 3)), [None, 3]).shape == (0, 3)  # type: ignore[attr-defined]


def test_the_later_of_two_keys_for_one_tensor_wins() -> None:
    x = tf.placeholder(tf.float32, [], name="x")
    assert tf.Session().run(x + 0.0, {x: 1.0, "x:0": 2.0}) == 2.0


def test_a_feed_that_is_not_needed_is_ignored() -> None:
    x = tf.placeholder(tf.float32, [])
    c = tf.constant(1.0)
    assert tf.Session().run(c, {x: 3.0}) == 1.0


def test_feeding_a_variable_replaces_its_value_in_the_step() -> None:
    v = tf.Variable([1.0, 2.0])
    sess = tf.Session()
    np.testing.assert_array_equal(sess.run(v + 1.0, {v: [9.0, 9.0]}), [10.0, 10.0])
    sess.run(v.initializer)
    np.testing.assert_array_equal(sess.run(v), [1.0, 2.0])


def test_placeholder_with_default() -> None:
    x = tf.placeholder_with_default([1.0, 2.0], [None])
    sess = tf.Session()
    np.testing.assert_array_equal(sess.run(x * 2.0), [2.0, 4.0])
    np.testing.assert_array_equal(sess.run(x * 2.0, {x: [5.0]}), [10.0])


def test_nested_keys_must_match_their_values() -> None:
    x, y = tf.placeholder(tf.float32), tf.placeholder(tf.float32)
    with pytest.raises(ValueError, match="Key had 2 elements, but value had 1 elements"):
        tf.Session().run(x + y, {(x, y): (1.0,)})
