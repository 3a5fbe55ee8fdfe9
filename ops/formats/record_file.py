"""Files of records, as TensorFlow's readers and TensorBoard take them: TFRecord.

A record is its length (8 bytes), a masked checksum of those 8 bytes, the data, a masked checksum of the data. A whole
file may be compressed by zlib or gzip.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, cast

from ..base.errors import DataLossError, InvalidArgumentError, NotFoundError
from .crc32c import masked_crc32c

_HEADER: Final = struct.Struct("<QI")
_FOOTER: Final = struct.Struct("<I")
COMPRESSIONS: Final = ("", "ZLIB", "GZIP")


def frame(record: bytes) -> bytes:
    """Return a record as it is written.

    >>> len(frame(b"abc"))
    19
    """
    length = struct.pack("<Q", len(record))
    checks = struct.pack("<I", masked_crc32c(length)), struct.pack("<I", masked_crc32c(record))
    return b"".join((length, checks[0], record, checks[1]))


def read_record(file: BinaryIO, path: str, offset: int = 0) -> bytes | None:
    """Return the next record of a file, or None at its end, or where only a part of a record's head follows.

    Args:
      file: the file; `path` is its path and `offset` the place in it, for messages.
    Raises: DataLossError if it is not what was written.
    """
    header = file.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    length, check = _HEADER.unpack(header)
    if masked_crc32c(header[:8]) != check:
        raise DataLossError(None, None, f"{path}: corrupted record at {offset}")
    record = file.read(length)
    footer = file.read(_FOOTER.size)
    if len(record) < length or len(footer) < _FOOTER.size:
        raise DataLossError(None, None, f"{path}: truncated record at {offset}")
    if masked_crc32c(record) != _FOOTER.unpack(footer)[0]:
        raise DataLossError(None, None, f"{path}: corrupted record at {offset}")
    return record


def read_records(path: str, compression: str = "") -> Iterator[bytes]:
    """Yield the records of a file.

    Args:
      path: the file.
      compression: "", "ZLIB" or "GZIP".
    Raises: NotFoundError if there is no such file; DataLossError after the records before, if one is not what was
      written; InvalidArgumentError for another compression.
    """
    with open_records(path, compression) as file:
        offset = 0
        while (record := read_record(file, path, offset)) is not None:
            yield record
            offset += _HEADER.size + len(record) + _FOOTER.size


def open_records(path: str, compression: str = "") -> BinaryIO:
    """Open a file of records to read. Raises: NotFoundError, InvalidArgumentError as `read_records`."""
    check_compression(compression)
    try:
        if compression == "GZIP":
            return cast(BinaryIO, _Checked(gzip.open(path, "rb"), path))
        file = open(path, "rb", buffering=1 << 18)  # noqa: SIM115  the caller closes it
    except FileNotFoundError:
        raise NotFoundError(None, None, f"{path}; No such file or directory") from None
    return cast(BinaryIO, _Inflated(file, path)) if compression == "ZLIB" else file


def check_compression(compression: str) -> None:
    """Raises: InvalidArgumentError for a compression that is none."""
    if compression not in COMPRESSIONS:
        raise InvalidArgumentError(None, None, f"Unsupported compression type: {compression!r}")


class _Checked:
    """A gzip file whose errors are DataLossError."""

    def __init__(self, file: Any, path: str) -> None:
        self._file = file
        self._path = path

    def read(self, count: int) -> bytes:
        try:
            return cast(bytes, self._file.read(count))
        except (EOFError, OSError, zlib.error) as error:
            raise DataLossError(None, None, f"{self._path}: {error}") from None

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> _Checked:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


class _Inflated(_Checked):
    """A file compressed by zlib."""

    _PIECE: Final = 1 << 18

    def __init__(self, file: BinaryIO, path: str) -> None:
        super().__init__(file, path)
        self._inflate = zlib.decompressobj()
        self._ready = bytearray()

    def read(self, count: int) -> bytes:
        while len(self._ready) < count and not self._inflate.eof:
            piece = self._file.read(self._PIECE)
            if not piece:
                break
            try:
                self._ready += self._inflate.decompress(piece)
            except zlib.error as error:
                raise DataLossError(None, None, f"{self._path}: {error}") from None
        result = bytes(self._ready[:count])
        del self._ready[:count]
        return result


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
        except FileNotFoundError:
            raise NotFoundError(None, None, f"{path}; No such file or directory") from None

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
