"""What a forked child finds free, whatever other threads of its parent were doing: locks, and marks of being busy."""

from __future__ import annotations

import os
import threading
import weakref
from typing import Any

_locks: weakref.WeakSet[Any] = weakref.WeakSet()
_busy: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()


def lock(made: Any = None) -> Any:
    """Return a lock, by default a new `threading.RLock()`, that is free in a forked child.

    A thread of the parent that held it is not there to release it. What it guards has to make sense at any moment.
    """
    made = threading.RLock() if made is None else made
    _locks.add(made)
    return made


def busy_lock(count: Any) -> Any:
    """Return a lock as `lock` does, whose holders count up an array of one element, that is zero in a forked child."""
    made = lock()
    _busy[made] = count
    return made


def _free_locks() -> None:
    for held in list(_locks):
        if not getattr(held, "_is_owned", bool)():  # the thread that forked is there, and releases what it holds
            held._at_fork_reinit()
            count = _busy.get(held)
            if count is not None:
                count[0] = 0


if hasattr(os, "register_at_fork") and hasattr(threading.RLock(), "_at_fork_reinit"):
    os.register_at_fork(after_in_child=_free_locks)
