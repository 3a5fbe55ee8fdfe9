"""Running folds: the compiled routines against NumPy's kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessile.ops.base.ownership import is_owned

import sessile as tf
from tests.compiler.routines.held import ALL_TYPES, both, numbers

NAMES = ("Cumsum", "Cumprod", "CumulativeLogsumexp")


def _scanned(name: str, x: Any, axis: int, exclusive: bool = False, reverse: bool = False, threads: int = 2) -> Any:
    return both(name, [x, np.array(axis, np.int32)], [x.dtype], threads, exclusive=exclusive, reverse=reverse)


def _agree(found: Any, wanted: Any, x: Any) -> None:
    assert found is not None
    (mine,), (theirs,) = found, wanted
    assert mine.dtype == theirs.dtype and mine.shape == theirs.shape
    if mine.dtype.kind != "f":
        np.testing.assert_array_equal(mine, theirs)
        return
    eps = np.finfo(mine.dtype).eps * (64 + x.size)  # NumPy adds one by one: its error grows with the length
    with np.errstate(all="ignore"):
        size = float(np.nansum(np.abs(np.where(np.isfinite(x), x, 0)))) + 1
    np.testing.assert_allclose(mine, theirs, rtol=eps, atol=eps * size)


@settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.sampled_from(
        [
            (1,),
            (2031,),
            (2032,),
            (2033,),
            (9000,),
            (17000,),
            (3, 2100),
            (40, 3),
            (2100, 3),
            (5, 600, 4),
            (2, 30, 17),
            (9, 300),
        ]
    ),
    which=st.integers(-3, 2),
    name=st.sampled_from(NAMES),
    kind=st.sampled_from([np.float32, np.float64, np.int32, np.uint8]),
    flags=st.tuples(st.booleans(), st.booleans()),
    hostile=st.booleans(),
)
def test_scans(seed: int, shape: Any, which: int, name: str, kind: Any, flags: Any, hostile: bool) -> None:
    """All lengths around blocks, all axes, exclusive and reversed, NaN and infinities among the elements."""
    if name == "CumulativeLogsumexp" and np.dtype(kind).kind != "f":
        kind = np.float32
    x = numbers(np.random.default_rng(seed), shape, kind, hostile)
    if name == "Cumprod" and x.dtype.kind == "f":
        x = np.where(np.isfinite(x), np.copysign(1 + np.abs(x) / 1000, x).astype(kind), x)
    axis = which % len(shape)
    found, wanted = _scanned(name, x, axis, *flags)
    if name == "Cumprod" and x.dtype.kind == "f":
        np.testing.assert_allclose(found[0], wanted[0], rtol=1e-2 if kind is np.float32 else 1e-10)
    else:
        _agree(found, wanted, x)


@pytest.mark.parametrize("kind", ALL_TYPES, ids=lambda kind: np.dtype(kind).name)
@pytest.mark.parametrize("name", NAMES[:2])
def test_types(kind: Any, name: str) -> None:
    """Every type of numbers, from arrays that are not dense."""
    x = numbers(np.random.default_rng(1), (3, 1100, 2), kind)[:, ::2]
    if np.dtype(kind).kind == "f":
        x = np.sign(x)
    for axis in range(3):
        found, wanted = _scanned(name, x, axis)
        _agree(found, wanted, x)


@pytest.mark.parametrize("shape", [(200_000,), (400, 500), (3000, 40)], ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_same_bits(shape: Any, name: str) -> None:
    """One, two and three threads come to the same bits."""
    x = numbers(np.random.default_rng(2), shape, np.float32)
    results = [_scanned(name, x, 0, threads=threads)[0] for threads in (1, 2, 3)]
    assert results[0] is not None
    assert all(result[0].tobytes() == results[0][0].tobytes() for result in results)


@pytest.mark.parametrize("axis", [2, -3])
def test_an_axis_that_is_not_there_is_left_to_the_kernel(axis: int) -> None:
    """The kernel says what is wrong."""
    with pytest.raises(Exception, match="Expected scan axis"):
        _scanned("Cumsum", np.zeros((50, 50), np.float32), axis)


def test_a_fetched_result_is_not_copied() -> None:
    """What a step gives is the array that the routine has written, in recycled memory; later steps leave it alone."""
    x = tf.placeholder(tf.int32, [None])
    ones = np.ones(300_000, np.int32)
    with tf.Session() as session:
        step = session.make_callable(tf.cumsum(x), [x])
        results = [step(ones * factor) for factor in range(4)]
    for factor, result in enumerate(results):
        assert result.base is not None and is_owned(result)
        np.testing.assert_array_equal(result, np.arange(1, 300_001) * factor)
