"""Masks, parts, lengths, distinct elements: the compiled routines against NumPy's kernels, to the bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessile.compiler.routines import run
from sessile.ops.types.dtypes import as_dtype

import sessile as tf
from tests.compiler.routines.held import ALL_TYPES, both, instruction, numbers

KINDS = (*ALL_TYPES, np.bool_)


def _same(found: Any, wanted: Any) -> None:
    assert found is not None
    assert len(found) == len(wanted)
    for mine, theirs in zip(found, wanted, strict=True):
        assert mine.dtype == theirs.dtype and mine.shape == theirs.shape
        np.testing.assert_array_equal(mine, theirs)


def _drawn(random: np.random.Generator, shape: Any, kind: Any) -> Any:
    return random.random(shape) < 0.5 if kind is np.bool_ else numbers(random, shape, kind, hostile=True)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.sampled_from([(1,), (5000,), (40_000,), (3, 700), (700, 3), (20, 30, 40), (9, 1, 6, 200)]),
    kind=st.sampled_from(KINDS),
    share=st.sampled_from([0.0, 0.01, 0.5, 1.0]),
    threads=st.integers(1, 3),
)
def test_where(seed: int, shape: Any, kind: Any, share: float, threads: int) -> None:
    """Nothing, little, half and all of arrays of any rank; NaN and both zeros."""
    random = np.random.default_rng(seed)
    x = np.where(random.random(shape) < share, _drawn(random, shape, kind), np.zeros((), kind))
    _same(*both("Where", [x], [np.int64], threads))


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    extents=st.sampled_from([((40_000,), ()), ((3000,), (7,)), ((50, 9), (6,)), ((2,), (3000,)), ((1,), ())]),
    parts=st.sampled_from([1, 2, 8, 9, 40]),
    kind=st.sampled_from(KINDS),
    threads=st.integers(1, 3),
)
def test_dynamic_partition(seed: int, extents: Any, parts: int, kind: Any, threads: int) -> None:
    """Elements and slices into few and many parts, empty ones among them."""
    random = np.random.default_rng(seed)
    front, tail = extents
    chosen = random.integers(0, max(parts - 1, 1), front).astype(np.int32)
    data = _drawn(random, (*front, *tail), kind)
    _same(*both("DynamicPartition", [data, chosen], [kind] * parts, threads, num_partitions=parts))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.sampled_from([1, 40, 3000]),
    classes=st.sampled_from([1, 7, 300]),
    k=st.sampled_from([-1, 0, 1, 5, 1000]),
    kind=st.sampled_from([np.int32, np.int64]),
    threads=st.integers(1, 3),
)
def test_in_top_k(seed: int, rows: int, classes: int, k: int, kind: Any, threads: int) -> None:
    """Equal predictions, rows that are not finite, targets out of range."""
    random = np.random.default_rng(seed)
    predictions = random.integers(0, 20, (rows, classes)).astype(np.float32)
    predictions[random.random((rows, classes)) < 0.002] = random.choice([np.nan, np.inf, -np.inf])
    targets = random.integers(-2, classes + 2, rows).astype(kind)
    _same(*both("InTopKV2", [predictions, targets, np.array(k, kind)], [np.bool_], threads))


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.sampled_from([(30, 40, 8), (2, 3, 4, 50), (5, 7000), (700, 5, 1), (6, 5, 4, 3, 9)]),
    axes=st.permutations(range(5)),
    kind=st.sampled_from(KINDS),
    index=st.sampled_from([np.int32, np.int64]),
    threads=st.integers(1, 3),
)
def test_reverse_sequence(seed: int, shape: Any, axes: Any, kind: Any, index: Any, threads: int) -> None:
    """Any two dimensions, lengths from nothing to all; what takes elements from far apart is the kernel's."""
    random = np.random.default_rng(seed)
    along, batch = [axis for axis in axes if axis < len(shape)][:2]
    lengths = random.integers(0, shape[along] + 1, shape[batch]).astype(index)
    attrs = {"seq_dim": along, "batch_dim": batch}
    found, wanted = both("ReverseSequence", [_drawn(random, shape, kind), lengths], [kind], threads, **attrs)
    if found is None:
        assert along < batch and np.prod(shape[batch + 1 :]) < 4
    else:
        _same(found, wanted)


