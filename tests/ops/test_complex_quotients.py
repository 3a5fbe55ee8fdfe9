"""Complex numbers divided by one number without an imaginary part."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessile.ops.families.elementwise.division import quotient

_PARTS = st.sampled_from([0.0, -0.0, 1.5, -2.0, 1e-30, 1e30, np.inf, -np.inf, np.nan, 3e38])


@pytest.mark.parametrize("kind", [np.complex64, np.complex128])
@settings(max_examples=100, deadline=None)
@given(numbers=st.lists(st.tuples(_PARTS, _PARTS), min_size=2, max_size=6), real=_PARTS, imaginary=_PARTS)
def test_one_divisor_is_as_many(kind: Any, numbers: list[tuple[float, float]], real: float, imaginary: float) -> None:
    """What NumPy gives of an array of the same divisors, which is divided by element; an infinite number stays so."""
    x = np.array([complex(*pair) for pair in numbers], kind)
    y = np.array(complex(real, imaginary), kind)
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(quotient(x, y), quotient(x, np.full(x.shape, y)))
