"""Threads of all collected queue runners as long as a block lasts: `contrib.slim.queues`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ...building.default_graph import get_default_graph
from ...graph.graph_keys import GraphKeys
from .coordinator import Coordinator


class NestedQueueRunnerError(Exception):
    """`QueueRunners` within `QueueRunners`."""


# Whether a block of `QueueRunners` is open: TensorFlow lets there be one at a time, whatever the session.
_open: list[Any] = []


@contextmanager
def QueueRunners(session: Any) -> Iterator[None]:
    """Start the threads of the default graph's queue runners, and stop them at the end of the block.

    Args:
      session: the session they run in.
    Raises: NestedQueueRunnerError within another such block; what a thread raised, at the end.
    Source: TensorFlow 1.15.5, `contrib.slim.queues`.
    """
    if _open:
        raise NestedQueueRunnerError("QueueRunners cannot be nested")
    _open.append(session)
    coordinator = Coordinator()
    threads: list[Any] = []
    try:
        for runner in get_default_graph().get_collection(GraphKeys.QUEUE_RUNNERS):
            threads += runner.create_threads(session, coord=coordinator, daemon=True, start=True)
        yield
    finally:
        _open.pop()
        coordinator.request_stop()
        coordinator.join(threads, stop_grace_period_secs=120)
