"""`tensorflow.python.util.lock_util`: a lock of groups."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class GroupLock:
    """A lock that many threads of one group hold at once, and no thread of another group meanwhile.

    Args:
      num_groups: how many groups there are.
    Raises: ValueError if that is less than 1.
    """

    def __init__(self, num_groups: int = 2) -> None:
        if num_groups < 1:
            raise ValueError(f"num_groups must be a positive integer; got {num_groups}.")
        self._ready = threading.Condition(threading.Lock())
        self._holders = [0] * num_groups

    @contextmanager
    def group(self, group_id: int) -> Iterator[None]:
        """A scope in which the group holds the lock. Raises: ValueError for a number that is no group's."""
        self.acquire(group_id)
        try:
            yield
        finally:
            self.release(group_id)

    def acquire(self, group_id: int) -> None:
        """Wait until no other group holds the lock, and hold it. Raises: ValueError."""
        self._check(group_id)
        with self._ready:
            self._ready.wait_for(lambda: not any(self._holders[:group_id] + self._holders[group_id + 1 :]))
            self._holders[group_id] += 1

    def release(self, group_id: int) -> None:
        """Give the lock back. Raises: ValueError."""
        self._check(group_id)
        with self._ready:
            self._holders[group_id] -= 1
            if not self._holders[group_id]:
                self._ready.notify_all()

    def _check(self, group_id: int) -> None:
        if not 0 <= group_id < len(self._holders):
            raise ValueError(f"group_id is {group_id}; there are groups 0 to {len(self._holders) - 1}.")
