"""Many strings at once: those of one length side by side, so that arithmetic on their bytes is on arrays.

A function of one string that reads it by `len`, `text[k]` and `word(text, place)` computes a group of strings of one
length just as well: a `Group` answers with arrays of what each of its strings has there. The hashes are written so.

For example of `[b"ab", b"c", b"de"]` the strings of length 2 are one group, whose `[0]` is the array `[97, 100]`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
_FEW = 16  # strings that are computed one by one
_CHUNK = 1 << 15  # strings at once: their words and what is computed of them stay in the cache


class Group:
    """Strings of one length.

    Args:
      words: the eight bytes from each place of all strings on, as uint64.
      starts: where each string begins; None: one behind the other.
      size: their length.
      count: how many there are.
    """

    def __init__(self, words: Array, starts: Array | None, size: int, count: int) -> None:
        self._words, self._starts, self._size, self._count = words, starts, size, count

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, place: int) -> Array:
        return self.word(place if place >= 0 else self._size + place, 1)

    def word(self, place: int, size: int) -> Array:
        """The `size` bytes from a place on, at most eight, as numbers; 0 for those behind the end."""
        there = max(min(size, self._size - place), 0)
        if not there:
            return np.zeros(self._count, np.uint64)
        if self._starts is None:
            found: Array = np.array(self._words[place :: self._size][: self._count])
        else:
            found = self._words[self._starts + place]
        return found if there == 8 else found & np.uint64((1 << 8 * there) - 1)


def word(text: bytes | Group, place: int, size: int = 8) -> Any:
    """The little-endian number of some bytes, or of each string of a group."""
    if isinstance(text, Group):
        return text.word(place, size)
    return int.from_bytes(text[place : place + size], "little")


def uint64_of_each(function: Callable[[Any], Any], texts: list[bytes]) -> Array:
    """A function of the bytes of each string, to numbers of 64 bits.

    Args:
      function: of a string or of a group; a number for a group stands for all of it.
    """
    result = np.empty(len(texts), np.uint64)
    for start in range(0, len(texts), _CHUNK):
        _fill(result[start : start + _CHUNK], function, texts[start : start + _CHUNK])
    return result


def _fill(result: Array, function: Callable[[Any], Any], texts: list[bytes]) -> None:
    """Put a function of some strings into an array."""
    if len(texts) < _FEW:
        result[:] = np.array([function(text) for text in texts], np.uint64)
        return
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    data = b"".join((*texts, b"\0" * 8))
    words = np.ndarray((len(data) - 7,), "<u8", data, strides=(1,))
    if sizes[0] and np.all(sizes == sizes[0]):  # one group: its words are a stride apart
        size = int(sizes[0])
        with np.errstate(over="ignore"):
            result[:] = np.asarray(function(Group(words, None, size, len(texts))), np.uint64)
        return
    starts = np.cumsum(sizes) - sizes
    order = np.argsort(sizes, kind="stable")
    ends = np.flatnonzero(np.diff(sizes[order], append=-1)) + 1
    begin = 0
    with np.errstate(over="ignore"):
        for end in ends.tolist():
            members = order[begin:end]
            begin = end
            if len(members) < _FEW:
                result[members] = np.array([function(texts[index]) for index in members.tolist()], np.uint64)
            else:
                group = Group(words, starts[members], int(sizes[members[0]]), len(members))
                result[members] = np.asarray(function(group), np.uint64)
