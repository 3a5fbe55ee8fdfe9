"""Images: what TensorFlow 1.15.5 gave for the same pixels: types, shapes, first elements and sums."""

from __future__ import annotations

# ruff: noqa: E501 - a case is one line, however long
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest

import sessile as tf

_R = np.random.RandomState(0)
f = _R.rand(7, 5, 3).astype("f")
u = _R.randint(0, 256, (7, 5, 3)).astype("u1")
b = _R.rand(2, 7, 5, 3).astype("f")
image: Any = tf.image

# Per case: what is built; type, shape, first elements and sum of the result as recorded.
CASES: Final[dict[str, tuple[Callable[[], Any], str, tuple[int, ...], list[float], float]]] = {
    "resize0(4, 9)False": (lambda: image.resize_images(f, (4, 9), method=0, align_corners=False), "float32", (4, 9, 3), [0.5488, 0.7152, 0.6028, 0.5466, 0.5532, 0.6267], 53.03),
    "resize0(4, 9)True": (lambda: image.resize_images(f, (4, 9), method=0, align_corners=True), "float32", (4, 9, 3), [0.5488, 0.7152, 0.6028, 0.5468, 0.5694, 0.6243], 55.08),
    "resize0(14, 10)False": (lambda: image.resize_images(f, (14, 10), method=0, align_corners=False), "float32", (14, 10, 3), [0.5488, 0.7152, 0.6028, 0.5468, 0.5694, 0.6243], 202.48),
    "resize0(14, 10)True": (lambda: image.resize_images(f, (14, 10), method=0, align_corners=True), "float32", (14, 10, 3), [0.5488, 0.7152, 0.6028, 0.5471, 0.5856, 0.6219], 199.99),
    "resize0(3, 2)False": (lambda: image.resize_images(f, (3, 2), method=0, align_corners=False), "float32", (3, 2, 3), [0.5488, 0.7152, 0.6028, 0.4105, 0.8417, 0.7463], 8.84),
    "resize0(3, 2)True": (lambda: image.resize_images(f, (3, 2), method=0, align_corners=True), "float32", (3, 2, 3), [0.5488, 0.7152, 0.6028, 0.568, 0.9256, 0.071], 8.47),
    "resize1(4, 9)False": (lambda: image.resize_images(f, (4, 9), method=1, align_corners=False), "float32", (4, 9, 3), [0.5488, 0.7152, 0.6028, 0.5488, 0.7152, 0.6028], 51.01),
    "resize1(4, 9)True": (lambda: image.resize_images(f, (4, 9), method=1, align_corners=True), "float32", (4, 9, 3), [0.5488, 0.7152, 0.6028, 0.5449, 0.4237, 0.6459], 56.01),
    "resize1(14, 10)False": (lambda: image.resize_images(f, (14, 10), method=1, align_corners=False), "float32", (14, 10, 3), [0.5488, 0.7152, 0.6028, 0.5488, 0.7152, 0.6028], 200.69),
    "resize1(14, 10)True": (lambda: image.resize_images(f, (14, 10), method=1, align_corners=True), "float32", (14, 10, 3), [0.5488, 0.7152, 0.6028, 0.5488, 0.7152, 0.6028], 200.69),
    "resize1(3, 2)False": (lambda: image.resize_images(f, (3, 2), method=1, align_corners=False), "float32", (3, 2, 3), [0.5488, 0.7152, 0.6028, 0.4376, 0.8918, 0.9637], 10.51),
    "resize1(3, 2)True": (lambda: image.resize_images(f, (3, 2), method=1, align_corners=True), "float32", (3, 2, 3), [0.5488, 0.7152, 0.6028, 0.568, 0.9256, 0.071], 8.47),
    "resize2(4, 9)False": (lambda: image.resize_images(f, (4, 9), method=2, align_corners=False), "float32", (4, 9, 3), [0.5488, 0.7152, 0.6028, 0.5576, 0.503, 0.5943], 52.98),
    "resize2(4, 9)True": (lambda: image.resize_images(f, (4, 9), method=2, align_corners=True), "float32", (4, 9, 3), [0.5488, 0.7152, 0.6028, 0.5569, 0.5255, 0.5945], 54.87),
    "resize2(14, 10)False": (lambda: image.resize_images(f, (14, 10), method=2, align_corners=False), "float32", (14, 10, 3), [0.5488, 0.7152, 0.6028, 0.5569, 0.5255, 0.5945], 202.73),
    "resize2(14, 10)True": (lambda: image.resize_images(f, (14, 10), method=2, align_corners=True), "float32", (14, 10, 3), [0.5488, 0.7152, 0.6028, 0.5559, 0.5491, 0.5955], 199.41),
    "resize2(3, 2)False": (lambda: image.resize_images(f, (3, 2), method=2, align_corners=False), "float32", (3, 2, 3), [0.5488, 0.7152, 0.6028, 0.3831, 0.8731, 0.819], 9.08),
    "resize2(3, 2)True": (lambda: image.resize_images(f, (3, 2), method=2, align_corners=True), "float32", (3, 2, 3), [0.5488, 0.7152, 0.6028, 0.568, 0.9256, 0.071], 8.47),
    "resize3(4, 9)False": (lambda: image.resize_images(f, (4, 9), method=3, align_corners=False), "float32", (4, 9, 3), [0.3509, 0.4173, 0.7013, 0.4097, 0.4569, 0.7187], 51.61),
    "resize3(4, 9)True": (lambda: image.resize_images(f, (4, 9), method=3, align_corners=True), "float32", (4, 9, 3), [0.318, 0.3677, 0.7177, 0.318, 0.3677, 0.7177], 49.99),
    "resize3(14, 10)False": (lambda: image.resize_images(f, (14, 10), method=3, align_corners=False), "float32", (14, 10, 3), [0.5488, 0.7152, 0.6028, 0.5488, 0.7152, 0.6028], 200.69),
    "resize3(14, 10)True": (lambda: image.resize_images(f, (14, 10), method=3, align_corners=True), "float32", (14, 10, 3), [0.5488, 0.7152, 0.6028, 0.5488, 0.7152, 0.6028], 198.31),
    "resize3(3, 2)False": (lambda: image.resize_images(f, (3, 2), method=3, align_corners=False), "float32", (3, 2, 3), [0.5069, 0.5268, 0.7624, 0.5477, 0.6512, 0.438], 8.6),
    "resize3(3, 2)True": (lambda: image.resize_images(f, (3, 2), method=3, align_corners=True), "float32", (3, 2, 3), [0.4854, 0.5486, 0.6609, 0.7368, 0.5026, 0.3842], 9.19),
    "resizeu": (lambda: image.resize_images(u,(3,4),method=1), "uint8", (3, 4, 3), [19.0, 95.0, 72.0, 154.0, 194.0, 248.0], 5054.0),
    "aspect": (lambda: image.resize_images(f,(10,3),preserve_aspect_ratio=True), "float32", (4, 3, 3), [0.5488, 0.7152, 0.6028, 0.4734, 0.7357, 0.8577], 17.2),
    "flip_left_right": (lambda: image.flip_left_right(f), "float32", (7, 5, 3), [0.568, 0.9256, 0.071, 0.3834, 0.7917, 0.5289], 50.17),
    "flip_up_down": (lambda: image.flip_up_down(f), "float32", (7, 5, 3), [0.3186, 0.6674, 0.1318, 0.7163, 0.2894, 0.1832], 50.17),
    "transpose_image": (lambda: image.transpose_image(f), "float32", (5, 7, 3), [0.5488, 0.7152, 0.6028, 0.0871, 0.0202, 0.8326], 50.17),
    "per_image_standardization": (lambda: image.per_image_standardization(f), "float32", (7, 5, 3), [0.2458, 0.8222, 0.4327, 0.2322, -0.1877, 0.5821], -0.0),
    "rgb_to_grayscale": (lambda: image.rgb_to_grayscale(f), "float32", (7, 5, 1), [0.6526, 0.4852, 0.7641, 0.6396, 0.7212, 0.1328], 16.31),
    "rgb_to_hsv": (lambda: image.rgb_to_hsv(f), "float32", (7, 5, 3), [0.3874, 0.2326, 0.7152, 0.7576, 0.3441, 0.6459], 68.74),
    "rgb_to_yiq": (lambda: image.rgb_to_yiq(f), "float32", (7, 5, 3), [0.6526, -0.063, -0.0702, 0.4852, 0.0008, 0.0948], 16.05),
    "rgb_to_yuv": (lambda: image.rgb_to_yuv(f), "float32", (7, 5, 3), [0.6526, -0.0245, -0.0911, 0.4852, 0.0791, 0.0523], 16.81),
    "gray u8": (lambda: image.rgb_to_grayscale(u), "uint8", (7, 5, 1), [69.0, 188.0, 120.0, 37.0, 142.0, 199.0], 4686.0),
    "std u8": (lambda: image.per_image_standardization(u), "uint8", (7, 5, 3), [0.0, 0.0, 0.0, 68.0, 202.0, 255.0], 10034.0),
    "crop": (lambda: image.crop_to_bounding_box(f,1,2,3,2), "float32", (3, 2, 3), [0.7992, 0.4615, 0.7805, 0.1183, 0.6399, 0.1434], 9.15),
    "pad": (lambda: image.pad_to_bounding_box(f,1,2,10,9), "float32", (10, 9, 3), [0.0, 0.0, 0.0, 0.0, 0.0, 0.0], 50.17),
    "cop": (lambda: image.resize_image_with_crop_or_pad(f,4,9), "float32", (4, 9, 3), [0.0, 0.0, 0.0, 0.0, 0.0, 0.0], 29.19),
    "cc": (lambda: image.central_crop(f,.5), "float32", (5, 3, 3), [0.7782, 0.87, 0.9786, 0.7992, 0.4615, 0.7805], 21.49),
    "rwp": (lambda: image.resize_image_with_pad(f,6,9), "float32", (6, 9, 3), [0.0, 0.0, 0.0, 0.0, 0.0, 0.0], 34.19),
    "rot": (lambda: image.rot90(f,3), "float32", (5, 7, 3), [0.3186, 0.6674, 0.1318, 0.0392, 0.2828, 0.1202], 50.17),
    "ab": (lambda: image.adjust_brightness(f,.2), "float32", (7, 5, 3), [0.7488, 0.9152, 0.8028, 0.7449, 0.6237, 0.8459], 71.17),
    "abu": (lambda: image.adjust_brightness(u,.2), "uint8", (7, 5, 3), [70.0, 146.0, 123.0, 205.0, 245.0, 255.0], 18775.0),
    "ac": (lambda: image.adjust_contrast(f,.5), "float32", (7, 5, 3), [0.5013, 0.5889, 0.5599, 0.4994, 0.4431, 0.5815], 50.17),
    "acu": (lambda: image.adjust_contrast(u,1.5), "uint8", (7, 5, 3), [0.0, 75.0, 42.0, 163.0, 224.0, 255.0], 14128.0),
    "ah": (lambda: image.adjust_hue(f,.1), "float32", (7, 5, 3), [0.5488, 0.7152, 0.7026, 0.6459, 0.4237, 0.6136], 51.41),
    "as": (lambda: image.adjust_saturation(f,.5), "float32", (7, 5, 3), [0.632, 0.7152, 0.659, 0.5954, 0.5348, 0.6459], 63.72),
    "ag": (lambda: image.adjust_gamma(f,2.,.5), "float32", (7, 5, 3), [0.1506, 0.2557, 0.1817, 0.1484, 0.0897, 0.2086], 16.36),
    "ahu": (lambda: image.adjust_hue(u,.1), "uint8", (7, 5, 3), [19.0, 72.0, 95.0, 170.0, 154.0, 248.0], 13854.0),
    "c1": (lambda: image.convert_image_dtype(u,tf.float32), "float32", (7, 5, 3), [0.0745, 0.3725, 0.2824, 0.6039, 0.7608, 0.9725], 55.07),
    "c2": (lambda: image.convert_image_dtype(f,tf.uint8), "uint8", (7, 5, 3), [140.0, 182.0, 154.0, 139.0, 108.0, 165.0], 12768.0),
    "c3": (lambda: image.convert_image_dtype(u,tf.uint16), "uint16", (7, 5, 3), [4864.0, 24320.0, 18432.0, 39424.0, 49664.0, 63488.0], 3595008.0),
    "c4": (lambda: image.convert_image_dtype(u,tf.int16,saturate=True), "int16", (7, 5, 3), [2432.0, 12160.0, 9216.0, 19712.0, 24832.0, 31744.0], 1797504.0),
    "nms": (lambda: image.non_max_suppression(np.array([[0,0,1,1],[0,.1,1,1.1],[0,0,.9,1],[2,2,3,3]],'f'),np.array([.9,.75,.6,.95],'f'),3,.5), "int32", (2,), [3.0, 0.0], 3.0),
    "hsv2": (lambda: image.hsv_to_rgb(f), "float32", (7, 5, 3), [0.1717, 0.4765, 0.6028, 0.3723, 0.5722, 0.6459], 42.61),
    "yiq2": (lambda: image.yiq_to_rgb(f), "float32", (7, 5, 3), [1.6067, -0.0358, 0.7845, 1.3509, 0.0116, 1.1768], 71.17),
    "yuv2": (lambda: image.yuv_to_rgb(f), "float32", (7, 5, 3), [1.2359, -0.0834, 2.0021, 1.2811, 0.0027, 1.4058], 84.28),
    "png": (lambda: image.decode_png(image.encode_png(u)), "uint8", (7, 5, 3), [19.0, 95.0, 72.0, 154.0, 194.0, 248.0], 14043.0),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_results(case: str) -> None:
    make, dtype, shape, first, total = CASES[case]
    with tf.Session() as sess:
        result = sess.run(make())
    assert (result.dtype.name, result.shape) == (dtype, shape)
    flat = result.ravel().astype(np.float64)
    np.testing.assert_allclose(flat[: len(first)], first, atol=2e-4)
    np.testing.assert_allclose(flat.sum(), total, rtol=1e-4, atol=0.02)


def test_static_sizes_are_known() -> None:
    x = tf.placeholder(tf.float32, [None, 8, 8, 3])
    assert image.resize_images(x, [4, 5]).shape.as_list() == [None, 4, 5, 3]
    assert image.resize_image_with_crop_or_pad(x, 9, 3).shape.as_list() == [None, 9, 3, 3]


def test_gradients_of_resizing_are_those_of_central_differences() -> None:
    x = tf.placeholder(tf.float32, [1, 4, 3, 2])
    for method in (0, 1, 2):
        y = image.resize_images(x, [5, 7], method=method)
        with tf.Session():
            assert tf.test.compute_gradient_error(x, [1, 4, 3, 2], y, [1, 5, 7, 2]) < 1e-2


def test_flipping_by_chance_flips_some() -> None:
    flipped = image.random_flip_left_right(f, seed=1)
    with tf.Session() as sess:
        found = {sess.run(flipped).tobytes() for _ in range(20)}
    assert found == {f.tobytes(), np.ascontiguousarray(f[:, ::-1]).tobytes()}


def test_random_parts_cover_their_boxes() -> None:
    begin, size, box = image.sample_distorted_bounding_box(
        [40, 50, 3], [[[0.2, 0.2, 0.6, 0.6]]], min_object_covered=0.5
    )
    with tf.Session() as sess:
        for _ in range(10):
            (top, left, _), (tall, wide, _), _ = sess.run([begin, size, box])
            covered = (min(top + tall, 24) - max(top, 8)) * (min(left + wide, 30) - max(left, 10))
            assert covered >= 0.5 * 16 * 20


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [(0, 5, 39, 32), (7, 11, 12, 14), (4, 4, 31, 40), (19, 1, 19, 21)]),
        ({"min_object_covered": 0.9}, [(0, 5, 39, 32), (9, 12, 29, 32), (4, 4, 31, 40), (6, 2, 30, 38)]),
        ({"max_attempts": 3, "min_object_covered": 1.0}, [(0, 5, 39, 32), (2, 4, 34, 40), (0, 10, 34, 39)]),
        ({"area_range": (0.5, 0.9), "aspect_ratio_range": (0.5, 2.0)}, [(0, 19, 39, 27), (1, 4, 29, 43)]),
    ],
)
def test_seeds_of_operations_give_the_boxes_of_tensorflow(
    options: dict[str, Any], expected: list[tuple[int, ...]]
) -> None:
    tf.set_random_seed(7)  # which 1.15 does not ask here
    boxes = [[[0.1, 0.2, 0.6, 0.7], [0.5, 0.5, 0.9, 0.9]]]
    begin, size, _ = image.sample_distorted_bounding_box([40, 50, 3], boxes, seed=3, **options)
    assert begin.op.name == "sample_distorted_bounding_box/SampleDistortedBoundingBoxV2"
    with tf.Session() as sess:
        for wanted in expected:
            first, extents = sess.run([begin, size])
            assert (*first[:2], *extents[:2]) == wanted


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"area_range": (0.5, 1.5)}, "Area range must be less then or equal to 1.0"),
        ({"area_range": (0.0, 0.5)}, "Area range must be non-negative"),
        ({"aspect_ratio_range": (-1.0, 0.5)}, "Aspect ratio range must be non-negative"),
        ({"min_object_covered": -1.0}, "Min object covered must be non-negative"),
        ({"max_attempts": -1}, "Max attempts must be non-negative"),
        ({"bounding_boxes": [[[0.1, 0.2, 1.6, 0.7]]]}, "must be in .0.0, 1.0.: .1.6"),
        ({"bounding_boxes": np.zeros((1, 0, 4), np.float32)}, "No bounding boxes provided"),
    ],
)
def test_random_boxes_refuse_what_tensorflow_refuses(options: dict[str, Any], message: str) -> None:
    options = {"bounding_boxes": [[[0.1, 0.2, 0.6, 0.7]]], **options}
    begin, _, _ = image.sample_distorted_bounding_box([40, 50, 3], **options)
    with tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError, match=message):
        sess.run(begin)


