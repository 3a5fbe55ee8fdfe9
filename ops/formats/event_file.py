"""Event files: records of Event messages, which TensorBoard finds by their names."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from typing import Any, Final

from .file_system import translated
from .record_file import RecordWriter, read_records

VERSION: Final = "brain.Event:2"


class EventFile:
    """An event file to write. It is made, with the event of its version, by the first event.

    Args:
      folder: the folder it is in; made if it is not there.
      suffix: what its name ends with.
      prefix: what it begins with.
    """

    def __init__(self, folder: str, suffix: str = "", prefix: str = "events") -> None:
        self._folder = folder
        self._prefix = prefix
        self._suffix = suffix
        self._writer: RecordWriter | None = None
        self.path = ""

    def open(self) -> None:
        """Make the file."""
        from .. import proto

        with translated(self._folder):
            os.makedirs(self._folder, exist_ok=True)
        now = time.time()
        name = f"{self._prefix}.out.tfevents.{int(now):010d}.{socket.gethostname()}{self._suffix}"
        self.path = self._unused(os.path.join(self._folder, name))
        self._writer = RecordWriter(self.path)
        self._writer.write(proto.Event(wall_time=now, file_version=VERSION).SerializeToString())
        self._writer.flush()

    @staticmethod
    def _unused(path: str) -> str:
        """A second writer of the same second has a file of its own."""
        number, found = 0, path
        while os.path.exists(found):
            number += 1
            found = f"{path}.{number}"
        return found

    def write(self, event: Any) -> None:
        """Add an event."""
        if self._writer is None:
            self.open()
        assert self._writer is not None
        self._writer.write(event.SerializeToString())

    def flush(self) -> None:
        """Hand what was written to the system."""
        if self._writer is not None:
            self._writer.flush()

    def close(self) -> None:
        """Finish the file; a later event makes a new one."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None


def read_events(path: str) -> Iterator[Any]:
    """Yield the Event messages of a file. Raises: NotFoundError, DataLossError as `read_records`."""
    from .. import proto

    for record in read_records(path):
        yield proto.Event.FromString(record)
