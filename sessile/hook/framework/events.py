"""`tensorflow.python.summary.writer`: what writes events to files."""

from __future__ import annotations

from typing import Any

from ...ops.library.summaries.file_writer import FileWriter


class EventFileWriter:
    """Writes `Event` messages to an event file.

    Args:
      logdir: the folder; made if it is not there.
      max_queue: accepted: events go to the file as they come.
      flush_secs: how many seconds events may wait in memory when others follow.
      filename_suffix: what the file's name ends with.
    """

    def __init__(
        self, logdir: Any, max_queue: int = 10, flush_secs: float = 120, filename_suffix: str | None = None
    ) -> None:
        self._writer = FileWriter(logdir, None, max_queue, flush_secs, None, filename_suffix)

    def get_logdir(self) -> str:
        """Return the folder."""
        return self._writer.get_logdir()

    def reopen(self) -> None:
        """Go on after `close`, in a new file."""
        self._writer.reopen()

    def add_event(self, event: Any) -> None:
        """Write an event as it is."""
        self._writer.add_event(event)

    def flush(self) -> None:
        """Hand all events to the system."""
        self._writer.flush()

    def close(self) -> None:
        """Write all events and close the file."""
        self._writer.close()
