"""Parts of strings, their lengths, cases, bytes and codes."""

from __future__ import annotations

import base64
import binascii
from operator import itemgetter
from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError
from ...building.build import build
from ...definition.opdef import OpDef
from ...definition.shapes import broadcast, describe, same_shape
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import Extents
from .joining import each, strings
from .many import base64_of, characters_of_each, from_base64

_UNIT = {"unit": ("string", b"BYTE")}


def _substr_kernel(input: Any, pos: Any, len: Any, *, unit: bytes) -> Any:
    def part(text: bytes, start: int, count: int) -> bytes:
        characters: Any = text.decode("utf-8") if unit == b"UTF8_CHAR" else text
        size = characters.__len__()
        if not -size <= start <= size:
            raise InvalidArgumentError(
                None, None, f"pos {start} out of range for string b'{text.decode(errors='replace')}'"
            )
        first = start if start >= 0 else size + start
        # TensorFlow takes a negative number of bytes for one beyond all lengths, of characters for none
        last = size if count < 0 and unit == b"BYTE" else first + max(count, 0)
        found = characters[first:last]
        return found.encode() if isinstance(found, str) else bytes(found)

    if pos.shape != len.shape:
        raise ValueError(f"pos and len should have the same shape, got {pos.shape} and {len.shape}")
    if not pos.ndim and unit == b"BYTE" and input.size:
        found = _same_part(input, int(pos), int(len))
        if found is not None:
            return found
    return each(part, input, pos, len)


def _same_part(input: Any, start: int, count: int) -> Any:
    """The same part of all strings; None if one is too short for it to begin there."""
    texts = input.ravel().tolist()
    if min(map(len, texts)) < (start if start >= 0 else -start):
        return None
    if count < 0:
        part = itemgetter(slice(start, None))
    elif start >= 0:
        part = itemgetter(slice(start, start + count))
    else:
        part = itemgetter(slice(start, start + count if start + count < 0 else None))
    return strings(list(map(part, texts)), input.shape)


def _substr_shape(query: Any) -> Extents:
    """Places and lengths have one shape, and broadcast to that of the strings or they to it."""
    text, pos, count = query.shapes
    if pos is not None and count is not None:
        if len(pos) != len(count):
            raise ValueError(f"Shape must be rank {len(pos)} but is rank {len(count)}")
        if any(a is not None and b is not None and a != b for a, b in zip(pos, count)):
            raise ValueError(f"pos and len shapes must match: {describe(pos)} vs. {describe(count)}")
    return broadcast(text, pos)


SUBSTR = OpDef(
    name="Substr",
    signature="input: string, pos: T, len: T -> output: string",
    where={"T": dtypes.INDEX},
    attrs=_UNIT,
    routine=("strings", "part"),
    shape=_substr_shape,
    kernel=_substr_kernel,
)


def substr(input: Any, pos: Any, len: Any, name: str | None = None, unit: str = "BYTE") -> Tensor:
    """Return parts of strings: `len` bytes (or characters of UTF-8) from `pos` on, counted from the end below 0."""
    result: Tensor = build(SUBSTR, input, pos, len, unit=unit.encode(), name=name)
    return result


def _length_kernel(input: Any, *, unit: bytes) -> Any:
    texts = input.ravel().tolist()
    if unit == b"UTF8_CHAR":
        return characters_of_each(texts).reshape(input.shape)
    counts = map(len, texts)
    return np.fromiter(counts, np.int32, input.size).reshape(input.shape)


STRING_LENGTH = OpDef(
    name="StringLength",
    signature="input: string -> output: int32",
    attrs=_UNIT,
    routine=("strings", "length"),
    shape=same_shape,
    kernel=_length_kernel,
)


def string_length(input: Any, name: str | None = None, unit: str = "BYTE") -> Tensor:
    """Return the lengths of strings, in bytes or in characters of UTF-8."""
    result: Tensor = build(STRING_LENGTH, input, unit=unit.encode(), name=name)
    return result


