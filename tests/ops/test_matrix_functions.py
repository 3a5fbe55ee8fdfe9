"""Functions of matrices, LU factors, least squares and the beta function; gradients are tested with their rules."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg
import scipy.special

import sessile as tf

RANDOM = np.random.RandomState(0)
SQUARE = RANDOM.randn(2, 3, 3)
POSITIVE = SQUARE @ np.swapaxes(SQUARE, -1, -2) + 2 * np.eye(3)


def value(tensor: Any) -> Any:
    with tf.Session() as sess:
        return sess.run(tensor)


def each(function: Any, matrices: Any) -> Any:
    return np.stack([function(matrix) for matrix in matrices])


def test_functions_of_matrices_are_scipys() -> None:
    np.testing.assert_allclose(value(tf.linalg.expm(SQUARE)), each(scipy.linalg.expm, SQUARE))
    np.testing.assert_allclose(value(tf.linalg.sqrtm(POSITIVE)), each(scipy.linalg.sqrtm, POSITIVE))
    logarithms = value(tf.linalg.logm(POSITIVE.astype(np.complex128)))
    np.testing.assert_allclose(logarithms, each(scipy.linalg.logm, POSITIVE), atol=1e-12)
    assert value(tf.linalg.expm(np.zeros((2, 0, 0)))).shape == (2, 0, 0)
    assert np.isnan(value(tf.linalg.sqrtm(-np.eye(2)))).any()


def test_lu_gives_the_rows_in_their_new_order() -> None:
    factors, order = value(tf.linalg.lu(SQUARE, tf.int64))
    assert order.dtype == np.int64
    for matrix, both, rows in zip(SQUARE, factors, order):
        lower = np.tril(both, -1) + np.eye(3)
        np.testing.assert_allclose(lower @ np.triu(both), matrix[rows])
    with pytest.raises(tf.errors.InvalidArgumentError, match="not invertible"):
        value(tf.linalg.lu(np.zeros((2, 2))))


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (3, 3)])
@pytest.mark.parametrize("fast", [True, False])
def test_least_squares_are_numpys(shape: tuple[int, int], fast: bool) -> None:
    a, b = RANDOM.randn(*shape), RANDOM.randn(shape[0], 2)
    expected = np.linalg.lstsq(a, b, rcond=None)[0]
    np.testing.assert_allclose(value(tf.matrix_solve_ls(a, b, fast=fast)), expected, rtol=1e-6)
    unknown = tf.placeholder(tf.float64, [None, None])
    with tf.Session() as sess:
        np.testing.assert_allclose(sess.run(tf.linalg.lstsq(unknown, b, fast=fast), {unknown: a}), expected, rtol=1e-6)


def test_least_squares_weigh_the_solution() -> None:
    a, b = RANDOM.randn(5, 3), RANDOM.randn(5, 2)
    expected = np.linalg.solve(a.T @ a + 0.5 * np.eye(3), a.T @ b)
    np.testing.assert_allclose(value(tf.matrix_solve_ls(a, b, 0.5)), expected)
    with_node = tf.raw_ops.MatrixSolveLs(matrix=a, rhs=b, l2_regularizer=np.float64(0.5))
    np.testing.assert_allclose(value(with_node), expected)


def test_pseudo_inverses_are_numpys() -> None:
    for matrix in (RANDOM.randn(2, 5, 3), RANDOM.randn(3, 5), np.ones((3, 3)), SQUARE + 1j):
        np.testing.assert_allclose(value(tf.linalg.pinv(matrix)), np.linalg.pinv(matrix), atol=1e-12)
    np.testing.assert_allclose(value(tf.linalg.pinv(np.diag([3.0, 1.0, 2.0]), 0.5)), np.diag([1 / 3, 0, 0.5]))


def test_lbeta_is_the_logarithm_of_the_beta_function() -> None:
    x = np.array([[1.0, 2.5], [0.3, 4.0]])
    np.testing.assert_allclose(value(tf.lbeta(x)), scipy.special.betaln(x[:, 0], x[:, 1]))
    assert tf.lbeta is tf.math.lbeta


@pytest.mark.parametrize("name", ["expm", "sqrtm", "lu"])
def test_matrices_that_are_not_square_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="Dimensions must be equal, but are 2 and 3"):
        getattr(tf.linalg, name)(np.zeros((2, 3)))
    x = tf.placeholder(tf.float64)
    with tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError, match="must be square"):
        sess.run(getattr(tf.linalg, name)(x), {x: np.zeros((2, 3))})


_NAN = float("nan")
_SINGULAR = "Input matrix is not invertible"
_SUCCESS = "was not successful. The input might not be valid"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: tf.cholesky(-tf.eye(3)), f"Cholesky decomposition {_SUCCESS}"),
        (lambda: tf.cholesky(tf.stack([tf.eye(2), tf.zeros([2, 2])])), f"Cholesky decomposition {_SUCCESS}"),
        (lambda: tf.cholesky_solve(tf.zeros([2, 2]), tf.ones([2, 1])), "Input matrix is not invertible"),
        (
            lambda: tf.matrix_triangular_solve([[1.0, 0.0], [2.0, 0.0]], tf.ones([2, 1])),
            "Input matrix is not invertible",
        ),
        (
            lambda: tf.matrix_triangular_solve([[_NAN, 0.0], [2.0, 1.0]], [[1.0], [1.0]]),
            "Input matrix is not invertible",
        ),
        (lambda: tf.self_adjoint_eig([[1.0, 0.0], [_NAN, 1.0]]), f"Self-adjoint eigen decomposition {_SUCCESS}"),
        (lambda: tf.self_adjoint_eigvals([[_NAN, 0.0], [0.0, 1.0]]), f"Self-adjoint eigen decomposition {_SUCCESS}"),
    ],
)
def test_matrices_without_a_result_are_refused(make: Any, message: str) -> None:
    """As TensorFlow 1.15 does."""
    fetched = make()
    with tf.Session() as session:
        for _ in range(2):
            with pytest.raises(tf.errors.InvalidArgumentError, match=message):
                session.run(fetched)
        np.testing.assert_array_equal(session.run(tf.cholesky(tf.zeros([0, 2, 2]))), np.zeros([0, 2, 2]))
        upper = tf.self_adjoint_eigvals([[1.0, _NAN], [0.0, 1.0]])
        np.testing.assert_array_equal(session.run(upper), [1, 1])


@pytest.mark.parametrize("size", [1, 2, 5, 30])
@pytest.mark.parametrize("scale", [0.0, 1e-3, 0.1, 0.4, 1.0, 8.0])
@pytest.mark.parametrize("is_complex", [False, True])
def test_exponentials_of_many_matrices(size: int, scale: float, is_complex: bool) -> None:
    """Small norms and large ones in one batch, against SciPy's; what is not finite is NaN."""
    import scipy.linalg

    random = np.random.default_rng(size)
    x = random.normal(size=(3, 2, size, size)) * scale * np.array([0.1, 1, 3]).reshape(3, 1, 1, 1) / np.sqrt(size)
    if is_complex:
        x = x + 1j * random.normal(size=x.shape) * scale / np.sqrt(size)
    wanted = np.stack([[scipy.linalg.expm(matrix) for matrix in row] for row in x])
    x = np.concatenate([x, x[:1]])
    x[3, 0, 0, 0] = np.nan
    x[3, 1, 0, 0] = np.inf
    with tf.Graph().as_default(), tf.Session() as sess:
        found = sess.run(tf.linalg.expm(x))
    assert np.isnan(found[3]).all()
    for one, other in zip(found[:3].reshape(-1, size, size), wanted.reshape(-1, size, size)):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-11 * np.abs(other).max())
