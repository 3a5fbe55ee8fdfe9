"""Sorted tables from strings to strings: the index of a checkpoint, and all of an old one (LevelDB's table format).

    block ...  metaindex block  index block  footer

A block is entries and, behind them, where among them keys are written whole; then its kind of compression (one byte)
and a masked checksum of both. An entry is three integers and two strings: how many bytes its key shares with the key
before, how many follow, how long the value is; the rest of the key; the value. The index has for each block a key not
below the block's last one and the block's place; the footer has the places of the index and a magic number.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final

from ..base.errors import DataLossError, UnimplementedError
from .crc32c import masked_crc32c
from .varint import get_varint, put_varint

MAGIC: Final = 0xDB4775248B80FB57
_FOOTER_SIZE: Final = 48
_TRAILER_SIZE: Final = 5  # the kind of compression, the checksum
_BLOCK_SIZE: Final = 256 << 10  # what TensorFlow takes; the entries of a checkpoint's index usually fit in one block
_RESTART_INTERVAL: Final = 16
_UNCOMPRESSED: Final = 0


class _Block:
    """A block as it is written."""

    def __init__(self, interval: int) -> None:
        self._interval = interval
        self._data = bytearray()
        self._restarts = [0]
        self._since = 0
        self._last = b""

    def add(self, key: bytes, value: bytes) -> None:
        shared = 0
        if self._since < self._interval:
            most = min(len(key), len(self._last))
            while shared < most and key[shared] == self._last[shared]:
                shared += 1
        else:
            self._restarts.append(len(self._data))
            self._since = 0
        rest, size = len(key) - shared, len(value)
        if shared < 128 and rest < 128 and size < 128:
            self._data += bytes((shared, rest, size))
        else:
            self._data += put_varint(shared) + put_varint(rest) + put_varint(size)
        self._data += key[shared:]
        self._data += value
        self._last = key
        self._since += 1

    def __len__(self) -> int:
        return len(self._data) + 4 * len(self._restarts) + 4

    def finish(self) -> bytes:
        numbers = [*self._restarts, len(self._restarts)]
        body = bytes(self._data) + struct.pack(f"<{len(numbers)}I", *numbers) + bytes((_UNCOMPRESSED,))
        return body + struct.pack("<I", masked_crc32c(body))


def write_table(file: BinaryIO, items: Iterable[tuple[bytes, bytes]]) -> None:
    """Write a table.

    Args:
      file: where to.
      items: keys and values in ascending order of the keys, no key twice.
    Raises: ValueError for keys out of order.
    """
    place = 0
    index = _Block(1)  # every key of an index is written whole
    block, last = _Block(_RESTART_INTERVAL), None

    def put(block: _Block) -> bytes:
        nonlocal place
        data = block.finish()
        file.write(data)
        handle = put_varint(place) + put_varint(len(data) - _TRAILER_SIZE)
        place += len(data)
        return handle

    for key, value in items:
        if last is not None and key <= last:
            raise ValueError(f"keys of a table must ascend, but {key!r} follows {last!r}")
        if len(block) >= _BLOCK_SIZE and last is not None:
            index.add(_between(last, key), put(block))
            block = _Block(_RESTART_INTERVAL)
        block.add(key, value)
        last = key
    if last is not None:
        index.add(_after(last), put(block))
    handles = put(_Block(1)) + put(index)
    file.write(handles.ljust(_FOOTER_SIZE - 8, b"\0") + struct.pack("<Q", MAGIC))


def _between(low: bytes, high: bytes) -> bytes:
    """A short key that is not below `low` and below `high`."""
    shared = 0
    while shared < min(len(low), len(high)) and low[shared] == high[shared]:
        shared += 1
    if shared < min(len(low), len(high)) and low[shared] + 1 < high[shared]:
        return low[:shared] + bytes((low[shared] + 1,))
    return low


def _after(key: bytes) -> bytes:
    """A short key that is not below `key`."""
    for place, byte in enumerate(key):
        if byte < 255:
            return key[:place] + bytes((byte + 1,))
    return key


def is_table(data: Any) -> bool:
    """Whether the bytes end as a table does."""
    return len(data) >= _FOOTER_SIZE and struct.unpack("<Q", data[-8:])[0] == MAGIC


def why_no_table(size: int) -> str:
    """What is wrong with so many bytes that are no table."""
    return "file is too short to be an sstable" if size < _FOOTER_SIZE else "not an sstable (bad magic number)"


def read_table(data: Any, path: str) -> Iterator[tuple[bytes, bytes]]:
    """Yield the keys and values of a table in their order.

    Args:
      data: the bytes of the file, or a map of it.
      path: its path, for messages.
    Raises: DataLossError where the bytes are not what was written, UnimplementedError for compressed blocks.
    """
    if not is_table(data):
        raise DataLossError(None, None, f"{path}: {why_no_table(len(data))}")
    try:
        meta, place = _handle(data, len(data) - _FOOTER_SIZE)
        _block(data, meta, path)  # nothing of it is used, but it has to be whole
        index, _ = _handle(data, place)
        for _, value in _entries(_block(data, index, path)):
            yield from _entries(_block(data, _handle(value, 0)[0], path))
    except (IndexError, ValueError, struct.error) as error:
        raise DataLossError(None, None, f"{path}: corrupted table ({error})") from None


def _handle(data: Any, place: int) -> tuple[tuple[int, int], int]:
    offset, place = get_varint(data, place)
    size, place = get_varint(data, place)
    return (offset, size), place


def _block(data: Any, handle: tuple[int, int], path: str) -> bytes:
    offset, size = handle
    end = offset + size + 1
    if end + 4 > len(data):
        raise DataLossError(None, None, f"{path}: truncated block read")
    body = bytes(data[offset:end])
    if struct.unpack("<I", data[end : end + 4])[0] != masked_crc32c(body):
        raise DataLossError(None, None, f"{path}: block checksum mismatch")
    if body[-1] != _UNCOMPRESSED:
        raise UnimplementedError(
            None, None, f"{path}: its blocks are compressed (kind {body[-1]}), which is not built."
        )
    return body[:-1]


def _entries(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    (count,) = struct.unpack("<I", block[-4:])
    end = len(block) - 4 * count - 4
    place, key = 0, b""
    while place < end:
        shared, rest, size = block[place : place + 3]
        if shared < 128 and rest < 128 and size < 128:  # all of them are one byte, as most are
            place += 3
        else:
            shared, place = get_varint(block, place)
            rest, place = get_varint(block, place)
            size, place = get_varint(block, place)
        if place + rest + size > end or shared > len(key):
            raise ValueError("an entry reaches past its block")
        key = key[:shared] + block[place : place + rest]
        place += rest
        yield key, block[place : place + size]
        place += size
