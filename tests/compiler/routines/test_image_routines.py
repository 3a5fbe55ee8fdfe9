"""Images resized: the compiled routines against NumPy's kernels, to the bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sessile as tf
from tests.compiler.routines.held import both, numbers


def _same(found: Any, wanted: Any) -> None:
    assert found is not None
    for one, other in zip(found, wanted, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)


METHODS = ["Bilinear", "Bicubic", "NearestNeighbor", "Area"]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    method=st.sampled_from(METHODS),
    batch=st.integers(1, 3),
    before=st.tuples(st.integers(1, 70), st.integers(1, 40)),
    after=st.tuples(st.integers(1, 70), st.integers(1, 40)),
    channels=st.sampled_from([1, 3, 9]),
    kind=st.sampled_from([np.float32, np.float64, np.uint8, np.int32]),
    flags=st.sampled_from([(False, False), (True, False), (False, True)]),
    threads=st.integers(1, 3),
)
def test_resizing(
    seed: int, method: str, batch: int, before: Any, after: Any, channels: int, kind: Any, flags: Any, threads: int
) -> None:
    """Larger and smaller ones, few and many channels, blocks that are not whole; and gradients."""
    random = np.random.default_rng(seed)
    images = numbers(random, (batch, *before, channels), kind)
    attrs = {"align_corners": flags[0], "half_pixel_centers": flags[1]}
    if method == "Area":
        del attrs["half_pixel_centers"]
    made = kind if method == "NearestNeighbor" else np.float32
    _same(*both(f"Resize{method}", [images, np.array(after, np.int32)], [made], threads, **attrs))
    if method == "Area" or (method != "NearestNeighbor" and np.dtype(kind).kind != "f"):
        return
    gradients = numbers(random, (batch, *after, channels), made)
    second = np.array(before, np.int32) if method == "NearestNeighbor" else images
    _same(*both(f"Resize{method}Grad", [gradients, second], [kind], threads, **attrs))


@pytest.mark.parametrize("size", [(5, 5), (300, 200)])
def test_an_image_of_one_colour_stays_so(size: Any) -> None:
    """Bilinear interpolation between equal numbers gives that number, to the bit."""
    image = np.full((1, 61, 47, 3), 0.1, np.float32)
    with tf.Session() as session:
        found = session.run(tf.image.resize_bilinear(image, size))
    np.testing.assert_array_equal(found, np.full((1, *size, 3), 0.1, np.float32))


def test_infinity_stays_where_it_is() -> None:
    """A pixel that is no number reaches the pixels made of it, and no others."""
    image = np.zeros((1, 64, 64, 1), np.float32)
    image[0, 20, 30] = np.inf
    with tf.Session() as session:
        found = session.run(tf.image.resize_bicubic(image, [128, 128]))
    assert np.isfinite(found[0, :36]).all()
    assert np.isfinite(found[0, :, :56]).all()
    assert not np.isfinite(found[0, 40, 60]).all()


@pytest.mark.parametrize("method", METHODS)
def test_no_pixels(method: str) -> None:
    """Sides that are not positive are an error of routines too."""
    resize = {"Bilinear": "bilinear", "Bicubic": "bicubic", "NearestNeighbor": "nearest_neighbor", "Area": "area"}
    size = tf.placeholder(tf.int32, [2])
    fetch = getattr(tf.image, f"resize_{resize[method]}")(np.zeros((1, 64, 64, 1), np.float32), size)
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match="must be positive"):
        session.run(fetch, {size: [0, 3]})
