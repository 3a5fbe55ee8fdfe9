"""Event files that are written by operations of a graph, in a session: what `FileWriter(session=...)` writes to."""

from __future__ import annotations

from typing import Any

from ...building.basic_ops import placeholder_with_default
from ...building.default_graph import name_scope
from .graph_writers import always_record_summaries, create_file_writer, import_event


class SessionEventFile:
    """A writer in the graph of a session, with the methods of `EventFile`.

    Args:
      session: the session.
      folder: where the file is.
      max_queue: how many events may wait in memory.
      flush_secs: how many seconds they may.
      suffix: what the file's name ends with; None: `.v2`.
    """

    def __init__(self, session: Any, folder: str, max_queue: int, flush_secs: float, suffix: str | None) -> None:
        self._session = session
        self._is_open = False
        with session.graph.as_default(), name_scope("filewriter"):
            writer = create_file_writer(folder, max_queue, int(flush_secs * 1000), suffix)
            with always_record_summaries(), writer.as_default():
                self._event = placeholder_with_default("unused", [])
                self._add = import_event(self._event)
            self._init, self._flush, self._close = writer.init(), writer.flush(), writer.close()

    def open(self) -> None:
        """Make the file."""
        self._session.run(self._init)
        self._is_open = True

    def write(self, event: Any) -> None:
        """Add an event."""
        if not self._is_open:
            self.open()
        self._session.run(self._add, {self._event: event.SerializeToString()})

    def flush(self) -> None:
        """Hand what was written to the system."""
        if self._is_open:
            self._session.run(self._flush)

    def close(self) -> None:
        """Finish the file; a later event makes a new one."""
        if self._is_open:
            self._session.run(self._close)
            self._is_open = False
