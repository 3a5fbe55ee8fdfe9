"""Summary operations beside TensorFlow's (`record.py`), and their arguments."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from typing import Any

import numpy as np
import pytest

import sessile as tf
from tests.summaries.cases import CASES
from tests.summaries.record import RECORD

RECORDED: dict[str, list[str]] = json.loads(RECORD.read_text())


def pixels(data: bytes) -> np.ndarray:
    """Decode a PNG of 8 bits a channel."""
    width, height, depth, color = struct.unpack(">IIBB", data[16:26])
    assert depth == 8
    channels = {0: 1, 4: 2, 2: 3, 6: 4}[color]
    body, place = b"", 8
    while place < len(data):
        (size,) = struct.unpack(">I", data[place : place + 4])
        if data[place + 4 : place + 8] == b"IDAT":
            body += data[place + 8 : place + 8 + size]
        place += size + 12
    rows = np.frombuffer(zlib.decompress(body), np.uint8).reshape(height, 1 + width * channels)
    result = np.zeros((height, width * channels), np.uint8)
    for y, row in enumerate(rows):
        for x, value in enumerate(row[1:].tolist()):
            left = int(result[y, x - channels]) if x >= channels else 0
            above = int(result[y - 1, x]) if y else 0
            corner = int(result[y - 1, x - channels]) if y and x >= channels else 0
            near = min((left, above, corner), key=lambda item: abs(left + above - corner - item))
            result[y, x] = (value + (0, left, above, (left + above) // 2, near)[row[0]]) & 255
    return result.reshape(height, width, channels)


@pytest.mark.parametrize("name", CASES)
def test_summaries_are_tensorflows(name: str) -> None:
    """The same message: pixels where there is an image, as its compression may differ; sums within rounding."""
    tensor = CASES[name](tf)
    with tf.Session() as sess:
        ours = tf.Summary.FromString(sess.run(tensor))
    op_name, op_type, encoded = RECORDED[name]
    theirs = tf.Summary.FromString(base64.b64decode(encoded))
    assert (tensor.op.name, tensor.op.type) == (op_name, op_type)
    for mine, wanted in zip(ours.value, theirs.value):
        if wanted.HasField("image"):
            images = [pixels(value.image.encoded_image_string) for value in (mine, wanted)]
            np.testing.assert_array_equal(*images)
            mine.image.encoded_image_string = wanted.image.encoded_image_string
        if wanted.HasField("histo"):
            np.testing.assert_allclose(mine.histo.sum_squares, wanted.histo.sum_squares, rtol=1e-14)
            mine.histo.sum_squares = wanted.histo.sum_squares
    assert ours == theirs


def test_the_default_collection_is_merged() -> None:
    """`merge_all` takes what was made so far; None where there is nothing."""
    assert tf.summary.merge_all() is None
    x = tf.placeholder(tf.float32, [])
    tf.summary.scalar("a", x)
    with tf.name_scope("inner"):
        tf.summary.histogram("b", x)
    tf.summary.scalar("c", x, collections=["others"])
    with tf.Session() as sess:
        merged = tf.Summary.FromString(sess.run(tf.summary.merge_all(), {x: 2.0}))
        assert [value.tag for value in merged.value] == ["a", "inner/b"]
        other = tf.Summary.FromString(sess.run(tf.summary.merge_all("others"), {x: 2.0}))
        assert [value.tag for value in other.value] == ["c"]
        inner = tf.Summary.FromString(sess.run(tf.summary.merge_all(scope="inner"), {x: 2.0}))
        assert [value.tag for value in inner.value] == ["inner/b"]


def test_names_of_tensorflow_0() -> None:
    """Tags are given as they are."""
    values = {
        "scalars": tf.scalar_summary(["a b", "c"], tf.constant([1.0, 2.0])),
        "histogram": tf.histogram_summary("h/x y", tf.constant([1.0])),
        "image": tf.image_summary("i", tf.zeros([1, 1, 1, 1])),
        "audio": tf.audio_summary("s", tf.zeros([1, 4]), 8000.0),
    }
    assert [tensor.op.type for tensor in values.values()] == [
        "ScalarSummary", "HistogramSummary", "ImageSummary", "AudioSummaryV2",
    ]  # fmt: skip
    with tf.Session() as sess:
        merged = tf.Summary.FromString(sess.run(tf.merge_all_summaries()))
        assert [value.tag for value in merged.value] == ["a b", "c", "h/x y", "i/image/0", "s/audio/0"]
        tf.Summary.FromString(sess.run(tf.merge_summary([values["image"], values["audio"]])))


def _run(build: Any) -> Any:
    with tf.Session() as sess:
        return sess.run(build())


def test_what_fails_when_run() -> None:
    """The words are TensorFlow's."""
    for build, words in (
        (lambda: tf.summary.scalar("v", tf.constant([1.0, 2.0])), r"not the same shape: \[\] != \[2\] \(tag 'v'\)"),
        (lambda: tf.summary.histogram("n", tf.constant([np.nan])), "Nan in summary histogram for: n"),
        (lambda: tf.summary.histogram("f", tf.constant([np.inf])), "Infinity in summary histogram for: f"),
        (lambda: tf.summary.image("i", tf.zeros([1, 2, 2, 5])), r"last dim 1, 3, or 4, not \[1,2,2,5\]"),
        (lambda: tf.summary.merge([tf.summary.scalar("a", 1.0)] * 2), "Duplicate tag a found in summary inputs"),
    ):
        with pytest.raises(tf.errors.InvalidArgumentError, match=words):
            _run(build)


