"""Checkpoints of TensorFlow's second format, read: an index (a string table) and files of tensors' bytes beside it.

    model.ckpt.index                   per tensor its type, shape, file, place, size and checksum; a header under ""
    model.ckpt.data-00000-of-00001     the bytes, one tensor behind the other

Numbers lie as they do in memory, in C order. Strings: the length of each as a varint, a checksum of the lengths, the
bytes. A tensor that was saved in parts has an entry that lists them, and for each part an entry of its own.
"""

from __future__ import annotations

import math
import mmap
import os
import struct
from functools import partial
from typing import Any, Final

import numpy as np

from ..base.errors import DataLossError, NotFoundError, UnimplementedError
from ..types import dtypes
from ..types.dtypes import DType
from .crc32c import crc32c, mask
from .string_table import read_table
from .tensor_slice import Slice, assemble, bounds_of, format_slice, key_of_slice, slice_of_message
from .varint import get_varint

Array = np.ndarray[Any, Any]

HEADER_KEY: Final = b""
_NUMBERS: Final = "biufc"  # kinds of types whose arrays are buffers of bytes
_CHUNK: Final = 1 << 20  # bytes that are summed and copied while they are in the processor's cache


def index_path(prefix: str) -> str:
    """The path of a checkpoint's index."""
    return f"{prefix}.index"


def data_path(prefix: str, shard: int, count: int) -> str:
    """The path of one of a checkpoint's files of tensors."""
    return f"{prefix}.data-{shard:05d}-of-{count:05d}"


def read_index(prefix: str) -> tuple[Any, dict[bytes, Any]]:
    """Return the header of a checkpoint and its entries, messages, by their keys.

    Raises: NotFoundError if there is none, DataLossError if it is not what was written.
    """
    from google.protobuf.message import DecodeError

    from .. import proto

    path = index_path(prefix)
    try:
        with open(path, "rb") as file:
            data = file.read()
    except (FileNotFoundError, NotADirectoryError):
        raise NotFoundError(
            None, None, f"Unsuccessful TensorSliceReader constructor: Failed to find any matching files for {prefix}"
        ) from None
    items = dict(read_table(data, path))
    try:
        header = proto.BundleHeaderProto.FromString(items.pop(HEADER_KEY))
        entries = {key: proto.BundleEntryProto.FromString(value) for key, value in items.items()}
    except KeyError:
        raise DataLossError(None, None, f"{path}: it has no header entry") from None
    except DecodeError as error:
        raise DataLossError(None, None, f"{path}: an entry is no message ({error})") from None
    if header.endianness == proto.BundleHeaderProto.BIG:
        raise UnimplementedError(None, None, f"Reading a bundle with different endianness from the reader: {path}")
    return header, entries