def test_jpeg_goes_and_comes_back_nearly() -> None:
    smooth = np.tile(np.arange(0, 240, 10, dtype=np.uint8)[:, None, None], (1, 16, 3))
    with tf.Session() as sess:
        back = sess.run(image.decode_jpeg(image.encode_jpeg(smooth)))
    assert np.abs(back.astype(int) - smooth).max() < 8


def test_what_is_no_image_is_refused() -> None:
    with pytest.raises(ValueError, match="must have either 3 or 4 dimensions"):
        image.resize_images([1.0], [2, 2])
    with pytest.raises(ValueError, match="height must be >= target"):
        image.crop_to_bounding_box(f, 1, 2, 30, 2)
    with tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError, match="Invalid PNG data"):
        sess.run(image.decode_png(b"nothing"))


def test_images_of_unknown_rank_are_images() -> None:
    """What decoders give; they were taken for batches, and cropping them failed."""
    image = np.arange(12, dtype=np.float32).reshape(2, 2, 3)
    given = tf.placeholder(tf.float32)
    flipped, cropped = tf.image.flip_left_right(given), tf.image.crop_to_bounding_box(given, 0, 1, 1, 1)
    padded, fitted = (
        tf.image.pad_to_bounding_box(given, 0, 1, 3, 4),
        tf.image.resize_image_with_crop_or_pad(given, 3, 1),
    )
    turned = tf.image.transpose_image(given)
    shapes = [str(tensor.shape) for tensor in (flipped, cropped, padded, fitted)]
    assert shapes == ["(?, ?, ?)", "(1, 1, ?)", "(3, 4, ?)", "(3, 1, ?)"]  # recorded from TensorFlow 1.15.5
    with tf.Session() as session:
        results = session.run([flipped, cropped, padded, fitted, turned], {given: image})
    assert np.array_equal(results[0], image[:, ::-1]) and np.array_equal(results[1], image[:1, 1:])
    assert np.array_equal(results[2], np.pad(image, ((0, 1), (1, 1), (0, 0))))
    assert np.array_equal(results[3], np.pad(image[:, :1], ((0, 1), (0, 0), (0, 0))))
    assert np.array_equal(results[4], image.transpose(1, 0, 2))
    for resize in (tf.image.resize_images, lambda image, size: tf.image.central_crop(image, 0.5)):
        with pytest.raises(ValueError, match="contains no shape|Had rank = None"):
            resize(given, [2, 2])


