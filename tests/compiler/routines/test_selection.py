"""The largest elements of rows, and rows in order: the compiled routines against NumPy's kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessile.compiler.executors import interpreter
from sessile.compiler.routines import run
from sessile.ops.types import dtypes

import sessile as tf
from tests.compiler.routines.held import ALL_TYPES, both, instruction, numbers

PLACES = dtypes.int32


def _top_k(x: Any, k: int, threads: int = 2) -> Any:
    return both("TopKV2", [x, np.array(k, np.int32)], [x.dtype, np.int32], threads, sorted=True, index_type=PLACES)


def _same(found: Any, wanted: Any) -> None:
    assert found is not None
    for mine, theirs in zip(found, wanted):
        assert mine.dtype == theirs.dtype and mine.shape == theirs.shape
        assert mine.tobytes() == theirs.tobytes()


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    lead=st.sampled_from([(), (1,), (3,), (2, 5)]),
    n=st.integers(1, 700),
    share=st.floats(0, 1),
    kind=st.sampled_from([np.float32, np.float64, np.int32, np.uint8]),
    is_rounded=st.booleans(),
)
def test_top_k(seed: int, lead: Any, n: int, share: float, kind: Any, is_rounded: bool) -> None:
    """Any part of rows, with equal elements, NaN, infinities and both zeros among them: the same bits and places."""
    x = numbers(np.random.default_rng(seed), (*lead, n), kind, hostile=True)
    if is_rounded:  # many equal ones
        x = np.round(x) if x.dtype.kind == "f" else x // x.dtype.type(40)
    k = max(1, round(share * n))
    found, wanted = _top_k(x, k)
    if found is None:
        assert k > n // 8 and x.dtype.itemsize == 8  # these stay NumPy's
    else:
        _same(found, wanted)


@pytest.mark.parametrize("kind", ALL_TYPES, ids=lambda kind: np.dtype(kind).name)
def test_types(kind: Any) -> None:
    """Every type of numbers, from arrays that are not dense; what has no routine is left to NumPy."""
    x = numbers(np.random.default_rng(1), (50, 400), kind)[:, ::2]
    for k in (1, 20, 200):
        found, wanted = _top_k(x, k)
        if np.dtype(kind) == np.uint64 or (k == 200 and np.dtype(kind) in map(np.dtype, ["q", "d", "I"])):
            assert found is None
        else:
            _same(found, wanted)


@pytest.mark.parametrize("order", ["ascending", "descending", "equal", "random"])
@pytest.mark.parametrize("k", [5, 200_001], ids=["few", "all"])
def test_long_rows_and_threads(order: str, k: int) -> None:
    """Sorted and equal rows as well as random ones, sorted in parts and merged: the same for 1, 2 and 3 threads."""
    x = np.random.default_rng(3).normal(size=(1, 200_001)).astype(np.float32)
    x = {"ascending": np.sort(x), "descending": -np.sort(x), "equal": x * 0, "random": x}[order]
    for threads in (1, 2, 3):
        _same(*_top_k(x, k, threads))


@pytest.mark.parametrize("k", [-1, 6])
def test_what_is_wrong_is_left_to_the_kernel(k: int) -> None:
    """A number of elements that there is not."""
    x = np.zeros((1000, 5), np.float32)
    given = [x, np.array(k, np.int32)]
    made = instruction("TopKV2", given, [np.float32, np.int32], sorted=True, index_type=PLACES)
    assert run._run(made, given, 1) is None


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    lead=st.sampled_from([(), (3,)]),
    n=st.sampled_from([1, 2, 700, 70_000]),
    kind=st.sampled_from([np.float32, np.float64, np.int32, np.uint64]),
    special=st.sampled_from([0.0, 0.1, 0.9, 1.0]),
)
def test_values_alone(seed: int, lead: Any, n: int, kind: Any, special: float) -> None:
    """Rows in order whose places nobody reads, with few, many and only NaN among them."""
    random = np.random.default_rng(seed)
    x = numbers(random, (*lead, n), kind)
    if x.dtype.kind == "f":
        x = np.where(random.random(x.shape) < special, x.dtype.type(np.nan), x)
    given = [x, np.array(n, np.int32)]
    made = instruction("TopKV2", given, [kind, np.int32], sorted=True, index_type=PLACES)
    wanted = interpreter.execute(made, given, None)[0]
    for threads in (1, 2, 3):
        found = run._run(made, given, threads, (False, True))
        if found is None:
            assert x.dtype == np.uint64
        else:
            np.testing.assert_array_equal(found[0], wanted)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.sampled_from([(1,), (700,), (40, 3), (300, 400), (2, 3, 70_001)]),
    share=st.floats(0, 1, exclude_max=True),
    kind=st.sampled_from(ALL_TYPES),
    reverse=st.booleans(),
    threads=st.integers(1, 3),
)
def test_nth_element(seed: int, shape: Any, share: float, kind: Any, reverse: bool, threads: int) -> None:
    """Rows short and long, from either end, with NaN, infinities and both zeros among them."""
    x = numbers(np.random.default_rng(seed), shape, kind, hostile=True)
    place = np.array(int(share * shape[-1]), np.int32)
    found, wanted = both("NthElement", [x, place], [kind], threads, reverse=reverse)
    _same(found, wanted)


@pytest.mark.parametrize("k", [-1, 5])
def test_an_element_that_is_not_there(k: int) -> None:
    x = np.zeros((1000, 5), np.float32)
    given = [x, np.array(k, np.int32)]
    assert run._run(instruction("NthElement", given, [np.float32], reverse=False), given, 1) is None


def test_sort_in_a_step() -> None:
    """`sort` and `argsort` of many numbers, up and down, with and without compiled code."""
    x = tf.placeholder(tf.float32, [None])
    values = np.random.default_rng(1).normal(size=100_000).astype(np.float32)
    fetches = [tf.sort(x), tf.sort(x, direction="DESCENDING"), tf.argsort(x)]
    with tf.Session() as session:
        up, down, places = (session.make_callable(fetch, [x])(values) for fetch in fetches)
    np.testing.assert_array_equal(up, np.sort(values))
    np.testing.assert_array_equal(down, np.sort(values)[::-1])
    np.testing.assert_array_equal(places, np.argsort(values, kind="stable"))
