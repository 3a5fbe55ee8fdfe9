"""Python's collector of cycles rests while plans and steps are made.

Planning makes hundreds of thousands of small objects that live on, and few cycles. Each time their number has grown by
a quarter, the collector goes through all of them, and through the user's graph: a fifth of the time that a plan of
4,000 instructions takes. What becomes garbage meanwhile is collected afterwards.
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_lock = threading.RLock()  # the handler of a signal may plan in the thread that has it
_resting = 0  # how many calls it rests for, in whatever thread
_was_on = False  # whether it was on before the first of them


def uncollected(function: Callable[P, T]) -> Callable[P, T]:
    """Let the collector rest while a function runs. One that the user has switched off stays off."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        _rest()
        try:
            return function(*args, **kwargs)
        finally:
            _go_on()

    return run


def _rest() -> None:
    global _resting, _was_on
    with _lock:
        if not _resting:
            _was_on = gc.isenabled()
            gc.disable()
        _resting += 1


def _go_on() -> None:
    global _resting
    with _lock:
        _resting = max(0, _resting - 1)  # a child may begin here, with none
        if not _resting and _was_on:
            gc.enable()


def _forked() -> None:
    """In a child the threads that it rested for are gone, and the lock may be held by one of them."""
    global _lock, _resting
    _lock = threading.RLock()
    if _resting:
        _resting = 0
        if _was_on:
            gc.enable()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