def test_rot90_takes_a_tensor_for_the_quarters() -> None:
    image = np.arange(12, dtype=np.float32).reshape(2, 2, 3)
    quarters = tf.placeholder(tf.int32, [])
    one, several = tf.image.rot90(image, quarters), tf.image.rot90(np.stack([image, image + 1]), quarters)
    with tf.Session() as session:
        for k in (0, 1, 2, 3, 5, -1):
            turned, both = session.run([one, several], {quarters: k})
            assert np.array_equal(turned, np.rot90(image, k))
            assert np.array_equal(both[1], np.rot90(image + 1, k))


def _jpeg(image: Any, **options: Any) -> bytes:
    with tf.Graph().as_default(), tf.Session() as session:
        data: bytes = session.run(tf.image.encode_jpeg(image, **options))
    return data


def test_jpegs_are_written_as_asked_for() -> None:
    image = (np.arange(16 * 16 * 3).reshape(16, 16, 3) % 251).astype(np.uint8)

    def samples(data: bytes) -> int:
        """How often the first component is sampled, for each of the others: 0x22 where they have half the pixels."""
        return data[data.index(b"\xff\xc0") + 11]

    assert samples(_jpeg(image)) == 0x22
    assert samples(_jpeg(image, chroma_downsampling=False, format="rgb")) == 0x11
    assert _jpeg(image)[13:18] == bytes([1, 1, 44, 1, 44])  # 300 an inch
    assert _jpeg(image, density_unit="cm", x_density=5, y_density=7)[13:18] == bytes([2, 0, 5, 0, 7])
    data = _jpeg(image, xmp_metadata="META")
    assert data[20:57] == b"\xff\xe1\x00#http://ns.adobe.com/xap/1.0/\x00META"
    with tf.Graph().as_default(), tf.Session() as session:
        assert np.array_equal(*session.run([tf.image.decode_jpeg(data), tf.image.decode_jpeg(_jpeg(image))]))


