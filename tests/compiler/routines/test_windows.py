"""Convolutions of volumes, dilations of images: the compiled routines against NumPy's kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessile.ops.types.dtypes import as_dtype

from tests.compiler.routines.held import both, numbers


@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.tuples(*[st.integers(1, 7)] * 4),
    channels=st.sampled_from([(1, 1), (3, 5), (4, 17), (2, 40)]),
    sizes=st.tuples(*[st.integers(1, 4)] * 3),
    strides=st.one_of(st.just((1, 1, 1)), st.tuples(*[st.integers(1, 3)] * 3)),
    rates=st.one_of(st.just((1, 1, 1)), st.tuples(*[st.integers(1, 2)] * 3)),
    padding=st.sampled_from([b"SAME", b"VALID"]),
    kind=st.sampled_from([np.float32, np.float64]),
    threads=st.integers(1, 3),
)
def test_volumes(
    seed: int, shape: Any, channels: Any, sizes: Any, strides: Any, rates: Any, padding: bytes, kind: Any, threads: int
) -> None:
    """Values and both gradients; whole numbers, so that sums are exact in any order."""
    batch, *space = shape
    reach = [(size - 1) * rate + 1 for size, rate in zip(sizes, rates)]
    if padding == b"VALID" and any(n < most for n, most in zip(space, reach)):
        return
    random = np.random.default_rng(seed)
    x = random.integers(-9, 9, (batch, *space, channels[0])).astype(kind)
    weights = random.integers(-9, 9, (*sizes, *channels)).astype(kind)
    attrs = {
        "strides": (1, *strides, 1), "dilations": (1, *rates, 1), "padding": padding, "data_format": b"NDHWC",
    }  # fmt: skip
    found, wanted = both("Conv3D", [x, weights], [kind], threads, **attrs)
    assert found is not None
    np.testing.assert_array_equal(found[0], wanted[0])
    dy = random.integers(-9, 9, wanted[0].shape).astype(kind)
    spelled = np.array(x.shape, np.int32)
    found, wanted = both(
        "Conv3DBackpropInputV2", [spelled, weights, dy], [kind], threads, Tshape=as_dtype(np.int32), **attrs
    )
    # Windows that move further than by one and have gaps, or that leave a part of the volume out, are the kernel's.
    if strides == (1, 1, 1) and padding == b"SAME" or max(rates) == 1 and padding == b"SAME" and strides == (2, 2, 2):
        assert found is not None or min(sizes) < 2
    if found is not None:
        np.testing.assert_array_equal(found[0], wanted[0])
    found, wanted = both("Conv3DBackpropFilterV2", [x, np.array(weights.shape, np.int32), dy], [kind], threads, **attrs)
    assert found is not None or rates[2] > 1 or padding == b"SAME"
    if found is not None:
        np.testing.assert_array_equal(found[0], wanted[0])


@pytest.mark.parametrize("what", ["groups", "format", "empty", "short"])
def test_other_volumes_are_left_to_the_kernel(what: str) -> None:
    """Channels in groups or first, no volumes, short floats."""
    x, weights = np.ones((2, 4, 4, 4, 4), np.float32), np.ones((2, 2, 2, 4, 6), np.float32)
    attrs = {
        "strides": (1,) * 5, "dilations": (1,) * 5, "padding": b"SAME", "data_format": b"NDHWC",
    }  # fmt: skip
    if what == "groups":
        weights = weights[..., :2, :]
    elif what == "format":
        attrs["data_format"] = b"NCDHW"
    elif what == "empty":
        x = x[:0]
    else:
        x, weights = x.astype(np.float16), weights.astype(np.float16)
    found, wanted = both("Conv3D", [x, weights], [x.dtype], **attrs)
    assert found is None and wanted[0].dtype == x.dtype


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.tuples(st.integers(1, 3), st.integers(1, 9), st.integers(1, 9), st.sampled_from([1, 3, 8])),
    sizes=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    strides=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    rates=st.tuples(st.integers(1, 2), st.integers(1, 2)),
    padding=st.sampled_from([b"SAME", b"VALID"]),
    kind=st.sampled_from([np.float32, np.float64]),
    hostile=st.booleans(),
    threads=st.integers(1, 3),
)
def test_dilations(
    seed: int, shape: Any, sizes: Any, strides: Any, rates: Any, padding: bytes, kind: Any, hostile: bool, threads: int
) -> None:
    """Values and both gradients, with equal sums, NaN and infinities among them; gradients are whole numbers."""
    if padding == b"VALID" and any(n < (size - 1) * rate + 1 for n, size, rate in zip(shape[1:], sizes, rates)):
        return
    random = np.random.default_rng(seed)
    images, filters = (np.round(numbers(random, s, kind, hostile)) for s in (shape, (*sizes, shape[3])))
    attrs = {"strides": (1, *strides, 1), "rates": (1, *rates, 1), "padding": padding}
    found, wanted = both("Dilation2D", [images, filters], [kind], threads, **attrs)
    assert found is not None
    np.testing.assert_array_equal(found[0], wanted[0])
    dy = random.integers(-9, 9, wanted[0].shape).astype(kind)
    for name in ("Dilation2DBackpropInput", "Dilation2DBackpropFilter"):
        found, wanted = both(name, [images, filters, dy], [kind], threads, **attrs)
        assert found is not None
        np.testing.assert_array_equal(found[0], wanted[0])
