"""Systems of equations with many small matrices: the compiled routines against NumPy's kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessile.ops.definition.registry import lookup
from sessile.ops.families.linalg import matrix_functions
from sessile.ops.types.dtypes import as_dtype

import sessile as tf
from tests.compiler.routines.held import both


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    batch=st.sampled_from([(), (1,), (30,), (2, 3)]),
    side=st.sampled_from([1, 2, 5, 40]),
    width=st.sampled_from([1, 3, 4, 7, 20]),
    lower=st.booleans(),
    adjoint=st.booleans(),
    kind=st.sampled_from([np.float32, np.float64]),
    threads=st.integers(1, 3),
)
def test_triangles(
    seed: int, batch: Any, side: int, width: int, lower: bool, adjoint: bool, kind: Any, threads: int
) -> None:
    """What is on the other side of the diagonal is not read; one matrix may serve many right sides."""
    random = np.random.default_rng(seed)
    matrix = (random.normal(size=(*batch, side, side)) / side + 2 * np.eye(side)).astype(kind)
    unread = np.triu_indices(side, 1) if lower else np.tril_indices(side, -1)
    matrix[(..., *unread)] = np.nan
    right = random.normal(size=(*batch, side, width)).astype(kind)
    if batch and seed % 2:
        matrix = matrix[(0,) * len(batch)]
    found, wanted = both("MatrixTriangularSolve", [matrix, right], [kind], threads, lower=lower, adjoint=adjoint)
    assert found is not None
    np.testing.assert_allclose(found[0], wanted[0], rtol=1e-3, atol=1e3 * np.finfo(kind).eps)


def test_no_triangles() -> None:
    """What has no answer is left to the kernel, which says so."""
    for matrix in (np.zeros((9, 4, 4), np.float32), np.full((9, 4, 4), np.nan, np.float32)):
        with pytest.raises(tf.errors.InvalidArgumentError, match="not invertible"):
            both(
                "MatrixTriangularSolve",
                [matrix, np.ones((9, 4, 60), np.float32)],
                [np.float32],
                lower=True,
                adjoint=False,
            )


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    batch=st.sampled_from([(), (9,), (2, 3)]),
    side=st.sampled_from([1, 2, 3, 10, 70]),
    width=st.sampled_from([1, 2, 5]),
    weight=st.sampled_from([0.0, 0.5, 3.0]),
    kind=st.sampled_from([np.float32, np.float64]),
    threads=st.integers(1, 3),
)
def test_three_diagonals(seed: int, batch: Any, side: int, width: int, weight: float, kind: Any, threads: int) -> None:
    """Small or no numbers are on the main diagonal, so rows have to be exchanged: what is found solves the system."""
    random = np.random.default_rng(seed)
    diagonals = random.uniform(0.5, 1.5, (*batch, 3, side)).astype(kind)
    diagonals[..., 1, :] = weight + 0.1 * random.normal(size=(*batch, side))
    right = random.normal(size=(*batch, side, width)).astype(kind)
    found, wanted = both("TridiagonalSolve", [diagonals, right], [kind], threads, partial_pivoting=True)
    assert found is not None
    above, main, below = np.moveaxis(diagonals.astype(np.float64), -2, 0)[..., None]
    for result in (found[0].astype(np.float64), wanted[0].astype(np.float64)):
        again = main * result
        again[..., :-1, :] += above[..., :-1, :] * result[..., 1:, :]
        again[..., 1:, :] += below[..., 1:, :] * result[..., :-1, :]
        np.testing.assert_allclose(again, right, atol=100 * np.finfo(kind).eps * (1 + np.abs(result).max()))


def test_no_three_diagonals() -> None:
    """A singular matrix is the kernel's."""
    diagonals, right = np.zeros((3, 3, 900), np.float32), np.ones((3, 900, 1), np.float32)
    with pytest.raises(tf.errors.InvalidArgumentError, match="not invertible"):
        both("TridiagonalSolve", [diagonals, right], [np.float32], partial_pivoting=True)


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.complex64, np.complex128])
@pytest.mark.parametrize("side", [1, 2, 5])
def test_many_matrices_are_factored_at_once(side: int, kind: Any) -> None:
    """As each alone by LAPACK; those that are singular are refused."""
    random = np.random.default_rng(side)
    x = random.normal(size=(40, side, side)).astype(kind)
    if x.dtype.kind == "c":
        x = (x + 1j * random.normal(size=x.shape)).astype(kind)
    parts = [(np.empty_like(x), np.empty(x.shape[:-1], np.int32)) for _ in range(2)]
    matrix_functions._factor_at_once(x, *parts[0])
    matrix_functions._factor_each(x, *parts[1])
    np.testing.assert_array_equal(parts[0][1], parts[1][1])
    np.testing.assert_allclose(parts[0][0], parts[1][0], rtol=1e-3, atol=1e3 * np.finfo(kind).eps)
    x[3] = 0
    for factor in (matrix_functions._factor_at_once, matrix_functions._factor_each):
        with pytest.raises(ValueError, match="not invertible"):
            factor(x, *parts[0])


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4)])
def test_smallest_solutions(shape: Any) -> None:
    """As NumPy's for each matrix, those without full rank among them."""
    random = np.random.default_rng(0)
    a, b = random.normal(size=(6, *shape)), random.normal(size=(6, shape[0], 2))
    a[2, :, 1] = a[2, :, 0]
    a[3] = 0
    found = matrix_functions._smallest(a, b)
    for one, matrix, right in zip(found, a, b):
        np.testing.assert_allclose(one, np.linalg.lstsq(matrix, right, rcond=None)[0], atol=1e-10)


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.complex64, np.complex128])
@pytest.mark.parametrize("name", ["MatrixSquareRoot", "MatrixLogarithm"])
def test_functions_of_many_matrices(name: str, kind: Any) -> None:
    """As of each alone: with negative eigenvalues, none, or without a basis of eigenvectors, too."""
    if name == "MatrixLogarithm" and np.dtype(kind).kind != "c":
        kind = np.complex64
    random = np.random.default_rng(1)
    x = (random.normal(size=(20, 3, 3)) + 3 * np.eye(3)).astype(kind)
    x[0] = np.diag([-1.0, 4.0, 9.0])
    x[1] = [[4, 1, 0], [0, 4, 1], [0, 0, 4]]
    x[2] = np.eye(3)
    kernel = lookup(name).kernel
    for matrix, many in zip(x, kernel(x)):
        np.testing.assert_allclose(many, kernel(matrix), rtol=1e-4, atol=1e3 * np.finfo(kind).eps)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    extents=st.sampled_from([(1, 1), (7, 5), (40, 60)]),
    width=st.sampled_from([1, 3, 16, 70]),
    count=st.sampled_from([1, 30, 400]),
    adjoints=st.tuples(st.booleans(), st.booleans()),
    kind=st.sampled_from([np.float32, np.float64]),
    index=st.sampled_from([np.int32, np.int64]),
    threads=st.integers(1, 3),
)
def test_sparse_products(
    seed: int, extents: Any, width: int, count: int, adjoints: Any, kind: Any, index: Any, threads: int
) -> None:
    """Elements in any order, some of them twice; whole numbers, so that sums are exact."""
    random = np.random.default_rng(seed)
    indices = np.stack([random.integers(0, extent, count) for extent in extents], axis=1).astype(index)
    values = random.integers(-9, 9, count).astype(kind)
    dense = random.integers(-9, 9, (extents[0 if adjoints[0] else 1], width)).astype(kind)
    arrays = [indices, values, np.array(extents), dense.T.copy() if adjoints[1] else dense]
    attrs = {"adjoint_a": adjoints[0], "adjoint_b": adjoints[1]}
    found, wanted = both("SparseTensorDenseMatMul", arrays, [kind], threads, Tindices=as_dtype(index), **attrs)
    assert found is not None
    np.testing.assert_array_equal(found[0], wanted[0])


def test_no_sparse_product() -> None:
    """A place outside is the kernel's."""
    arrays = [np.array([[0, 5]]), np.ones(1, np.float32), np.array([2, 3]), np.ones((3, 900), np.float32)]
    with pytest.raises(tf.errors.InvalidArgumentError, match="out of bounds"):
        both("SparseTensorDenseMatMul", arrays, [np.float32], adjoint_a=False, adjoint_b=False)
