"""Argument makers of parsing, decoding and summaries."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from sessile.ops import proto
from sessile.ops.types import dtypes
from sessile.ops.types.dtypes import DType

from tests.ops.makers.arguments import Array, Call, Maker, data


def texts(*values: bytes, shape: Any = None) -> Array:
    """Strings as an array; one of them as a scalar if no shape is given."""
    array = np.empty(len(values), object)
    array[:] = values
    return array.reshape(() if shape is None and len(values) == 1 else shape or len(values))


def _message(**features: Any) -> bytes:
    message = proto.Example()
    for name, (kind, values) in features.items():
        getattr(message.features.feature[name], kind).value.extend(values)
    result: bytes = message.SerializeToString(deterministic=True)
    return result


_FULL: Final = _message(a=("float_list", [1.0, 2.0]), b=("int64_list", [3, 4, 5]), c=("bytes_list", [b"x", b"y"]))
_LESS: Final = _message(b=("int64_list", [7]))
_TYPES: Final = {
    "sparse_types": [dtypes.int64, dtypes.string],
    "Tdense": [dtypes.float32, dtypes.int64],
    "dense_shapes": [(2,), (None,)],
}
_DEFAULTS: Final = [np.array([8.0, 9.0], np.float32), np.array(-1)]


def _parse_example(dtype: DType) -> Iterator[Call]:
    keys = [texts(b"b"), texts(b"c")], [texts(b"a"), texts(b"b")]
    for note, batch in (("two", [_FULL, _LESS]), ("one", [_LESS]), ("none", [])):
        yield Call(note, (texts(*batch, shape=(len(batch),)), texts(shape=(0,)), *keys, _DEFAULTS), dict(_TYPES))


def _parse_single(dtype: DType) -> Iterator[Call]:
    attrs = {"num_sparse": 2, "sparse_keys": [b"b", b"c"], "dense_keys": [b"a", b"b"], **_TYPES}
    for item in (_FULL, _LESS):
        yield Call("one", (texts(item), _DEFAULTS), attrs)


def _sequence() -> bytes:
    message = proto.SequenceExample()
    message.context.feature["c"].int64_list.value.extend([1, 2])
    message.context.feature["d"].float_list.value.append(0.5)
    for number in (1, 2, 3):
        message.feature_lists.feature_list["l"].feature.add().int64_list.value.append(number)
        message.feature_lists.feature_list["s"].feature.add().bytes_list.value.extend([b"x"] * number)
    result: bytes = message.SerializeToString(deterministic=True)
    return result


_LISTS: Final = {
    "context_sparse_types": [dtypes.int64],
    "context_dense_shapes": [()],
    "feature_list_sparse_types": [dtypes.string],
    "feature_list_dense_types": [dtypes.int64],
    "feature_list_dense_shapes": [()],
}
_DEFAULT: Final = [np.array([0.25], np.float32)]


def _parse_sequences(dtype: DType) -> Iterator[Call]:
    keys = {
        "feature_list_dense_missing_assumed_empty": [b"l"], "context_sparse_keys": [b"c"],
        "context_dense_keys": [b"d"], "feature_list_sparse_keys": [b"s"], "feature_list_dense_keys": [b"l"],
        "Ncontext_sparse": 1, "Nfeature_list_sparse": 1, "Nfeature_list_dense": 1,
    }  # fmt: skip
    for note, batch in (("two", [_sequence(), b""]), ("none", [])):
        yield Call(note, (texts(*batch, shape=(len(batch),)), texts(shape=(0,)), _DEFAULT), {**keys, **_LISTS})


def _parse_sequence(dtype: DType) -> Iterator[Call]:
    keys = [texts(b"c")], [texts(b"d")], [texts(b"s")], [texts(b"l")]
    for item in (_sequence(), b""):
        yield Call("one", (texts(item), texts(b"l", shape=(1,)), *keys, _DEFAULT, texts(b"")), dict(_LISTS))


_TEXT: Final = texts("a\u00e9".encode(), b"bad\xff\xc3x", b"", b"\t")


def _code_points(dtype: DType) -> Iterator[Call]:
    yield Call("letters, and none", (np.array([[65, 945, -1], [0x110000, 1046, 32]], np.int32),), {})


def _transcoded(dtype: DType) -> Iterator[Call]:
    for encoding, errors in ((b"UTF-8", b"replace"), (b"UTF-16-BE", b"ignore"), (b"UTF-32-BE", b"replace")):
        attrs = {"input_encoding": b"UTF-8", "output_encoding": encoding, "errors": errors}
        yield Call(encoding.decode(), (_TEXT,), {**attrs, "replace_control_characters": errors == b"ignore"})


def _decoded_text(dtype: DType) -> Iterator[Call]:
    for errors in (b"replace", b"ignore"):
        for splits in (dtypes.int64, dtypes.int32):
            attrs = {"input_encoding": b"UTF-8", "errors": errors, "Tsplits": splits}
            yield Call(f"{errors!r} {splits.name}", (_TEXT,), attrs)


def _encoded_text(dtype: DType) -> Iterator[Call]:
    codes = np.array([97, 0xE9, 0x20AC, 0x110000, -1], np.int32)
    for kind in (np.int64, np.int32):
        yield Call(kind.__name__, (codes, np.array([0, 2, 2, 5], kind)), {"output_encoding": b"UTF-8"})


def _decode_json(dtype: DType) -> Iterator[Call]:
    message = b'{"features": {"feature": {"a": {"int64List": {"value": ["3"]}}}}}'
    yield Call("two", (texts(message, b"{}"),), {})
    yield Call("none", (texts(shape=(0,)),), {})


def _decode_csv(dtype: DType) -> Iterator[Call]:
    defaults = [np.array([1], np.int32), np.array(2.5), texts(b"no", shape=(1,))]
    yield Call("rows", (texts(b"3,1e3,a", b'4,,"b,c"'), defaults), {})
    yield Call("matrix", (texts(b"3;1;a", b"4;;", b";;", b"9;9;9", shape=(2, 2)), defaults), {"field_delim": b";"})
    yield Call("none", (texts(shape=(0,)), defaults), {})


def _decode_raw(dtype: DType) -> Iterator[Call]:
    for out in (dtypes.int16, dtypes.float64, dtypes.bool_, dtypes.complex64):
        yield Call(out.name, (texts(b"\0\1" * 8, b"\1\0" * 8),), {"out_type": out})
    yield Call("other order", (texts(b"\0\1\2\3"),), {"out_type": dtypes.int32, "little_endian": False})


def _decompress(dtype: DType) -> Iterator[Call]:
    yield Call("zlib", (texts(zlib.compress(b"abc"), zlib.compress(b"")),), {"compression_type": b"ZLIB"})
    yield Call("none", (texts(b"abc", b"", shape=(2, 1)),), {})


def _serialize(dtype: DType) -> Iterator[Call]:
    for kind in (dtypes.float32, dtypes.string, dtypes.bool_, dtypes.int64):
        yield Call(kind.name, (data(kind),), {})


def _parse_tensor(dtype: DType) -> Iterator[Call]:
    message = proto.TensorProto(dtype=proto.DataType.DT_INT32, int_val=[1, 2, 3])
    message.tensor_shape.dim.add(size=3)
    yield Call("vector", (texts(message.SerializeToString()),), {"out_type": dtypes.int32})


def _scalars(dtype: DType) -> Iterator[Call]:
    yield Call("one", (texts(b"a"), np.array(2.0)), {})
    yield Call("two", (texts(b"a", b"b"), np.array([1, 2], np.int16)), {})


def _histogram(dtype: DType) -> Iterator[Call]:
    for kind in (dtypes.float32, dtypes.bfloat16, dtypes.uint8):
        yield Call(kind.name, (texts(b"h"), data(kind)), {})


def _images(dtype: DType) -> Iterator[Call]:
    yield Call("bytes", (texts(b"i"), np.arange(24, dtype=np.uint8).reshape(2, 2, 2, 3)), {"max_images": 1})
    yield Call("numbers", (texts(b"i"), data(dtypes.float32, (2, 3, 2, 1))), {})


def _sounds(*rate: Any, **attrs: Any) -> Maker:
    def make(dtype: DType) -> Iterator[Call]:
        yield Call("mono", (texts(b"s"), data(dtypes.float32, (2, 9)), *rate), dict(attrs))
        yield Call("stereo", (texts(b"s"), data(dtypes.float32, (4, 9, 2)), *rate), dict(attrs))

    return make


def _merge(dtype: DType) -> Iterator[Call]:
    items = [proto.Summary(value=[proto.Summary.Value(tag=tag)]).SerializeToString() for tag in "abc"]
    yield Call("three", ([texts(item) for item in items],), {})


def _tensors(*rest: Array) -> Maker:
    def make(dtype: DType) -> Iterator[Call]:
        for kind in (dtypes.float32, dtypes.string):
            first = (texts(b"t"),) if rest else ()
            yield Call(kind.name, (*first, data(kind), *rest), {})

    return make


def _shards(*numbers: int) -> Maker:
    def make(dtype: DType) -> Iterator[Call]:
        yield Call("path", (texts(b"model"), *(np.array(number, np.int32) for number in numbers)), {})

    return make


def _sound(dtype: DType) -> Iterator[Call]:
    from sessile.ops.formats.wav import encode_wav

    file = encode_wav(data(dtypes.float32, (5, 2)), 8000)
    for attrs in ({}, {"desired_channels": 3, "desired_samples": 7}, {"desired_channels": 1, "desired_samples": 2}):
        yield Call(str(attrs), (texts(file),), attrs)


def _samples(dtype: DType) -> Iterator[Call]:
    yield Call("two channels", (data(dtypes.float32, (5, 2)), np.array(8000, np.int32)), {})


def _spectra(dtype: DType) -> Iterator[Call]:
    yield Call("windows", (data(dtypes.float32, (20, 2)),), {"window_size": 6, "stride": 4})
    yield Call("too few", (data(dtypes.float32, (3, 1)),), {"window_size": 4, "stride": 1, "magnitude_squared": True})


def _coefficients(dtype: DType) -> Iterator[Call]:
    spectrum = np.abs(data(dtypes.float32, (2, 3, 9)))
    yield Call("all", (spectrum, np.array(16000, np.int32)), {})
    yield Call("few", (spectrum, np.array(9000, np.int32)), {"filterbank_channel_count": 4, "dct_coefficient_count": 3})


FILES: Final[dict[str, Maker]] = {
    "AudioSpectrogram": _spectra,
    "DecodeWav": _sound,
    "EncodeWav": _samples,
    "Mfcc": _coefficients,
    "AudioSummary": _sounds(sample_rate=8000.0),
    "AudioSummaryV2": _sounds(np.array(8000.0, np.float32)),
    "DecodeCSV": _decode_csv,
    "DecodeCompressed": _decompress,
    "DecodeJSONExample": _decode_json,
    "DecodeRaw": _decode_raw,
    "HistogramSummary": _histogram,
    "ImageSummary": _images,
    "MergeSummary": _merge,
    "ParseExample": _parse_example,
    "ParseSequenceExample": _parse_sequences,
    "ParseSingleExample": _parse_single,
    "ParseSingleSequenceExample": _parse_sequence,
    "ParseTensor": _parse_tensor,
    "ScalarSummary": _scalars,
    "SerializeTensor": _serialize,
    "ShardedFilename": _shards(1, 3),
    "ShardedFilespec": _shards(3),
    "TensorSummary": _tensors(),
    "UnicodeDecode": _decoded_text,
    "UnicodeDecodeWithOffsets": _decoded_text,
    "UnicodeEncode": _encoded_text,
    "UnicodeScript": _code_points,
    "UnicodeTranscode": _transcoded,
    "TensorSummaryV2": _tensors(texts(proto.SummaryMetadata(display_name="t").SerializeToString())),
}
