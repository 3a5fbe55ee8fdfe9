"""What a session owns and kernels reach: resources, handles, streams of random numbers."""

from __future__ import annotations

import ctypes
from typing import Any, Final

from ..ops.errors import CancelledError
from .handles import HandleStore
from .resources import ResourceManager

OPEN: Final = 0
CLOSED: Final = 1
RESET: Final = 2


class SessionState:
    """The state of a session, given to every kernel with effects (`KernelContext.state`).

    Attributes:
      graph: the graph that is run.
      resources: variables and the like; shared between the sessions of one engine.
      handles: the arrays that handles name; the session's own.
      random: per random operation its stream of numbers, so that a session repeats its sequence for a given seed.
      closed: a byte that compiled steps look at: OPEN, CLOSED, or RESET when `Session.reset` closed the session.
    """

    __slots__ = ("__weakref__", "closed", "graph", "handles", "random", "resources")

    def __init__(self, graph: Any, resources: ResourceManager | None = None) -> None:
        self.graph = graph
        self.resources = ResourceManager() if resources is None else resources
        self.handles = HandleStore()
        self.random: dict[Any, Any] = {}
        self.closed = ctypes.c_byte(OPEN)

    def check_open(self) -> None:
        """Raises: RuntimeError if the session was closed, CancelledError if its target was reset."""
        reason = self.closed.value
        if reason == RESET:
            raise CancelledError(None, None, "Session has been closed: its target was reset by Session.reset.")
        if reason:
            raise RuntimeError("Attempted to use a closed Session.")

    def release(self, reason: int) -> None:
        """Close: free what the session owns."""
        self.closed.value = reason
        self.handles.clear()
        self.random.clear()
        self.resources = ResourceManager()
