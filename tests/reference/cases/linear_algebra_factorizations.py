"""Inverses, determinants, linear systems and factorizations. Signs of vectors are free, so products are compared."""

from __future__ import annotations

from typing import Any

import numpy as np

RANDOM = np.random.RandomState(3)
M = RANDOM.standard_normal((3, 3))
TALL = RANDOM.standard_normal((4, 3))
BATCH = RANDOM.standard_normal((2, 3, 3))
POSITIVE = BATCH @ np.swapaxes(BATCH, -1, -2) + np.eye(3)
RHS = RANDOM.standard_normal((3, 2))
COMPLEX = M + 1j * BATCH[0]
SINGULAR = np.array([[1.0, 2.0], [2.0, 4.0]])


def _coarse(tf: Any, *values: Any) -> list[Any]:
    """The values, away from zero and with fewer digits: the last ones are the algorithm's."""
    return [tf.cast(x + 10, tf.complex64 if x.dtype.is_complex else tf.float32) for x in values]


def _svd_product(tf: Any, value: Any, full: bool) -> Any:
    s, u, v = tf.svd(tf.constant(value), full_matrices=full)
    count = min(value.shape[-2:])
    return _coarse(tf, s, tf.matmul(u[..., :count] * s, v[..., :count], transpose_b=True))


def _eigen_product(tf: Any, value: Any) -> Any:
    e, v = tf.self_adjoint_eig(tf.constant(value))
    return _coarse(tf, e, tf.matmul(v * tf.expand_dims(e, -2), v, adjoint_b=True))


def _qr_product(tf: Any, value: Any, full: bool) -> Any:
    q, r = tf.qr(tf.constant(value), full_matrices=full)
    return _coarse(tf, tf.matmul(q, r), tf.matmul(q, q, adjoint_a=True))


CASES: dict[str, Any] = {
    "inverse": lambda tf: _coarse(
        tf, *[tf.matrix_inverse(M), tf.matrix_inverse(tf.constant(BATCH), adjoint=True, name="inverse")]
    ),
    "inverse_complex": lambda tf: _coarse(tf, tf.matrix_inverse(COMPLEX, adjoint=True)),
    "inverse_singular": lambda tf: tf.matrix_inverse(SINGULAR),
    "inverse_nan": lambda tf: tf.matrix_inverse([[float("nan"), 1.0], [1.0, 1.0]]),
    "inverse_not_square": lambda tf: tf.matrix_inverse(TALL),
    "inverse_int": lambda tf: tf.matrix_inverse([[1]]),
    "inverse_empty": lambda tf: [tf.matrix_inverse(tf.zeros([0, 0])), tf.matrix_determinant(tf.zeros([0, 0]))],
    "determinant": lambda tf: _coarse(
        tf, *[tf.matrix_determinant(M), tf.matrix_determinant(BATCH), tf.matrix_determinant(COMPLEX)]
    ),
    "determinant_vector": lambda tf: tf.matrix_determinant([1.0]),
    "slogdet": lambda tf: _coarse(tf, *list(tf.linalg.slogdet(BATCH))),
    "cholesky": lambda tf: _coarse(tf, *[tf.cholesky(POSITIVE), tf.cholesky([[4.0, 9.0], [2.0, 3.0]])]),
    "cholesky_vector": lambda tf: tf.cholesky([1.0]),
    "cholesky_solve": lambda tf: _coarse(tf, tf.cholesky_solve(tf.cholesky(POSITIVE[0]), RHS)),
    "solve": lambda tf: _coarse(tf, *[tf.matrix_solve(M, RHS), tf.matrix_solve(M, RHS, adjoint=True)]),
    "solve_singular": lambda tf: tf.matrix_solve(SINGULAR, SINGULAR),
    "solve_size": lambda tf: tf.matrix_solve(M, TALL),
    "solve_batch": lambda tf: tf.matrix_solve(BATCH, RHS),
    "solve_vector": lambda tf: tf.matrix_solve(M, [1.0, 2.0, 3.0]),
    "triangular": lambda tf: _coarse(
        tf,
        *[tf.matrix_triangular_solve(M, RHS, lower, adjoint) for lower in (False, True) for adjoint in (False, True)],
    ),
    "triangular_batch": lambda tf: _coarse(tf, tf.matrix_triangular_solve(BATCH, RHS, name="solution")),
    "triangular_complex": lambda tf: _coarse(tf, tf.matrix_triangular_solve(COMPLEX, COMPLEX, adjoint=True)),
    "triangular_zero": lambda tf: tf.matrix_triangular_solve([[0.0, 2.0], [2.0, 4.0]], [[1.0], [2.0]]),
    "eigenvalues": lambda tf: _coarse(
        tf, *[tf.self_adjoint_eigvals(POSITIVE), tf.self_adjoint_eigvals([[2.0, 9.0], [1.0, 3.0]])]
    ),
    "eigenvectors": lambda tf: _eigen_product(tf, POSITIVE),
    "singular_values": lambda tf: _coarse(tf, *[tf.svd(TALL, compute_uv=False), tf.svd(BATCH, compute_uv=False)]),
    "svd": lambda tf: _svd_product(tf, TALL, False),
    "svd_full": lambda tf: _svd_product(tf, TALL, True),
    "svd_wide": lambda tf: _svd_product(tf, TALL.T.copy(), False),
    "qr": lambda tf: _qr_product(tf, TALL, False),
    "qr_full": lambda tf: _qr_product(tf, TALL, True),
    "qr_wide": lambda tf: _qr_product(tf, TALL.T.copy(), False),
    "adjoint": lambda tf: tf.linalg.adjoint(COMPLEX),
    "trace": lambda tf: _coarse(tf, tf.trace(tf.constant(BATCH))),
    "logdet": lambda tf: _coarse(tf, tf.linalg.logdet(tf.constant(POSITIVE))),
}
