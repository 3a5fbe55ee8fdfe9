"""What a session owns and kernels reach: resources, handles, streams of random numbers."""

from __future__ import annotations

from typing import Any

from .handles import HandleStore
from .resources import ResourceManager


class SessionState:
    """The state of a session, given to every kernel with effects (`KernelContext.state`).

    Attributes:
      graph: the graph that is run.
      resources: variables and the like; shared between the sessions of one engine.
      handles: the arrays that handles name; the session's own.
      random: per random operation its stream of numbers, so that a session repeats its sequence for a given seed.
    """

    __slots__ = ("__weakref__", "graph", "handles", "random", "resources")

    def __init__(self, graph: Any, resources: ResourceManager | None = None) -> None:
        self.graph = graph
        self.resources = ResourceManager() if resources is None else resources
        self.handles = HandleStore()
        self.random: dict[Any, Any] = {}

    def release(self) -> None:
        """Free what the session owns."""
        self.handles.clear()
        self.random.clear()
        self.resources = ResourceManager()
