"""Codes of many strings, by one call for all of them: they are joined where that changes nothing, and cut apart again.

For example base 64 writes four letters for three bytes: strings filled up to multiples of three are coded as one, and
each one's letters lie together.
"""

from __future__ import annotations

import base64
from itertools import accumulate
from typing import Final

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