def test_images_that_are_not_of_the_format_asked_for() -> None:
    image = np.zeros((4, 4, 3), np.uint8)
    errors = tf.errors.InvalidArgumentError
    for given, options, error, text in (
        (image, {"format": "grayscale"}, errors, r"format grayscale expects 1 channels, got \[4,4,3\]"),
        (image[..., :1], {"format": "rgb"}, errors, r"format rgb expects 3 channels, got \[4,4,1\]"),
        (image[..., :2], {}, errors, r"image must have 1 or 3 channels, got \[4,4,2\]"),
        (image, {"format": "zz"}, ValueError, "'format' of 'EncodeJpeg' Op passed string 'zz' not in"),
        (image, {"density_unit": "zz"}, ValueError, "'density_unit' of 'EncodeJpeg' Op passed string 'zz' not in"),
    ):
        with pytest.raises(error, match=text):
            _jpeg(given, **options)  # type: ignore[arg-type]


def test_images_cannot_be_made_without_size() -> None:
    for size, text in (((0, 4), "target_height must be > 0"), ((4, -1), "target_width must be > 0")):
        with pytest.raises(ValueError, match=text):
            tf.image.resize_image_with_pad(np.zeros((4, 4, 3), np.float32), *size)
    for most, text in ((0.7, "max_delta must be <= 0.5"), (-0.1, "max_delta must be non-negative")):
        with pytest.raises(ValueError, match=text):
            tf.image.random_hue(np.zeros((4, 4, 3), np.float32), most)


def test_boxes_of_images_that_are_not_there() -> None:
    crop = tf.image.crop_and_resize(np.zeros((2, 4, 4, 3), np.float32), [[0.0, 0, 1, 1]], [5], [3, 3])
    with tf.Session() as session, pytest.raises(tf.errors.OutOfRangeError, match="box_index has values outside"):
        session.run(crop)


def test_any_image_in_double_precision() -> None:
    """Floating point of any width lies in [0, 1]."""
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    with tf.Graph().as_default(), tf.Session() as session:
        data = tf.image.encode_png(pixels)
        for dtype in (tf.float16, tf.float32, tf.float64):
            found = session.run(tf.image.decode_image(data, 3, dtype))
            assert found.dtype == dtype.as_numpy_dtype
            np.testing.assert_allclose(found, pixels / 255, atol=1e-3)
