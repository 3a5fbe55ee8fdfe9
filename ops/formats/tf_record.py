"""`python_io`: files of records, written and read from Python."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, Final

from ..base.errors import FailedPreconditionError
from .record_file import RecordWriter, read_records


class TFRecordCompressionType:
    """How a file of records is compressed."""

    NONE = 0
    ZLIB = 1
    GZIP = 2


_NAMES: Final = {
    TFRecordCompressionType.NONE: "",
    TFRecordCompressionType.ZLIB: "ZLIB",
    TFRecordCompressionType.GZIP: "GZIP",
}


class TFRecordOptions:
    """Options of a file of records.

    Args:
      compression_type: a value of TFRecordCompressionType, or "", "ZLIB", "GZIP", or other options.
      flush_mode, input_buffer_size, output_buffer_size, compression_method: accepted for compatibility.
      window_bits, compression_level, mem_level, compression_strategy: as in `zlib.compressobj`; default: zlib's.
    Raises: ValueError for another compression.
    """

    compression_type_map = _NAMES

    def __init__(
        self,
        compression_type: Any = None,
        flush_mode: Any = None,
        input_buffer_size: Any = None,
        output_buffer_size: Any = None,
        window_bits: int | None = None,
        compression_level: int | None = None,
        compression_method: Any = None,
        mem_level: int | None = None,
        compression_strategy: int | None = None,
    ) -> None:
        self.get_compression_type_string(compression_type)  # raises
        self.compression_type = compression_type
        self.flush_mode = flush_mode
        self.input_buffer_size = input_buffer_size
        self.output_buffer_size = output_buffer_size
        self.window_bits = window_bits
        self.compression_level = compression_level
        self.compression_method = compression_method
        self.mem_level = mem_level
        self.compression_strategy = compression_strategy

    @classmethod
    def get_compression_type_string(cls, options: Any) -> str:
        """Return "", "ZLIB" or "GZIP" for options, a type or a name of it, or None. Raises: ValueError for others."""
        if not options:
            return ""
        if isinstance(options, TFRecordOptions):
            return cls.get_compression_type_string(options.compression_type)
        if isinstance(options, int) and options in _NAMES:
            return _NAMES[options]
        if isinstance(options, str) and options in _NAMES.values():
            return options
        raise ValueError(f'Not a valid compression_type: "{options}"')


class TFRecordWriter:
    """Writes a file of records; an existing one is replaced. It can be used in a `with`, which closes it.

    Args:
      path: the file.
      options: TFRecordOptions, or a compression.
    Raises: NotFoundError if the file's folder does not exist.
    """

    def __init__(self, path: Any, options: Any = None) -> None:
        compression = TFRecordOptions.get_compression_type_string(options)
        chosen = options if isinstance(options, TFRecordOptions) else TFRecordOptions(compression)
        self._writer: RecordWriter | None = RecordWriter(
            os.fsdecode(path),
            compression,
            level=-1 if chosen.compression_level is None else chosen.compression_level,
            strategy=chosen.compression_strategy or 0,
            window_bits=chosen.window_bits or 15,
            memory_level=chosen.mem_level or 8,
        )

    def __enter__(self) -> TFRecordWriter:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def write(self, record: bytes) -> None:
        """Add a record. Raises: TypeError if it is not bytes, FailedPreconditionError after `close`."""
        if self._writer is None:
            raise FailedPreconditionError(None, None, "Writer not initialized or previously closed")
        if not isinstance(record, bytes):
            raise TypeError(f"expected bytes, {type(record).__name__} found")
        self._writer.write(record)

    def flush(self) -> None:
        """Hand what was written to the system."""
        if self._writer is not None:
            self._writer.flush()

    def close(self) -> None:
        """Finish the file."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def __del__(self) -> None:
        if getattr(self, "_writer", None) is not None:
            self.close()


def tf_record_iterator(path: Any, options: Any = None) -> Iterator[bytes]:
    """Yield the records of a file.

    Args:
      path: the file.
      options: TFRecordOptions, or a compression.
    Raises: NotFoundError if there is no such file; DataLossError after the records before, if one is not what was
      written.
    """
    return read_records(os.fsdecode(path), TFRecordOptions.get_compression_type_string(options))
