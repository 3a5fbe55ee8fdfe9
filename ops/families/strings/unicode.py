"""Text in its encodings: from one to another, and as code points."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from itertools import pairwise
from typing import Any, Final

import numpy as np

from ...base.errors import InvalidArgumentError
from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shape_checks import ranked
from ...definition.shapes import same_shape
from ...graph.node import Tensor
from ...types import dtypes
from ..arrays.filling import range as range_of
from ..arrays.reshaping import reshape
from ..arrays.shape_ops import shape as shape_of
from ..elementwise.cast import cast
from .joining import strings
from .many import code_points, encoded_each, transcoded

_ENCODINGS = (b"UTF-8", b"UTF-16-BE", b"UTF-32-BE")
_ERRORS = (b"strict", b"replace", b"ignore")
_WRONG: Final = "\udcff"  # stands for bytes that are no character: no decoder gives it
_ATTRS: dict[str, Any] = {
    "errors": ("string", b"replace"),
    "replacement_char": ("int", 65533),
    "replace_control_characters": ("bool", False),
}
_BIG_ENDIAN: Final = {
    "utf-16": ("utf-16-be", (codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)),
    "utf-32": ("utf-32-be", (codecs.BOM_UTF32_BE, codecs.BOM_UTF32_LE)),
}
_CONTROLS: Final = range(32)  # those of ASCII alone, as in TensorFlow


class _Decoder:
    """From bytes to text.

    Args:
      encoding: of the bytes.
      errors: what becomes of bytes that are no character.
      replacement: the code point in their place.
      controls: whether control characters are replaced too.
    Raises: InvalidArgumentError for an unknown encoding.
    """

    def __init__(self, encoding: bytes, errors: bytes, replacement: int, controls: bool) -> None:
        try:
            self.codec = codecs.lookup(encoding.decode()).name
        except LookupError:
            raise InvalidArgumentError(
                None, None, f"Could not create converter for input encoding: {encoding.decode()}"
            ) from None
        self._big_endian = _BIG_ENDIAN.get(self.codec)
        self._is_strict = errors == b"strict"
        self._refuses_controls = self._is_strict and controls
        written = None if errors == b"ignore" else replacement
        self._table: dict[int, Any] = {ord(_WRONG): written}
        if controls:
            self._table |= dict.fromkeys(_CONTROLS, written)
        self._spans: list[int] = []

    def text(self, data: bytes) -> str:
        """What bytes say. Raises: InvalidArgumentError if they are not all characters and must be."""
        return self.marked(data).translate(self._table)

    def marked(self, data: bytes) -> str:
        """The same with a mark for each run of bytes that is no character."""
        codec = self._codec_of(data)
        try:
            result = data.decode(codec)
        except UnicodeDecodeError:
            if self._is_strict:
                raise InvalidArgumentError(None, None, "Invalid formatting on input string") from None
            self._spans = []
            codecs.register_error("sessile-mark", self._mark)
            return data.decode(codec, "sessile-mark")
        if self._refuses_controls and any(ord(mark) in _CONTROLS for mark in result):
            raise InvalidArgumentError(None, None, "Invalid formatting on input string")
        return result

    def _codec_of(self, data: bytes) -> str:
        """The codec of a string: without a mark of the order of bytes, the high ones come first."""
        if self._big_endian is None or data.startswith(self._big_endian[1]):
            return self.codec
        return self._big_endian[0]

    def _mark(self, error: Any) -> tuple[str, int]:
        self._spans.append(error.end - error.start)
        return _WRONG, error.end

    def characters(self, data: bytes) -> tuple[list[int], list[int]]:
        """Code points, and the place of the first byte of each."""
        self._spans = []
        marked = self.marked(data)
        spans = iter(self._spans)
        plain, first = self.codec, 0
        if self._big_endian is not None:  # to encode with the codec itself would write a mark of the order each time
            plain = self._big_endian[0]
            first = len("\0".encode(plain)) if data.startswith(self._big_endian[1]) else 0
        sizes = [next(spans) if mark == _WRONG else len(mark.encode(plain)) for mark in marked]
        starts = np.cumsum([first, *sizes])[:-1].tolist()
        kept = [(self._table.get(ord(mark), ord(mark)), start) for mark, start in zip(marked, starts)]
        kept = [(code, start) for code, start in kept if code is not None]
        return [code for code, _ in kept], [start for _, start in kept]


def _transcode_kernel(
    input: Any, *, input_encoding: bytes, output_encoding: bytes, errors: bytes, replacement_char: int,
    replace_control_characters: bool,
) -> Any:  # fmt: skip
    decoder = _Decoder(input_encoding, errors, replacement_char, replace_control_characters)
    written = codecs.lookup(output_encoding.decode()).name
    texts = input.ravel().tolist()
    found = None if replace_control_characters else transcoded(texts, decoder.codec, written)
    if found is None:
        found = [decoder.text(text).encode(written) for text in texts]
    return strings(found, input.shape)


UNICODE_TRANSCODE = OpDef(
    name="UnicodeTranscode",
    signature="input: string -> output: string",
    where={"output_encoding": _ENCODINGS, "errors": _ERRORS},
    attrs={"input_encoding": ("string",), "output_encoding": ("string",), **_ATTRS},
    shape=same_shape,
    kernel=_transcode_kernel,
)


def _decode(with_offsets: bool) -> Callable[..., Any]:
    def kernel(
        input: Any, *, input_encoding: bytes, errors: bytes, replacement_char: int, replace_control_characters: bool,
        Tsplits: Any,
    ) -> Any:  # fmt: skip
        decoder = _Decoder(input_encoding, errors, replacement_char, replace_control_characters)
        texts = input.ravel().tolist()
        found = None if replace_control_characters or decoder.codec != "utf-8" else code_points(texts)
        if found is not None:
            codes, splits, starts = found
            splits = splits.astype(Tsplits.np_dtype)
            return (splits, codes, starts) if with_offsets else (splits, codes)
        rows = [decoder.characters(text) for text in texts]
        splits = np.cumsum([0, *(len(codes) for codes, _ in rows)]).astype(Tsplits.np_dtype)
        codes = np.array([code for row, _ in rows for code in row], np.int32)
        starts = np.array([start for _, row in rows for start in row], np.int64)
        return (splits, codes, starts) if with_offsets else (splits, codes)

    return kernel


def _decoded_shape(count: int) -> Callable[[Any], Any]:
    def shape(query: Any) -> Any:
        extents = query.shapes[0]
        known = extents is not None and None not in extents
        rows = int(np.prod(extents, dtype=np.int64)) + 1 if known else None
        return [(rows,), *[(None,)] * count]

    return shape


_SPLITS = {"Tsplits": ("type", dtypes.int64)}
UNICODE_DECODE = OpDef(
    name="UnicodeDecode",
    signature="input: string -> row_splits: Tsplits, char_values: int32",
    where={"errors": _ERRORS, "Tsplits": dtypes.INDEX},
    attrs={"input_encoding": ("string",), **_ATTRS, **_SPLITS},
    shape=_decoded_shape(1),
    kernel=_decode(with_offsets=False),
)
UNICODE_DECODE_WITH_OFFSETS = OpDef(
    name="UnicodeDecodeWithOffsets",
    signature="input: string -> row_splits: Tsplits, char_values: int32, char_to_byte_starts: int64",
    where={"errors": _ERRORS, "Tsplits": dtypes.INDEX},
    attrs={"input_encoding": ("string",), **_ATTRS, **_SPLITS},
    shape=_decoded_shape(2),
    kernel=_decode(with_offsets=True),
)


def _encode_kernel(
    input_values: Any, input_splits: Any, *, errors: bytes, output_encoding: bytes, replacement_char: int
) -> Any:
    splits = input_splits.tolist()
    if not splits or splits[0] != 0 or splits[-1] != len(input_values) or sorted(splits) != splits:
        raise InvalidArgumentError(None, None, "input_splits must ascend from 0 to the number of values.")
    wrong = (input_values < 0) | (input_values > 0x10FFFF) | ((input_values >= 0xD800) & (input_values < 0xE000))
    if wrong.any() and errors == b"strict":
        raise InvalidArgumentError(None, None, "Code point value out of valid Unicode range.")
    written = codecs.lookup(output_encoding.decode()).name
    if not wrong.any():
        if splits == list(range(len(splits))):
            return encoded_each(input_values, written)
        text = input_values.astype("<u4").tobytes().decode("utf-32-le")
        return strings([text[start:end].encode(written) for start, end in pairwise(splits)])
    codes = np.where(wrong, -1 if errors == b"ignore" else replacement_char, input_values).tolist()
    rows = (codes[start:end] for start, end in pairwise(splits))
    return strings(["".join(chr(code) for code in row if code >= 0).encode(written) for row in rows])


def _encode_shape(query: Any) -> Any:
    splits = query.shapes[1]
    return (None,) if splits is None or splits[0] is None else (max(splits[0] - 1, 0),)


UNICODE_ENCODE = OpDef(
    name="UnicodeEncode",
    signature="input_values: int32, input_splits: Tsplits -> output: string",
    where={"output_encoding": _ENCODINGS, "errors": _ERRORS, "Tsplits": dtypes.INDEX},
    attrs={
        "errors": ("string", b"replace"), "output_encoding": ("string",), "replacement_char": ("int", 65533), **_SPLITS,
    },
    shape=ranked(_encode_shape, 1, 1),
    kernel=_encode_kernel,
    gradient=NOT_DIFFERENTIABLE,
)  # fmt: skip


def unicode_transcode(
    input: Any, input_encoding: str, output_encoding: str, errors: str = "replace", replacement_char: int = 65533,
    replace_control_characters: bool = False, name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return strings in another encoding.

    Args:
      input: strings.
      input_encoding: the encoding they are in, any that Python knows.
      output_encoding: "UTF-8", "UTF-16-BE" or "UTF-32-BE".
      errors: what becomes of bytes that are no character: "replace", "ignore" or "strict".
      replacement_char: the code point in their place.
      replace_control_characters: whether control characters are replaced too.
      name: a name for the operation.
    Raises: InvalidArgumentError when run for an unknown encoding, and for wrong bytes if they are refused.

    >>> with tf.Session() as sess:
    ...     sess.run(tf.strings.unicode_transcode([b"caf\\xe9"], "ISO-8859-1", "UTF-8")).tolist()
    [b'caf\\xc3\\xa9']
    """
    result: Tensor = build(
        UNICODE_TRANSCODE, input, input_encoding=input_encoding.encode(), output_encoding=output_encoding.encode(),
        errors=errors.encode(), replacement_char=replacement_char,
        replace_control_characters=replace_control_characters, name=name,
    )  # fmt: skip
    return result