def test_what_fails_when_built() -> None:
    """Types and empty lists."""
    with pytest.raises(TypeError):
        tf.summary.scalar("s", tf.constant("a"))
    with pytest.raises(ValueError, match="to have dtype string, got"):
        tf.summary.text("t", tf.constant(1))
    with pytest.raises(ValueError, match="length 0 shorter than minimum length 1"):
        tf.summary.merge([])


def test_names_are_cleaned() -> None:
    """Signs that a tag cannot have become underscores."""
    assert tf.summary.scalar("a b/c:d", 1.0).op.name == "a_b/c_d"
    assert tf.summary.scalar("/first", 1.0).op.name == "first"


def test_a_number_is_a_scalar() -> None:
    """One element is none: as TensorFlow."""
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match="not the same shape"):
        session.run(tf.summary.scalar("x", [1.0]))


@pytest.mark.parametrize("tag", ["", "é", "x" * 99, "x" * 100, "x" * 300])
@pytest.mark.parametrize("value", [0.0, -1.5, np.inf, np.nan, 1e300])
def test_bytes_of_a_number_are_those_of_the_message(tag: str, value: float) -> None:
    """A number's message is put together by hand: byte by byte what the message itself writes."""
    with tf.Graph().as_default(), tf.Session() as sess:
        found = sess.run(tf.raw_ops.ScalarSummary(tags=tag, values=tf.constant(value, tf.float64)))
    wanted = tf.Summary(value=[tf.Summary.Value(tag=tag, simple_value=value)])
    assert found == wanted.SerializeToString()


@pytest.mark.parametrize("size", [0, 1, 7, 1000])
def test_histograms_count_every_value(size: int) -> None:
    """The counts of all buckets are the values that lie in them, whatever their order."""
    values = np.random.default_rng(size).normal(size=size) * 10.0 ** np.random.default_rng(1).integers(-14, 25, size)
    with tf.Graph().as_default(), tf.Session() as sess:
        text = sess.run(tf.summary.histogram("h", tf.constant(values, tf.float64)))
    histogram = tf.Summary.FromString(text).value[0].histo
    limits = np.array(histogram.bucket_limit)
    assert (histogram.num, sum(histogram.bucket)) == (size, size)
    places = np.minimum(np.searchsorted(limits, values, side="right"), len(limits) - 1)
    counts = np.bincount(places, minlength=len(limits))
    np.testing.assert_array_equal(counts, histogram.bucket)
    if size:
        assert (histogram.min, histogram.max) == (values.min(), values.max())


def test_a_histogram_of_what_is_no_number_fails() -> None:
    """NaN and infinities are told, wherever they stand."""
    x = tf.placeholder(tf.float32, [None])
    text = tf.summary.histogram("h", x)
    with tf.Session() as sess:
        for values, what in (([1, np.nan, np.inf], "Nan"), ([1, -np.inf, 2], "Infinity"), ([np.inf], "Infinity")):
            with pytest.raises(tf.errors.InvalidArgumentError, match=f"{what} in summary histogram for: h"):
                sess.run(text, {x: values})


def test_sums_and_pixels_are_computed_as_tensorflow_computes_them() -> None:
    """What 1.15.5 gave: sums one after the other; pixels in the image's type, float64 by a float32 scale."""
    values = np.linspace(-5, 5, 50)
    pixels = np.array([0.1, 0.7, -1.3, 2.2, -0.4, 1.9]).reshape(1, 2, 3, 1)
    with tf.Session() as sess:
        histogram = tf.Summary.FromString(sess.run(tf.summary.histogram("h", tf.constant(values)))).value[0].histo
        assert histogram.sum == np.add.accumulate(values)[-1]
        assert histogram.sum_squares == np.add.accumulate(values * values)[-1]
        found = {}
        for kind in (tf.float16, tf.float32, tf.float64):
            summary = tf.Summary.FromString(sess.run(tf.summary.image("i", tf.constant(pixels, kind))))
            png = summary.value[0].image.encoded_image_string
            found[kind.name] = sess.run(tf.image.decode_png(png)).ravel().tolist()
    assert found["float16"] == found["float32"] == [133, 168, 52, 255, 104, 237]
    assert found["float64"] == [133, 168, 52, 254, 104, 237]


def test_small_things_of_summaries() -> None:
    with pytest.raises(ValueError, match="not a valid node name"):
        tf.summary.scalar("", 1.0)
    single = tf.summary.tensor_summary("t", tf.constant(1))
    with tf.Session() as sess:
        assert sess.run(single) == b'\n\x11\n\x01tB\n\x08\x03\x12\x00"\x04\x01\x00\x00\x00J\x00'
        with pytest.raises(tf.errors.InvalidArgumentError):
            sess.run(tf.summary.merge(["zz"]))
