"""Trigonometric functions of huge numbers inside vectorised loops: what the loop keeps in registers survives the calls.

LLVM may clear the upper halves of AVX registers before a call, also where the calling convention of the call lets them
survive: every second pair of lanes was 0 then, on processors without AVX-512.
"""

from __future__ import annotations

import numpy as np
import pytest

import sessile as tf


@pytest.mark.parametrize("function", ["sin", "cos", "tan"])
@pytest.mark.parametrize("rows, columns", [(1, 4), (3, 7), (5, 16), (4, 33)])
def test_lanes_beside_a_huge_one_keep_their_values(function: str, rows: int, columns: int) -> None:
    values = np.linspace(-3.0, 3.0, rows * columns).reshape(rows, columns)
    values[:, ::3] = [[1e22], [1e10], [1e300], [-7e15], [3e9]][:rows]
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float64, [None, None])
        scaled = getattr(tf, function)(x) * 0.75 + x * 0.0
        with tf.Session(graph=graph) as session:
            step = session.make_callable([scaled, tf.reduce_sum(scaled, axis=1)], [x])
            elements, sums = step(values)
    wanted = getattr(np, function)(values) * 0.75
    np.testing.assert_allclose(elements, wanted, rtol=1e-14)
    np.testing.assert_allclose(sums, wanted.sum(axis=1), rtol=1e-12)
