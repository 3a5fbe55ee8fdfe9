"""Example messages read from their bytes, all of a batch side by side.

A message is `features { entry... }`, an entry `key, Feature`, a Feature one list of bytes, floats or whole numbers, and
each of these begins with a tag and its length. So one cursor a message moves over its entries, and every step is a few
array operations for the whole batch, whatever its size. What is usual is read here; for anything else (a message in
parts, numbers one by one, a missing or a wrong feature) `UnusualError` is raised, and protobuf reads and judges the
batch.

For example the entry `x: [1.0]` is the bytes

    0a 0d                       an entry of 13 bytes
       0a 01 78                 its key, of 1 byte: "x"
       12 08                    its Feature, of 8 bytes
          12 06                 a list of floats, of 6 bytes
             0a 04 00 00 80 3f  4 bytes of floats
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final, Protocol

import numpy as np

from ...types import dtypes
from ...types.dtypes import DType
from .example_values import Dense, Sparse, _nothing

Array = np.ndarray[Any, Any]
_INNER, _VALUE = 0x0A, 0x12  # tags of the first and of the second field
LISTS: Final = {dtypes.string: 0x0A, dtypes.float32: 0x12, dtypes.int64: 0x1A}  # tags of the lists of a Feature
_PADDING = b"\0" * 16


class UnusualError(Exception):
    """A batch that is not of the usual form."""


class Batch:
    """The bytes of some messages, and where the lists of their features are.

    Args:
      serialized: the messages.
      keys: of the features that are wanted.
    Raises: UnusualError.
    """

    def __init__(self, serialized: Sequence[bytes], keys: Sequence[str]) -> None:
        self.count = len(serialized)
        self._data = b"".join((*serialized, _PADDING))
        self._bytes = np.frombuffer(self._data, np.uint8)
        sizes = np.fromiter(map(len, serialized), np.int64, self.count)
        ends = np.cumsum(sizes)
        starts = ends - sizes
        self._numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
        names = {key.encode(): number for key, number in self._numbers.items()}
        self._tags = np.zeros((len(names), self.count), np.uint8)  # of the list that a feature is; 0: none
        self._starts = np.zeros((len(names), self.count), np.int64)
        self._ends = np.zeros((len(names), self.count), np.int64)
        self._keys = [(name, np.frombuffer(name, np.uint8), number) for name, number in names.items()]
        inside, ends_inside = self._field(starts, _INNER, np.flatnonzero(sizes), ends)
        self._scan(inside, ends_inside)

    def _scan(self, members: tuple[Array, Array], ends: Array) -> None:
        """Go over the entries of all messages."""
        rows, cursor = members
        while len(rows):
            going = cursor < ends
            if not going.all():
                rows, cursor, ends = rows[going], cursor[going], ends[going]
                continue
            start, end = self._inside(cursor, _INNER)
            key_start, key_end = self._inside(start, _INNER)
            value_start, value_end = self._inside(key_end, _VALUE)
            if (value_end != end).any() or (end > ends).any():
                raise UnusualError
            self._note(rows, key_start, key_end - key_start, value_start, value_end)
            cursor = end

    def _note(self, rows: Array, keys: Array, sizes: Array, starts: Array, ends: Array) -> None:
        """Take down the lists of one entry of each message."""
        for name, letters, number in self._keys:
            same = np.flatnonzero(sizes == len(name))
            if not len(same):
                continue
            found = self._bytes[keys[same, None] + np.arange(len(name))]
            same = same[(found == letters).all(1)]
            if len(same):
                full = same[ends[same] > starts[same]]
                self._tags[number, rows[same]] = 0
                self._tags[number, rows[full]] = self._bytes[starts[full]]
                inside, end = self._inside(starts[full], None)
                if (end != ends[full]).any():
                    raise UnusualError
                self._starts[number, rows[full]], self._ends[number, rows[full]] = inside, end

    def _field(self, starts: Array, tag: int, rows: Array, ends: Array) -> tuple[tuple[Array, Array], Array]:
        """The only field of messages: `(rows, where it begins)`, and where it ends."""
        inside, end = self._inside(starts[rows], tag)
        if (end != ends[rows]).any():
            raise UnusualError
        return (rows, inside), end

    def _inside(self, places: Array, tag: int | None) -> tuple[Array, Array]:
        """Begin and end of what lies behind a tag and a length."""
        last = len(self._bytes) - len(_PADDING)
        if len(places) and int(places.max()) > last:
            raise UnusualError
        if tag is not None and (self._bytes[places] != tag).any():
            raise UnusualError
        places = places + 1
        byte = self._bytes[places].astype(np.int64)
        size, shift = byte & 0x7F, 7
        more = byte >= 0x80
        while more.any():
            if shift > 28:
                raise UnusualError
            places = places + more
            byte = np.where(more, self._bytes[places].astype(np.int64), 0)
            size |= (byte & 0x7F) << shift
            more = byte >= 0x80
            shift += 7
        begin = places + 1
        end = begin + size
        if len(end) and int(end.max()) > last:
            raise UnusualError
        return begin, end

    # Values.

    def has_list(self, key: str) -> Array:
        """Which messages have a list of a feature, be it empty."""
        found: Array = self._tags[self._numbers[key]] != 0
        return found

    def values(self, key: str, dtype: DType) -> tuple[Array, Any]:
        """How many values each message has of a feature, and all of them. Raises: UnusualError for another type."""
        number = self._numbers[key]
        rows = np.flatnonzero(self._tags[number])
        if (self._tags[number, rows] != LISTS[dtype]).any():
            raise UnusualError
        counts = np.zeros(self.count, np.int64)
        starts, ends = self._starts[number, rows], self._ends[number, rows]
        full = ends > starts
        rows, starts, ends = rows[full], starts[full], ends[full]
        if dtype is dtypes.string:
            found = self._texts(starts, ends)
            counts[rows] = [len(row) for row in found]
            values = np.empty(int(counts.sum()), object)
            values[:] = [text for row in found for text in row]
            return counts, values
        begin, end = self._inside(starts, _INNER)
        if (end != ends).any():
            raise UnusualError
        if dtype is dtypes.float32:
            if ((end - begin) % 4).any():
                raise UnusualError
            counts[rows] = (end - begin) // 4
            return counts, self._bytes[_ranges(begin, end)].view("<f4").astype(np.float32, copy=False)
        counts[rows], values = self._whole(begin, end)
        return counts, values

    def _texts(self, starts: Array, ends: Array) -> list[list[bytes]]:
        begin, end = self._inside(starts, _INNER)
        data = self._data
        if (end == ends).all():  # one in each
            return [[data[a:b]] for a, b in zip(begin.tolist(), end.tolist())]
        found: list[list[bytes]] = [[] for _ in starts]
        rows, cursor = np.arange(len(starts)), starts
        while len(rows):
            begin, end = self._inside(cursor, _INNER)
            for row, a, b in zip(rows.tolist(), begin.tolist(), end.tolist()):
                found[row].append(data[a:b])
            going = end < ends[rows]
            if (end > ends[rows]).any():
                raise UnusualError
            rows, cursor = rows[going], end[going]
        return found

    def _whole(self, begin: Array, end: Array) -> tuple[Array, Array]:
        """Whole numbers, seven bits a byte, the last byte of each below 0x80: how many, and which."""
        if not len(begin):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        data = self._bytes[_ranges(begin, end)]
        sizes = end - begin
        is_last = data < 0x80
        closes = np.cumsum(sizes)
        if (sizes == 0).any() or not is_last[closes - 1].all():
            raise UnusualError
        totals = np.cumsum(is_last)[closes - 1]
        counts = np.diff(totals, prepend=0)
        last = np.flatnonzero(is_last)
        first = np.concatenate(([0], last[:-1] + 1))
        if len(last) == len(data):  # all of one byte
            return counts, data.astype(np.int64)
        if (last - first > 9).any():
            raise UnusualError
        place = np.arange(len(data)) - np.repeat(first, last - first + 1)
        bits = (data & 0x7F).astype(np.uint64) << (7 * place).astype(np.uint64)
        return counts, np.bitwise_or.reduceat(bits, first).view(np.int64)


def _ranges(begin: Array, end: Array) -> Array:
    """The numbers of some ranges, one after the other."""
    sizes = end - begin
    found: Array = np.arange(int(sizes.sum())) + np.repeat(begin - (np.cumsum(sizes) - sizes), sizes)
    return found


class Features(Protocol):
    """What `parsed` needs to know of a batch."""

    def has_list(self, key: str) -> Array:
        """See `Batch.has_list`."""

    def values(self, key: str, dtype: DType) -> tuple[Array, Any]:
        """See `Batch.values`."""


def parsed(batch: Features, sparse: list[Sparse], dense: list[Dense]) -> tuple[Array, ...]:
    """What `ParseExample` gives of a batch.

    Args:
      batch: a `Batch`, or what compiled code makes of one.
    Raises: UnusualError.
    """
    parts = [_sparse_parts(*batch.values(spec.key, spec.dtype)) for spec in sparse]
    return (
        *(indices for indices, _, _ in parts),
        *(values for _, values, _ in parts),
        *(shape for _, _, shape in parts),
        *(_dense_value(*batch.values(spec.key, spec.dtype), batch.has_list(spec.key), spec) for spec in dense),
    )


def _sparse_parts(counts: Array, values: Array) -> tuple[Array, Array, Array]:
    indices = np.empty((len(values), 2), np.int64)
    indices[:, 0] = np.repeat(np.arange(len(counts)), counts)
    indices[:, 1] = np.arange(len(values)) - np.repeat(np.cumsum(counts) - counts, counts)
    return indices, values, np.array([len(counts), counts.max(initial=0)], np.int64)


def _dense_value(counts: Array, values: Array, has_list: Array, spec: Dense) -> Array:
    if spec.is_sequence:
        return _rows(counts, values, spec)
    size = math.prod(spec.extents)  # type: ignore[arg-type]
    if (counts == size).all():
        return values.reshape(len(counts), *spec.extents)
    missing = ~has_list  # an empty list is not, and is too short
    if not spec.default.size or not ((counts == size) | missing).all():
        raise UnusualError
    result = np.empty((len(counts), size), spec.dtype.np_dtype)
    result[missing] = spec.default.reshape(-1)
    result[~missing] = values.reshape(-1, size)
    return result.reshape(len(counts), *spec.extents)


def _rows(counts: Array, values: Array, spec: Dense) -> Array:
    stride = math.prod(spec.extents[1:])  # type: ignore[arg-type]
    if not stride or (counts % stride).any():
        raise UnusualError
    longest = int(counts.max(initial=0))
    result = np.empty((len(counts), longest), spec.dtype.np_dtype)
    result[:] = spec.default.reshape(-1)[0] if spec.default.size else _nothing(spec.dtype)
    result[np.arange(longest) < counts[:, None]] = values
    return result.reshape(len(counts), longest // stride, *spec.extents[1:])
