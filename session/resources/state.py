"""What a session owns and kernels reach: resources, handles, streams of random numbers."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

from ...compiler.program import services
from ...ops.base.errors import AbortedError, CancelledError
from .handles import HandleStore
from .resources import ClosedResources, ResourceManager, Resources

OPEN: Final = 0
CLOSED: Final = 1
RESET: Final = 2
LOST: Final = 3

_OFTEN: Final = 8  # steps of a part that were not native, after which it gets a Python function


def _no_programs(*_: Any) -> Any:
    raise RuntimeError("There is no session to run a part of the graph.")


def _text(value: bytes) -> Any:
    array = np.empty((), object)
    array[()] = value
    return array


class _Part:
    """A part of the graph that kernels run, often: native, or by a Python function of its own.

    Args:
      program: its program. state: the session's.
    """

    def __init__(self, program: Any, state: SessionState) -> None:
        self._program, self._state = program, state
        self._calls = self._slow = 0
        self._straight: Any = None
        self._step = program.make_step(state, lambda index, value: value, self._count, "tuple")

    def _count(self, arguments: Any) -> None:
        """Called by steps that are not native."""
        self._slow += 1

    def run(self, *arrays: Any) -> Any:
        """The arrays of the fetches."""
        if self._straight is not None:
            return self._straight(*arrays)
        self._calls += 1
        if self._slow == _OFTEN:
            self._slow += 1
            if self._calls < 2 * _OFTEN:
                self._straight = services.straight_step(self._program, self._state)
        found = self._step(*arrays)
        return tuple(np.asarray(item) if type(item) is not bytes else _text(item) for item in found)


class SessionState:
    """The state of a session, given to every kernel with effects (`KernelContext.state`).

    Attributes:
      graph: the graph that is run.
      resources: variables and the like; shared between the sessions of one engine.
      handles: the arrays that handles name; the session's own.
      loop_threads: how many threads may share the work of a kernel; 0: those this process may use.
      random: per random operation its stream of numbers, so that a session repeats its sequence for a given seed.
      closed: a byte that compiled steps look at: OPEN, CLOSED, or RESET (LOST: on a server) when `Session.reset` closed
        the session.
      programs: makes the program of feeds and fetches, for kernels that run a part of the graph.
      waiting: what threads wait for until a step of the session is over; `close` cancels it.
      budget: how much memory the session may hold, see `compiler/executors/budget.py`; None without a limit.
      threads: what works for the session in other threads, with `name` and `is_alive()`, until it is closed; a session
        dropped before warns of it.
    """

    __slots__ = (
        "__weakref__", "_parts", "budget", "closed", "graph", "handles", "loop_threads", "programs", "random",
        "resources", "threads", "waiting",
    )  # fmt: skip

    def __init__(self, graph: Any, resources: Resources | None = None) -> None:
        self.graph = graph
        self.resources = Resources(ResourceManager()) if resources is None else resources
        store: HandleStore | None = self.resources.handles
        self.handles = HandleStore() if store is None else store
        self.loop_threads = 0
        self.random: dict[Any, Any] = {}
        self.closed = ctypes.c_byte(OPEN)
        self.budget: Any = None
        self.threads: list[Any] = []
        self.waiting: set[Any] = set()
        self.programs: Callable[..., Any] = _no_programs
        self._parts: dict[Any, Callable[..., Any]] = {}

    def part(self, feeds: tuple[Any, ...], fetches: tuple[Any, ...]) -> Callable[..., Any]:
        """A function from the arrays of `feeds` to those of `fetches`: a part of the graph that a kernel runs."""
        step = self._parts.get((feeds, fetches))
        if step is None:
            step = self._parts[feeds, fetches] = _Part(self.programs(feeds, fetches, ()), self).run
        return step

    def kept(self) -> Iterator[tuple[str, Any]]:
        """What outlives steps, per array what it is and the array: variables, and what handles name."""
        yield from self.resources.arrays()
        for name, (array, _) in list(self.handles.arrays.items()):
            yield f"handle '{name}'", array

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
        self._parts.clear()
        self.resources = ClosedResources()
