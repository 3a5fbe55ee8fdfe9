"""Sine and cosine of huge arguments in one loop, whichever compiler makes it."""

from __future__ import annotations

import os
import subprocess
import sys

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


STRAIGHT = """
import numba, numpy as np
from sessile.compiler import mathlib
sin = mathlib.lookup("sin", "float64")

@numba.njit(error_model="numpy")
def four(x, y):
    a, b, c, d = sin(x[0]), sin(x[1]), sin(x[2]), sin(x[3])
    y[0] = a
    y[1] = b
    y[2] = c
    y[3] = d

for top in (1.0, 1e30):
    x = np.array([0.1, 1.0, 0.5, top])
    y = np.empty(4)
    four(x, y)
    np.testing.assert_array_equal(y, sin(x))
"""


def test_numba_may_pair_straight_code() -> None:
    """A vector variant came to call itself, and was called by the wrong convention."""
    subprocess.run([sys.executable, "-c", STRAIGHT], check=True, env={**os.environ, "NUMBA_SLP_VECTORIZE": "1"})
