"""Images fitted into others, and what cannot be decoded or compared: as in TensorFlow 1.15.5."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf


@pytest.mark.parametrize(
    ("size", "target", "rows", "columns"),
    [
        ((5, 6), (9, 9), (0, 7), (0, 9)), ((10, 3), (5, 5), (0, 5), (1, 2)), ((4, 9), (6, 7), (1, 4), (0, 6)),
        ((7, 7), (10, 4), (3, 7), (0, 4)),
    ],
)  # fmt: skip
def test_what_is_left_is_halved_before_it_is_rounded(size: Any, target: Any, rows: Any, columns: Any) -> None:
    image = tf.image.resize_image_with_pad(tf.ones([*size, 1]), *target)
    with tf.Session() as sess:
        found = sess.run(image)
    assert np.flatnonzero(found.any((1, 2))).tolist() == [*range(*rows)]
    assert np.flatnonzero(found.any((0, 2))).tolist() == [*range(*columns)]


def test_channels_that_no_image_has() -> None:
    data = tf.image.encode_png(tf.zeros([4, 5, 3], tf.uint8))
    for number in (2, 5):
        decoded = tf.image.decode_png(data, channels=number)
        with tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError, match="channels must be"):
            sess.run(decoded)
    for decode in (tf.image.decode_png, tf.image.decode_jpeg, tf.image.decode_bmp):
        with pytest.raises(ValueError, match="non-negative"):
            decode(data, channels=-1)


def test_noise_is_of_images_of_one_shape() -> None:
    with pytest.raises(ValueError, match="one shape"):
        tf.image.psnr(tf.zeros([5, 6, 3]), tf.zeros([5, 6, 1]), 1.0)
