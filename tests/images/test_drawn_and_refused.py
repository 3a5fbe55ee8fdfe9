"""Random flips and qualities are TensorFlow 1.15's, BMP files are read as it reads them, other images are refused."""

from collections.abc import Iterator
from struct import pack
from typing import Any

import numpy as np
import pytest

import sessile as tf


@pytest.fixture(autouse=True)
def graph() -> Iterator[None]:
    tf.reset_default_graph()
    yield


def values(tensor: Any) -> Any:
    with tf.Session() as session:
        return session.run(tensor)


@pytest.mark.parametrize(("seed", "flipped"), [(None, [0, 3, 4]), (6, [0, 3, 4]), (7, [0, 1, 4])])
def test_each_image_of_a_batch_is_flipped_as_in_tensorflow(seed: int | None, flipped: list[int]) -> None:
    for dtype in ("uint8", "float32"):
        tf.reset_default_graph()
        tf.set_random_seed(3)
        pixels = np.arange(10).astype(dtype).reshape(5, 1, 2, 1)
        found = values(tf.image.random_flip_left_right(tf.constant(pixels), seed=seed))
        assert found.dtype == dtype
        wanted = pixels.copy()
        wanted[flipped] = wanted[flipped, :, ::-1]
        assert np.array_equal(found, wanted)


def test_the_quality_is_drawn_in_each_step() -> None:
    """By an operation with the seed that it has in TensorFlow."""
    tf.set_random_seed(3)
    pixels = tf.constant(np.random.RandomState(0).randint(0, 255, (16, 16, 3)).astype(np.uint8))
    result = tf.image.random_jpeg_quality(pixels, 10, 90)
    drawn = [op for op in tf.get_default_graph().get_operations() if op.type == "RandomUniformInt"]
    assert [(op.get_attr("seed"), op.get_attr("seed2")) for op in drawn] == [(3, 4)]
    tf.random_uniform([], name="later")
    assert tf.get_default_graph().get_operation_by_name("later/RandomUniform").get_attr("seed2") == 12
    with tf.Session() as session:
        found = {session.run([result, drawn[0].outputs[0]])[0].tobytes() for _ in range(10)}
    assert len(found) > 1


def bmp(width: int, height: int, bits: int, data: bytes) -> bytes:
    head = pack("<IiiHHIIiiII", 40, width, height, 1, bits, 0, len(data), 0, 0, 0, 0)
    return b"BM" + pack("<IHHI", 54 + len(data), 0, 0, 54) + head + data


def test_bmp_files() -> None:
    """As many channels as they have: alpha too, indices of palettes as they are; rows from below or from above."""
    data = bytes(range(16))
    below, above = bmp(2, 2, 24, data), bmp(2, -2, 24, data)
    rows = [[[10, 9, 8], [13, 12, 11]], [[2, 1, 0], [5, 4, 3]]]
    for decode in (tf.image.decode_bmp, tf.image.decode_image):
        assert values(decode(below)).tolist() == rows and values(decode(above)).tolist() == rows[::-1]
        assert values(decode(bmp(2, 1, 32, data[:8]))).tolist() == [[[2, 1, 0, 3], [6, 5, 4, 7]]]
        assert values(decode(bmp(2, 1, 8, b"\5\6\0\0"))).tolist() == [[[5], [6]]]


@pytest.mark.parametrize(
    ("data", "channels", "words"),
    [
        (bmp(2, 2, 24, bytes(16)), 1, "channels attribute 1 does not match bits per pixel from file 3"),
        (bmp(2, 2, 24, bytes(16)), 2, "channels must be 0, 1, 3 or 4, got 2"),
        (bmp(2, 1, 16, bytes(4)), 0, "Number of channels must be 1, 3 or 4, was 2"),
        (bmp(20, 20, 24, b"abc"), 0, "Incomplete bmp content, requires at least 1254 bytes, got 57 bytes"),
        (b"BM123", 0, "Incomplete bmp content, requires at least 32 bytes"),
        (bmp(0, 2, 24, b""), 0, "Invalid bmp content"),
        (b"text", 0, "Expected image"),
    ],
)
def test_other_bmp_files_are_refused(data: bytes, channels: int, words: str) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        values(tf.image.decode_bmp(data, channels))


def test_images_of_other_types_and_channels_are_refused() -> None:
    whole = tf.constant(np.zeros((2, 3, 3), np.uint8))
    for convert in (tf.image.rgb_to_yiq, tf.image.yiq_to_rgb, tf.image.rgb_to_yuv, tf.image.yuv_to_rgb):
        with pytest.raises(TypeError, match="Expected uint8"):
            convert(whole)
    with pytest.raises(ValueError, match="Last dimension of a grayscale image should be size 1"):
        tf.image.grayscale_to_rgb(whole)
    with pytest.raises(ValueError, match="must be rank 4 but is rank 3"):
        tf.image.sobel_edges(tf.to_float(whole))
