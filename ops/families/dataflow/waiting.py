"""Resources that steps wait for: who cannot go on leaves an attempt, whoever changes the resource serves them.

Queues serve attempts strictly in their order (see `queue_resource.py`); here each is tried, whatever came before it: a
`get` of one key does not wait for that of another.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from ...base.errors import CancelledError, OpError
from .queue_resource import Attempt


def _nothing(attempt: Attempt) -> None:
    """What gives nothing back."""


class Awaited:
    """Something that steps wait for. All methods may be called from any thread.

    Args:
      name: for messages.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = threading.RLock()
        self._attempts: list[Attempt] = []

    def _run(
        self, context: Any, serve: Callable[[Attempt], bool], undo: Callable[[Attempt], None] = _nothing
    ) -> Attempt:
        """Serve an attempt, waiting until `serve` says that it is over.

        Args:
          context: of the kernel that waits.
          serve: called with the lock; an OpError it raises ends the attempt.
          undo: gives back what an attempt took whose step was stopped.
        """
        attempt = Attempt(context, serve, undo)
        with self._lock:
            self._attempts.append(attempt)
            self._serve()
        try:
            if not attempt.done:
                attempt.wait()
                attempt.check()  # what it got while its step was stopped goes back
        except BaseException:
            with self._lock:
                self._give_up(attempt)
            raise
        if attempt.error is not None:
            raise attempt.error
        if undo is not _nothing:
            attempt.note(lambda: self._give_back(attempt))
        elif not attempt.items:  # it put something in
            attempt.note(None)
        return attempt

    def _give_back(self, attempt: Attempt) -> None:
        with self._lock:
            attempt.undo(attempt)
            attempt.items = []
            self._serve()

    def _give_up(self, attempt: Attempt) -> None:
        if attempt in self._attempts:
            self._attempts.remove(attempt)
        elif attempt.error is None:
            attempt.undo(attempt)
            attempt.items = []
            self._serve()

    def _serve(self) -> None:
        """With the lock: let attempts go on until none can."""
        moved = True
        while moved:
            moved = False
            for attempt in list(self._attempts):
                if attempt in self._attempts and self._is_over(attempt):
                    moved = True

    def _is_over(self, attempt: Attempt) -> bool:
        if attempt.is_given_up:
            self._attempts.remove(attempt)
            return True
        try:
            if not attempt.serve(attempt):
                return False
            error = None
        except OpError as failure:
            error = failure
        self._attempts.remove(attempt)
        attempt.end(error)
        return True

    def clear(self) -> None:
        """Be as new: `Session.reset` empties containers. Who waits is told with CancelledError."""
        with self._lock:
            for attempt in self._attempts:
                attempt.end(CancelledError(None, None, f"'{self.name}' was cleared by Session.reset."))
            self._attempts.clear()
            self._empty()

    def _empty(self) -> None:
        raise NotImplementedError
