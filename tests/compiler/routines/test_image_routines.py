"""Images resized, their colours, crops and boxes: the compiled routines against NumPy's kernels, to the bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessile.compiler.routines.images import jpeg
from sessile.ops.formats import image_reader
from sessile.ops.types.dtypes import as_dtype

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


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    before=st.tuples(st.integers(1, 70), st.integers(1, 40)),
    after=st.tuples(st.integers(1, 70), st.integers(1, 40)),
    scale=st.tuples(st.floats(0.125, 4, width=32), st.floats(0.125, 4, width=32)),
    move=st.tuples(st.floats(-9, 9, width=32), st.floats(-9, 9, width=32)),
    kernel=st.sampled_from([b"lanczos3", b"triangle", b"box"]),
    antialias=st.booleans(),
    kind=st.sampled_from([np.float32, np.uint8]),
)
def test_scaling(
    seed: int, before: Any, after: Any, scale: Any, move: Any, kernel: bytes, antialias: bool, kind: Any
) -> None:
    """Wide and narrow neighbourhoods, images moved out of sight; and gradients."""
    random = np.random.default_rng(seed)
    images = numbers(random, (2, *before, 3), kind)
    attrs = {"kernel_type": kernel, "antialias": antialias}
    more = [np.array(scale, np.float32), np.array(move, np.float32)]
    _same(*both("ScaleAndTranslate", [images, np.array(after, np.int32), *more], [np.float32], **attrs))
    if kind == np.float32:
        gradients = numbers(random, (2, *after, 3), kind)
        _same(*both("ScaleAndTranslateGrad", [gradients, images, *more], [np.float32], **attrs))


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


def _colours(random: np.random.Generator, shape: Any, kind: Any, hostile: bool) -> Any:
    """Pixels, some of them gray, black, of two equal channels or negative."""
    if hostile:
        return numbers(random, (*shape, 3), kind, True)
    found = random.random((*shape, 3)).astype(kind) - (random.random((*shape, 1)) < 0.1)
    few = random.integers(0, 3, (*shape, 3)).astype(kind) / 2
    return np.where(random.random((*shape, 1)) < 0.3, few, found).astype(kind)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    op_type=st.sampled_from(["RGBToHSV", "HSVToRGB", "AdjustHue", "AdjustSaturation"]),
    shape=st.sampled_from([(1,), (33,), (7, 200, 11)]),
    hostile=st.booleans(),
    kind=st.sampled_from([np.float32, np.float64]),
    by=st.floats(-2, 2, width=32),
    threads=st.integers(1, 3),
)
def test_colours(seed: int, op_type: str, shape: Any, hostile: bool, kind: Any, by: float, threads: int) -> None:
    """Hues that are turned around, saturations beyond 1, NaN and infinities."""
    more = [np.array(by, np.float32)] if op_type.startswith("Adjust") else []
    kind = np.float32 if more else kind
    _same(*both(op_type, [_colours(np.random.default_rng(seed), shape, kind, hostile), *more], [kind], threads))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.sampled_from([(1, 1, 1), (2, 70, 5, 3), (2, 2, 33, 7, 2), (200, 150, 4)]),
    threads=st.integers(1, 3),
)
def test_contrast(seed: int, shape: Any, threads: int) -> None:
    """Means of blocks of rows that are not whole; in whole numbers, whose sums are exact."""
    images = np.random.default_rng(seed).integers(0, 256, shape).astype(np.float32)
    _same(*both("AdjustContrastv2", [images, np.array(1.5, np.float32)], [np.float32], threads))


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.tuples(st.integers(1, 3), st.integers(1, 20), st.integers(1, 20), st.sampled_from([1, 3, 9])),
    size=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    boxes=st.integers(1, 6),
    method=st.sampled_from([b"bilinear", b"nearest"]),
    kind=st.sampled_from([np.float32, np.float64, np.uint8]),
    threads=st.integers(1, 3),
)
def test_crops(seed: int, shape: Any, size: Any, boxes: int, method: bytes, kind: Any, threads: int) -> None:
    """Boxes that reach beyond the image, are upside down or of one row; both gradients, whose sums are of any order."""
    random = np.random.default_rng(seed)
    images = (random.random(shape) * 255).astype(kind)
    places = (random.random((boxes, 4)) * 1.6 - 0.3).astype(np.float32)
    index = random.integers(0, shape[0], boxes).astype(np.int32)
    arrays = [images, places, index, np.array(size, np.int32)]
    _same(*both("CropAndResize", arrays, [np.float32], threads, method=method, extrapolation_value=2.0))
    gradients = random.random((boxes, *size, shape[3]), np.float32)
    made = kind if np.dtype(kind).kind == "f" else np.float32
    arrays = [gradients, places, index, np.array(shape, np.int32)]
    found, wanted = both("CropAndResizeGradImage", arrays, [made], threads, method=method, T=as_dtype(made))
    assert found is not None
    np.testing.assert_allclose(found[0], wanted[0], rtol=1e-6, atol=1e-9)
    arrays = [gradients, images, places, index]
    found, wanted = both("CropAndResizeGradBoxes", arrays, [np.float32], threads, method=method)
    assert found is not None
    np.testing.assert_allclose(found[0], wanted[0], rtol=1e-6, atol=1e-8 * np.abs(wanted[0]).max())


def test_crops_of_no_image() -> None:
    """A box of an image that is not there is TensorFlow's error, whatever makes the crops."""
    index = tf.placeholder(tf.int32, [2])
    fetch = tf.image.crop_and_resize(np.zeros((1, 64, 64, 1), np.float32), np.zeros((2, 4), np.float32), index, [3, 3])
    with tf.Session() as session, pytest.raises(tf.errors.OutOfRangeError, match=r"outside \[0, batch_size\)"):
        session.run(fetch, {index: [0, 1]})


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 200),
    width=st.sampled_from([0.05, 0.2, 1.0]),
    digits=st.sampled_from([1, 5]),
    most=st.integers(0, 210),
    overlap=st.floats(0, 1, width=32),
    least=st.sampled_from([float("-inf"), 0.25]),
    sigma=st.sampled_from([0.0, 0.5]),
    is_padded=st.booleans(),
    threads=st.integers(1, 3),
)
def test_suppression(
    seed: int, count: int, width: float, digits: int, most: int, overlap: float, least: float, sigma: float,
    is_padded: bool, threads: int,
) -> None:  # fmt: skip
    """Small and large boxes, empty ones, corners in any order, equal scores; softened, padded, of given overlaps."""
    random = np.random.default_rng(seed)
    boxes = random.random((count, 4))
    boxes[:, 2:] = boxes[:, :2] + (random.random((count, 2)) - 0.3) * width
    boxes[: count // 5, 2] = boxes[: count // 5, 0]
    scores = np.round(random.random(count), digits).astype(np.float32)
    f, i = np.float32, np.int32
    limits = [np.array(most, i), np.array(overlap, f), np.array(least, f)]
    given = [boxes.astype(f), scores]
    _same(*both("NonMaxSuppressionV3", [*given, *limits], [i], threads))
    pad = {"pad_to_max_output_size": is_padded}
    _same(*both("NonMaxSuppressionV4", [*given, *limits], [i, i], threads, **pad))
    found, wanted = both("NonMaxSuppressionV5", [*given, *limits, np.array(sigma, f)], [i, f, i], threads, **pad)
    assert found is not None
    for one, other in zip(found, wanted):
        np.testing.assert_allclose(one, other, rtol=1e-6)
    overlaps = random.random((count, count), f)
    _same(*both("NonMaxSuppressionWithOverlaps", [overlaps, scores, *limits], [i], threads))


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 60),
    sets=st.sampled_from([1, 3]),
    most=st.integers(1, 70),
    total=st.integers(1, 100),
    flags=st.tuples(st.booleans(), st.booleans()),
    threads=st.integers(1, 3),
)
def test_combined_suppression(
    seed: int, count: int, sets: int, most: int, total: int, flags: Any, threads: int
) -> None:
    """Classes with boxes of their own or the same ones, more results than there are boxes, clipped ones."""
    random = np.random.default_rng(seed)
    boxes = random.random((2, count, sets, 4), np.float32) * 1.5 - 0.25
    scores = np.round(random.random((2, count, 3)), 1).astype(np.float32)
    numbers_of = [np.array(most, np.int32), np.array(total, np.int32), np.array(0.3, "f"), np.array(0.2, "f")]
    results = [np.float32, np.float32, np.float32, np.int32]
    attrs = {"pad_per_class": flags[0], "clip_boxes": flags[1]}
    _same(*both("CombinedNonMaxSuppression", [boxes, scores, *numbers_of], results, threads, **attrs))


