"""`tensorflow.python.pywrap_tensorflow.EventsWriter`."""

from __future__ import annotations

import os
from typing import Any

from ...ops.formats.event_file import EventFile


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
