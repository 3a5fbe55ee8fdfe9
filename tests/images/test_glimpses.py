"""Glimpses that lie within their images, taken all at once, and beside others."""

from __future__ import annotations

import numpy as np
import pytest

import sessile as tf


@pytest.mark.parametrize("outside", [False, True])
def test_windows(outside: bool) -> None:
    """The numbers of the image at the place of the window; zeros where it has none."""
    images = np.arange(3 * 6 * 7 * 2, dtype=np.float32).reshape(3, 6, 7, 2)[:, :, ::-1] + 1
    places = np.array([[0, 0], [3, 3], [2, 1]], np.float32)
    if outside:
        places[0] = -1, 5
    with tf.Graph().as_default(), tf.Session() as session:
        glimpses = tf.raw_ops.ExtractGlimpse(
            input=images,
            size=[3, 4],
            offsets=places + np.float32([1.5, 2]),
            centered=False,
            normalized=False,
            noise="zero",
        )
        found = session.run(glimpses)
    padded = np.pad(images, [(0, 0), (1, 0), (0, 5), (0, 0)])
    for image, part, (top, left) in zip(padded, found, places.astype(int)):
        np.testing.assert_array_equal(part, image[top + 1 : top + 4, left : left + 4])
