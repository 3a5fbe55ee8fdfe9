"""Sine and cosine of huge arguments in one loop, whichever compiler makes it."""

from __future__ import annotations

import numpy as np
import pytest

import sessile as tf


@pytest.mark.parametrize("size", [3, 6, 12])
@pytest.mark.parametrize("compiler", ["direct", "numba"])
def test_two_reductions_side_by_side(compiler: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their reductions were once paired with the wrong calling convention, and a short loop ran into the void."""
    monkeypatch.setenv("SESSILE_COMPILER", compiler)
    x = tf.placeholder(tf.float64, [None])
    both = tf.Session().make_callable([tf.sin(x), tf.cos(x)], [x])
    values = np.resize([1.0, 1e5, 1e20, 1e300, -3e38], size)
    sine, cosine = both(values)
    np.testing.assert_allclose(sine, np.sin(values), rtol=1e-14)
    np.testing.assert_allclose(cosine, np.cos(values), rtol=1e-14)
