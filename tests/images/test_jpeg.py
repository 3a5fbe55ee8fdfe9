"""JPEG files are decoded to the pixels of TensorFlow 1.15.5: files of 7 by 9 pixels, digests of what it gave."""

from __future__ import annotations

import base64
import hashlib
from typing import Any, Final

import numpy as np
import pytest

import sessile as tf

HALF: Final = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYV"
    "pQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAAH"
    "AAkDASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAQF/8QAGxAAAgEFAAAAAAAAAAAAAAAAAAIFBhEWIlL/xAAVAQEBAAAAAAAAAAAAAA"
    "AAAAABBP/EABwRAAAGAwAAAAAAAAAAAAAAAAABAgMEBRIxMv/aAAwDAQACEQMRAD8AiiqYRraqbuKJyoBNFSTqMl7BXWEgmeh//9k="
)
HALF_WIDE: Final = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYV"
    "pQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAAH"
    "AAkDASEAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAABAX/xAAbEAACAQUAAAAAAAAAAAAAAAAAAgUGERYiUv/EABQBAQAAAAAAAAAAAAAAAA"
    "AAAAT/xAAaEQABBQEAAAAAAAAAAAAAAAAAAQIDBRIT/9oADAMBAAIRAxEAPwAUVTCNbVS7iicqEiZ2boZW2qpCf//Z"
)
GRAY: Final = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYV"
    "pQYEpRUk//wAALCAAHAAkBAREA/8QAFQABAQAAAAAAAAAAAAAAAAAABQf/xAAXEAEAAwAAAAAAAAAAAAAAAAAABkOB/9oACAEBAAA/ADYNXimv"
    "/9k="
)

CASES: Final = [  # file, channels, ratio, fancy_upscaling, dct_method; the shape and the digest of the pixels
    (HALF, 0, 1, True, "", (7, 9, 3), "ab8a0d340004af1f"),
    (HALF, 0, 1, True, "INTEGER_ACCURATE", (7, 9, 3), "2c3a7cfe576c4f67"),
    (HALF, 0, 1, False, "", (7, 9, 3), "b7c1e3de7dc37f9f"),
    (HALF, 1, 1, True, "", (7, 9, 1), "eb27714de2327636"),
    (HALF, 1, 1, True, "INTEGER_ACCURATE", (7, 9, 1), "fa9f33526b9ed923"),
    (HALF, 3, 2, True, "", (4, 5, 3), "fb7c45192570bf63"),
    (HALF, 3, 8, True, "", (1, 2, 3), "7f194d406436f5dc"),
    (HALF_WIDE, 3, 1, True, "", (7, 9, 3), "daf38af8d44f6d0b"),
    (HALF_WIDE, 3, 2, True, "", (4, 5, 3), "418ddd817bcb53b8"),
    (HALF_WIDE, 3, 2, False, "", (4, 5, 3), "e3d755507a534c4d"),
    (GRAY, 0, 1, True, "", (7, 9, 1), "65061e83592284c4"),
    (GRAY, 3, 4, True, "", (2, 3, 3), "4f8522526f6e12bf"),
]


@pytest.mark.parametrize(("data", "channels", "ratio", "is_fancy", "method", "shape", "digest"), CASES)
def test_pixels_are_those_of_tensorflow(
    data: bytes, channels: int, ratio: int, is_fancy: bool, method: str, shape: tuple[int, ...], digest: str
) -> None:
    decoded = tf.image.decode_jpeg(data, channels, ratio, is_fancy, dct_method=method)
    with tf.Session() as sess:
        pixels = sess.run(decoded)
    assert pixels.shape == shape
    assert hashlib.sha256(pixels.tobytes()).hexdigest()[:16] == digest


def test_other_decoders_give_the_same_pixels() -> None:
    with tf.Session() as sess:
        expected, image, png, part = sess.run(
            [
                tf.image.decode_jpeg(HALF),
                tf.image.decode_image(HALF),
                tf.image.decode_png(HALF),
                tf.image.decode_and_crop_jpeg(HALF, [1, 2, 3, 4]),
            ]
        )
    assert np.array_equal(expected, image)
    assert np.array_equal(expected, png)
    assert np.array_equal(expected[1:4, 2:6], part)


def test_a_file_that_ends_early_is_an_image_where_that_is_asked_for() -> None:
    with tf.Session() as sess:
        assert sess.run(tf.image.decode_jpeg(HALF[:-8], try_recover_truncated=True)).shape == (7, 9, 3)
        with pytest.raises(tf.errors.InvalidArgumentError, match="Invalid JPEG data"):
            sess.run(tf.image.decode_jpeg(HALF[:-8]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ratio": 3}, "ratio must be 1, 2, 4, or 8, got 3"),
        ({"channels": 4}, "channels must be 0, 1, or 3 for JPEG, got 4"),
        ({"channels": 2}, "channels must be 0, 1, 3, or 4, got 2"),
        ({"dct_method": "SLOW"}, "dct_method must be one of"),
    ],
)
def test_what_libjpeg_cannot_do_is_refused(options: dict[str, Any], message: str) -> None:
    with tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError, match=message):
        sess.run(tf.image.decode_jpeg(HALF, **options))
