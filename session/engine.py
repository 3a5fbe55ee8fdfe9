"""Execution engines: where sessions run, found by their target. There is one kind, in this process.

A session asks its engine for the resources it works with, and tells it that it exists, so that `reset` can close it.
A shared engine (a server) would give all its sessions one `ResourceManager`; this one gives each its own.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any

from ..ops.errors import NotFoundError
from .resources import ResourceManager


class InProcessEngine:
    """The engine of target '': every session has resources of its own."""

    target = b""

    def __init__(self) -> None:
        self._sessions: weakref.WeakSet[Any] = weakref.WeakSet()

    def connect(self, session: Any) -> ResourceManager:
        """Note a new session; returns the resources it works with."""
        self._sessions.add(session)
        return ResourceManager()

    def disconnect(self, session: Any) -> None:
        """Forget a session that was closed."""
        self._sessions.discard(session)

    def reset(self, containers: Iterable[str] | None) -> None:
        """Clear containers (None: all), and close the sessions connected now."""
        for session in list(self._sessions):
            session._state.resources.clear(containers)
            session._close_for_reset()


_in_process = InProcessEngine()


def find_engine(target: Any) -> InProcessEngine:
    """Return the engine of a target. Raises: TypeError if it is no string, NotFoundError if there is none."""
    if not isinstance(target, (str, bytes)):
        raise TypeError(f'Argument `target` must be a string, but got "{type(target).__name__}"')
    name = target if isinstance(target, bytes) else target.encode()
    if name:
        raise NotFoundError(
            None, None,
            f"No session factory registered for the target {name.decode(errors='replace')!r}. The only execution "
            "engine is the one in this process, target ''.",
        )  # fmt: skip
    return _in_process
