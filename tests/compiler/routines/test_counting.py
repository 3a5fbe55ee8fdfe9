"""Counting and searching: the compiled routines against NumPy's kernels, to the bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessile.compiler.fusion.groups import Call
from sessile.compiler.routines import run
from sessile.ops.types.dtypes import as_dtype

import sessile as tf
from tests.compiler.programs import program, variant_of
from tests.compiler.routines.held import both, instruction, numbers


def _same(found: Any, wanted: Any) -> None:
    assert found is not None
    assert found[0].dtype == wanted[0].dtype
    np.testing.assert_array_equal(found[0], wanted[0])


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.sampled_from([1, 5, 4001, 70_003]),
    bins=st.sampled_from([1, 7, 1000, 5000]),
    beyond=st.sampled_from([0, 20]),
    kind=st.sampled_from([np.int32, np.int64]),
    counted=st.sampled_from([np.int32, np.int64, np.float32, np.float64]),
    weighted=st.booleans(),
    binary=st.booleans(),
    threads=st.integers(1, 3),
)
def test_bincount(
    seed: int, size: int, bins: int, beyond: int, kind: Any, counted: Any, weighted: bool, binary: bool, threads: int
) -> None:
    """Few and many bins, numbers beyond them, weights that are whole numbers, so that sums are exact."""
    random = np.random.default_rng(seed)
    x = random.integers(0, bins + beyond, size).astype(kind)
    weights = random.integers(-9, 9, size if weighted else 0).astype(counted)
    _same(*both("DenseBincount", [x, np.array(bins, kind), weights], [counted], threads, binary_output=binary))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.sampled_from([(1,), (4001,), (30, 70, 11)]),
    bins=st.sampled_from([1, 7, 1000, 5000]),
    kind=st.sampled_from([np.uint8, np.int8, np.int32, np.int64]),
    counted=st.sampled_from([np.int32, np.int64, np.float32, np.float64]),
    threads=st.integers(1, 3),
)
def test_hot_counts(seed: int, shape: Any, bins: int, kind: Any, counted: Any, threads: int) -> None:
    """Numbers below and beyond the bins count nowhere."""
    x = np.random.default_rng(seed).integers(-20, bins + 20, shape).astype(kind)
    _same(*both("_HotCounts", [x, np.array(bins, np.int32)], [counted], threads, T=as_dtype(counted)))


@pytest.mark.parametrize("axis", [-1, 0, 1])
@pytest.mark.parametrize("size", [30, 2000])
def test_a_sum_of_one_hot_is_a_count(axis: int, size: int) -> None:
    """Along any axis; few indices stay a loop, and other numbers than 1 and 0, and sums over less, are no counts."""
    indices = tf.placeholder(tf.int32, [None, None])
    folded = [n for n in range(3) if n != axis % 3]
    fetches = [
        tf.reduce_sum(tf.one_hot(indices, 40, axis=axis), folded),
        tf.reduce_sum(tf.one_hot(indices, 40, axis=axis, dtype=tf.int64), folded),
        tf.reduce_sum(tf.one_hot(indices, 40, 2.0, -1.0, axis=axis), folded),
        tf.reduce_sum(tf.one_hot(indices, 40, axis=axis), folded[:1]),
        tf.reduce_sum(tf.one_hot(indices, 40, axis=axis), folded, keepdims=True),
        tf.reduce_mean(tf.one_hot(indices, 40, axis=axis), folded),
    ]
    values = np.random.default_rng(size).integers(-3, 45, (size, 11)).astype(np.int32)
    off = tf.OptimizerOptions(global_jit_level=tf.OptimizerOptions.OFF)
    config = tf.ConfigProto(graph_options=tf.GraphOptions(optimizer_options=off))
    with tf.Session() as session, tf.Session(config=config) as plain:
        wanted = plain.run(fetches, {indices: values})
        step = session.make_callable(fetches, [indices])
        for found in (step(values), step(values)):
            for mine, theirs in zip(found, wanted):
                assert mine.dtype == theirs.dtype
                np.testing.assert_allclose(mine, theirs, rtol=1e-5)
    items = variant_of(program([indices], fetches[:1]), values).fused.items
    assert any(isinstance(item, Call) for item in items) == (size == 2000)


@pytest.mark.parametrize("bins", [10, 5000])
def test_weights_that_are_rounded(bins: int) -> None:
    """Sums within rounding of NumPy's, and the same bits for any number of threads."""
    random = np.random.default_rng(3)
    x = random.integers(0, bins, 200_000).astype(np.int32)
    arrays = [x, np.array(bins, np.int32), random.normal(size=x.size).astype(np.float32)]
    made = [both("DenseBincount", arrays, [np.float32], threads, binary_output=False) for threads in (1, 2, 3)]
    for found, wanted in made:
        assert found is not None
        np.testing.assert_allclose(found[0], wanted[0], rtol=1e-3, atol=0.05)
        np.testing.assert_array_equal(found[0], made[0][0][0])  # type: ignore[index]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.sampled_from([1, 3000, 50_001]),
    bins=st.sampled_from([1, 10, 100, 3000]),
    kind=st.sampled_from([np.float32, np.float64, np.int32, np.int64]),
    counted=st.sampled_from([np.int32, np.int64]),
    threads=st.integers(1, 3),
)
def test_histogram(seed: int, size: int, bins: int, kind: Any, counted: Any, threads: int) -> None:
    """Numbers on both sides of the range, on its ends, infinities."""
    random = np.random.default_rng(seed)
    x = (random.normal(size=size) * 30).astype(kind)
    if np.dtype(kind).kind == "f":
        x[random.random(size) < 0.05] = random.choice([np.inf, -np.inf, 20, -25, 0])
    ends = np.array([-25, 20], kind)
    arrays = [x, ends, np.array(bins, np.int32)]
    _same(*both("HistogramFixedWidth", arrays, [counted], threads, dtype=as_dtype(counted)))


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.sampled_from([1, 3]),
    n=st.sampled_from([1, 2, 3, 64, 1000]),
    k=st.sampled_from([1, 63, 64, 65, 3000]),
    side=st.sampled_from(["Lower", "Upper"]),
    kind=st.sampled_from([np.float32, np.float64, np.int32, np.int64, np.uint8]),
    index=st.sampled_from([np.int32, np.int64]),
    threads=st.integers(1, 3),
)
def test_searchsorted(seed: int, rows: int, n: int, k: int, side: str, kind: Any, index: Any, threads: int) -> None:
    """Repeated numbers, infinities and both zeros, values before and behind all."""
    random = np.random.default_rng(seed)
    x, values = (random.integers(0, 50, (rows, size)).astype(kind) for size in (n, k))
    if np.dtype(kind).kind == "f":
        special = np.array([np.inf, -np.inf, 0.0, -0.0], kind)
        x, values = (np.where(random.random(a.shape) < 0.1, random.choice(special, a.shape), a) for a in (x, values))
    _same(*both(f"{side}Bound", [np.sort(x, -1), values], [index], threads, out_type=as_dtype(index)))


