"""PNG images of 16 bits keep them; grays are libpng's, as in TensorFlow 1.15."""

import struct
import zlib
from typing import Any

import numpy as np
import pytest
from sessile.ops.formats.image_reader import decode_deep

import sessile as tf


def values(tensor: Any) -> Any:
    with tf.Session() as session:
        return session.run(tensor)


def png(width: int, height: int, colours: int, rows: bytes, interlaced: int = 0) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 16, colours, 0, 0, interlaced)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_sixteen_bits_come_back(channels: int) -> None:
    pixels = np.random.RandomState(0).randint(0, 65536, (7, 9, channels)).astype(np.uint16)
    data = values(tf.image.encode_png(tf.constant(pixels)))
    assert np.array_equal(values(tf.image.decode_png(data, dtype=tf.uint16)), pixels)
    assert np.array_equal(values(tf.image.decode_png(data)), pixels >> 8)
    assert np.array_equal(values(tf.image.decode_image(data)), pixels >> 8)
    four = values(tf.image.decode_png(data, 4, tf.uint16))
    assert np.array_equal(four[..., :3], np.broadcast_to(pixels[..., : channels - (channels in (2, 4))], (7, 9, 3)))
    assert np.array_equal(four[..., 3], pixels[..., -1] if channels in (2, 4) else np.full((7, 9), 65535))


def test_every_filter() -> None:
    """Rows as differences to left, above, their mean, and the nearest of three."""
    pixels = np.random.RandomState(1).randint(0, 256, (5, 4, 6)).astype(int)
    padded = np.zeros((6, 5, 6), int)
    padded[1:, 1:] = pixels
    left, above, corner = padded[1:, :-1], padded[:-1, 1:], padded[:-1, :-1]
    base = left + above - corner
    distances = np.stack([abs(base - left), abs(base - above), abs(base - corner)])
    paeth = np.choose(distances.argmin(0), [left, above, corner])
    guesses = [0 * left, left, above, (left + above) // 2, paeth]
    rows = b"".join(
        bytes([kind]) + ((pixels[row] - guesses[kind][row]) % 256).astype(np.uint8).tobytes()
        for row, kind in enumerate([4, 3, 4, 2, 1])
    )
    wanted = pixels.astype(np.uint8).view(">u2").reshape(5, 4, 3)
    assert np.array_equal(decode_deep(png(4, 5, 2, rows)), wanted)


def test_interlaced_images() -> None:
    """Two pixels: the first pass has one, the sixth the other."""
    data = png(2, 1, 0, b"\0\1\2" + b"\0\3\4", interlaced=1)
    assert values(tf.image.decode_png(data, dtype=tf.uint16)).tolist() == [[[258], [772]]]


@pytest.mark.parametrize("data", [png(2, 2, 0, b"\0\1"), png(1, 1, 5, b"\0\1\2"), png(1, 1, 0, b"\7\1\2")])
def test_broken_images_are_refused(data: bytes) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match="Invalid PNG data"):
        values(tf.image.decode_png(data, dtype=tf.uint16))


def test_grays_are_libpngs() -> None:
    """Of 8 bits cut off, of 16 rounded; of gray colours as they are."""
    shallow = values(tf.image.encode_png(np.array([[[1, 2, 3], [200, 100, 50], [7, 7, 7]]], np.uint8)))
    assert values(tf.image.decode_png(shallow, 1)).ravel().tolist() == [1, 124, 7]
    deep = values(tf.image.encode_png(tf.constant([[[258, 772, 1286]]], tf.uint16)))
    assert values(tf.image.decode_png(deep, 1, tf.uint16)).ravel().tolist() == [677]
    assert values(tf.image.decode_png(deep, 1)).ravel().tolist() == [2]
