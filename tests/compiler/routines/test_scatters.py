"""Scattering: the compiled routines against NumPy's kernels, to the bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessile.compiler.executors import interpreter
from sessile.compiler.routines import run
from sessile.ops.base.ownership import is_owned

from tests.compiler.routines.held import ALL_TYPES, both, instruction, numbers

HOWS = ("Update", "Add", "Sub", "Max", "Min")


def _same(found: Any, wanted: Any) -> None:
    assert found is not None
    assert found[0].shape == wanted[0].shape and found[0].dtype == wanted[0].dtype
    np.testing.assert_array_equal(found[0], wanted[0])


def _indices(random: np.random.Generator, extents: Any, count: int, kind: Any) -> Any:
    return np.stack([random.integers(0, extent, count, kind) for extent in extents], -1)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    extents=st.sampled_from([(5,), (3000,), (7, 6), (40, 3), (30, 20), (4, 5, 6)]),
    depth=st.integers(1, 3),
    rows=st.integers(1, 2000),
    how=st.sampled_from(("ScatterNd", *HOWS)),
    kind=st.sampled_from([np.float32, np.float64, np.int32, np.uint8]),
    id_kind=st.sampled_from([np.int32, np.int64]),
    threads=st.integers(1, 3),
)
def test_scatters(
    seed: int, extents: Any, depth: int, rows: int, how: str, kind: Any, id_kind: Any, threads: int
) -> None:
    """Any depth of indices, elements and slices, repeated targets, NaN and infinities, 1 to 3 threads."""
    random = np.random.default_rng(seed)
    depth = min(depth, len(extents))
    indices = _indices(random, extents[:depth], rows, id_kind)
    updates = numbers(random, (rows, *extents[depth:]), kind, hostile=True)
    tensor = numbers(random, extents, kind)
    arrays = [indices, updates, np.array(extents, id_kind)] if how == "ScatterNd" else [tensor, indices, updates]
    name = how if how == "ScatterNd" else f"TensorScatter{how}"
    _same(*both(name, arrays, [kind], threads))


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    sizes=st.lists(st.sampled_from([(), (1,), (40,), (3000,), (20, 30)]), min_size=1, max_size=4),
    tail=st.sampled_from([(), (3,), (2, 20)]),
    kind=st.sampled_from([np.float32, np.int64, np.uint8]),
    share=st.sampled_from([0.5, 1.0, 3.0]),
    threads=st.integers(1, 3),
)
def test_dynamic_stitch(seed: int, sizes: Any, tail: Any, kind: Any, share: float, threads: int) -> None:
    """Pieces of any rank, targets named twice and not at all."""
    random = np.random.default_rng(seed)
    count = max(int(share * sum(int(np.prod(size)) for size in sizes)), 1)
    places = [np.array(random.integers(0, count, size), np.int32) for size in sizes]
    pieces = [numbers(random, (*size, *tail), kind, hostile=True) for size in sizes]
    pieces = [np.asarray(piece, kind).reshape((*size, *tail)) for piece, size in zip(pieces, sizes, strict=True)]
    _same(*_stitched(places, pieces, threads))


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    extents=st.sampled_from([(300_001,), (600, 500), (262_144,)]),
    how=st.sampled_from(("ScatterNd", *HOWS)),
    kind=st.sampled_from([np.float32, np.float64, np.int32]),
    threads=st.integers(1, 6),
    is_wrong=st.booleans(),
)
def test_elements_of_large_results(seed: int, extents: Any, how: str, kind: Any, threads: int, is_wrong: bool) -> None:
    """Targets in ranges, several updates of one in their order; one index that is none is the kernel's."""
    random = np.random.default_rng(seed)
    indices = _indices(random, extents, 50_000, np.int32)
    indices[::3] = indices[0]
    if is_wrong:
        indices[random.integers(len(indices)), random.integers(len(extents))] = random.choice([-1, max(extents)])
    updates, tensor = (numbers(random, shape, kind, hostile=True) for shape in (50_000, extents))
    arrays = [indices, updates, np.array(extents, np.int32)] if how == "ScatterNd" else [tensor, indices, updates]
    name = how if how == "ScatterNd" else f"TensorScatter{how}"
    made = instruction(name, arrays, [kind])
    with np.errstate(all="ignore"):
        found = run._run(made, arrays, threads)
        if is_wrong:
            assert found is None
        else:
            _same(found, interpreter.execute(made, arrays, None))
            assert found is not None and is_owned(found[0]) and found[0].flags.c_contiguous


@pytest.mark.parametrize("threads", [1, 2, 3, 6])
def test_a_large_stitch(threads: int) -> None:
    """Elements from three pieces in a large result, the later ones over the earlier, and places that nobody names."""
    random = np.random.default_rng(threads)
    places = [random.integers(0, 300_000, count).astype(np.int32) for count in (90_000, 1, 60_000)]
    _same(*_stitched(places, [numbers(random, len(place), np.float32, hostile=True) for place in places], threads))


def _stitched(places: Any, pieces: Any, threads: int) -> Any:
    """What the routine and the kernel make of pieces; the kernel takes them as lists."""
    made = instruction("DynamicStitch", [*places, *pieces], [pieces[0].dtype], N=len(places))
    wanted = interpreter.execute(made, [*places, *pieces], None)
    return run._run(made, [*places, *pieces], threads), wanted


@pytest.mark.parametrize("kind", ALL_TYPES, ids=lambda kind: np.dtype(kind).name)
@pytest.mark.parametrize("how", HOWS)
def test_types(kind: Any, how: str) -> None:
    """Every type of numbers, from arrays that are not dense."""
    random = np.random.default_rng(1)
    tensor, updates = numbers(random, (50, 6), kind)[:, ::2], numbers(random, (4000, 3), kind)[::2]
    indices = _indices(random, (50,), 4000, np.int32)[::2]
    for threads in (1, 2, 3):
        _same(*both(f"TensorScatter{how}", [tensor, indices, updates], [kind], threads))


@pytest.mark.parametrize("wrong", [-1, 50])
def test_what_is_wrong_is_left_to_the_kernel(wrong: int) -> None:
    """An index out of range, and shapes that do not fit."""
    tensor, updates = np.zeros((50, 60), np.float32), np.ones((30, 60), np.float32)
    indices = np.full((30, 1), 3, np.int32)
    indices[7] = wrong
    for arrays in ([tensor, indices, updates], [tensor, indices * 0, updates[:, :9]]):
        assert run._run(instruction("TensorScatterAdd", arrays, [np.float32]), arrays, 2) is None