def unicode_encode(
    input: Any, output_encoding: str, errors: str = "replace", replacement_char: int = 65533, name: str | None = None
) -> Tensor:
    """Return strings of code points: of the last axis of `input`, int32, one string each.

    Args:
      output_encoding: "UTF-8", "UTF-16-BE" or "UTF-32-BE".
      errors: what becomes of numbers that are no code point: "replace", "ignore" or "strict".
      replacement_char: the code point in their place.
      name: a name for the scope of the operations.
    Raises: ValueError for a scalar or an unknown rank.
    """
    with name_scope(name, "UnicodeEncode", [input]):
        codes = convert_to_tensor(input, dtypes.int32)
        rank = codes.shape.ndims
        if not rank:
            raise ValueError(f"unicode_encode takes code points of a known rank of 1 or more, got {codes.shape}.")
        extents = shape_of(codes)
        width = extents[-1]
        flat = reshape(codes, [-1])
        count = shape_of(flat)[0]
        splits = cast(range_of(0, count + width, width), dtypes.int64) if rank > 1 else cast([0, count], dtypes.int64)
        texts: Tensor = build(
            UNICODE_ENCODE, flat, splits, output_encoding=output_encoding.encode(), errors=errors.encode(),
            replacement_char=replacement_char,
        )  # fmt: skip
        return reshape(texts, extents[:-1])
