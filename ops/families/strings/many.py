"""Codes of many strings, by one call for all of them: they are joined where that changes nothing, and cut apart again.

For example base 64 writes four letters for three bytes: strings filled up to multiples of three are coded as one, and
each one's letters lie together.
"""

from __future__ import annotations

import base64
from itertools import accumulate
from typing import Any, Final

import numpy as np

_LEAST: Final = 8  # strings from which on it is worth it
_LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_FILL: Final = (b"", b"\0\0", b"\0")  # by a length's rest over 3
_SIGNS: Final = (b"", b"==", b"=")


def base64_of(texts: list[bytes], pad: bool) -> list[bytes]:
    """Strings in the web-safe alphabet of base 64.

    Args:
      pad: whether their lengths become multiples of four.
    """
    sizes = list(map(len, texts))
    code = base64.urlsafe_b64encode(b"".join([text + _FILL[size % 3] for text, size in zip(texts, sizes)]))
    starts = accumulate([(size + 2) // 3 * 4 for size in sizes], initial=0)
    pieces = [code[start : start + (4 * size + 2) // 3] for start, size in zip(starts, sizes)]
    return [piece + _SIGNS[size % 3] for piece, size in zip(pieces, sizes)] if pad else pieces


def from_base64(texts: list[bytes]) -> list[bytes] | None:
    """What strings of base 64 say; None if one of them is not as `base64_of` writes it, or they are few."""
    if len(texts) < _LEAST:
        return None
    letters = b"".join(texts)
    if b"=" in letters:
        bare = [text.rstrip(b"=") if text.endswith(b"=") and not len(text) % 4 else text for text in texts]
        if any(len(text) - len(kept) > 2 for text, kept in zip(texts, bare)):
            return None
        texts, letters = bare, b"".join(bare)
    sizes = list(map(len, texts))
    whole = [(size + 3) & ~3 for size in sizes]
    filled = [text if len(text) == size else text.ljust(size, b"A") for text, size in zip(texts, whole)]
    if letters.translate(None, _LETTERS) or 1 in {size & 3 for size in sizes}:
        return None
    data = base64.urlsafe_b64decode(b"".join(filled))
    starts = accumulate([size // 4 * 3 for size in whole], initial=0)
    return [data[start : start + size * 3 // 4] for start, size in zip(starts, sizes)]


def transcoded(texts: list[bytes], source: str, target: str) -> list[bytes] | None:
    """Strings of UTF-8 in another encoding; None if one of them is not as it should be, or they are few.

    Args:
      source, target: Python's names of codecs.
    """
    if len(texts) < _LEAST or source != "utf-8":
        return None
    try:
        text = b"\n".join(texts).decode()  # a line end ends any character that is not whole
    except UnicodeDecodeError:
        return None
    if target == "utf-8":
        return texts
    lines = text.split("\n")
    return [line.encode(target) for line in lines] if len(lines) == len(texts) else None


def begun(texts: list[bytes]) -> tuple[Any, Any]:
    """Bytes of UTF-8 that begin a character: for each byte of all strings whether it does, and where strings begin and
    the last one ends."""
    data = np.frombuffer(b"".join(texts), np.uint8)
    bounds = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=bounds[1:])
    return (data & 0xC0) != 0x80, bounds


def characters_of_each(texts: list[bytes]) -> Any:
    """How many bytes of each string begin a character of UTF-8, int32."""
    begins, bounds = begun(texts)
    before = np.zeros(len(begins) + 1, np.int32)
    np.cumsum(begins, dtype=np.int32, out=before[1:])
    return np.diff(before[bounds])


def code_points(texts: list[bytes]) -> tuple[Any, Any, Any] | None:
    """The code points of strings of UTF-8, where among them each string begins, and the last one ends, and the byte of
    its string at which each begins; None if one of them is not as it should be, or they are few.
    """
    if len(texts) < _LEAST:
        return None
    begins, bounds = begun(texts)
    inner = bounds[bounds < len(begins)]
    if not begins[inner].all():  # what is whole may be cut in the middle of a character
        return None
    try:
        text = b"".join(texts).decode()
    except UnicodeDecodeError:
        return None
    codes = np.frombuffer(text.encode("utf-32-le"), "<i4").astype(np.int32)
    places = np.flatnonzero(begins)
    splits = np.searchsorted(places, bounds)
    return codes, splits, places - np.repeat(bounds[:-1], np.diff(splits))


def encoded_each(codes: Any, target: str) -> Any:
    """An array of strings of one character each, from code points that are some; Python's name of the codec."""
    numbers = np.bincount(codes).nonzero()[0]
    table = np.empty(numbers[-1] + 1 if len(numbers) else 0, object)
    table[numbers] = [chr(number).encode(target) for number in numbers.tolist()]
    return table[codes]