def test_boxes_that_are_refused() -> None:
    """A threshold beyond 1 is TensorFlow's error for many boxes too."""
    boxes, overlap = np.zeros((1000, 4), np.float32), tf.placeholder(tf.float32, [])
    fetch = tf.image.non_max_suppression(boxes, np.zeros(1000, np.float32), 5, overlap)
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match=r"in \[0, 1\]"):
        session.run(fetch, {overlap: 1.5})


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.tuples(st.integers(1, 3), st.integers(1, 20), st.integers(1, 20), st.sampled_from([1, 3])),
    size=st.tuples(st.integers(1, 20), st.integers(1, 20)),
    interpolation=st.sampled_from([b"NEAREST", b"BILINEAR"]),
    fill_mode=st.sampled_from([b"CONSTANT", b"REFLECT", b"WRAP", b"NEAREST"]),
    kind=st.sampled_from([np.float32, np.float64, np.uint8, np.int32]),
    is_one=st.booleans(),
    threads=st.integers(1, 3),
)
def test_transforms(
    seed: int, shape: Any, size: Any, interpolation: bytes, fill_mode: bytes, kind: Any, is_one: bool, threads: int
) -> None:
    """Images turned and seen from aside, one transformation for all of them, places outside."""
    random = np.random.default_rng(seed)
    images = (random.random(shape) * 255).astype(kind)
    transforms = random.normal([1, 0, 0, 0, 1, 0, 0, 0], 0.2, (1 if is_one else shape[0], 8))
    transforms[:, 6:] /= 50
    arrays = [images, transforms.astype(np.float32), np.array(size, np.int32)]
    _same(*both("ImageProjectiveTransformV2", arrays, [kind], threads, interpolation=interpolation))
    arrays.append(np.array(7.0, np.float32))
    attrs = {"interpolation": interpolation, "fill_mode": fill_mode}
    _same(*both("ImageProjectiveTransformV3", arrays, [kind], threads, **attrs))


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.tuples(st.integers(1, 3), st.integers(1, 12), st.integers(1, 12), st.sampled_from([1, 3, 4])),
    boxes=st.integers(0, 12),
    colours=st.sampled_from([None, 0, 1, 3]),
    threads=st.integers(1, 3),
)
def test_drawn_boxes(seed: int, shape: Any, boxes: int, colours: Any, threads: int) -> None:
    """Boxes that reach beyond the image, that are outside of it, that are upside down."""
    random = np.random.default_rng(seed)
    images = random.random(shape, np.float32)
    places = (random.random((shape[0], boxes, 4)) * 2 - 0.5).astype(np.float32)
    arrays, name = [images, places], "DrawBoundingBoxes"
    if colours is not None:
        arrays, name = [*arrays, random.random((colours, 4), np.float32)], "DrawBoundingBoxesV2"
    found, wanted = both(name, arrays, [np.float32], threads, T=as_dtype(np.float32))
    assert found is not None
    np.testing.assert_array_equal(found[0], wanted[0])


@pytest.mark.parametrize("shape", [(6, 5), (5, 7), (1, 6), (33, 64)])
@pytest.mark.parametrize("is_halved", [True, False])
def test_colours_of_jpeg_images(shape: tuple[int, int], is_halved: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The compiled loop gives the pixels that NumPy gives, at all edges, for even and odd extents."""
    rng = np.random.default_rng(shape[0])
    rows = np.arange(shape[0]) // (2 if is_halved else 1)
    pixels = rng.integers(0, 256, (*shape, 3)).astype(np.uint8)
    pixels[..., 1:] = pixels[rows[:, None] * (2 if is_halved else 1), np.arange(shape[1]) // 2 * 2, 1:]
    monkeypatch.setattr(jpeg, "_ENOUGH", 0)
    found = jpeg.colours(pixels, is_halved)
    monkeypatch.setattr(image_reader, "provided", lambda name: None)
    np.testing.assert_array_equal(found, image_reader.jpeg_colours(pixels, is_halved))
