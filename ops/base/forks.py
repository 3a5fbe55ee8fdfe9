"""What a forked child finds free, whatever other threads of its parent were doing: locks, and marks of being busy.

And what a fork waits for: products of matrices. OpenBLAS stops its threads before a fork and starts them anew behind
it; if another thread is in a product meanwhile, the fork or the product may hang for good.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

_locks: weakref.WeakSet[Any] = weakref.WeakSet()
_held: list[tuple[Callable[[int], None], Callable[[], bool]]] = []
_forking: list[int] = []  # the threads that are about to fork
_multiplying: list[int] = []  # the threads that are in a product
_PATIENCE: Final = 60  # seconds
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


def hold(switch: Callable[[int], None], is_done: Callable[[], bool]) -> None:
    """Let forks wait, up to a minute, for work in machine code.

    Args:
      switch: called with 1 before a fork, when no more of it may begin, and with 0 behind it.
      is_done: whether what has begun is done.
    """
    _held.append((switch, is_done))


@contextmanager
def product() -> Iterator[None]:
    """Forks of other threads wait for what happens inside: a call of a BLAS, whose threads no fork may meet at work."""
    thread = threading.get_ident()
    _multiplying.append(thread)
    while _forking and _forking[0] != thread:
        _multiplying.remove(thread)
        time.sleep(0.0002)
        _multiplying.append(thread)
    try:
        yield
    finally:
        _multiplying.remove(thread)


def _wait() -> None:
    """Let nobody begin a product, and wait for those who have."""
    own = threading.get_ident()
    deadline = time.monotonic() + _PATIENCE
    _forking.append(own)
    for switch, _ in _held:
        switch(1)
    while any(thread != own for thread in _multiplying) or not all(is_done() for _, is_done in _held):
        if time.monotonic() > deadline:
            break
        time.sleep(0.0002)


def _go_on() -> None:
    _forking.remove(threading.get_ident())
    if not _forking:
        for switch, _ in _held:
            switch(0)


def _free_locks() -> None:
    _multiplying.clear()  # other threads are not here
    _forking.clear()
    for switch, _ in _held:
        switch(0)
    for held in list(_locks):
        if not getattr(held, "_is_owned", bool)():  # the thread that forked is there, and releases what it holds
            held._at_fork_reinit()
            count = _busy.get(held)
            if count is not None:
                count[0] = 0


if hasattr(os, "register_at_fork") and hasattr(threading.RLock(), "_at_fork_reinit"):
    os.register_at_fork(before=_wait, after_in_parent=_go_on, after_in_child=_free_locks)