def _case(function: str) -> Any:
    method = getattr(bytes, function)

    def kernel(input: Any, *, encoding: bytes) -> Any:
        if encoding not in (b"", b"utf-8"):
            raise InvalidArgumentError(
                None, None, f"only utf-8 or '' (no encoding) is supported, received {encoding.decode()}"
            )
        if encoding:
            return each(lambda text: getattr(text.decode("utf-8", "replace"), function)().encode(), input)
        return strings(list(map(method, input.ravel().tolist())), input.shape)

    return kernel


_ENCODING = {"encoding": ("string", b"")}
STRING_LOWER = OpDef(
    name="StringLower", signature="input: string -> output: string", attrs=_ENCODING, shape=same_shape,
    kernel=_case("lower"), routine=("strings", "lower"),
)  # fmt: skip
STRING_UPPER = OpDef(
    name="StringUpper", signature="input: string -> output: string", attrs=_ENCODING, shape=same_shape,
    kernel=_case("upper"), routine=("strings", "upper"),
)  # fmt: skip
STRING_STRIP = OpDef(
    name="StringStrip", signature="input: string -> output: string", shape=same_shape,
    kernel=lambda text: strings(list(map(bytes.strip, text.ravel().tolist())), text.shape),
)  # fmt: skip


def string_lower(input: Any, encoding: str = "", name: str | None = None) -> Tensor:
    """Return strings in lower case: of ASCII letters, or of all with the encoding "utf-8"."""
    result: Tensor = build(STRING_LOWER, input, encoding=encoding.encode(), name=name)
    return result


def string_upper(input: Any, encoding: str = "", name: str | None = None) -> Tensor:
    """Return strings in upper case: of ASCII letters, or of all with the encoding "utf-8"."""
    result: Tensor = build(STRING_UPPER, input, encoding=encoding.encode(), name=name)
    return result


def string_strip(input: Any, name: str | None = None) -> Tensor:
    """Return strings without white space at both ends."""
    result: Tensor = build(STRING_STRIP, input, name=name)
    return result


def _encode_kernel(text: Any, *, pad: bool) -> Any:
    return strings(base64_of(text.ravel().tolist(), pad), text.shape)


def _decode(text: bytes) -> bytes:
    try:
        if text.translate(None, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="):
            raise ValueError(text)
        bare = text.rstrip(b"=")
        if b"=" in bare or (len(bare) < len(text) and (len(text) % 4 or len(text) - len(bare) > 2)):
            raise ValueError(text)
        return base64.urlsafe_b64decode(bare + b"=" * (-len(bare) % 4))
    except (binascii.Error, ValueError) as error:
        raise InvalidArgumentError(None, None, "Invalid character found in base64.") from error


def _decode_kernel(text: Any) -> Any:
    texts = text.ravel().tolist()
    found = from_base64(texts)
    return strings([_decode(one) for one in texts] if found is None else found, text.shape)


ENCODE_BASE64 = OpDef(
    name="EncodeBase64", signature="input: string -> output: string", attrs={"pad": ("bool", False)}, shape=same_shape,
    kernel=_encode_kernel, routine=("strings", "to base 64"),
)  # fmt: skip
DECODE_BASE64 = OpDef(
    name="DecodeBase64", signature="input: string -> output: string", shape=same_shape,
    kernel=_decode_kernel, routine=("strings", "from base 64"),
)  # fmt: skip


def encode_base64(input: Any, pad: bool = False, name: str | None = None) -> Tensor:
    """Return strings in the web-safe alphabet of base 64."""
    result: Tensor = build(ENCODE_BASE64, input, pad=pad, name=name)
    return result


def decode_base64(input: Any, name: str | None = None) -> Tensor:
    """Return what strings of base 64 say. Raises when run: InvalidArgumentError for what is none."""
    result: Tensor = build(DECODE_BASE64, input, name=name)
    return result
