"""`FileWriter`: summaries, graphs and traces in event files, for TensorBoard."""

from __future__ import annotations

import os
import threading
import time
import warnings
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np

from ...formats.event_file import EventFile, read_events
from ...graph.graph import Graph
from ..graphdef.meta_graph import export_meta_graph
from .session_file import SessionEventFile


class FileWriter:
    """Writes an event file in a folder.

    Args:
      logdir: the folder; made if it is not there.
      graph: a Graph to write at once.
      max_queue: accepted for compatibility: events go to the file as they come.
      flush_secs: how many seconds events may wait in memory when others follow.
      graph_def: a GraphDef to write; deprecated: `graph`.
      filename_suffix: what the file's name ends with.
      session: a session through which events go, to a writer in its graph that `contrib.summary` shares with it; its
        file ends with `.v2` unless a suffix is given.
    Raises: TypeError if `graph` is no Graph.

    It can be used in a `with`, which closes it.
    """

    def __init__(
        self,
        logdir: Any,
        graph: Any = None,
        max_queue: int = 10,
        flush_secs: float = 120,
        graph_def: Any = None,
        filename_suffix: str | None = None,
        session: Any = None,
    ) -> None:
        self._logdir: str = os.fspath(logdir)
        self._flush_secs = flush_secs
        self._file: EventFile | SessionEventFile = (
            EventFile(self._logdir, filename_suffix or "")
            if session is None
            else SessionEventFile(session, self._logdir, max_queue, flush_secs, filename_suffix)
        )
        self._file.open()
        self._next_flush = time.monotonic() + flush_secs
        self._lock = threading.Lock()
        self._closed = False
        self._tags_seen: set[str] = set()
        self._traces_seen: set[str] = set()
        if isinstance(self._file, EventFile):  # a session finishes its files itself
            self._finish = weakref.finalize(self, self._file.close)  # also where a program ends without closing it
        if graph is not None or graph_def is not None:
            self.add_graph(graph, graph_def=graph_def)
            if isinstance(graph, Graph):
                self.add_meta_graph(export_meta_graph(graph=graph))

    def __enter__(self) -> FileWriter:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def get_logdir(self) -> str:
        """The folder."""
        return self._logdir

    def add_summary(self, summary: Any, global_step: Any = None) -> None:
        """Write a summary.

        Args:
          summary: the bytes that a summary operation gives, or a Summary message.
          global_step: the step that it belongs to.
        """
        from ... import proto

        event = proto.Event()
        message = event.summary
        message.SetInParent()
        if isinstance(summary, (bytes, np.bytes_)):
            message.ParseFromString(bytes(summary))
        else:
            message.CopyFrom(proto.adopt(summary))
        for value in message.value:  # TensorBoard wants what describes a tag with its first value only
            if not value.HasField("metadata"):
                continue
            if value.tag in self._tags_seen:
                value.ClearField("metadata")
            self._tags_seen.add(value.tag)
        self._add(event, global_step)

    def add_event(self, event: Any) -> None:
        """Write an Event message."""
        from ... import proto

        self._write(proto.adopt(event))

    def add_session_log(self, session_log: Any, global_step: Any = None) -> None:
        """Write a SessionLog message: a start, a stop or a checkpoint of training."""
        from ... import proto

        self._add(proto.Event(session_log=proto.adopt(session_log)), global_step)

    def add_graph(self, graph: Any = None, global_step: Any = None, graph_def: Any = None) -> None:
        """Write a graph.

        Args:
          graph: the Graph.
          global_step: a step.
          graph_def: a GraphDef in place of a Graph; deprecated.
        Raises: ValueError for both or none, TypeError for something else.
        """
        from ... import proto

        if graph is not None and graph_def is not None:
            raise ValueError("Please pass only graph, or graph_def (deprecated), but not both.")
        if isinstance(graph, Graph):
            message = graph.as_graph_def(add_shapes=True)
        elif getattr(getattr(graph, "DESCRIPTOR", None), "name", None) == "GraphDef" or graph_def is not None:
            warnings.warn("Passing a `GraphDef` to the SummaryWriter is deprecated. Pass a `Graph`.", stacklevel=2)
            message = proto.adopt(graph if graph_def is None else graph_def)
        elif graph is None:
            raise ValueError("The graph or graph_def must be given.")
        else:
            raise TypeError("The passed graph must be an instance of `Graph` or the deprecated `GraphDef`")
        self._add(proto.Event(graph_def=message.SerializeToString()), global_step)

    def add_meta_graph(self, meta_graph_def: Any, global_step: Any = None) -> None:
        """Write a MetaGraphDef message. Raises: TypeError if it is none."""
        from ... import proto

        if getattr(getattr(meta_graph_def, "DESCRIPTOR", None), "name", None) != "MetaGraphDef":
            raise TypeError(f"meta_graph_def must be type MetaGraphDef, saw type: {type(meta_graph_def)}")
        self._add(proto.Event(meta_graph_def=meta_graph_def.SerializeToString()), global_step)

    def add_run_metadata(self, run_metadata: Any, tag: str, global_step: Any = None) -> None:
        """Write what a traced step told (`run_metadata=` of `Session.run`).

        Args:
          run_metadata: the RunMetadata message.
          tag: a name for it, once a writer.
          global_step: the step.
        Raises: ValueError if the tag was used.
        """
        from ... import proto

        if tag in self._traces_seen:
            raise ValueError("The provided tag was already used for this event type")
        self._traces_seen.add(tag)
        trace = proto.TaggedRunMetadata(tag=tag, run_metadata=run_metadata.SerializeToString())
        self._add(proto.Event(tagged_run_metadata=trace), global_step)

    def _add(self, event: Any, global_step: Any) -> None:
        event.wall_time = time.time()
        if global_step is not None:
            event.step = int(global_step)
        self._write(event)

    def _write(self, event: Any) -> None:
        if self._closed:
            warnings.warn("Attempting to use a closed FileWriter. The operation will be a noop.", stacklevel=4)
            return
        with self._lock:
            self._file.write(event)
            if time.monotonic() >= self._next_flush:
                self._flush()

    def _flush(self) -> None:
        self._file.flush()
        self._next_flush = time.monotonic() + self._flush_secs

    def flush(self) -> None:
        """Hand all events to the system: TensorBoard sees them."""
        with self._lock:
            self._flush()

    def close(self) -> None:
        """Write all events and close the file; later ones are dropped with a warning, until `reopen`."""
        with self._lock:
            self._file.close()
            self._closed = True

    def reopen(self) -> None:
        """Go on after `close`, in a new file."""
        with self._lock:
            self._closed = False


class FileWriterCache:
    """One FileWriter a folder, for parts of a program that write to the same."""

    _cache: dict[str, FileWriter] = {}  # noqa: RUF012  of the class on purpose
    _lock = threading.RLock()

    @staticmethod
    def clear() -> None:
        """Close the writers and forget them."""
        with FileWriterCache._lock:
            for writer in FileWriterCache._cache.values():
                writer.close()
            FileWriterCache._cache = {}

    @staticmethod
    def get(logdir: Any) -> FileWriter:
        """Return the writer of a folder, made at first use."""
        from ...building.default_graph import get_default_graph

        key = os.fspath(logdir)
        with FileWriterCache._lock:
            found = FileWriterCache._cache.get(key)
            if found is None:
                found = FileWriterCache._cache[key] = FileWriter(key, graph=get_default_graph())
            return found


def summary_iterator(path: Any) -> Iterator[Any]:
    """Yield the Event messages of an event file.

    Args:
      path: the file.
    Raises: NotFoundError if there is no such file; DataLossError after the events before, if one is not what was
      written.
    """
    return read_events(os.fspath(path))
