"""`linalg.tridiagonal_solve` and `tridiagonal_matmul` beside full matrices, in all forms of their diagonals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf

_RANDOM = np.random.RandomState(0)


def _bands(side: int, *lead: int) -> Any:
    return _RANDOM.uniform(-1, 1, (*lead, 3, side)) + np.array([0.0, 4.0, 0.0])[:, None]


def _full(bands: Any) -> Any:
    return np.diag(bands[1]) + np.diag(bands[0, :-1], 1) + np.diag(bands[2, 1:], -1)


@pytest.mark.parametrize("side", [1, 5, 40])
@pytest.mark.parametrize("form", ["compact", "sequence", "matrix"])
def test_systems_and_products_undo_each_other(form: str, side: int) -> None:
    """Of small matrices, which are made full ones, and of larger ones."""
    bands, right = _bands(side), _RANDOM.uniform(-1, 1, (side, 2))
    given: Any = {"compact": bands, "sequence": [tf.constant(part) for part in bands], "matrix": _full(bands)}[form]
    with tf.Session() as session:
        solution = tf.linalg.tridiagonal_solve(given, right, form)
        product = tf.linalg.tridiagonal_matmul(given, solution, form)
        found, back = session.run([solution, product])
    np.testing.assert_allclose(found, np.linalg.solve(_full(bands), right), atol=1e-12)
    np.testing.assert_allclose(back, right, atol=1e-12)


def test_vectors_and_transposed_sides() -> None:
    """A vector for each matrix; rows instead of columns."""
    bands, right = _bands(4, 2), _RANDOM.uniform(-1, 1, (2, 4))
    with tf.Session() as session:
        vectors = tf.linalg.tridiagonal_solve(bands, right)
        rows = tf.linalg.tridiagonal_solve(bands, right[:, None, :], transpose_rhs=True)
        one, two = session.run([vectors, rows])
    assert one.shape == (2, 4)
    np.testing.assert_allclose(one, two[..., 0])


def test_what_has_no_solution_is_refused() -> None:
    """Matrices without an inverse when run; shapes and forms while building."""
    with tf.Graph().as_default(), tf.Session() as session:
        for side in (3, 30):
            with pytest.raises(tf.errors.InvalidArgumentError, match="invertible"):
                session.run(tf.linalg.tridiagonal_solve(np.zeros((3, side)), np.ones(side)))
        with pytest.raises(ValueError, match="Unrecognized"):
            tf.linalg.tridiagonal_solve(_bands(3), np.ones(3), "diagonal")
        with pytest.raises(ValueError, match="equal"):
            tf.linalg.tridiagonal_solve(_bands(3), np.ones((4, 1)))
