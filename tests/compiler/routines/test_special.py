"""Special functions of many numbers: in blocks, by sums and by polynomials, against the kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sessile as tf
from tests.compiler.routines.held import both, numbers

_ONE = ("Lgamma", "Digamma", "BesselI0e", "BesselK0", "Erfinv", "Ndtri", "Expint", "Spence")


@pytest.mark.parametrize("op_type", _ONE)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_functions_of_one_number(op_type: str, kind: Any) -> None:
    """The bits of the kernel, which takes all at once."""
    random = np.random.default_rng(1)
    x = numbers(random, (70, 1001), kind, hostile=True)
    for threads in (1, 2):
        found, wanted = both(op_type, [x], [kind], threads)
        assert found is not None
        np.testing.assert_array_equal(found[0], wanted[0])


@pytest.mark.parametrize("op_type", ["Igamma", "Igammac", "IgammaGradA", "RandomGammaGrad"])
@pytest.mark.parametrize("shapes", [((301, 7), (7,)), ((), (5_001,)), ((2, 1), (1, 400))])
def test_functions_of_two_numbers(op_type: str, shapes: Any) -> None:
    """Broadcast; float64 in blocks."""
    random = np.random.default_rng(2)
    for kind, rtol in ((np.float32, 2.5e-7), (np.float64, 0)):
        arrays = [np.array(random.random(shape) * 3 - 0.5, kind) for shape in shapes]
        found, wanted = both(op_type, arrays, [kind])
        if op_type in ("Igamma", "Igammac") or kind is np.float32:
            assert found is not None
            np.testing.assert_allclose(found[0], wanted[0], rtol=rtol)


@pytest.mark.parametrize("op_type", ["Igamma", "Igammac", "IgammaGradA", "RandomGammaGrad"])
@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    most=st.sampled_from([1e-3, 0.02, 1.0, 5.0, 30.0, 300.0, 1500.0]),
    width=st.sampled_from([0.1, 1.0, 3.0, 30.0]),
    strange=st.booleans(),
)
def test_incomplete_gamma_functions(op_type: str, seed: int, most: float, width: float, strange: bool) -> None:
    """Near `a` and far from it; values that the loops leave to the kernel."""
    random = np.random.default_rng(seed)
    a = (random.random(200) * most).astype(np.float32)
    x = np.abs(a + (1 + np.sqrt(a)) * random.normal(size=200) * width).astype(np.float32)
    if strange:
        values = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, -1.5, 1e-30, 1e30], np.float32)
        a[:64], x[:64] = np.repeat(values, 8), np.tile(values, 8)
        x[64:72] = a[72:80] = values
    found, wanted = both(op_type, [a, x], [np.float32])
    assert found is not None
    np.testing.assert_allclose(found[0], wanted[0], rtol=2.5e-7, atol=1e-37)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    most=st.sampled_from([1.1, 3.0, 20.0, 110.0, 300.0]),
    size=st.sampled_from([1e-3, 1.0, 30.0, 1e6]),
    shapes=st.sampled_from([((5000,), (5000,)), ((), (3, 999)), ((40, 1), (1, 90))]),
    strange=st.booleans(),
)
def test_zeta(seed: int, most: float, size: float, shapes: Any, strange: bool) -> None:
    """The sum, and the kernel where a number is not where it serves."""
    random = np.random.default_rng(seed)
    x = np.array(1 + random.random(shapes[0]) * most, np.float32)
    q = np.array(random.random(shapes[1]) * size + 1e-30, np.float32)
    if strange:
        q.reshape(-1)[:3] = [0, -2, -1.5]
    found, wanted = both("Zeta", [x, q], [np.float32])
    assert found is not None
    np.testing.assert_allclose(found[0], wanted[0], rtol=2.5e-7)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    order=st.sampled_from([0, 1, 2, 5, 12, 0.5, "any"]),
    size=st.sampled_from([0.1, 1.0, 100.0]),
)
def test_polygamma(seed: int, order: Any, size: float) -> None:
    """Orders that are whole, 0 among them, and not."""
    random = np.random.default_rng(seed)
    a = np.array(random.integers(0, 4, 3000) if order == "any" else order, np.float32)
    x = np.array(random.random(3000) * size + 1e-2, np.float32)
    found, wanted = both("Polygamma", [a, x], [np.float32])
    assert found is not None
    np.testing.assert_allclose(found[0], wanted[0], rtol=2.5e-7)


@pytest.mark.parametrize("order", [0, 1])
def test_bessel_by_polynomials(order: int) -> None:
    """Each side of 8, and what is no number, of large arrays and small ones."""
    kernel = both(f"BesselI{order}e", [np.zeros(1, np.float32)], [np.float32])
    assert kernel[1][0].dtype == np.float32
    random = np.random.default_rng(3)
    x = np.concatenate([
        random.normal(size=20_000) * 5, np.exp(random.uniform(-90, 88, 20_000)), np.linspace(7.99, 8.01, 1001),
        [0.0, -0.0, np.nan, np.inf, -np.inf],
    ]).astype(np.float32)  # fmt: skip
    _, (wanted,) = both(f"BesselI{order}e", [x], [np.float32])
    with tf.Graph().as_default(), tf.Session() as sess:
        fed = tf.placeholder(tf.float32, [None])
        function = (tf.math.bessel_i0e, tf.math.bessel_i1e)[order](fed) * 1.0
        found = sess.run(function, {fed: x})
    np.testing.assert_array_max_ulp(found[np.isfinite(wanted)], wanted[np.isfinite(wanted)], 1)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(wanted))


_FORMS = ("BesselK0", "BesselK1", "BesselK0e", "BesselK1e", "Expint", "Lgamma", "Digamma")


@pytest.mark.parametrize("op_type", _FORMS)
def test_float32_forms(op_type: str) -> None:
    """Both sides of where a form changes, zeros and poles of the function, and what is no number."""
    random = np.random.default_rng(4)
    edges = np.concatenate([np.array([0.372507, 0.8, 1, 1.461632, 2, 2.2, 4, 7, 10, 93.5]), -np.arange(1, 6) / 2])
    x = np.concatenate([
        random.normal(size=20_000) * 5, np.exp(random.uniform(-103, 88.7, 20_000)), random.random(20_000) * 100,
        np.repeat(edges, 500) * (1 + random.normal(size=500 * edges.size) * 1e-5), edges, -np.arange(40.0),
        [0.0, np.nan, np.inf, -np.inf, 600, 1e38, 3.4e38, -3.4e38, 1e-45, -1e-45],
    ]).astype(np.float32)  # fmt: skip
    _, (wanted,) = both(op_type, [x], [np.float32])
    with tf.Graph().as_default(), tf.Session() as sess:
        fed = tf.placeholder(tf.float32, [None])
        found = sess.run(getattr(tf.raw_ops, op_type)(x=fed) * 1.0, {fed: x})
    infinite = ~np.isfinite(wanted)
    np.testing.assert_array_equal(found[infinite], wanted[infinite])
    np.testing.assert_array_max_ulp(found[~infinite], wanted[~infinite], 1)
