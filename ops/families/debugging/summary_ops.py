"""The summary operations: values under tags, as the Summary messages that event files hold."""

from __future__ import annotations

from functools import cache
from math import isfinite
from typing import Any, Final

import numpy as np

from ...base.errors import InvalidArgumentError
from ...definition.opdef import OpDef
from ...definition.shapes import scalar_shape
from ...encoding.tensor_proto import FIELDS, array_to_proto
from ...formats.png import encode_png
from ...formats.wav import encode_wav
from ...types import dtypes
from ...types.array_values import as_bytes

Array = np.ndarray[Any, Any]

_BAD_COLOR: Final = np.array([255, 0, 0, 255], np.uint8)
_SHORT: Final = 100  # bytes of a tag whose size, and that of what it stands in, is one byte of a message
_NUMBERS: Final = (
    dtypes.float32, dtypes.float64, dtypes.int32, dtypes.uint8, dtypes.int16, dtypes.int8, dtypes.int64,
    dtypes.bfloat16, dtypes.uint16, dtypes.half, dtypes.uint32, dtypes.uint64,
)  # fmt: skip


def _encoded(summary: Any) -> Array:
    result = np.empty((), object)
    result[()] = summary.SerializeToString(deterministic=True)
    return result


def _tag(tag: Array) -> str:
    if tag.ndim:
        raise InvalidArgumentError(None, None, f"tag must be a scalar, got shape {list(tag.shape)}")
    return as_bytes(tag[()]).decode(errors="replace")


def _scalar_message(tag: bytes, value: float) -> Array:
    """The message of one number, as protobuf writes it: its bytes are known but for the tag, the value and sizes."""
    of_tag = b"\x0a%c%b" % (len(tag), tag) if tag else b""
    result = np.empty((), object)
    result[()] = b"\x0a%c%b\x15%b" % (len(of_tag) + 5, of_tag, np.float32(value).tobytes())
    return result


def scalar_kernel(tags: Array, values: Array) -> Array:
    """The Summary message of numbers."""
    if tags.shape != values.shape:
        shown = f" (tag '{_tag(tags)}')" if tags.ndim == 0 else ""
        raise InvalidArgumentError(
            None, None, f"tags and values not the same shape: {list(tags.shape)} != {list(values.shape)}{shown}"
        )
    if tags.ndim == 0 and len(tag := as_bytes(tags.item()).decode(errors="replace").encode()) < _SHORT:
        return _scalar_message(tag, float(values))
    from ... import proto

    summary = proto.Summary()
    for tag, value in zip(tags.ravel().tolist(), values.ravel().tolist()):
        summary.value.add(tag=as_bytes(tag).decode(errors="replace"), simple_value=float(value))
    return _encoded(summary)


SCALAR_SUMMARY = OpDef(
    name="ScalarSummary",
    signature="tags: string, values: T -> summary: string",
    where={"T": _NUMBERS},
    shape=scalar_shape,
    kernel=scalar_kernel,
)


@cache
def _limits() -> Array:
    """The upper limits of the buckets: powers of 1.1 from 1e-12 to 1e20, of both signs, 0, and the largest number."""
    positive, value = [], 1.0e-12
    while value < 1.0e20:
        positive.append(value)
        value *= 1.1
    positive.append(np.finfo(np.float64).max)
    return np.array([*(-item for item in reversed(positive)), 0.0, *positive])


def fill_histogram(message: Any, values: Array) -> None:
    """Fill a HistogramProto with the counts of values. Runs of empty buckets are written as one."""
    flat = values.reshape(-1).astype(np.float64)
    _fill_sorted(message, flat, np.sort(flat))


def _fill_sorted(message: Any, flat: Array, ordered: Array) -> None:
    """The same for values that were sorted besides: in their order they find their buckets in half of the time."""
    largest = float(np.finfo(np.float64).max)
    message.num = flat.size
    if not flat.size:
        message.min, message.max = largest, -largest
        message.bucket_limit.append(largest)
        message.bucket.append(0.0)
        return
    # one after the other, as TensorFlow adds: sums of pairs have other last digits
    message.sum = float(np.add.accumulate(flat)[-1])
    squares = flat * flat
    message.sum_squares = float(np.add.accumulate(squares, out=squares)[-1])
    message.min, message.max = float(ordered[0]), float(ordered[-1])
    limits = _limits()
    places = limits.searchsorted(ordered, side="right")
    counts = np.bincount(places if places[-1] < len(limits) else np.minimum(places, len(limits) - 1))
    kept = counts > 0
    kept[:-1] |= kept[1:]  # the last of the empty buckets before a full one
    chosen = kept.nonzero()[0]
    message.bucket_limit.extend(limits[chosen].tolist())
    message.bucket.extend(counts[chosen].tolist())
    if len(counts) < len(limits):
        message.bucket_limit.append(largest)
        message.bucket.append(0.0)


