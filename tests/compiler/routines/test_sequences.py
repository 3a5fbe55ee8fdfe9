"""Sequences, bands, permutations, sums of sparse tensors: the compiled routines against the kernels, to the bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sessile as tf
from tests.compiler.routines.held import ALL_TYPES, both, numbers


def _same(found: Any, wanted: Any) -> None:
    assert found is not None
    for one, other in zip(found, wanted, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.sampled_from([(1, 1), (3, 70), (70, 3), (2, 3, 40, 40), (300, 301)]),
    lower=st.sampled_from([-1, 0, 1, 3]),
    upper=st.sampled_from([-1, 0, 1, 3]),
    kind=st.sampled_from([*ALL_TYPES, np.bool_]),
    threads=st.integers(1, 3),
)
def test_bands(seed: int, shape: Any, lower: int, upper: int, kind: Any, threads: int) -> None:
    """High and wide matrices, all diagonals and few of them."""
    random = np.random.default_rng(seed)
    x = random.random(shape) < 0.5 if kind is np.bool_ else numbers(random, shape, kind, hostile=True)
    arrays = [x, np.array(min(lower, shape[-2])), np.array(min(upper, shape[-1]))]
    _same(*both("MatrixBandPart", arrays, [kind], threads))


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.sampled_from([1, 7, 4001, 70_003]),
    kind=st.sampled_from([np.int32, np.int64]),
    threads=st.integers(1, 3),
)
def test_permutations(seed: int, size: int, kind: Any, threads: int) -> None:
    """Their inverses."""
    x = np.random.default_rng(seed).permutation(size).astype(kind)
    _same(*both("InvertPermutation", [x], [kind], threads))


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({5: 4000}, "4000 is not between 0 and 4000"),
        ({5: -1, 3: -2}, "-2 is not between 0 and 4000"),
        ({7: 2, 5: 1}, "1 is duplicated"),
        ({2: 1, 3: -1}, "1 is duplicated"),
        ({2: 3999, 9: 4000}, "4000 is not between"),
    ],
)
def test_no_permutation(change: dict[int, int], text: str) -> None:
    """The first fault is told, of large vectors as of small ones."""
    x = np.arange(4000, dtype=np.int32)
    for place, value in change.items():
        x[place] = value
    with tf.Graph().as_default(), tf.Session() as sess:
        fed = tf.placeholder(tf.int32, [None])
        inverse = tf.math.invert_permutation(fed)
        with pytest.raises(tf.errors.InvalidArgumentError, match=text):
            sess.run(inverse, {fed: x})


def _rows(random: np.random.Generator, count: int, extents: Any) -> Any:
    rows = np.stack([random.integers(0, extent, count) for extent in extents], 1)
    return rows[np.lexsort(rows.T[::-1])]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    counts=st.sampled_from([(0, 5), (5, 0), (300, 200), (4000, 3000)]),
    extents=st.sampled_from([(40,), (9, 9), (7, 5, 6), (1 << 40, 1 << 40)]),
    kind=st.sampled_from([np.float32, np.float64, np.int32, np.int64]),
    limit=st.sampled_from([0, 2]),
    order=st.sampled_from(["ascending", "repeated", "any"]),
)
def test_sparse_sums(seed: int, counts: Any, extents: Any, kind: Any, limit: int, order: str) -> None:
    """Also of lists that are not in order, which are walked all the same."""
    random = np.random.default_rng(seed)
    arrays: list[Any] = []
    for count in counts:
        rows = _rows(random, count, extents)
        rows = np.unique(rows, axis=0) if order == "ascending" else rows
        rows = random.permutation(rows) if order == "any" else rows
        values = random.integers(-3, 4, len(rows)).astype(kind)
        if np.dtype(kind).kind == "f" and len(values):
            values[:: 1 + len(values) // 7] = np.nan
            values[1 :: 1 + len(values) // 5] = -0.0
        arrays += [rows, values, np.array(extents)]
    _same(*both("SparseAdd", [*arrays, np.array(limit, kind)], [np.int64, kind, np.int64]))


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    counts=st.tuples(st.integers(0, 60), st.integers(0, 60)),
    extents=st.sampled_from([(50,), (7, 5), (3, 4, 5)]),
    kind=st.sampled_from([np.float32, np.float64, np.int32, np.int64]),
    order=st.sampled_from(["ascending", "repeated", "any"]),
)
def test_sparse_extremes_and_gradients(seed: int, counts: Any, extents: Any, kind: Any, order: str) -> None:
    """The larger and smaller elements; the gradients of a sum and of a slice, whose rows are looked up."""
    random = np.random.default_rng(seed)
    lists = []
    for count in counts:
        rows = _rows(random, count, extents)
        rows = np.unique(rows, axis=0) if order == "ascending" else rows
        lists.append(random.permutation(rows) if order == "any" else rows)
    values = [random.integers(-3, 4, len(rows)).astype(kind) for rows in lists]
    shape = np.array(extents)
    arrays = [lists[0], values[0], shape, lists[1], values[1], shape]
    for name in ("SparseSparseMaximum", "SparseSparseMinimum"):
        _same(*both(name, arrays, [np.int64, kind]))
    whole = np.unique(np.concatenate(lists), axis=0) if order == "ascending" else np.concatenate(lists)
    gradient = random.integers(-9, 9, len(whole)).astype(kind)
    found, wanted = both("SparseAddGrad", [gradient, *lists, whole], [kind, kind])
    assert found is not None or order != "ascending" or not all(map(len, lists))
    for one, other in zip(found or [], wanted):
        np.testing.assert_array_equal(one, other)
    start = random.integers(0, 3, len(extents))
    inside = (lists[0] >= start).all(axis=1)
    gradient = random.integers(-9, 9, int(inside.sum())).astype(kind)
    found, wanted = both("SparseSliceGrad", [gradient, lists[0], start, lists[0][inside] - start], [kind])
    assert found is not None or order != "ascending" or not inside.any()
    if found is not None:
        np.testing.assert_array_equal(found[0], wanted[0])


def _levenshtein(first: Any, second: Any) -> int:
    before = list(range(len(second) + 1))
    for number, item in enumerate(first, 1):
        row = [number]
        for k, other in enumerate(second, 1):
            row.append(min(row[-1] + 1, before[k] + 1, before[k - 1] + (item != other)))
        before = row
    return before[-1]


@settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    batch=st.sampled_from([(1,), (5,), (3, 4)]),
    most=st.sampled_from([0, 1, 6, 30]),
    kind=st.sampled_from([np.int32, np.int64, np.float32, np.uint8]),
    normalize=st.booleans(),
    shuffled=st.booleans(),
    threads=st.integers(1, 3),
)
def test_edit_distances(
    seed: int, batch: Any, most: int, kind: Any, normalize: bool, shuffled: bool, threads: int
) -> None:
    """Against the kernel, and the kernel against the table of each pair."""
    random = np.random.default_rng(seed)
    arrays: list[Any] = []
    lists: list[dict[Any, Any]] = []
    for _ in range(2):
        rows, own = [], {}
        for place in np.ndindex(*batch):
            own[place] = random.integers(0, 4, random.integers(0, most + 1)).astype(kind)
            rows += [(*place, k, item) for k, item in enumerate(own[place])]
        table = np.array(rows, np.int64).reshape(-1, len(batch) + 2)
        if shuffled:  # sequences may come in any order
            table = table[np.argsort(random.random(batch).reshape(-1)[_flat(table, batch)], kind="stable")]
        lists.append(own)
        arrays += [table[:, :-1], table[:, -1].astype(kind), np.array([*batch, most + 1])]
    found, wanted = both("EditDistance", arrays, [np.float32], threads, normalize=normalize)
    _same(found, wanted)
    for place in np.ndindex(*batch):
        first, second = lists[0][place], lists[1][place]
        distance = float(_levenshtein(first, second))
        if normalize:
            distance = distance / len(second) if len(second) else float("inf") if len(first) else 0.0
        assert wanted[0][place] == np.float32(distance)


def _flat(table: Any, batch: Any) -> Any:
    return np.ravel_multi_index(tuple(table[:, : len(batch)].T), batch)


def test_edit_distances_of_strings_and_nan() -> None:
    """Equal strings are equal items; no NaN is."""
    with tf.Graph().as_default(), tf.Session() as sess:
        for first, second, wanted in ((["a", "b"], ["b", "c"], 2), ([np.nan, 1.0], [np.nan, 1.0], 1)):
            pair = [tf.SparseTensor([[0, 0], [0, 1]], items, [1, 2]) for items in (first, second)]
            assert sess.run(tf.edit_distance(*pair, normalize=False)).tolist() == [wanted]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    times=st.integers(1, 12),
    batch=st.integers(1, 4),
    classes=st.integers(2, 6),
    width=st.integers(1, 12),
    merged=st.booleans(),
    kind=st.sampled_from([np.float32, np.float64]),
    threads=st.integers(1, 3),
)
def test_beam_searches(
    seed: int, times: int, batch: int, classes: int, width: int, merged: bool, kind: Any, threads: int
) -> None:
    """The labels of the kernel, and its scores to rounding."""
    random = np.random.default_rng(seed)
    logits = (random.normal(size=(times, batch, classes)) * random.choice([0.1, 1, 4])).astype(kind)
    lengths = random.integers(1, times + 1, batch).astype(np.int32)
    top = min(width, 2)
    attrs = {"beam_width": width, "top_paths": top, "merge_repeated": merged}
    results = [np.int64] * 3 * top + [kind]
    found, wanted = both("CTCBeamSearchDecoder", [logits, lengths], results, threads, **attrs)
    assert found is not None
    _same(found[:-1], wanted[:-1])
    np.testing.assert_allclose(found[-1], wanted[-1], rtol=1e-6, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    extents=st.tuples(st.integers(1, 12), st.integers(1, 5), st.integers(2, 6)),
    collapses=st.booleans(),
    merges=st.booleans(),
    kind=st.sampled_from([np.float32, np.float64]),
    threads=st.integers(1, 3),
)
def test_alignments(seed: int, extents: Any, collapses: bool, merges: bool, kind: Any, threads: int) -> None:
    """Losses and gradients of examples of any lengths, none and labels without a way among them."""
    random = np.random.default_rng(seed)
    times, batch, classes = extents
    lengths = random.integers(0, times + 1, batch).astype(np.int32)
    places = [(b, k) for b in range(batch) for k in range(random.integers(0, lengths[b] + 1))]
    indices = np.array(places, np.int64).reshape(-1, 2)
    labels = random.integers(0, classes - 1, len(places)).astype(np.int32)
    arrays = [random.normal(size=extents).astype(kind), indices, labels, lengths]
    attrs = {"preprocess_collapse_repeated": collapses, "ctc_merge_repeated": merges}
    found, wanted = both("CTCLoss", arrays, [kind] * 2, threads, ignore_longer_outputs_than_inputs=False, **attrs)
    assert found is not None
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
    lengths[:] = 0
    if len(labels):
        with pytest.raises(tf.errors.InvalidArgumentError, match="Not enough time"):
            both("CTCLoss", arrays, [kind] * 2, threads, ignore_longer_outputs_than_inputs=False, **attrs)
