"""What a session owns and kernels reach: resources, handles, streams of random numbers."""

from __future__ import annotations

import ctypes
from typing import Any, Final

from ...ops.base.errors import AbortedError, CancelledError
from .handles import HandleStore
from .resources import ResourceManager, Resources

OPEN: Final = 0
CLOSED: Final = 1
RESET: Final = 2
LOST: Final = 3


class SessionState:
    """The state of a session, given to every kernel with effects (`KernelContext.state`).

    Attributes:
      graph: the graph that is run.
      resources: variables and the like; shared between the sessions of one engine.
      handles: the arrays that handles name; the session's own.
      random: per random operation its stream of numbers, so that a session repeats its sequence for a given seed.
      closed: a byte that compiled steps look at: OPEN, CLOSED, or RESET (LOST: on a server) when `Session.reset` closed
        the session.
      waiting: what threads wait for until a step of the session is over; `close` cancels it.
      threads: what works for the session in other threads, with `name` and `is_alive()`, until it is closed; a session
        dropped before warns of it.
    """

    __slots__ = ("__weakref__", "closed", "graph", "handles", "random", "resources", "threads", "waiting")

    def __init__(self, graph: Any, resources: Resources | None = None) -> None:
        self.graph = graph
        self.resources = Resources(ResourceManager()) if resources is None else resources
        self.handles = HandleStore()
        self.random: dict[Any, Any] = {}
        self.closed = ctypes.c_byte(OPEN)
        self.threads: list[Any] = []
        self.waiting: set[Any] = set()

    def check_open(self) -> None:
        """Raises: RuntimeError if the session was closed, CancelledError or AbortedError if its target was reset."""
        reason = self.closed.value
        if reason == RESET:
            raise CancelledError(None, None, "Session has been closed: its target was reset by Session.reset.")
        if reason == LOST:
            raise AbortedError(
                None, None,
                "Session is not found: it was closed when its server was reset by Session.reset. Make a new one.",
            )  # fmt: skip
        if reason:
            raise RuntimeError("Attempted to use a closed Session.")

    def release(self, reason: int) -> None:
        """Close: free what the session owns."""
        self.closed.value = reason
        for job in list(self.waiting):
            job.cancel()
        self.handles.clear()
        self.random.clear()
        self.threads.clear()
        self.resources = Resources(ResourceManager())
