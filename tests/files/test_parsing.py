"""Example messages, raw bytes, CSV, serialized tensors: TensorFlow's answers and errors."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sessile as tf


def example(**features: list[Any]) -> bytes:
    """A serialized Example; the type of a feature is that of its first value."""
    made = {}
    for name, values in features.items():
        if isinstance(values[0], bytes):
            made[name] = tf.train.Feature(bytes_list=tf.train.BytesList(value=values))
        elif isinstance(values[0], int):
            made[name] = tf.train.Feature(int64_list=tf.train.Int64List(value=values))
        else:
            made[name] = tf.train.Feature(float_list=tf.train.FloatList(value=values))
    message = tf.train.Example(features=tf.train.Features(feature=made))
    data: bytes = message.SerializeToString()
    return data


FIRST = example(label=[3], img=[b"abc"], x=[1.0, 2.0], v=[1, 2, 3], idx=[0, 5], val=[0.5, 0.25])
SECOND = example(label=[4], img=[b"de"], x=[3.0, 4.0], val=[1.0], idx=[2])
FEATURES = {
    "label": tf.FixedLenFeature([], tf.int64),
    "img": tf.FixedLenFeature([], tf.string, default_value=""),
    "x": tf.FixedLenFeature([2], tf.float32),
    "none": tf.FixedLenFeature([2], tf.int64, default_value=[7, 8]),
    "v": tf.VarLenFeature(tf.int64),
    "sp": tf.SparseFeature("idx", "val", tf.float32, 10),
}


def run(tensors: Any) -> Any:
    """Run in a session of its own."""
    with tf.Session() as sess:
        return sess.run(tensors)


def test_a_batch_is_parsed() -> None:
    """Dense, defaults, of any length, sparse; the names and shapes of TensorFlow."""
    parsed = tf.parse_example([FIRST, SECOND], FEATURES)
    assert parsed["x"].op.name == "ParseExample/ParseExample" and parsed["x"].shape.as_list() == [2, 2]
    assert parsed["label"].shape.as_list() == [2]
    found = run(parsed)
    assert found["label"].tolist() == [3, 4] and found["img"].tolist() == [b"abc", b"de"]
    assert found["x"].tolist() == [[1.0, 2.0], [3.0, 4.0]] and found["none"].tolist() == [[7, 8], [7, 8]]
    assert found["v"].indices.tolist() == [[0, 0], [0, 1], [0, 2]] and found["v"].values.tolist() == [1, 2, 3]
    assert found["v"].dense_shape.tolist() == [2, 3]
    assert found["sp"].indices.tolist() == [[0, 0], [0, 5], [1, 2]] and found["sp"].dense_shape.tolist() == [2, 10]


def test_one_is_parsed() -> None:
    """Without the axis of the batch."""
    parsed = tf.parse_single_example(FIRST, FEATURES)
    assert parsed["x"].op.name == "ParseSingleExample/ParseSingleExample" and parsed["x"].shape.as_list() == [2]
    found = run(parsed)
    assert (found["label"], found["img"], found["x"].tolist()) == (3, b"abc", [1.0, 2.0])
    assert found["v"].indices.tolist() == [[0], [1], [2]] and found["v"].dense_shape.tolist() == [3]
    assert found["sp"].indices.tolist() == [[0], [5]] and found["sp"].dense_shape.tolist() == [10]


def test_sequences_are_filled_up() -> None:
    """To the longest of the batch, with the default."""
    features = {
        "v": tf.FixedLenSequenceFeature([], tf.int64, allow_missing=True, default_value=-1),
        "x": tf.FixedLenSequenceFeature([2], tf.float32, allow_missing=True),
    }
    parsed = tf.parse_example([FIRST, SECOND], features)
    assert parsed["v"].shape.as_list() == [2, None]
    found = run(parsed)
    assert found["v"].tolist() == [[1, 2, 3], [-1, -1, -1]] and found["x"].shape == (2, 1, 2)
    single = run(tf.parse_single_example(FIRST, features))
    assert single["v"].tolist() == [1, 2, 3] and single["x"].tolist() == [[1.0, 2.0]]


def test_an_empty_batch() -> None:
    """Has empty tensors."""
    found = run(tf.parse_example(tf.constant([], tf.string), {"v": FEATURES["v"], "label": FEATURES["label"]}))
    assert found["label"].shape == (0,) and found["v"].dense_shape.tolist() == [0, 0]


FIXED = tf.FixedLenFeature
PAIR = {"x": FIXED([2], tf.float32)}
ROWS = {"v": tf.FixedLenSequenceFeature([], tf.int64)}
FAILURES: dict[str, tuple[Callable[[], Any], str]] = {
    "missing": (
        lambda: tf.parse_single_example(FIRST, {"zz": FIXED([], tf.int64)}),
        r"Feature: zz \(data type: int64\) is required but could not be found",
    ),
    "type": (
        lambda: tf.parse_single_example(FIRST, {"label": FIXED([], tf.float32)}),
        "Key: label.  Data types don't match. Data type: int64 but expected type: float",
    ),
    "count": (
        lambda: tf.parse_single_example(FIRST, {"x": FIXED([3], tf.float32)}),
        "Key: x.  Can't parse serialized Example",
    ),
    "garbage": (
        lambda: tf.parse_single_example(b"garbage", {"x": FIXED([3], tf.float32)}),
        "Could not parse example input, value: 'garbage'",
    ),
    "type_in_batch": (
        lambda: tf.parse_example([FIRST], {"label": tf.VarLenFeature(tf.float32)}, example_names=["one"]),
        "Name: one, Key: label, Index: 0.  Data types don't match. Expected type: float, Actual type: int64",
    ),
    "stride": (
        lambda: tf.parse_example([FIRST], {"v": tf.FixedLenSequenceFeature([2], tf.int64, allow_missing=True)}),
        r"not a multiple of stride length. Saw 3 values but output shape is: \[\?,2\]",
    ),
    "raw_length": (
        lambda: tf.decode_raw(b"\1\0\2", tf.int16),
        "not a multiple of 2, the size of int16",
    ),
    "raw_lengths": (lambda: tf.decode_raw([b"\1", b"\1\2"], tf.uint8), "element 1 has size 1 != 2"),
    "csv_fields": (lambda: tf.decode_csv("1,2", [[0], [0], [0]]), "Expect 3 fields but have 2 in record 0"),
    "csv_empty": (lambda: tf.decode_csv("", [["q"]]), "Expect 1 fields but have 0 in record 0"),
    "csv_missing": (
        lambda: tf.decode_csv("1,,3", [[0], tf.constant([], tf.int32), [0]]),
        "Field 1 is required but missing in record 0!",
    ),
    "csv_number": (lambda: tf.decode_csv("1,x", [[0], [0]]), "Field 1 in record 0 is not a valid int32: x"),
    "csv_size": (lambda: tf.decode_csv("99999999999", [[0]]), "Field 0 in record 0 is not a valid int32: 99999999999"),
    "csv_quote": (lambda: tf.decode_csv('a"b,2', [[""], [0]]), "Unquoted fields cannot have quotes/CRLFs inside"),
    "csv_inner": (lambda: tf.decode_csv('"a"b,2', [[""], [0]]), "Quote inside a string has to be escaped"),
    "csv_open": (lambda: tf.decode_csv('"x', [["a"]]), "Quoted field has to end with quote followed by delim or end"),
    "csv_line": (lambda: tf.decode_csv("1,2\n", [[0], [0]]), "Unquoted fields cannot have quotes/CRLFs inside"),
    "tensor_type": (
        lambda: tf.parse_tensor(tf.serialize_tensor([[1, 2]]), tf.float32),
        r"Type mismatch between parsed tensor \(int32\) and dtype \(float\)",
    ),
    "tensor": (lambda: tf.parse_tensor(b"xx", tf.float32), "Cannot parse tensor from proto"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_what_fails_when_run(name: str) -> None:
    """InvalidArgumentError in TensorFlow's words."""
    build, words = FAILURES[name]
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        run(build())


