"""Argument makers of images and strings."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from sessile.ops.types import dtypes
from sessile.ops.types.dtypes import DType

from tests.ops.makers.arguments import Array, Call, Maker, data
from tests.ops.makers.files import texts

I32: Final = np.int32
_NUMBERS: Final = (dtypes.float32, dtypes.uint8)


def picture(dtype: DType = dtypes.float32, shape: tuple[int, ...] = (2, 4, 5, 3), seed: int = 0) -> Array:
    """Return images with values within [0, 1], or within the bytes."""
    values = np.random.default_rng(seed).random(shape)
    return (values * 255 if dtype.kind in "iu" else values).astype(dtype.np_dtype)


def _transformed(dtype: DType) -> Iterator[Call]:
    rows = np.array([[1.1, 0.1, 0.3, -0.1, 0.9, 0.2, 0.01, 0.02], [1, 0, 0.5, 0, 1, -1, 0, 0]], np.float32)
    for method in (b"NEAREST", b"BILINEAR"):
        given = picture(dtype), rows, np.array([3, 6], I32)
        yield Call(method.decode(), given, {"interpolation": method})


def _parts(dtype: DType) -> Iterator[Call]:
    chosen = np.random.default_rng(3).integers(0, 2, (2, 4, 5))
    values = np.where(chosen, b"a", b"").astype(object) if dtype == dtypes.string else chosen.astype(dtype.np_dtype)
    yield Call("two images", (values,), {})


def _matched(dtype: DType) -> Iterator[Call]:
    distances = np.random.default_rng(4).random((3, 4)).astype(np.float32)
    for valid, most in ((-1.0, -1), (2.0, -1), (-1.0, 1)):
        yield Call(f"{valid}, {most}", (distances, np.array(valid, np.float32)), {"top_k": most})


def _colours(*amounts: float) -> Maker:
    def make(dtype: DType) -> Iterator[Call]:
        rest = tuple(np.array(amount, np.float32) for amount in amounts)
        for shape in ((2, 4, 5, 3), (4, 5, 3), (0, 4, 3)):
            yield Call(f"{shape}", (picture(dtype, shape), *rest), {})
        yield Call("transposed", (picture(dtype, (3, 5, 3)).transpose(1, 0, 2), *rest), {})

    return make


def _boxes() -> Array:
    return np.array([[0.1, 0.2, 0.9, 0.8], [0.0, 0.0, 0.5, 0.5], [0.1, 0.2, 0.9, 0.9]], np.float32)


def _suppression(*thresholds: float) -> Maker:
    def make(dtype: DType) -> Iterator[Call]:
        rest = tuple(np.array(threshold, dtype.np_dtype) for threshold in thresholds)
        scores = np.array([0.5, 0.9, 0.7], dtype.np_dtype)
        yield Call("three", (_boxes().astype(dtype.np_dtype), scores, np.array(2, I32), *rest), {})
        yield Call("none", (_boxes()[:0].astype(dtype.np_dtype), scores[:0], np.array(2, I32), *rest), {})

    return make


def _given_overlaps(dtype: DType) -> Iterator[Call]:
    overlaps = np.array([[1, 0.6, 0.1], [0.6, 1, 0.2], [0.1, 0.2, 1]], np.float32)
    rest = (np.array(3, I32), np.array(0.5, np.float32), np.array(0.1, np.float32))
    yield Call("three", (overlaps, np.array([0.5, 0.9, 0.7], np.float32), *rest), {})


def _combined(dtype: DType) -> Iterator[Call]:
    boxes = np.stack([_boxes(), _boxes()[::-1]])[:, :, None]
    scores = np.random.default_rng(0).random((2, 3, 2)).astype(np.float32)
    rest = (np.array(2, I32), np.array(9, I32), np.array(0.5, np.float32), np.array(0.1, np.float32))
    for is_padded in (False, True):
        yield Call(f"padded per class: {is_padded}", (boxes, scores, *rest), {"pad_per_class": is_padded})


def _glimpse(dtype: DType) -> Iterator[Call]:
    places = np.array([[0.1, -0.2], [9, 9]], np.float32)
    yield Call("one outside", (picture(), np.array([2, 3], I32), places), {"noise": b"zero"})


def _part_of_jpeg(dtype: DType) -> Iterator[Call]:
    for call in _encoded("JPEG")(dtype):
        yield Call("a part", (*call.inputs, np.array([1, 2, 3, 2], I32)), {})


def _quality(dtype: DType) -> Iterator[Call]:
    yield Call("low", (picture(dtypes.uint8, (4, 5, 3)), np.array(20, I32)), {})


def _sparse_parts(dtype: DType) -> Iterator[Call]:
    values = np.array([b"a", b"b", b"c"], object) if dtype.kind == "s" else np.arange(3).astype(dtype.np_dtype)
    yield Call("a row without", (np.array([[0, 1], [2, 0], [2, 1]]), values, np.array([3, 2])), {})


def _sparse_messages(dtype: DType) -> Iterator[Call]:
    from sessile.ops.families.io.decoding import tensor_message

    values = np.array([b"a"], object) if dtype.kind == "s" else np.ones(1, dtype.np_dtype)
    whole = dtypes.int64
    parts = ((np.array([[1]]), whole), (values, dtype), (np.array([2]), whole))
    yield Call("two rows", (texts(*[tensor_message(*part) for part in parts] * 2, shape=(2, 3)),), {"dtype": dtype})


def _segments(dtype: DType) -> Iterator[Call]:
    matrix = texts(*(b"abcdef"[i : i + 1] for i in range(6)), shape=(3, 2))
    count = np.array(4, I32)
    yield Call("rows", (matrix, np.array([2, 0, 2], dtype.np_dtype), count), {"separator": b"-"})
    yield Call("elements", (matrix, np.array([[2, 0], [2, 1], [0, 0]], dtype.np_dtype), count), {})


def _draw_coloured(dtype: DType) -> Iterator[Call]:
    for call in _draw(dtype):
        yield Call("two colours", (*call.inputs, np.array([[1, 0, 0], [0, 0.5, 1]], np.float32)), {})


def _draw(dtype: DType) -> Iterator[Call]:
    yield Call("two images", (picture(dtype, (2, 9, 8, 3)), np.stack([_boxes(), _boxes()[::-1]])), {})


def _crop(dtype: DType) -> Iterator[Call]:
    for method in (b"bilinear", b"nearest"):
        where = np.array([0, 1, 0], I32)
        yield Call("three boxes", (picture(dtype), _boxes(), where, np.array([3, 2], I32)), {"method": method})


def _crop_image(dtype: DType) -> Iterator[Call]:
    size = np.array([2, 4, 5, 3], I32)
    gradients = data(dtypes.float32, (3, 3, 2, 3))
    yield Call("three boxes", (gradients, _boxes(), np.array([0, 1, 0], I32), size), {"T": dtype})


def _crop_boxes(dtype: DType) -> Iterator[Call]:
    gradients = data(dtypes.float32, (3, 3, 2, 3))
    yield Call("three boxes", (gradients, picture(dtype), _boxes(), np.array([0, 1, 0], I32)), {})


def _resize(dtype: DType) -> Iterator[Call]:
    for size in ((6, 7), (2, 2), (4, 5)):
        yield Call(f"to {size}", (picture(dtype), np.array(size, I32)), {})
    yield Call("of corners", (picture(dtype)[::-1], np.array([7, 3], I32)), {"align_corners": True})


def _resize_grad(dtype: DType) -> Iterator[Call]:
    yield Call("larger", (data(dtypes.float32, (2, 6, 7, 3)), picture(dtype)), {})
    yield Call("of centres", (data(dtypes.float32, (2, 3, 2, 3)), picture(dtype)), {"half_pixel_centers": True})


def _encoded(kind: str, **attrs: Any) -> Maker:
    def make(dtype: DType) -> Iterator[Call]:
        from PIL import Image

        file = io.BytesIO()
        Image.fromarray(picture(dtypes.uint8, (4, 5, 3))).save(file, kind)
        yield Call(kind, (texts(file.getvalue()),), dict(attrs))

    return make


def _pixels(dtype: DType) -> Iterator[Call]:
    for depth in (1, 3):
        yield Call(f"{depth} channels", (picture(dtype, (4, 5, depth)),), {})
    yield Call("transposed", (picture(dtype, (5, 4, 3)).transpose(1, 0, 2),), {})


def _join(dtype: DType) -> Iterator[Call]:
    yield Call("rows", ([texts(b"a", b"b"), texts(b"c", b"d")],), {"separator": b"-"})
    yield Call("a scalar", ([texts(b"a"), texts(b"c", b"d")],), {})


def _reduce_join(dtype: DType) -> Iterator[Call]:
    matrix = texts(*(b"abcdef"[i : i + 1] for i in range(6)), shape=(2, 3))
    for axes in ([0], [1], [-1, 0], []):
        yield Call(f"axes {axes}", (matrix, np.array(axes, I32)), {"keep_dims": len(axes) == 1, "separator": b","})


def _of_text(*rest: Array, values: tuple[bytes, ...] = (b"a b", b"", b"b  a"), **attrs: Any) -> Maker:
    def make(dtype: DType) -> Iterator[Call]:
        yield Call("vector", (texts(*values), *rest), dict(attrs))
        yield Call("reversed", (texts(*values)[::-1], *rest), dict(attrs))

    return make


def _part(dtype: DType) -> Iterator[Call]:
    words = texts(b"hello", b"world")
    yield Call("one place", (words, np.array(1, dtype.np_dtype), np.array(3, dtype.np_dtype)), {})
    yield Call("each its own", (words, np.array([0, -2], dtype.np_dtype), np.array([9, 1], dtype.np_dtype)), {})


def _distance(dtype: DType) -> Iterator[Call]:
    shape = np.array([1, 3])
    kind = dtype.np_dtype if dtype.kind != "s" else object
    words = [np.array([b"a", b"b", b"c"], object) if kind is object else np.arange(3).astype(kind)] * 2
    places = np.array([[0, 0], [0, 1], [0, 2]])
    yield Call("all but one", (places, words[0], shape, places[:2], words[1][:2], shape), {"normalize": True})


_SPACE: Final = texts(b" ")
IMAGES: Final[dict[str, Maker]] = {
    "AdjustContrastv2": _colours(1.5),
    "AdjustHue": _colours(0.3),
    "AdjustSaturation": _colours(0.5),
    "CombinedNonMaxSuppression": _combined,
    "BipartiteMatch": _matched,
    "CropAndResize": _crop,
    "ImageConnectedComponents": _parts,
    "ImageProjectiveTransformV2": _transformed,
    "CropAndResizeGradBoxes": _crop_boxes,
    "CropAndResizeGradImage": _crop_image,
    "DecodeAndCropJpeg": _part_of_jpeg,
    "DecodeBase64": _of_text(values=(b"aGVsbG8", b"")),
    "DecodeBmp": _encoded("BMP"),
    "DecodeGif": _encoded("GIF"),
    "DecodeImage": _encoded("PNG", expand_animations=False),
    "DecodeJpeg": _encoded("JPEG"),
    "DecodePng": _encoded("PNG", channels=3),
    "DeserializeManySparse": _sparse_messages,
    "DeserializeSparse": _sparse_messages,
    "DrawBoundingBoxes": _draw,
    "DrawBoundingBoxesV2": _draw_coloured,
    "EditDistance": _distance,
    "EncodeJpeg": _pixels,
    "EncodeJpegVariableQuality": _quality,
    "EncodePng": _pixels,
    "ExtractGlimpse": _glimpse,
    "ExtractJpegShape": _encoded("JPEG"),
    "HSVToRGB": _colours(),
    "NonMaxSuppression": _suppression(),
    "NonMaxSuppressionV3": _suppression(0.5, 0.1),
    "NonMaxSuppressionV4": _suppression(0.5, 0.1),
    "NonMaxSuppressionV5": _suppression(0.5, 0.1, 0.5),
    "NonMaxSuppressionWithOverlaps": _given_overlaps,
    "RGBToHSV": _colours(),
    "ReduceJoin": _reduce_join,
    "RegexFullMatch": _of_text(texts(b"a.*")),
    "RegexReplace": _of_text(texts(b"(a)"), texts(b"<\\1>")),
    "ResizeArea": _resize,
    "ResizeBicubic": _resize,
    "ResizeBicubicGrad": _resize_grad,
    "ResizeBilinear": _resize,
    "ResizeBilinearGrad": _resize_grad,
    "ResizeNearestNeighbor": _resize,
    "ResizeNearestNeighborGrad": _resize,
    "SerializeManySparse": _sparse_parts,
    "SerializeSparse": _sparse_parts,
    "StringJoin": _join,
    "StringSplit": _of_text(_SPACE),
    "StringSplitV2": _of_text(_SPACE),
    "StringToHashBucket": _of_text(num_buckets=7),
    "StringToHashBucketFast": _of_text(num_buckets=7),
    "StringToHashBucketStrong": _of_text(num_buckets=7, key=(1, 2)),
    "StringToNumber": _of_text(values=(b"1", b"-3", b"12")),
    "Substr": _part,
    "UnsortedSegmentJoin": _segments,
}
