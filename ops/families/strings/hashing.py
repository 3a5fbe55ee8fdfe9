"""Hashes of strings to 64 bits: FarmHash's fingerprint, MurmurHash64A and SipHash.

Each is a function of one string that reads it by `len`, `text[k]` and `word(text, place)`, and so computes a group of
strings of one length just as well: a `Group` holds them side by side, and answers with arrays of what each of its
strings has there. For example of `[b"ab", b"c", b"de"]` the strings of length 2 are one group, whose `[0]` is the array
`[97, 100]`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

_M = (1 << 64) - 1
Array = np.ndarray[Any, Any]
_FEW = 16  # strings that are computed one by one
_CHUNK = 1 << 15  # strings at once: their words and what is computed of them stay in the cache


def murmur(text: Any) -> Any:
    """MurmurHash64A with TensorFlow's seed, which `string_to_hash_bucket` takes.

    Source: Austin Appleby's MurmurHash2, 64-bit version.
    """
    factor = 0xC6A4A7935BD1E995
    size = len(text)
    result = 0xDECAFCAFFE ^ size * factor & _M
    whole = size // 8 * 8
    for place in range(0, whole, 8):
        block = word(text, place) * factor & _M
        block = (block ^ block >> 47) * factor & _M
        result = (result ^ block) * factor & _M
    if whole < size:
        result = (result ^ word(text, whole)) * factor & _M
    result = _mix(result) * factor & _M
    return _mix(result)


def siphash(text: Any, key: tuple[int, int]) -> Any:
    """SipHash-2-4 with a key of two 64-bit numbers, which `string_to_hash_bucket_strong` takes.

    Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012).
    """
    k0, k1 = key[0] & _M, key[1] & _M
    state = (k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573)
    size = len(text)
    whole = size // 8 * 8
    blocks = [word(text, place) for place in range(0, whole, 8)]
    for block in (*blocks, word(text, whole) | (size & 0xFF) << 56):
        a, b, c, d = _rounds((*state[:3], state[3] ^ block), 2)
        state = (a ^ block, b, c, d)
    a, b, c, d = _rounds((state[0], state[1], state[2] ^ 0xFF, state[3]), 4)
    return a ^ b ^ c ^ d


def _rounds(state: tuple[Any, Any, Any, Any], count: int) -> tuple[Any, Any, Any, Any]:
    a, b, c, d = state
    for _ in range(count):
        a, c = (a + b) & _M, (c + d) & _M
        b, d = _turn(b, 51) ^ a, _turn(d, 48) ^ c
        a, c = (_turn(a, 32) + d) & _M, (c + b) & _M
        b, d = _turn(b, 47) ^ c, _turn(d, 43) ^ a
        c = _turn(c, 32)
    return a, b, c, d


def fingerprint(text: Any) -> Any:
    """FarmHash's 64-bit fingerprint, which `string_to_hash_bucket_fast` takes.

    Source: FarmHash's `Fingerprint64` (farmhashna), as published by Google.
    """
    size = len(text)
    if size <= 16:
        return _short(text)
    if size <= 32:
        return _medium(text)
    if size <= 64:
        return _long(text)
    return _very_long(text)


_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F


def _turn(value: Any, by: int) -> Any:
    return (value >> by | value << (64 - by)) & _M if by else value


def _mix(value: Any) -> Any:
    return value ^ value >> 47


def _both(u: Any, v: Any, mul: int) -> Any:
    a = _mix((u ^ v) * mul & _M)
    b = _mix((v ^ a) * mul & _M)
    return b * mul & _M


def _short(text: Any) -> Any:
    size = len(text)
    if size >= 8:
        mul = _K2 + size * 2
        a, b = (word(text, 0) + _K2) & _M, word(text, size - 8)
        c, d = (_turn(b, 37) * mul + a) & _M, (_turn(a, 25) + b) * mul & _M
        return _both(c, d, mul)
    if size >= 4:
        mul = _K2 + size * 2
        return _both((size + (word(text, 0, 4) << 3)) & _M, word(text, size - 4, 4), mul)
    if size > 0:
        a, b, c = text[0], text[size >> 1], text[size - 1]
        return _mix((a + (b << 8)) * _K2 & _M ^ (size + (c << 2)) * _K0 & _M) * _K2 & _M
    return _K2


def _medium(text: Any) -> Any:
    size = len(text)
    mul = _K2 + size * 2
    a, b = word(text, 0) * _K1 & _M, word(text, 8)
    c, d = word(text, size - 8) * mul & _M, word(text, size - 16) * _K2 & _M
    first = (_turn((a + b) & _M, 43) + _turn(c, 30) + d) & _M
    return _both(first, (a + _turn((b + _K2) & _M, 18) + c) & _M, mul)


def _long(text: Any) -> Any:
    size = len(text)
    mul = _K2 + size * 2
    a, b = word(text, 0) * _K2 & _M, word(text, 8)
    c, d = word(text, size - 8) * mul & _M, word(text, size - 16) * _K2 & _M
    y = (_turn((a + b) & _M, 43) + _turn(c, 30) + d) & _M
    z = _both(y, (a + _turn((b + _K2) & _M, 18) + c) & _M, mul)
    e, f = word(text, 16) * mul & _M, word(text, 24)
    g, h = (y + word(text, size - 32)) * mul & _M, (z + word(text, size - 24)) * mul & _M
    first = (_turn((e + f) & _M, 43) + _turn(g, 30) + h) & _M
    return _both(first, (e + _turn((f + a) & _M, 18) + g) & _M, mul)


def _weak(text: Any, place: int, a: Any, b: Any) -> tuple[Any, Any]:
    w, x, y, z = (word(text, place + 8 * k) for k in range(4))
    a = (a + w) & _M
    b = _turn((b + a + z) & _M, 21)
    c = a
    a = (a + x + y) & _M
    b = (b + _turn(a, 44)) & _M
    return (a + z) & _M, (b + c) & _M


def _very_long(text: Any) -> Any:
    size = len(text)
    x, y = 81, (81 * _K1 + 113) & _M
    z = _mix((y * _K2 + 113) & _M) * _K2 & _M
    v, w = (0, 0), (0, 0)
    x = ((x * _K2 & _M) + word(text, 0)) & _M
    end = (size - 1) // 64 * 64
    last = end + (size - 1 & 63) - 63
    for place in range(0, end, 64):
        x = _turn(((x + y + v[0] & _M) + word(text, place + 8)) & _M, 37) * _K1 & _M
        y = _turn(((y + v[1] & _M) + word(text, place + 48)) & _M, 42) * _K1 & _M
        x ^= w[1]
        y = (y + v[0] + word(text, place + 40)) & _M
        z = _turn((z + w[0]) & _M, 33) * _K1 & _M
        v = _weak(text, place, v[1] * _K1 & _M, (x + w[0]) & _M)
        w = _weak(text, place + 32, (z + w[1]) & _M, (y + word(text, place + 16)) & _M)
        z, x = x, z
    mul = (_K1 + ((z & 0xFF) << 1)) & _M
    w = ((w[0] + (size - 1 & 63)) & _M, w[1])
    v = ((v[0] + w[0]) & _M, v[1])
    w = ((w[0] + v[0]) & _M, w[1])
    x = _turn(((x + y + v[0] & _M) + word(text, last + 8)) & _M, 37) * mul & _M
    y = _turn((y + v[1] + word(text, last + 48)) & _M, 42) * mul & _M
    x ^= w[1] * 9 & _M
    y = (y + v[0] * 9 + word(text, last + 40)) & _M
    z = _turn((z + w[0]) & _M, 33) * mul & _M
    v = _weak(text, last, v[1] * mul & _M, (x + w[0]) & _M)
    w = _weak(text, last + 32, (z + w[1]) & _M, (y + word(text, last + 16)) & _M)
    z, x = x, z
    first = (_both(v[0], w[0], mul) + _mix(y) * _K0 + z) & _M
    return _both(first, (_both(v[1], w[1], mul) + x) & _M, mul)


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
