"""Functions that TensorFlow 1.15 has are made of types that it can load, with its names."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.special

import sessile as tf


@pytest.mark.parametrize("order", ["i0", "i1"])
def test_bessel_functions_are_made_of_scaled_ones(order: str) -> None:
    """1.15 has no types BesselI0 and BesselI1, in gradients neither."""
    x = np.linspace(-3, 3, 7)
    function = getattr(tf.math, f"bessel_{order}")
    with tf.Graph().as_default() as graph, tf.Session() as session:
        given = tf.placeholder(tf.float64, [7])
        made = function(given)
        types = [(op.type, op.name.rpartition("/")[2]) for op in graph.get_operations()[1:]]
        (slope,) = tf.gradients(made, given)
        value, gradient = session.run([made, slope], {given: x})
    scaled = f"Bessel{order.upper()}e"
    assert types == [("Abs", "Abs"), ("Exp", "Exp"), (scaled, scaled), ("Mul", "mul")]
    assert {op.type for op in graph.get_operations() if "Bessel" in op.type} == {"BesselI0e", "BesselI1e"}
    np.testing.assert_allclose(value, scipy.special.iv(int(order[1]), x), rtol=1e-12)
    expected = {"i0": scipy.special.ivp(0, x), "i1": scipy.special.ivp(1, x)}[order]
    np.testing.assert_allclose(gradient, expected, rtol=1e-10, atol=1e-12)
