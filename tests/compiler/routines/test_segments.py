"""Folding segments: the compiled routines against NumPy's kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sessile as tf
from tests.compiler.routines.held import ALL_TYPES, both, numbers

HOWS = ("Sum", "Prod", "Max", "Min")


def _agree(found: Any, wanted: Any, count: int) -> None:
    assert found is not None
    assert found[0].dtype == wanted[0].dtype and found[0].shape == wanted[0].shape
    if found[0].dtype.kind == "f":  # sums are of another order, and cancel
        eps = np.finfo(found[0].dtype).eps
        np.testing.assert_allclose(found[0], wanted[0], rtol=eps * (count + 8), atol=eps * 4 * (count + 1))
    else:
        np.testing.assert_array_equal(found[0], wanted[0])


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.integers(1, 3000),
    inner=st.sampled_from([(), (1,), (2,), (3, 2), (19,)]),
    count=st.sampled_from([1, 2, 7, 300, 5000]),
    how=st.sampled_from(HOWS),
    kind=st.sampled_from([np.float32, np.int32, np.int64, np.uint8]),
    id_kind=st.sampled_from([np.int16, np.int32, np.int64]),
    hostile=st.booleans(),
)
def test_any_order(
    seed: int, rows: int, inner: Any, count: int, how: str, kind: Any, id_kind: Any, hostile: bool
) -> None:
    """Ids in any order, negative ones among them, for few and many targets, NaN and infinities among the data."""
    random = np.random.default_rng(seed)
    data = numbers(random, (rows, *inner), kind, hostile)
    ids = random.integers(-2, count, rows, id_kind)
    with np.errstate(all="ignore"):
        found, wanted = both(f"UnsortedSegment{how}", [data, ids, np.array(count, np.int32)], [kind])
    _agree(found, wanted, rows)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.integers(1, 3000),
    inner=st.sampled_from([(), (1,), (2,), (3, 2), (19,)]),
    each=st.sampled_from([0.4, 1, 20, 1000]),
    how=st.sampled_from((*HOWS, "Mean")),
    kind=st.sampled_from([np.float32, np.float64, np.int16, np.uint32]),
    id_kind=st.sampled_from([np.int32, np.int64]),
    hostile=st.booleans(),
)
def test_sorted(
    seed: int, rows: int, inner: Any, each: float, how: str, kind: Any, id_kind: Any, hostile: bool
) -> None:
    """Sorted ids, with gaps, in runs of many lengths."""
    random = np.random.default_rng(seed)
    data = numbers(random, (rows, *inner), kind, hostile)
    ids = np.sort(random.integers(0, max(int(rows / each), 1), rows, id_kind))
    if how == "Mean" and np.dtype(kind).kind != "f":
        how = "Sum"
    found, wanted = both(f"Segment{how}", [data, ids], [kind])
    _agree(found, wanted, rows)


@pytest.mark.parametrize("kind", ALL_TYPES, ids=lambda kind: np.dtype(kind).name)
@pytest.mark.parametrize("how", HOWS)
def test_types(kind: Any, how: str) -> None:
    """Every type of numbers, over several blocks, from arrays that are not dense."""
    random = np.random.default_rng(1)
    data = numbers(random, (40000, 6), kind)[:, ::2]
    if np.dtype(kind).kind == "f" and how == "Prod":
        data = np.sign(data)
    ids = random.integers(0, 9, 80000, np.int32)[::2]
    found, wanted = both(f"UnsortedSegment{how}", [data, ids, np.array(9, np.int32)], [kind])
    _agree(found, wanted, 4500)
    found, wanted = both(f"Segment{how}", [data, np.sort(ids)], [kind])
    _agree(found, wanted, 4500)


@pytest.mark.parametrize("shape", [(100_000,), (100_000, 3)], ids=str)
@pytest.mark.parametrize("count", [5, 60_000])
def test_same_bits(shape: Any, count: int) -> None:
    """One, two and three threads come to the same bits."""
    random = np.random.default_rng(2)
    data, ids = numbers(random, shape, np.float32), random.integers(0, count, shape[0], np.int32)
    for op_type, arrays in (
        ("UnsortedSegmentSum", [data, ids, np.array(count)]),
        ("SegmentSum", [data, np.sort(ids)]),
    ):
        results = [both(op_type, arrays, [np.float32], threads)[0] for threads in (1, 2, 3)]
        assert results[0] is not None
        assert all(result[0].tobytes() == results[0][0].tobytes() for result in results)


@pytest.mark.parametrize("build", [
    lambda x, i: tf.math.segment_sum(x, i),
    lambda x, i: tf.math.unsorted_segment_sum(x, i, 10),
], ids=["sorted", "unsorted"])  # fmt: skip
@pytest.mark.parametrize("wrong", [10, -1, 3])
def test_errors_are_the_kernels(build: Any, wrong: int) -> None:
    """A wrong id in the midst of many is found, and told as without compiled code."""
    x, i = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.int32, [None])
    fetch = build(x, i)
    data, ids = np.ones(40000, np.float32), np.full(40000, 9, np.int32)
    ids[-1], ids[30000] = 9, wrong
    outcomes = []
    for level in (tf.OptimizerOptions.OFF, tf.OptimizerOptions.ON_1):
        options = tf.OptimizerOptions(global_jit_level=level)
        config = tf.ConfigProto(graph_options=tf.GraphOptions(optimizer_options=options))
        with tf.Session(config=config) as session:
            step = session.make_callable(fetch, [x, i])
            try:
                outcomes.append(str(step(data, ids).tolist()))
            except tf.errors.InvalidArgumentError as error:
                outcomes.append(str(error).split("\n")[0])
    assert outcomes[0] == outcomes[1]
