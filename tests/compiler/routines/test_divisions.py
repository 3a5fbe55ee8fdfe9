"""Integers divided by integers that are fed: the routine against the kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compiler.routines.held import ALL_TYPES, both, numbers

_OPERATIONS = ("TruncateDiv", "Div", "FloorDiv", "FloorMod", "TruncateMod", "Mod")
_SHAPES = [((500,), (500,)), ((), (40, 3)), ((40, 3), (1,)), ((7, 9), (7, 9))]


@pytest.mark.parametrize("op_type", _OPERATIONS)
@settings(max_examples=40, deadline=None)
@given(
    kind=st.sampled_from([kind for kind in ALL_TYPES if np.dtype(kind).kind in "iu"]),
    shapes=st.sampled_from(_SHAPES),
    small=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_divisions(op_type: str, kind: Any, shapes: Any, small: bool, seed: int) -> None:
    """Numbers of any size and small ones, the lowest of a type by -1 among them."""
    random = np.random.default_rng(seed)
    x, y = (numbers(random, shape, kind) for shape in shapes)
    if small:
        x, y = ((np.asarray(value) % 23).astype(kind) - kind(11 * (np.dtype(kind).kind == "i")) for value in (x, y))
    x, y = np.array(x, kind), np.array(np.where(y == 0, 1, y), kind)
    x.reshape(-1)[0], y.reshape(-1)[0] = np.iinfo(kind).min, -1 if np.dtype(kind).kind == "i" else 7
    found, wanted = both(op_type, [x, y], [kind])
    assert found is not None
    np.testing.assert_array_equal(found[0], wanted[0])


@pytest.mark.parametrize("op_type", _OPERATIONS)
def test_zeros_are_left_to_the_kernel(op_type: str) -> None:
    """Which raises; other shapes too."""
    from sessile.compiler.routines import run

    from tests.compiler.routines.held import instruction

    x, y = np.arange(6, dtype=np.int32).reshape(2, 3), np.ones((2, 3), np.int32)
    y[1, 1] = 0
    assert run._run(instruction(op_type, [x, y], [np.int32]), [x, y], 2) is None
    assert run._run(instruction(op_type, [x, y[0]], [np.int32]), [x, y[0]], 2) is None