def test_what_fails_when_built() -> None:
    """Features that are none, ranks, types, columns."""
    for error, words, build in (
        (ValueError, "Missing: features was", lambda: tf.parse_example([FIRST], {})),
        (ValueError, "Invalid feature a:1", lambda: tf.parse_example([FIRST], {"a": 1})),
        (ValueError, "allow_missing to be True", lambda: tf.parse_example([FIRST], ROWS)),
        (TypeError, "has DataType int32 not in list", lambda: tf.parse_example([FIRST], {"x": FIXED([2], tf.int32)})),
        (ValueError, "must be rank 0 but is rank 1", lambda: tf.parse_single_example([FIRST], PAIR)),
        (ValueError, "must be rank 1 but is rank 0", lambda: tf.parse_example(FIRST, PAIR)),
        (ValueError, "select_cols and record_defaults", lambda: tf.decode_csv("1", [[0]], select_cols=[0, 1])),
        (ValueError, "not strictly increasing", lambda: tf.decode_csv("1", [[0], [0]], select_cols=[1, 0])),
        (ValueError, "input_bytes", lambda: tf.decode_raw(out_type=tf.int8)),
    ):  # fmt: skip
        with pytest.raises(error, match=words):
            build()


def test_raw_bytes() -> None:
    """Of both orders, of every shape."""
    assert run(tf.decode_raw(b"\1\0\2\0", tf.int16)).tolist() == [1, 2]
    assert run(tf.decode_raw(b"\1\0", tf.int16, little_endian=False)).tolist() == [256]
    assert run(tf.decode_raw([[b"\1\0"]], tf.bool)).tolist() == [[[True, False]]]
    assert tf.decode_raw(tf.placeholder(tf.string, [None, 2]), tf.float32).shape.as_list() == [None, 2, None]
    assert run(tf.decode_raw(bytes=np.float32(1.5).tobytes(), out_type=tf.float32)).tolist() == [1.5]


