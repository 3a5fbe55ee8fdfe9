"""`tensorflow.python.pywrap_tensorflow`: a writer of events, the reader of records by which TensorBoard 1 reads, and
the values of constants by which TensorFlow Probability decides."""

from __future__ import annotations

import os
from typing import Any

from ...ops.base.errors import FailedPreconditionError, OpError
from ...ops.families.control_flow.cond import evaluated_constant
from ...ops.formats.event_file import EventFile
from ...ops.formats.record_file import RecordReader


def TF_TryEvaluateConstant_wrapper(graph: Any, output: Any) -> Any:
    """The value of a tensor that is made of constants alone, an array; None of others.

    Args:
      graph, output: `graph._c_graph` and `tensor._as_tf_output()`.
    """
    return evaluated_constant(output)


class EventsWriter:
    """Writes Event messages to a file of its own, which the first one makes.

    Args:
      file_prefix: the file's folder and the beginning of its name, text or bytes.
    """

    def __init__(self, file_prefix: Any) -> None:
        self._prefix = os.fsdecode(file_prefix)
        self._suffix = ""
        self._file = self._new()

    def _new(self) -> EventFile:
        folder, name = os.path.split(self._prefix)
        return EventFile(folder or ".", self._suffix, name)

    def InitWithSuffix(self, suffix: Any) -> None:
        """Make the file, with an ending of its name."""
        self._suffix = os.fsdecode(suffix)
        self._file = self._new()
        self._file.open()

    def FileName(self) -> bytes:
        """Return the file's path; the file is made if it is not there."""
        if not self._file.path:
            self._file.open()
        return os.fsencode(self._file.path)

    def WriteEvent(self, event: Any) -> None:
        """Add an Event message."""
        self._file.write(event)

    def Flush(self) -> bool:
        """Hand what was written to the system."""
        self._file.flush()
        return True

    def Close(self) -> bool:
        """Finish the file."""
        self._file.close()
        return True


class PyRecordReader:
    """Reads a file of records one by one; what is written behind them later is read then. See `PyRecordReader_New`."""

    def __init__(self, reader: RecordReader) -> None:
        self._reader: RecordReader | None = reader
        self._offset = reader.offset
        self._record = b""

    def GetNext(self) -> None:
        """Go to the next record.

        Raises: OutOfRangeError if there is none yet, DataLossError if it is not whole or damaged,
          FailedPreconditionError after `Close`.
        """
        if self._reader is None:
            raise FailedPreconditionError(None, None, "Reader is closed.")
        self._record = b""
        self._record = self._reader.read()
        self._offset = self._reader.offset

    def record(self) -> bytes:
        """Return the record that `GetNext` came to, empty if it came to none."""
        return self._record

    def offset(self) -> int:
        """Return where in the file the record ends, in bytes."""
        return self._offset

    def Close(self) -> None:
        """Close the file."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def __del__(self) -> None:  # TensorBoard drops its readers unclosed
        self.Close()


def PyRecordReader_New(
    filename: bytes, start_offset: int, compression_type_string: bytes, out_status: Any
) -> PyRecordReader | None:
    """Open a file of records.

    Args:
      filename: the path, as bytes.
      start_offset: where in the file to begin, in bytes.
      compression_type_string: b"", b"ZLIB" or b"GZIP".
      out_status: a status, which tells why the file cannot be read (`tf.errors.raise_exception_on_not_ok_status`).
    Returns: a reader; None if the file cannot be read.
    Raises: TypeError if the path or the compression are no bytes.
    Source: TensorFlow 1.15, as TensorBoard 1 calls it.
    """
    for given in (filename, compression_type_string):
        if not isinstance(given, bytes):
            raise TypeError(f"expected bytes, {type(given).__name__} found")
    try:
        return PyRecordReader(RecordReader(os.fsdecode(filename), start_offset, compression_type_string.decode()))
    except OpError as error:
        out_status.code, out_status.message = error.error_code, error.message
        return None
