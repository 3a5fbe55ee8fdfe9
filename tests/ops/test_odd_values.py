"""Values at the edges of types: signed zeros, infinities, overflow, nothing at all; alike in every way of running.

What is expected is what TensorFlow 1.15 and 2.21 gave.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sessile.compiler.jit import compile as compile_module

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
def test_the_inverse_root_of_a_complex_zero_is_infinite(dtype: Any) -> None:
    assert_everywhere(np.array([complex(INF, NAN), 0.5], dtype), tf.rsqrt, np.array([0, 4], dtype))


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


def test_the_spectral_norm_of_a_complex_matrix_is_real() -> None:
    x = np.array([[1 + 1j, 2], [3, 4j]], np.complex64)
    for found in in_all_ways(lambda x: tf.norm(x, ord=2, axis=[0, 1]), x):
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, 5.162048, rtol=1e-6)


X = np.arange(6, dtype=np.float32).reshape(2, 3)


def of_unknown_rank(function: Callable[..., Any]) -> Any:
    x = tf.placeholder(tf.float32)
    with tf.Session() as sess:
        return sess.run(function(x), {x: X})


def test_repeat_takes_tensors_of_unknown_rank() -> None:
    np.testing.assert_array_equal(of_unknown_rank(lambda x: tf.repeat(x, 2)), np.repeat(X, 2))
    np.testing.assert_array_equal(of_unknown_rank(lambda x: tf.repeat(x, 2, axis=0)), np.repeat(X, 2, 0))
    np.testing.assert_array_equal(of_unknown_rank(lambda x: tf.repeat(x, 2, axis=1)), np.repeat(X, 2, 1))
    np.testing.assert_array_equal(of_unknown_rank(lambda x: tf.repeat(x, [1, 2], axis=0)), np.repeat(X, [1, 2], 0))
    with pytest.raises(ValueError, match="may only be negative if the rank"):
        tf.repeat(tf.placeholder(tf.float32), 2, axis=-1)


def test_sort_takes_tensors_of_unknown_rank() -> None:
    found = of_unknown_rank(lambda x: tf.sort(x, axis=0, direction="DESCENDING"))
    np.testing.assert_array_equal(found, X[::-1])
    np.testing.assert_array_equal(of_unknown_rank(lambda x: tf.sort(x, axis=-2)), X)
    np.testing.assert_array_equal(of_unknown_rank(lambda x: tf.argsort(x, axis=0)), [[0] * 3, [1] * 3])


def einsum_operation(equation: str, *inputs: Any) -> Any:
    return tf.raw_ops.Einsum(inputs=[tf.convert_to_tensor(value) for value in inputs], equation=equation)


def test_einsum_writes_repeated_output_labels_as_diagonals() -> None:
    assert_everywhere(np.diag(X[1]), lambda x: einsum_operation("i->ii", x), X[1])
    expected = np.zeros((2, 2, 3, 3), np.float32)
    for i in range(2):
        for j in range(3):
            expected[i, i, j, j] = X[i, j]
    assert_everywhere(expected, lambda x: einsum_operation("ij->iijj", x), X)
    batch = np.zeros((3, 2, 3), np.float32)
    for j in range(3):
        batch[j, :, j] = X[:, j]
    assert_everywhere(batch, lambda x: einsum_operation("...j->j...j", x), X)
    assert_everywhere(X.sum(1), lambda x: einsum_operation("i1->i", x), X)


@pytest.mark.parametrize("equation", ["ij", "ij->->", "ij->k", "....->", "ij->i......"])
def test_einsum_refuses_malformed_equations_while_building(equation: str) -> None:
    with pytest.raises(ValueError, match="einsum equation|Einsum output|ellipsis"):
        einsum_operation(equation, X)


@pytest.mark.parametrize("equation", ["ij,jk->ik", "ij,jk->ij"])
def test_einsum_finds_unlike_dimensions_while_building(equation: str) -> None:
    with pytest.raises(ValueError, match="Dimensions must be equal, but are 3 and 2"):
        einsum_operation(equation, X, X)
    with pytest.raises(ValueError, match="Dimensions must be equal, but are 2 and 3"):
        einsum_operation("ii->i", X)


@pytest.mark.parametrize("compiler", ["auto", "numba"])
@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.int64])
def test_integers_that_overflow_wrap_in_every_way_of_running(
    dtype: Any, compiler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SESSILE_COMPILER", compiler)
    monkeypatch.setattr(compile_module, "_kernels", {})
    last, first = np.iinfo(dtype).max, np.iinfo(dtype).min
    x = np.array([last, first, 3, -7, last // 2 + 1, 0], dtype)
    one = np.ones((), dtype)
    with np.errstate(all="ignore"):
        squares = x * x
        assert_everywhere(np.abs(squares), lambda x: tf.abs(x * x), x)
        assert_everywhere(x + one > x, lambda x: x + one > x, x)
        assert_everywhere(x - one < x, lambda x: x - one < x, x)
        assert_everywhere(x * dtype(2) > x, lambda x: x * dtype(2) > x, x)
        assert_everywhere(np.abs(-x), lambda x: tf.abs(-x), x)
        total = np.sum(squares, dtype=dtype)
        assert_everywhere(np.asarray(total < 0), lambda x: tf.reduce_sum(x * x) < 0, x)


WRAPPED = [
    (~(1 << 31), np.int32, 2147483647),
    (300, np.uint8, 44),
    (-1, np.uint8, 255),
    ([1, 70000], np.int16, [1, 4464]),
    (1 << 31, np.int32, -(2**31)),
    (-1, np.uint64, 2**64 - 1),
]


@pytest.mark.parametrize("value, dtype, expected", WRAPPED)
def test_integers_beyond_a_type_are_cut_to_its_bits(value: Any, dtype: Any, expected: Any) -> None:
    """As in TensorFlow 1.15: `tensor2tensor` writes a mask as `tf.constant(~(1 << 31), tf.int32)`."""
    with tf.Graph().as_default(), tf.Session() as sess:
        found = sess.run(tf.constant(value, dtype))
        assert found.dtype == dtype
        np.testing.assert_array_equal(found, np.array(expected, dtype))
        with pytest.raises(TypeError, match="does not fit uint64"):
            tf.constant(2**64, np.uint64)
