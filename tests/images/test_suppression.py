"""Suppression of boxes, glimpses, coloured frames, similarity over scales: as TensorFlow 1.15.5 gave them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pytest

import sessile as tf

_R = np.random.RandomState(3)
_SOME = np.sort(_R.rand(12, 2, 2).astype("f"), axis=1).reshape(12, 4)
BOXES = np.concatenate([_SOME[:6], _SOME[:6] + 0.03]).astype("f")
SCORES = _R.rand(12).astype("f")
OVERLAPS = np.maximum(_R.rand(12, 12), np.eye(12)).astype("f")
IMAGES = _R.rand(2, 6, 8, 3).astype("f")
_PIXELS = _R.rand(16, 20, 3)
LARGE = _R.rand(2, 180, 190, 1).astype("f")
OTHER = (LARGE * 0.8 + 0.1 * _R.rand(*LARGE.shape)).astype("f")
CLASS_SCORES = _R.rand(2, 6, 3).astype("f")
CLASS_BOXES = _R.rand(2, 6, 3, 4).astype("f") * 1.4 - 0.2
_CHOSEN: Final = [9, 8, 10, 11, 6, 1, 2, 3]
_SOFT: Final = [0.7467, 0.7077, 0.6910, 0.6892, 0.4538, 0.4391, 0.2054, 0.2013]
_BEST: Final = [[0.9986, 0.972, 0.94, 0.9225, 0.9008, 0.8662], [0.9648, 0.8954, 0.8408, 0.8141, 0.7431, 0.7288]]


def _run(*tensors: Any) -> list[Any]:
    with tf.Session() as sess:
        found: list[Any] = sess.run(list(tensors))
        return found


def test_padded() -> None:
    for is_padded, shape, last in ((False, [None], []), (True, [9], [0])):
        chosen, count = tf.image.non_max_suppression_padded(BOXES, SCORES, 9, 0.5, 0.2, is_padded)
        assert chosen.shape.as_list() == shape
        found, valid = _run(chosen, count)
        assert found.tolist() == _CHOSEN + last
        assert valid == 8


@pytest.mark.parametrize("least", [float("-inf"), 0.0, 0.3])
def test_softened(least: float) -> None:
    chosen, scores = _run(*tf.image.non_max_suppression_with_scores(BOXES, SCORES, 10, 0.3, least, 0.5))
    assert chosen.tolist() == _CHOSEN[: 8 if least <= 0 else 6]
    np.testing.assert_allclose(scores, _SOFT[: len(chosen)], atol=6e-5)
    chosen, scores = _run(*tf.image.non_max_suppression_with_scores(BOXES, SCORES, 3, 0.3, least))
    assert scores.tolist() == SCORES[chosen].tolist()


def test_a_negative_sigma_is_named() -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match="soft_nms_sigma must be >= 0"):
        _run(*tf.image.non_max_suppression_with_scores(BOXES, SCORES, 3, soft_nms_sigma=-1.0))


def test_by_overlaps() -> None:
    (chosen,) = _run(tf.image.non_max_suppression_overlaps(OVERLAPS, SCORES, 6, 0.7, 0.1))
    assert chosen.tolist() == [9, 10, 11, 4, 0, 3]
    with pytest.raises(ValueError, match="must be equal|Dimension"):
        tf.image.non_max_suppression_overlaps(OVERLAPS[:3], SCORES, 6)


def test_of_many_classes() -> None:
    for is_padded, size in ((False, 20), (True, 6)):
        result = tf.image.combined_non_max_suppression(
            CLASS_BOXES, CLASS_SCORES, 2, 20, 0.4, 0.1, pad_per_class=is_padded
        )
        assert [part.shape.as_list() for part in result] == [[2, size, 4], [2, size], [2, size], [2]]
        boxes, scores, classes, valid = _run(*result)
        np.testing.assert_allclose(scores[:, :6], _BEST, atol=6e-5)
        assert not scores[:, 6:].any()
        assert classes[:, :6].tolist() == [[1, 2, 2, 0, 0, 1], [2, 0, 0, 2, 1, 1]]
        assert valid.tolist() == [6, 6]
        assert float(boxes.sum()) == pytest.approx(27.33, abs=1e-2)
    boxes, *_ = _run(
        *tf.image.combined_non_max_suppression(CLASS_BOXES, CLASS_SCORES, 2, 20, 0.4, 0.1, clip_boxes=False)
    )
    assert float(boxes.sum()) == pytest.approx(27.496, abs=1e-2)


WINDOWS: Final[list[tuple[bool, bool, Any, tuple[int, int]]]] = [
    (False, False, [[3.0, 3.0], [3.0, 4.0]], (1, 2)),
    (False, True, [[0.5, 0.5], [0.6, 0.4]], (1, 3)),
    (True, False, [[1.0, -1.0], [2.0, 0.0]], (2, 2)),
    (True, True, [[0.1, -0.2], [0.0, 0.3]], (1, 2)),
]


@pytest.mark.parametrize(("centered", "normalized", "places", "first"), WINDOWS)
def test_glimpses(centered: bool, normalized: bool, places: Any, first: tuple[int, int]) -> None:
    glimpse = tf.image.extract_glimpse(IMAGES, [3, 2], places, centered, normalized)
    assert glimpse.shape.as_list() == [2, 3, 2, 3]
    top, left = first
    assert np.array_equal(_run(glimpse)[0][0], IMAGES[0, top : top + 3, left : left + 2])


def test_noise_outside_is_of_the_image() -> None:
    for is_uniform in (True, False):
        glimpse = tf.image.extract_glimpse(IMAGES * 0 + 5, [4, 4], [[-1.0, -1.0], [9.0, 9.0]], True, True, is_uniform)
        assert np.all(_run(glimpse)[0] == 5)


def test_frames_in_given_colours() -> None:
    colours = np.array([[1, 0, 0], [0, 0.5, 0]], "f")
    drawn, plain = _run(
        tf.image.draw_bounding_boxes(IMAGES, BOXES.reshape(2, 6, 4), colors=colours),
        tf.image.draw_bounding_boxes(IMAGES, BOXES.reshape(2, 6, 4)),
    )
    assert float(drawn.sum()) == pytest.approx(89.2, abs=0.01)
    assert float(plain.sum()) == pytest.approx(115.2, abs=0.01)
    with pytest.raises(tf.errors.InvalidArgumentError, match="colors must be 2-D"):
        _run(tf.image.draw_bounding_boxes(IMAGES, BOXES.reshape(2, 6, 4), colors=colours[:, :2]))


def test_similarity_over_scales() -> None:
    def small(image: Any) -> Any:
        return (image[0] * 255).astype("u1")

    found, bytes_found = _run(
        tf.image.ssim_multiscale(LARGE, OTHER, 1.0),
        tf.image.ssim_multiscale(small(LARGE), small(OTHER), 255, power_factors=(0.3, 0.7)),
    )
    np.testing.assert_allclose(found, [0.9757, 0.9739], atol=6e-5)
    assert float(bytes_found) == pytest.approx(0.9665, abs=6e-5)


def test_parts_and_quality_of_jpeg() -> None:
    pytest.importorskip("PIL", reason="JPEG takes Pillow, an extra")
    pixels = (_PIXELS * 255).astype("u1")
    with tf.Session() as sess:
        data = sess.run(tf.image.encode_jpeg(pixels, quality=90))
        whole, part, shape, is_jpeg, is_none = sess.run([
            tf.image.decode_jpeg(data), tf.image.decode_and_crop_jpeg(data, [2, 3, 5, 7]),
            tf.io.extract_jpeg_shape(data, output_type=tf.int64), tf.io.is_jpeg(data), tf.image.is_jpeg(b"ab\xff"),
        ])  # fmt: skip
        assert np.array_equal(part, whole[2:7, 3:10])
        assert shape.tolist() == [16, 20, 3]
        assert is_jpeg
        assert not is_none
        assert tf.io.decode_and_crop_jpeg(data, [2, 3, 5, 7]).shape.as_list() == [5, 7, None]
        with pytest.raises(tf.errors.InvalidArgumentError, match="crop window"):
            sess.run(tf.image.decode_and_crop_jpeg(data, [2, 3, 50, 7]))
        with pytest.raises(tf.errors.InvalidArgumentError, match="Invalid JPEG data, size 3"):
            sess.run(tf.image.extract_jpeg_shape(b"abc"))
        low, high = (
            np.abs(sess.run(tf.image.adjust_jpeg_quality(pixels, quality)).astype(int) - pixels).mean()
            for quality in (10, 100)
        )
        assert high < low
        first, again = sess.run([tf.image.random_jpeg_quality(pixels, 20, 95, seed=3) for _ in range(2)])
        assert np.array_equal(first, again)
    with pytest.raises(ValueError, match="must be less than"):
        tf.image.random_jpeg_quality(pixels, 95, 20)
