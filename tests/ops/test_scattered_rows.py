"""Scatters of one row, of few and of many: what each gives is what a loop over rows gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessile.ops.definition.registry import lookup

_COMBINE = {"Update": lambda old, new: new, "Add": np.add, "Sub": np.subtract, "Max": np.maximum, "Min": np.minimum}


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(sorted(_COMBINE)),
    rows=st.sampled_from([(), (1,), (1, 1), (2,), (3, 2), (40,), (0,)]),
    depth=st.integers(0, 3),
    seed=st.integers(0, 1000),
)
def test_rows_in_order(kind: str, rows: tuple[int, ...], depth: int, seed: int) -> None:
    """Repeated rows too: the last one stays, or all are combined."""
    random = np.random.default_rng(seed)
    target = random.normal(size=(3, 2, 4)).astype(np.float32)
    indices = np.stack([random.integers(0, n, rows) for n in target.shape[:depth]] or [np.zeros((*rows, 0), int)], -1)
    indices = indices.reshape(*rows, depth)
    updates = random.normal(size=rows + target.shape[depth:]).astype(np.float32)
    expected = target.copy()
    for place in np.ndindex(rows):
        at = tuple(indices[place])
        expected[at] = _COMBINE[kind](expected[at], updates[place])
    found = lookup(f"TensorScatter{kind}").kernel(target, indices, updates)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("count", [1, 3, 50])
@pytest.mark.parametrize("wrong", [-1, 4])
def test_an_index_out_of_range_is_named(count: int, wrong: int) -> None:
    """The first row that has one."""
    indices: Any = np.zeros((count, 2), np.int32)
    indices[-1, 1] = wrong
    with pytest.raises(ValueError, match=rf"indices\[{count - 1}\] = \[0, {wrong}\] does not index into shape \[3,4\]"):
        lookup("TensorScatterUpdate").kernel(np.zeros((3, 4), np.float32), indices, np.ones(count, np.float32))


def test_a_string_goes_where_one_index_points() -> None:
    """Not an array of it."""
    found = lookup("TensorScatterUpdate").kernel(
        np.array([b"a", b"b"], object), np.array([[1]]), np.array([b"new"], object)
    )
    assert found.tolist() == [b"a", b"new"]
