"""The lock that is held while anything is compiled, so that nothing is compiled twice, and forks wait for it.

LLVM has locks and lists of its own: a child that was forked in the middle of a compilation could never use it. So a
fork waits until the compilation is over; a step that is compiled already runs on meanwhile.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

LOCK: Final = threading.RLock()


def one_at_a_time(function: Callable[P, T]) -> Callable[P, T]:
    """Hold the lock while the function runs."""

    @wraps(function)
    def locked(*args: P.args, **kwargs: P.kwargs) -> T:
        with LOCK:
            return function(*args, **kwargs)

    return locked


def _lock_of_llvmlite() -> Any:
    """What llvmlite holds in each of its calls; other users of it (numba) are not under our lock."""
    return getattr(getattr(sys.modules.get("llvmlite.binding.ffi"), "lib", None), "_lock", None)


_held: list[Any] = []


def _wait() -> None:
    LOCK.acquire()
    theirs = _lock_of_llvmlite()
    if theirs is not None:
        theirs.__enter__()
    _held.append(theirs)


def _go_on() -> None:
    theirs = _held.pop()
    if theirs is not None:
        theirs.__exit__(None, None, None)
    LOCK.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_wait, after_in_parent=_go_on, after_in_child=_go_on)