def test_what_is_wrong_is_left_to_the_kernel() -> None:
    """Negative numbers, NaN, ends in the wrong order, shapes that do not fit."""
    x = np.arange(5000, dtype=np.int32)
    floats, nan = x.astype(np.float32), x.astype(np.float32)
    nan[70] = np.nan
    none, few = np.zeros(0, np.int32), np.array(10, np.int32)
    cases: list[tuple[str, list[Any], Any, dict[str, Any]]] = [
        ("DenseBincount", [x - 1, few, none], np.int32, {"binary_output": False}),
        ("DenseBincount", [x, few, x[:7]], np.int32, {"binary_output": False}),
        ("HistogramFixedWidth", [nan, floats[:2], few], np.int32, {"dtype": as_dtype(np.int32)}),
        ("HistogramFixedWidth", [floats, floats[1::-1], few], np.int32, {"dtype": as_dtype(np.int32)}),
        ("LowerBound", [floats[None], nan[None]], np.int32, {"out_type": as_dtype(np.int32)}),
        ("LowerBound", [np.sort(nan)[None], floats[None]], np.int32, {"out_type": as_dtype(np.int32)}),
    ]
    for name, arrays, result, attrs in cases:
        assert run._run(instruction(name, arrays, [result], **attrs), arrays, 2) is None, name


def test_arrays_that_are_not_dense() -> None:
    """Strided arguments are read as they stand."""
    x = numbers(np.random.default_rng(5), 9000, np.float32)[::2]
    ends = np.array([0, -2, 0, 2], np.float32)[1::2]
    arrays = [x, ends, np.array(11, np.int32)]
    _same(*both("HistogramFixedWidth", arrays, [np.int32], dtype=as_dtype(np.int32)))
