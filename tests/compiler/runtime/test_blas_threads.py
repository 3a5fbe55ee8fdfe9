"""LAPACK works on small matrices with one thread, and BLAS has its threads again afterwards."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sessile.compiler.runtime import blas
from sessile.ops.definition.registry import lookup
from sessile.ops.families.linalg import factorizations

import sessile as tf

FUNCTIONS = blas._thread_functions()
pytestmark = pytest.mark.skipif(FUNCTIONS is None or FUNCTIONS[1]() < 2, reason="BLAS has one thread here anyway")


def threads() -> int:
    assert FUNCTIONS is not None
    return int(FUNCTIONS[1]())


@pytest.mark.parametrize(("size", "is_small"), [(48, False), (49, True), (384, True), (385, False)])
@pytest.mark.parametrize("way", ["run", "callable"])
def test_inverses(size: int, is_small: bool, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    inverse = factorizations._inverse_kernel

    def noted(x: Any, *, adjoint: bool) -> Any:
        seen.append(threads())
        return inverse(x, adjoint=adjoint)

    monkeypatch.setattr(lookup("MatrixInverse"), "kernel", noted)
    before = threads()
    x = tf.placeholder(tf.float64, [size, size])
    y = tf.matrix_inverse(x) * 2.0
    matrix = np.eye(size) * 4
    with tf.Session() as session:
        step = session.make_callable(y, [x]) if way == "callable" else lambda given: session.run(y, {x: given})
        for _ in range(3):
            np.testing.assert_array_equal(step(matrix), np.eye(size) / 2)
    assert len(seen) == 3 and all((count == 1) is is_small for count in seen)
    assert threads() == before


def test_errors_give_the_threads_back() -> None:
    before = threads()
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError):
        session.run(tf.cholesky(-tf.eye(3)))
    assert threads() == before


def test_the_blas_of_scipy() -> None:
    pytest.importorskip("scipy.linalg")
    functions = blas._scipy_functions()
    if functions is None:
        pytest.skip("SciPy ships no BLAS here")
    before = functions[1]()
    with blas.all_alone(), blas.all_alone():
        assert functions[1]() == threads() == 1
    assert functions[1]() == before
