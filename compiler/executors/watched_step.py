"""A step that is watched while it runs: it can be told to stop, and it can be traced.

Executors are given a `Step` only where somebody asked for one; the usual step is None and costs nothing. They call
`check` before every instruction and region, so effects that lie behind the place where a step stopped do not happen,
and those before it have happened whole.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...ops.base import errors

if TYPE_CHECKING:
    from ..program.tracing import Trace

_OPEN = ctypes.c_byte(0)


class Step:
    """One running step.

    Attributes:
      trace: collects what runs, or None.
      current: the operation that runs now, or None.
      on_stop: what else is done when it is told to stop, before anybody goes on; None for nothing.
      taken: what gives back the elements that the step took out of queues and the like, and nothing used yet.
    """

    __slots__ = ("_idle", "_paused_at", "_reason", "_started", "current", "on_stop", "taken", "trace")

    def __init__(self, trace: Trace | None = None) -> None:
        self.trace = trace
        self.taken: list[Callable[[], None]] = []
        self.current: Any = None
        self.on_stop: Callable[[], None] | None = None
        self._reason: errors.OpError | None = None
        self._started = time.monotonic()
        self._paused_at: float | None = None
        self._idle = 0.0

    def stop(self, reason: errors.OpError) -> None:
        """Make the step raise `reason` at its next check. May be called from any thread."""
        self._reason = reason
        if self.on_stop is not None:
            self.on_stop()

    def check(self, op: Any = None) -> None:
        """Note what runs next. Raises: the reason to stop, if there is one."""
        if self._reason is not None:
            raise self._reason
        self.current = op

    def give_back(self) -> None:
        """Give back what was taken: nobody gets the results of this step. May be called from several threads."""
        while self.taken:
            try:
                undo = self.taken.pop()
            except IndexError:  # the other thread had the last one
                return
            undo()

    @property
    def elapsed(self) -> float:
        """The seconds this step has been running; compiling does not count."""
        now = self._paused_at
        return (time.monotonic() if now is None else now) - self._started - self._idle

    def paused(self) -> _Paused:
        """The clock stands still inside of a `with` block: what is compiled serves the steps that follow."""
        return _Paused(self)


class _Paused:
    """See `Step.paused`. A generator would take three times as long."""

    __slots__ = ("_step",)

    def __init__(self, step: Step) -> None:
        self._step = step

    def __enter__(self) -> None:
        self._step._paused_at = time.monotonic()

    def __exit__(self, *exception: object) -> None:
        step = self._step
        if step._paused_at is not None:
            step._idle += time.monotonic() - step._paused_at
        step._paused_at = None


def closed_flag(state: Any) -> ctypes.c_byte:
    """The byte that is not zero when a session was closed; of no session, one that stays zero."""
    flag: ctypes.c_byte = getattr(state, "closed", _OPEN)
    return flag


def cancelled(op: Any) -> errors.OpError:
    """The error of a step whose session was closed before `op` could run."""
    where = "" if op is None else f" before {op.type} '{op.name}'"
    error: errors.OpError = errors.CancelledError(None, op, f"The step was cancelled{where}: its session was closed.")
    return error