def test_columns_of_csv() -> None:
    """Quotes, defaults, delimiters, chosen columns."""
    whole, text, real = run(tf.decode_csv(["1,a,2.5", '4,"x,""y",'], [[0], [""], [1.0]]))
    assert whole.tolist() == [1, 4] and text.tolist() == [b"a", b'x,"y'] and real.tolist() == [2.5, 1.0]
    assert run(tf.decode_csv("1 2", [[0], [0]], field_delim=" ")) == [1, 2]
    assert run(tf.decode_csv('a"b,2', [[""], [0]], use_quote_delim=False)) == [b'a"b', 2]
    assert run(tf.decode_csv("1,NA,3", [[7], [0]], na_value="NA", select_cols=[1, 2])) == [7, 3]
    assert run(tf.decode_csv(" 7 ,", [[0], [9]])) == [7, 9]
    assert run(tf.decode_csv('1,"",3', [[1], [9], [1]])) == [1, 9, 3]
    columns = tf.decode_csv(tf.placeholder(tf.string, [None, 3]), [[1], [""]])
    assert [(column.dtype, column.shape.as_list()) for column in columns] == [
        (tf.int32, [None, 3]), (tf.string, [None, 3]),
    ]  # fmt: skip


@pytest.mark.parametrize("value", [[1.0, 2.0], [[1, 2]], True, [b"a", b""], 1 + 2j, np.zeros((0, 3))])
def test_tensors_as_messages(value: Any) -> None:
    """Serialized and parsed they are the same."""
    tensor = tf.constant(value)
    data = tf.serialize_tensor(tensor)
    back = run(tf.parse_tensor(data, tensor.dtype))
    np.testing.assert_array_equal(back, run(tensor))
    assert run(tf.serialize_tensor([1.0, 2.0])) == b'\x08\x01\x12\x04\x12\x02\x08\x02"\x08\x00\x00\x80?\x00\x00\x00@'