class BundleReader:
    """The tensors of a checkpoint. Its files stay open (mapped) until `close`; what was read is the caller's own.

    Args:
      prefix: the path of the checkpoint, without `.index`.
    Raises: NotFoundError, DataLossError as `read_index`.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._header, entries = read_index(prefix)
        self._entries = entries
        self._maps: dict[int, tuple[Any, str]] = {}
        slice_keys = {
            key_of_slice(key.decode(), slice_of_message(part))
            for key, entry in entries.items()
            for part in entry.slices
        }
        self._names = [key.decode() for key in entries if key not in slice_keys]

    def __enter__(self) -> BundleReader:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the files go; what still looks at a map keeps it."""
        self._maps.clear()

    def names(self) -> list[str]:
        """The names of the tensors, sorted."""
        return list(self._names)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.encode() in self._entries

    def dtype(self, name: str) -> DType:
        """The type of a tensor. Raises: NotFoundError."""
        return dtypes.as_dtype(self._entry(name).dtype)

    def shape(self, name: str) -> tuple[int, ...]:
        """The extents of a tensor. Raises: NotFoundError."""
        return _extents(self._entry(name))

    def read(self, name: str) -> Array:
        """Return a tensor as a new array. Raises: NotFoundError; DataLossError if its bytes are not those written."""
        entry = self._entry(name)
        if entry.slices:
            return self.read_slice(name, tuple((0, -1) for _ in entry.shape.dim))
        return self._value(entry, name)

    def read_slice(self, name: str, wanted: Slice) -> Array:
        """Return a part of a tensor as a new array, wherever its elements were saved.

        Raises: NotFoundError, DataLossError as `read`; InvalidArgumentError if elements of it were not saved.
        """
        entry = self._entry(name)
        extents = _extents(entry)
        bounds = bounds_of(wanted, extents)
        if not entry.slices:
            part = self._value(entry, name)[tuple(slice(*axis) for axis in bounds)]
            return np.array(part)  # no view that keeps all of the tensor
        parts = [
            (bounds_of(item, extents), partial(self._value_of_slice, name, item))
            for item in map(slice_of_message, entry.slices)
        ]
        return assemble(name, bounds, self.dtype(name), parts)

    def _entry(self, name: str) -> Any:
        entry = self._entries.get(name.encode())
        if entry is None:
            raise NotFoundError(None, None, f"Key {name} not found in checkpoint")
        return entry

    def _value_of_slice(self, name: str, part: Slice) -> Array:
        entry = self._entries.get(key_of_slice(name, part))
        if entry is None:
            raise DataLossError(
                None, None, f"{index_path(self._prefix)}: no entry of the slice {format_slice(part)} of '{name}'"
            )
        return self._value(entry, name)

    def _value(self, entry: Any, name: str) -> Array:
        data, path = self._map(entry.shard_id)
        offset, size = entry.offset, entry.size
        if offset + size > len(data):
            raise DataLossError(
                None, None,
                f"{path}: '{name}' ends at byte {offset + size}, but the file has {len(data)}: Read less bytes than "
                "requested",
            )  # fmt: skip
        dtype = dtypes.as_dtype(entry.dtype)
        extents = _extents(entry)
        count = math.prod(extents)
        if 0 < size <= _CHUNK and dtype.np_dtype.kind in _NUMBERS and count * dtype.np_dtype.itemsize == size:
            value: Array = np.ndarray(extents, dtype.np_dtype, data, offset).copy()
            if mask(crc32c(value)) == entry.crc32c:
                return value
        source = np.frombuffer(data, np.uint8, size, offset) if size else np.empty(0, np.uint8)
        if dtype is dtypes.string:
            flat, crc = _read_strings(source, count, path, name)
        else:
            flat, crc = _read_numbers(source, count, dtype, path, name)
        if mask(crc) != entry.crc32c:
            raise DataLossError(
                None, None,
                f"{path}: '{name}': Checksum does not match: stored {entry.crc32c} vs. calculated on the restored "
                f"bytes {mask(crc)}",
            )  # fmt: skip
        return flat.reshape(extents)

    def _map(self, shard: int) -> tuple[Any, str]:
        """The bytes of a file of tensors, and its path."""
        found = self._maps.get(shard)
        if found is None:
            path = data_path(self._prefix, shard, self._header.num_shards)
            try:
                with open(path, "rb") as file:
                    size = os.fstat(file.fileno()).st_size
                    data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
            except FileNotFoundError:
                raise NotFoundError(None, None, f"{path}; No such file or directory") from None
            found = self._maps[shard] = data, path
        return found


def _extents(entry: Any) -> tuple[int, ...]:
    return tuple([dim.size for dim in entry.shape.dim])


def _read_numbers(source: Array, count: int, dtype: DType, path: str, name: str) -> tuple[Array, int]:
    """Copy and sum piece by piece, so that every byte comes from memory once."""
    result = np.empty(count, dtype.np_dtype)
    if result.nbytes != source.size:
        raise DataLossError(
            None, None, f"{path}: '{name}' has {source.size} bytes, but its type and shape need {result.nbytes}"
        )
    target = result.view(np.uint8)
    crc = 0
    for start in range(0, source.size, _CHUNK):
        piece = target[start : start + _CHUNK]
        piece[:] = source[start : start + _CHUNK]
        crc = crc32c(piece, crc)
    return result, crc


def _read_strings(source: Array, count: int, path: str, name: str) -> tuple[Array, int]:
    data = source.tobytes()
    try:
        lengths, place = [], 0
        for _ in range(count):
            length, place = get_varint(data, place)
            lengths.append(length)
        stored = data[place : place + 4]
        crc = lengths_crc(lengths)
        if struct.unpack("<I", stored)[0] != mask(crc):
            raise DataLossError(None, None, f"{path}: '{name}': The length checksum does not match")
    except (IndexError, ValueError, struct.error):
        raise DataLossError(None, None, f"{path}: '{name}': the lengths of its strings are corrupted") from None
    result = np.empty(count, object)
    place += 4
    crc = crc32c(data[place:], crc32c(stored, crc))
    for index, length in enumerate(lengths):
        result[index] = data[place : place + length]
        place += length
    if place != len(data):
        raise DataLossError(None, None, f"{path}: '{name}' has {len(data)} bytes, but its strings need {place}")
    return result, crc


def lengths_crc(lengths: list[int]) -> int:
    """The checksum of the lengths of strings: as integers of 4 bytes, of 8 where they need more."""
    return crc32c(b"".join(struct.pack("<I" if length < 1 << 32 else "<Q", length) for length in lengths))