def histogram_kernel(tag: Array, values: Array) -> Array:
    """The Summary message of how numbers are distributed."""
    from ... import proto

    flat = values.reshape(-1).astype(np.float64)
    ordered = np.sort(flat)  # NaN stands last
    if flat.size and not (isfinite(ordered[0]) and isfinite(ordered[-1])):
        what = "Nan" if np.isnan(ordered[-1]) else "Infinity"
        raise InvalidArgumentError(None, None, f"{what} in summary histogram for: {_tag(tag)}")
    summary = proto.Summary()
    _fill_sorted(summary.value.add(tag=_tag(tag)).histo, flat, ordered)
    return _encoded(summary)


HISTOGRAM_SUMMARY = OpDef(
    name="HistogramSummary",
    signature="tag: string, values: T -> summary: string",
    where={"T": _NUMBERS},
    attrs={"T": ("type", dtypes.float32)},
    shape=scalar_shape,
    kernel=histogram_kernel,
)


def image_kernel(tag: Array, tensor: Array, *, max_images: int, bad_color: Any) -> Array:
    """The Summary message of images."""
    from ... import proto

    if tensor.ndim != 4 or tensor.shape[3] not in (1, 3, 4):
        raise InvalidArgumentError(
            None, None, f"Tensor must be 4-D with last dim 1, 3, or 4, not {_brackets(tensor.shape)}"
        )
    summary = proto.Summary()
    _, height, width, channels = tensor.shape
    for index, image in enumerate(tensor[:max_images]):
        value = summary.value.add(tag=_numbered(_tag(tag), "image", index, max_images))
        pixels = image if image.dtype == np.uint8 else as_pixels(image, np.asarray(bad_color).reshape(-1))
        value.image.height, value.image.width, value.image.colorspace = height, width, channels
        value.image.encoded_image_string = encode_png(pixels)
    return _encoded(summary)


def as_pixels(image: Array, bad_color: Array = _BAD_COLOR) -> Array:
    """Return a floating-point image [height, width, channels] as uint8, scaled so that its range is used.

    Its largest value becomes 255; with negative values 0 becomes 128 and the one furthest from it an end. A pixel that
    is not finite gets `bad_color`.
    """
    kind: Any = np.float16 if image.dtype == np.float16 else np.float32  # of the scale, for float64 too
    finite = np.isfinite(image).all(axis=2)
    good = image[finite]
    low, high = (good.min(), good.max()) if good.size else (kind(0), kind(0))
    largest = kind(max(abs(low), abs(high)))
    if low < 0:
        scale, offset = (kind(0) if largest < 1e-6 else kind(127) / largest), kind(128)
    else:
        scale, offset = (kind(0) if high < 1e-6 else kind(255) / largest), kind(0)
    result = np.empty(image.shape, np.uint8)
    result[finite] = (good * good.dtype.type(scale) + good.dtype.type(offset)).astype(np.uint8)
    result[~finite] = bad_color[: image.shape[2]]
    return result


def _brackets(shape: Any) -> str:
    return "[" + ",".join(map(str, shape)) + "]"


def _numbered(tag: str, kind: str, index: int, count: int) -> str:
    return f"{tag}/{kind}" if count == 1 else f"{tag}/{kind}/{index}"


IMAGE_SUMMARY = OpDef(
    name="ImageSummary",
    signature="tag: string, tensor: T -> summary: string",
    where={"T": (dtypes.uint8, dtypes.float32, dtypes.half, dtypes.float64)},
    attrs={"max_images": ("int", 3), "T": ("type", dtypes.float32), "bad_color": ("tensor", _BAD_COLOR)},
    shape=scalar_shape,
    kernel=image_kernel,
)