def test_compressed_strings() -> None:
    """By zlib, gzip, or not at all."""
    data = b"some data" * 10
    assert run(tf.decode_compressed([zlib.compress(data)], "ZLIB")).tolist() == [data]
    assert run(tf.decode_compressed([gzip.compress(data)], "GZIP")).tolist() == [data]
    assert run(tf.decode_compressed([data])).tolist() == [data]
    assert run(tf.decode_compressed([gzip.compress(data)[:-9], b""], "GZIP")).tolist() == [data, b""]


def test_examples_of_json() -> None:
    text = '{"features": {"feature": {"a": {"int64List": {"value": ["3"]}}, "b": {"bytesList": {"value": ["eA=="]}}}}}'
    with tf.Session() as sess:
        found = tf.train.Example.FromString(sess.run(tf.decode_json_example(text)))
        assert found.features.feature["a"].int64_list.value == [3]
        assert found.features.feature["b"].bytes_list.value == [b"x"]
        with pytest.raises(tf.errors.InvalidArgumentError, match="Error while parsing JSON"):
            sess.run(tf.io.decode_json_example("{"))


@pytest.mark.parametrize("columns", [[0, 1, 2], [0, 2]])
@pytest.mark.parametrize("odd", ["none", '"q,""r",1,5', "x,,7", ",,"])
def test_many_lines_are_read_as_each_by_itself(columns: list[int], odd: str) -> None:
    lines = [f"text {number},{number}.5,{number}" for number in range(50)]
    lines += [odd] if odd != "none" else []
    defaults = [[""], [2.5], [7]]
    x = tf.placeholder(tf.string, [None])
    with tf.Session() as sess:
        fields = tf.decode_csv(x, [defaults[column] for column in columns], select_cols=columns)
        many = [part.tolist() for part in sess.run(fields, {x: lines})]
        one = [[part.tolist()[0] for part in sess.run(fields, {x: [line]})] for line in lines]
        assert many == [list(column) for column in zip(*one)]


def test_a_number_too_large_among_many_lines_is_named() -> None:
    lines = [*map(str, range(40)), "3000000000"]
    with tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError, match="record 40 is not a valid int32"):
        sess.run(tf.decode_csv(lines, [[0]]))


@pytest.mark.parametrize(
    ("words", "features"),
    [
        ("Missing type for feature a", {"a": FIXED([2], None)}),
        ("Missing shape for feature a", {"a": FIXED(None, tf.int64)}),
        ("First dimension of shape for feature a unknown", {"a": FIXED([None, 2], tf.int64)}),
        ("All dimensions of shape for feature a need to be known", {"a": FIXED([2, None], tf.int64)}),
        ("unknown inner dimensions: ..,.,2", {"a": tf.FixedLenSequenceFeature([None, 2], tf.int64, True)}),
        ("Missing type for feature a", {"a": tf.FixedLenSequenceFeature([], None, True)}),
        ("Missing index_key for SparseFeature", {"a": tf.SparseFeature(None, "v", tf.int64, 9)}),
        ("Missing value_key for SparseFeature", {"a": tf.SparseFeature("i", None, tf.int64, 9)}),
        ("Missing type for feature a", {"a": tf.SparseFeature("i", "v", None, 9)}),
        ("Conflicting type", {"a": tf.SparseFeature("i", "v", tf.int64, 9), "i": tf.VarLenFeature(tf.int32)}),
        (
            "Dense and sparse keys must not intersect; intersection: {'v'}",
            {"a": tf.SparseFeature("i", "v", tf.int64, 9), "v": FIXED([2], tf.int64)},
        ),
    ],
)
def test_features_that_cannot_be(words: str, features: Any) -> None:
    """Are refused when built, in TensorFlow 1.15's words."""
    with pytest.raises(ValueError, match=words):
        tf.parse_example([FIRST], features)
    with pytest.raises(ValueError, match=words):
        tf.parse_single_example(FIRST, features)
