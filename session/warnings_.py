"""Warnings that help: habits that cost a program much and that nothing else tells of. Each is given once a session.

Nothing here is on the path of a step: the watches look when a signature is new, or when a callable is made.
"""

from __future__ import annotations

import sys
import warnings
import weakref
from collections.abc import Iterable
from typing import Any

from ..ops.base import origin

GROWING_STEPS = 50  # steps that each ran an operation made just before, at one line
CALLABLES = 20  # callables of one signature, made at one line


class UsageWarning(UserWarning):
    """The library is used in a way that works and costs much more than it has to."""


class UnclosedSessionWarning(ResourceWarning):
    """A session was dropped while threads that work for it still run: steps that were given up at their time limit."""


class Watch:
    """What one session remembers to warn of."""

    __slots__ = ("__weakref__", "_callables", "_grown", "_made", "_seen", "_warned")

    def __init__(self) -> None:
        self._made = origin.capture()
        self._seen = 0  # operations in the graph when a signature was new last
        self._grown: dict[tuple[Any, int], int] = {}  # per line: new operations of it were run so often
        self._callables: weakref.WeakKeyDictionary[Any, dict[tuple[Any, int], int]] = weakref.WeakKeyDictionary()
        self._warned: set[str] = set()

    def new_signature(self, graph: Any, elements: Iterable[Any]) -> None:
        """Note a signature that is new, run or made a callable of; warns when one line keeps adding what is run."""
        before, self._seen = self._seen, len(graph._operations)
        if not before or before == self._seen or "growth" in self._warned:
            return
        if all(getattr(element, "op", element)._id < before for element in elements):
            return
        op = graph._operations[before]
        site = op._frames[0] if op._frames else (None, 0)
        count = self._grown[site] = self._grown.get(site, 0) + 1
        if count >= GROWING_STEPS:
            self._warned.add("growth")
            _warn(
                f"The graph grows between steps: operations made at {op.created_at} ('{op.name}' is the newest) were "
                f"added before each of {count} steps of this session. Every such step is planned anew, and the graph "
                "only grows. Build the operations once, before the loop, and feed what changes through a placeholder; "
                "Graph.finalize() finds such places."
            )

    def new_callable(self, program: Any, fetches: Any) -> None:
        """Note that a callable was made; warns when one line makes the same again and again."""
        frames = origin.capture()
        if not frames or "callable" in self._warned:
            return
        sites = self._callables.setdefault(program, {})
        count = sites[frames[0]] = sites.get(frames[0], 0) + 1
        if count >= CALLABLES:
            self._warned.add("callable")
            _warn(
                f"make_callable was called {count} times at {origin.describe(frames)} for the same fetches and feeds "
                f"({fetches!r}). Making a callable costs far more than calling it: make it once, before the loop."
            )

    def dropped(self, state: Any) -> None:
        """Note that the session is collected; warns if it was not closed while threads that it owns still run."""
        names = [thread.name for thread in state.threads if thread.is_alive()]
        if not names or state.closed.value or sys.is_finalizing():
            return
        place = origin.describe(self._made)
        warnings.warn(
            f"A session{f', made at {place},' if place else ''} was dropped without close() while {len(names)} of its "
            f"threads ran ({', '.join(names[:3])}). Close it, or use it in a `with` block: then they end soon.",
            UnclosedSessionWarning, stacklevel=3,
        )  # fmt: skip


def _warn(message: str) -> None:
    warnings.warn(message, UsageWarning, stacklevel=origin.stack_level())