@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.sampled_from([1, 100, 30_000]),
    below=st.sampled_from([1, 50, 20_000, 2**31 - 1]),
    kind=st.sampled_from(KINDS),
    index=st.sampled_from([np.int32, np.int64]),
    counted=st.booleans(),
)
def test_unique(seed: int, size: int, below: int, kind: Any, index: Any, counted: bool) -> None:
    """Numbers that lie close together and far apart, negative ones, both zeros, infinities."""
    random = np.random.default_rng(seed)
    x = random.integers(-below // 2, below, size).astype(kind)
    if x.dtype.kind == "f":
        x[random.random(size) < 0.1] = random.choice([0.0, -0.0, np.inf, -np.inf])
    name, results = ("UniqueWithCounts", [kind, index, index]) if counted else ("Unique", [kind, index])
    _same(*both(name, [x], results, out_idx=as_dtype(index)))


@pytest.mark.parametrize("kind", [np.int64, np.uint64, np.float64])
def test_unique_of_the_largest_numbers(kind: Any) -> None:
    """Numbers of 64 bits, more distinct ones than the first tables hold."""
    random = np.random.default_rng(2)
    x = random.permutation(np.concatenate([numbers(random, 20_000, kind)] * 2))
    _same(*both("UniqueWithCounts", [x], [kind, np.int32, np.int32], out_idx=as_dtype(np.int32)))


def test_what_is_wrong_is_left_to_the_kernel() -> None:
    """NaN, which equals nothing; parts that are not there; lengths that do not fit."""
    x = np.arange(5000, dtype=np.float32)
    nan, parts = np.where(x == 9, np.float32(np.nan), x), np.zeros(5000, np.int32)
    wrong = parts.copy()
    wrong[4000] = 3
    lengths = np.array([3, 51], np.int32)
    cases: list[tuple[str, list[Any], list[Any], dict[str, Any]]] = [
        ("Unique", [nan], [np.float32, np.int32], {"out_idx": as_dtype(np.int32)}),
        ("DynamicPartition", [x, wrong], [np.float32] * 3, {"num_partitions": 3}),
        ("DynamicPartition", [x, wrong - 3], [np.float32] * 3, {"num_partitions": 3}),
        ("DynamicPartition", [x, parts[:9]], [np.float32] * 3, {"num_partitions": 3}),
        ("ReverseSequence", [x.reshape(2, 50, 50), lengths], [np.float32], {"seq_dim": 1, "batch_dim": 0}),
        ("ReverseSequence", [x.reshape(2, 50, 50), lengths[:1]], [np.float32], {"seq_dim": 1, "batch_dim": 0}),
        ("ReverseSequence", [x.reshape(2, 50, 50), lengths], [np.float32], {"seq_dim": 0, "batch_dim": 0}),
    ]
    for name, arrays, results, attrs in cases:
        assert run._run(instruction(name, arrays, results, **attrs), arrays, 2) is None, name


def test_parts_stay_what_they_were_after_other_steps() -> None:
    """The parts of one array are the caller's own, whatever later steps write."""
    x, parts = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.int32, [None])
    rows = tf.where(x > 0.5)
    random = np.random.default_rng(8)
    with tf.Session() as session:
        step = session.make_callable([tf.dynamic_partition(x, parts, 3), rows, tf.boolean_mask(x, x > 0.5)], [x, parts])
        kept = []
        for _ in range(4):
            values, chosen = random.random(300_000).astype(np.float32), random.integers(0, 3, 300_000).astype(np.int32)
            kept.append((values, chosen, step(values, chosen)))
        for values, chosen, (found, places, masked) in kept:
            for part in range(3):
                np.testing.assert_array_equal(found[part], values[chosen == part])
            np.testing.assert_array_equal(places, np.argwhere(values > 0.5))
            np.testing.assert_array_equal(masked, values[values > 0.5])


@pytest.mark.parametrize("ending", ["slice", "reshape", "squeeze", "part", "both"])
def test_where_in_another_shape(ending: str) -> None:
    """Places as a vector take no copy where nobody else has them; each result is an array of its own all the same."""
    x = tf.placeholder(tf.float32, [None])
    places = tf.where(x)
    fetches = {
        "slice": [places[:, 0]],
        "reshape": [tf.reshape(places, [-1])],
        "squeeze": [tf.squeeze(places, [1])],
        "part": [places[7:, 0]],
        "both": [places, places[:, 0], tf.reshape(places, [1, -1])],
    }[ending]
    values = np.random.default_rng(1).integers(0, 2, 300_000).astype(np.float32)
    wanted = np.flatnonzero(values)[7 if ending == "part" else 0 :]
    kept = []
    with tf.Session() as session:
        step = session.make_callable(fetches, [x])
        for _ in range(4):
            found = step(values)
            kept += found
            for array in found:
                np.testing.assert_array_equal(array.reshape(-1), wanted)
                assert array.flags.writeable and array.flags.c_contiguous
        if ending in ("slice", "reshape", "squeeze"):
            assert getattr(found[0].base, "lends_to_one_array", False)
    assert not any(np.shares_memory(a, b) for n, a in enumerate(kept) for b in kept[:n])
    kept[0][:] = -1
    assert (kept[-1] >= 0).all()