def _audio_summary(tag: Array, tensor: Array, rate: float, max_outputs: int) -> Array:
    from ... import proto

    if tensor.ndim not in (2, 3):
        raise InvalidArgumentError(None, None, f"Tensor must be 3-D or 2-D, got: {_brackets(tensor.shape)}")
    if not 0 < rate < 1 << 30:  # hertz; the header of a WAV file has 4 bytes for bytes per second
        raise InvalidArgumentError(None, None, f"sample_rate must be > 0, got {rate}")
    sounds = tensor if tensor.ndim == 3 else tensor[:, :, None]
    summary = proto.Summary()
    for index, sound in enumerate(sounds[:max_outputs]):
        value = summary.value.add(tag=_numbered(_tag(tag), "audio", index, max_outputs))
        value.audio.sample_rate = rate
        value.audio.length_frames, value.audio.num_channels = sound.shape
        value.audio.encoded_audio_string = encode_wav(sound, round(rate))
        value.audio.content_type = "audio/wav"
    return _encoded(summary)


def audio_kernel(tag: Array, tensor: Array, sample_rate: Array, *, max_outputs: int) -> Array:
    """The Summary message of sounds."""
    if sample_rate.ndim:
        raise InvalidArgumentError(None, None, f"sample_rate must be a scalar, got shape {list(sample_rate.shape)}")
    return _audio_summary(tag, tensor, float(sample_rate), max_outputs)


AUDIO_SUMMARY_V2 = OpDef(
    name="AudioSummaryV2",
    signature="tag: string, tensor: float32, sample_rate: float32 -> summary: string",
    attrs={"max_outputs": ("int", 3)},
    shape=scalar_shape,
    kernel=audio_kernel,
)

AUDIO_SUMMARY = OpDef(
    name="AudioSummary",
    signature="tag: string, tensor: float32 -> summary: string",
    attrs={"sample_rate": ("float",), "max_outputs": ("int", 3)},
    shape=scalar_shape,
    kernel=lambda tag, tensor, *, sample_rate, max_outputs: _audio_summary(tag, tensor, sample_rate, max_outputs),
)


def tensor_kernel(tag: Array, tensor: Array, serialized_summary_metadata: Array) -> Array:
    """The Summary message of a tensor."""
    from ... import proto

    summary = proto.Summary()
    value = summary.value.add(tag=_tag(tag))
    value.tensor.CopyFrom(_tensor_message(tensor))
    value.metadata.ParseFromString(as_bytes(serialized_summary_metadata[()]))
    return _encoded(summary)


def _tensor_message(tensor: Array) -> Any:
    kind = dtypes.string if tensor.dtype == object else dtypes.as_dtype(tensor.dtype)
    message = array_to_proto(tensor, kind)
    if kind is not dtypes.string:  # as bytes, also a single number
        message.ClearField(FIELDS[kind.name])
        message.tensor_content = np.ascontiguousarray(tensor).tobytes()
    return message


TENSOR_SUMMARY_V2 = OpDef(
    name="TensorSummaryV2",
    signature="tag: string, tensor: T, serialized_summary_metadata: string -> summary: string",
    shape=scalar_shape,
    kernel=tensor_kernel,
)


def _old_tensor_kernel(tensor: Array) -> Array:
    from ... import proto

    summary = proto.Summary()
    summary.value.add().tensor.CopyFrom(_tensor_message(tensor))
    return _encoded(summary)


TENSOR_SUMMARY = OpDef(
    name="TensorSummary",
    signature="tensor: T -> summary: string",
    attrs={"description": ("string", b""), "labels": ("list(string)", ()), "display_name": ("string", b"")},
    shape=scalar_shape,
    kernel=_old_tensor_kernel,
)


def _merge_kernel(inputs: list[Array]) -> Array:
    from google.protobuf.message import DecodeError

    from ... import proto

    # messages that stand one behind the other are the message of both
    whole = b"".join([as_bytes(text) for item in inputs for text in item.ravel().tolist()])
    try:
        merged = proto.Summary.FromString(whole)
    except DecodeError as error:
        raise InvalidArgumentError(None, None, "Could not parse one of the summary inputs") from error
    tags = set()
    for value in merged.value:
        if value.tag in tags:
            raise InvalidArgumentError(None, None, f"Duplicate tag {value.tag} found in summary inputs")
        tags.add(value.tag)
    return _encoded(merged)


MERGE_SUMMARY = OpDef(
    name="MergeSummary",
    signature="inputs: N * string -> summary: string",
    shape=scalar_shape,
    kernel=_merge_kernel,
)
