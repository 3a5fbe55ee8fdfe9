"""Chosen rows and neighbouring channels: the compiled routines against NumPy's kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compiler.routines.held import both


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    how=st.sampled_from(["Sum", "Mean", "SqrtN"]),
    shape=st.sampled_from([(50,), (50, 1), (20, 7), (300, 4, 8)]),
    count=st.sampled_from([1, 40, 3000]),
    segments=st.sampled_from([1, 9, 2000]),
    more=st.sampled_from([None, 0, 5]),
    kind=st.sampled_from([np.float32, np.float64]),
    threads=st.integers(1, 3),
)
def test_chosen_rows(
    seed: int, how: str, shape: Any, count: int, segments: int, more: int | None, kind: Any, threads: int
) -> None:
    """Segments without rows, at the end too; whole numbers, so that sums are exact in any order."""
    random = np.random.default_rng(seed)
    data = random.integers(-9, 9, shape).astype(kind)
    ids = np.sort(random.integers(0, segments, count)).astype(np.int32)
    arrays = [data, random.integers(0, shape[0], count), ids]
    name = f"SparseSegment{how}"
    if more is not None:
        arrays.append(np.array(ids[-1] + 1 + more, np.int32))
        name += "WithNumSegments"
    found, wanted = both(name, arrays, [kind], threads)
    assert found is not None
    np.testing.assert_array_equal(found[0], wanted[0])


@pytest.mark.parametrize("ids", [[0, 2, 1], [-1, 0, 0], [0, 0]])
def test_no_chosen_rows(ids: Any) -> None:
    """What is wrong is left to the kernel."""
    arrays = [np.ones((4, 900), np.float32), np.array([0, 1, 3]), np.array(ids, np.int32)]
    with pytest.raises(Exception, match="segment"):
        both("SparseSegmentSum", arrays, [np.float32])


@settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    depth=st.sampled_from([1, 2, 5, 32, 67]),
    radius=st.sampled_from([0, 1, 5, 40]),
    settings_of=st.sampled_from([(1.0, 1.0, 0.5), (2.0, 1e-2, 0.75), (1.0, 1e-4, 0.75), (0.5, 2.0, 1.0)]),
    threads=st.integers(1, 3),
)
def test_neighbouring_channels(seed: int, depth: int, radius: int, settings_of: Any, threads: int) -> None:
    """Values and gradients, to rounding: what the kernel subtracts from sums of all channels is kept moving here."""
    random = np.random.default_rng(seed)
    dy, x, y = (random.normal(size=(2, 3, 4, depth)).astype(np.float32) for _ in range(3))
    attrs = dict(zip(("bias", "alpha", "beta"), settings_of), depth_radius=radius)
    found, wanted = both("LRN", [x], [np.float32], threads, **attrs)
    assert found is not None
    np.testing.assert_allclose(found[0], wanted[0], rtol=1e-6)
    found, wanted = both("LRNGrad", [dy, x, y], [np.float32], threads, **attrs)
    assert found is not None
    np.testing.assert_allclose(found[0], wanted[0], rtol=1e-5, atol=1e-5)
