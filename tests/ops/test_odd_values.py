"""Values at the edges of types: signed zeros, infinities, overflow, nothing at all; alike in every way of running.

What is expected is what TensorFlow 1.15 and 2.21 gave.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sessile as tf

INF, NAN = np.inf, np.nan
FLOATS = (np.float16, np.float32, np.float64)


def in_all_ways(function: Callable[..., Any], *arrays: Any) -> list[Any]:
    """What `function` gives of constants, of feeds in the first and a later run, and in a prepared step."""
    arrays = tuple(map(np.asarray, arrays))
    with tf.Graph().as_default(), tf.Session() as sess:
        of_constants = function(*map(tf.constant, arrays))
        inputs = [tf.placeholder(array.dtype, [None] * array.ndim) for array in arrays]
        result = function(*inputs)
        feed = dict(zip(inputs, arrays))
        found = [sess.run(of_constants), sess.run(result, feed), sess.run(result, feed)]
        step = sess.make_callable(result, inputs)
        return [*found, step(*arrays), step(*arrays)]


def assert_everywhere(expected: Any, function: Callable[..., Any], *arrays: Any) -> None:
    """The same bits in every way of running, the sign of zeros included; NaN is NaN."""
    for found in in_all_ways(function, *arrays):
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)
        if expected.dtype.kind == "f":
            numbers = ~np.isnan(expected)
            np.testing.assert_array_equal(np.signbit(found)[numbers], np.signbit(expected)[numbers])


@pytest.mark.parametrize("dtype", FLOATS)
def test_square_roots_by_power_of_minus_infinity_and_minus_zero(dtype: Any) -> None:
    x = np.array([-INF, -0.0, 0.0, 4.0, INF], dtype)
    expected = np.array([INF, 0.0, 0.0, 2.0, INF], dtype)
    assert_everywhere(expected, lambda x: tf.pow(x, dtype(0.5)), x)
    assert_everywhere(expected, tf.pow, x, np.full(5, 0.5, dtype))
    assert_everywhere(expected[None], tf.pow, x[None], np.array([[0.5]], dtype))


@pytest.mark.parametrize("dtype", FLOATS)
def test_what_minus_zero_multiplies_is_a_positive_zero(dtype: Any) -> None:
    x, y = np.array([-0.0, 0.0, -0.0], dtype), np.array([3.0, 0.0, -INF], dtype)
    for function in (tf.math.xlogy, tf.math.xdivy, lambda x, y: tf.raw_ops.Xlog1py(x=x, y=y)):
        assert_everywhere(np.zeros(3, dtype), function, x, y)


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_larger_of_two_zeros_has_one_sign_interpreted_and_compiled(dtype: Any) -> None:
    plus, minus = np.zeros(5, dtype), -np.zeros(5, dtype)
    for function in (tf.maximum, tf.minimum):
        assert_everywhere(minus, function, plus, minus)
        assert_everywhere(plus, function, minus, plus)
    for function in (tf.nn.relu, tf.nn.relu6, lambda x: tf.clip_by_value(x, dtype(0), dtype(1))):
        assert_everywhere(plus, function, minus)


DIVISIONS = (tf.floordiv, tf.floormod, tf.truncatediv, tf.truncatemod, tf.div, tf.mod)


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_dividing_nothing_by_zero_is_no_error(dtype: Any) -> None:
    for function in DIVISIONS:
        assert_everywhere(np.zeros(0, dtype), function, np.zeros(0, dtype), np.zeros(1, dtype))
        assert_everywhere(np.zeros((0, 3), dtype), function, np.zeros((0, 1), dtype), np.zeros((1, 3), dtype))
    assert_everywhere(np.zeros(0, dtype), tf.pow, np.zeros(0, dtype), np.array([-1], dtype))


@pytest.mark.parametrize("function", DIVISIONS)
def test_dividing_something_by_zero_is_an_error(function: Any) -> None:
    with tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError, match="Integer division by zero"):
        sess.run(function(tf.constant([1, 2]), 0))


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
def test_complex_quotients_at_zero_and_infinity(dtype: Any) -> None:
    x = np.array([1, 0, 1 + 1j, complex(INF, INF), 1], dtype)
    y = np.array([0, 0, INF, 2, 2], dtype)
    expected = np.array([complex(INF, NAN), complex(NAN, NAN), 0, complex(INF, INF), 0.5], dtype)
    assert_everywhere(expected, tf.divide, x, y)
    expected[1] = 0
    assert_everywhere(expected, tf.math.xdivy, x, y)
    expected[0] = 0
    assert_everywhere(expected, tf.div_no_nan, x, y)


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
def test_complex_powers_of_zero_and_infinity(dtype: Any) -> None:
    x, y = np.array([0, INF, NAN, 0, 0, 0, 2], dtype), np.array([0, 0, 0, 1, 2, -1, 0], dtype)
    nothing = complex(NAN, NAN)
    assert_everywhere(np.array([nothing, nothing, nothing, 0, 0, complex(INF, NAN), 1], dtype), tf.pow, x, y)


@pytest.mark.parametrize("function", [tf.floordiv, tf.truncatediv])
def test_rounding_complex_quotients_is_refused_in_our_words(function: Any) -> None:
    with tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError, match="takes no complex numbers"):
        sess.run(function(tf.constant(1j), tf.constant(2j)))


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.uint8, np.int32])
def test_sums_and_products_of_segments_wrap(dtype: Any) -> None:
    x = np.array([100, 100, 100, -7, -8, 3, -2], np.int64).astype(dtype)
    ids = np.array([0, 0, 0, 2, 2, 3, 3], np.int32)
    total = np.array([300, 0, -15, 1], np.int64).astype(dtype)
    product = np.array([1000000, 1, 56, -6], np.int64).astype(dtype)
    assert_everywhere(total, tf.segment_sum, x, ids)
    assert_everywhere(product, tf.segment_prod, x, ids)
    assert_everywhere(total, lambda x, ids: tf.unsorted_segment_sum(x, ids, 4), x, ids)
    assert_everywhere(product, lambda x, ids: tf.unsorted_segment_prod(x, ids, 4), x, ids)


def test_means_of_segments_of_integers_truncate_and_wrap() -> None:
    ids = np.array([0, 0, 0, 2, 2, 3, 3], np.int32)
    x = np.array([100, 100, 100, -7, -8, 3, -2], np.int32)
    assert_everywhere(np.array([100, 0, -7, 0], np.int32), tf.segment_mean, x, ids)
    assert_everywhere(np.array([14, 0, -7, 0], np.int8), tf.segment_mean, x.astype(np.int8), ids)
    many = np.arange(300).astype(np.int8)
    assert_everywhere(np.array([1], np.int8), tf.segment_mean, many, np.zeros(300, np.int32))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int32, np.int64])
def test_the_euclidean_norm_over_no_axes_is_the_magnitude(dtype: Any) -> None:
    assert_everywhere(np.array([3, 0, 5], dtype), lambda x: tf.math.reduce_euclidean_norm(x, axis=[]),
                      np.array([-3, 0, 5], dtype))  # fmt: skip
    assert_everywhere(np.array(3, dtype), tf.math.reduce_euclidean_norm, np.array(-3, dtype))


def test_the_euclidean_norm_of_complex_numbers_over_no_axes() -> None:
    x = np.array([-3, 3 - 4j], np.complex64)
    assert_everywhere(np.array([3, 5], np.complex64), lambda x: tf.math.reduce_euclidean_norm(x, axis=[]), x)
