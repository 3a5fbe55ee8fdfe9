"""Files of records, as TensorFlow's readers and TensorBoard take them: TFRecord.

A record is its length (8 bytes), a masked checksum of those 8 bytes, the data, a masked checksum of the data. A whole
file may be compressed by zlib or gzip.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, cast

from ..base.errors import DataLossError, InvalidArgumentError, OutOfRangeError
from .crc32c import extender, masked_crc32c, unmask
from .file_system import as_op_error

_HEADER: Final = struct.Struct("<QI")
_FOOTER: Final = struct.Struct("<I")
_HEAD: Final = 12  # bytes before the data of a record
_FOOT: Final = 4  # and behind
_PIECE: Final = 1 << 18  # bytes read at a time
_ZLIB_BITS: Final = 15
_GZIP_BITS: Final = 31
COMPRESSIONS: Final = ("", "ZLIB", "GZIP")


def frame(record: bytes) -> bytes:
    """Return a record as it is written.

    >>> len(frame(b"abc"))
    19
    """
    length = struct.pack("<Q", len(record))
    checks = struct.pack("<I", masked_crc32c(length)), struct.pack("<I", masked_crc32c(record))
    return b"".join((length, checks[0], record, checks[1]))


def read_records(path: str, compression: str = "") -> Iterator[bytes]:
    """Yield the records of a file; a part of a record's head at its end is passed over, as TensorFlow does.

    Args:
      path: the file.
      compression: "", "ZLIB" or "GZIP".
    Raises: NotFoundError if there is no such file; DataLossError after the records before, if one is not what was
      written; InvalidArgumentError for another compression.
    """
    crc, unpack, unpack_last = extender(), _HEADER.unpack_from, _FOOTER.unpack_from
    with open_records(path, compression) as file:
        data, place, offset = b"", 0, 0
        while True:
            if len(data) - place < _HEAD:
                data, place = data[place:] + file.read(_PIECE), 0
                if len(data) < _HEAD:
                    return
            length, check = unpack(data, place)
            begin = place + _HEAD
            if crc(0, data[place : place + 8]) != unmask(check):
                raise DataLossError(None, None, f"{path}: corrupted record at {offset}")
            end = begin + length
            if end + _FOOT > len(data):
                missing = end + _FOOT - len(data)
                data = data[begin:] + file.read(max(missing, _PIECE))
                begin, end = 0, length
                if end + _FOOT > len(data):
                    raise DataLossError(None, None, f"{path}: truncated record at {offset}")
            record = data[begin:end]
            if crc(0, record) != unmask(unpack_last(data, end)[0]):
                raise DataLossError(None, None, f"{path}: corrupted record at {offset + _HEAD}")
            yield record
            place = end + _FOOT
            offset += _HEAD + length + _FOOT


class RecordReader:
    """Reads a file's records one by one, and what is written behind them meanwhile: how logs are followed.

    Args:
      path: the file.
      offset: bytes to pass over; of what is compressed, bytes of what was compressed.
      compression: "", "ZLIB" or "GZIP".
    Raises: NotFoundError, InvalidArgumentError as `read_records`.
    """

    def __init__(self, path: str, offset: int = 0, compression: str = "") -> None:
        self.offset = offset
        self._file = open_records(path, compression)
        self._ahead = b""  # read and not taken yet: a record that is not whole stays here until it is
        if compression:
            self._file.read(offset)
        else:
            self._file.seek(offset)

    def read(self) -> bytes:
        """Return the next record; `offset` is its end then.

        Raises: OutOfRangeError if there is none, DataLossError if it is not whole or not what was written. Reading can
          be tried again when the file is longer.
        """
        if not self._holds(_HEAD):
            raise OutOfRangeError(None, None, "Read less bytes than requested")
        length, check = _HEADER.unpack_from(self._ahead)
        if masked_crc32c(self._ahead[:8]) != check:
            raise DataLossError(None, None, f"corrupted record at {self.offset}")
        end = _HEAD + length
        if not self._holds(end + _FOOT):
            raise DataLossError(None, None, f"truncated record at {self.offset}")
        record = self._ahead[_HEAD:end]
        if masked_crc32c(record) != _FOOTER.unpack_from(self._ahead, end)[0]:
            raise DataLossError(None, None, f"corrupted record at {self.offset + _HEAD}")
        self._ahead = self._ahead[end + _FOOT :]
        self.offset += end + _FOOT
        return record

    def _holds(self, count: int) -> bool:
        """Whether the next `count` bytes are there; they are read ahead."""
        missing = count - len(self._ahead)
        if missing > 0:
            self._ahead += self._file.read(missing)
        return len(self._ahead) >= count

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def open_records(path: str, compression: str = "") -> BinaryIO:
    """Open a file of records to read. Raises: NotFoundError, InvalidArgumentError as `read_records`."""
    check_compression(compression)
    try:
        file = open(path, "rb", buffering=_PIECE)  # noqa: SIM115  the caller closes it
    except OSError as error:
        raise as_op_error(error, path) from None
    if not compression:
        return file
    return cast(BinaryIO, _Inflated(file, path, _GZIP_BITS if compression == "GZIP" else _ZLIB_BITS))


def check_compression(compression: str) -> None:
    """Raises: InvalidArgumentError for a compression that is none."""
    if compression not in COMPRESSIONS:
        raise InvalidArgumentError(None, None, f"Unsupported compression type: {compression!r}")


class _Inflated:
    """A file compressed by zlib or gzip, also of several parts; it ends where its data end, be they whole or not.

    Args:
      file: the file; `path` is its path, for messages.
      bits: what zlib calls window bits: they tell the formats apart.
    """

    def __init__(self, file: BinaryIO, path: str, bits: int) -> None:
        self._file = file
        self._path = path
        self._bits = bits
        self._inflate = zlib.decompressobj(bits)
        self._ready = bytearray()

    def read(self, count: int) -> bytes:
        """Return the next `count` bytes, or fewer at the end. Raises: DataLossError if they cannot be decompressed."""
        while len(self._ready) < count:
            piece = self._inflate.unused_data or self._file.read(_PIECE)
            if not piece:
                break
            if self._inflate.eof:
                self._inflate = zlib.decompressobj(self._bits)
            try:
                self._ready += self._inflate.decompress(piece)
            except zlib.error as error:
                raise DataLossError(None, None, f"{self._path}: inflate() failed: {error}") from None
        result = bytes(self._ready[:count])
        del self._ready[:count]
        return result

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> _Inflated:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


class RecordWriter:
    """A file of records to write; an existing one is replaced.

    Args:
      path: the file.
      compression: "", "ZLIB" or "GZIP".
      level: how much to compress, 0 to 9; -1: zlib's default.
      strategy, window_bits, memory_level: as in `zlib.compressobj`.
    Raises: NotFoundError if its folder does not exist.
    """

    def __init__(
        self,
        path: str,
        compression: str = "",
        level: int = -1,
        strategy: int = 0,
        window_bits: int = 15,
        memory_level: int = 8,
    ) -> None:
        check_compression(compression)
        self._deflate: Any = None
        if compression:
            bits = window_bits + 16 if compression == "GZIP" else window_bits
            self._deflate = zlib.compressobj(level, zlib.DEFLATED, bits, memory_level, strategy)
        try:
            self._file = open(path, "wb", buffering=1 << 18)  # noqa: SIM115  `close` closes it
        except OSError as error:
            raise as_op_error(error, path) from None

    def write(self, record: bytes) -> None:
        """Add a record."""
        data = frame(record)
        self._file.write(data if self._deflate is None else self._deflate.compress(data))

    def flush(self) -> None:
        """Hand what was written to the system; of a compressed file, what can be read so far."""
        if self._deflate is not None:
            self._file.write(self._deflate.flush(zlib.Z_SYNC_FLUSH))
        self._file.flush()

    def close(self) -> None:
        """Finish the file."""
        if self._file.closed:
            return
        if self._deflate is not None:
            self._file.write(self._deflate.flush())
        self._file.close()
