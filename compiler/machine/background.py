"""Compiling while the program runs on: one thread, one piece of work after the other.

A piece of work holds the lock of `lock.py` from its first line, imports included, so a fork waits for it as for every
compilation. Between two kernels it looks whether anybody still wants it: it is given up when the session is closed that
it is for, and when the process ends, which waits for the kernel in hand and no longer.

Whoever needs the result calls `Work.wait`, and then compiles as if there had been nothing: what is ready is found, and
what went wrong goes wrong again, where it is seen.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from ...ops.base import forks
from . import compile_log
from .lock import LOCK

_PATIENCE: Final = 30.0  # seconds that the end of a process waits for a kernel


class GivenUp(BaseException):
    """Nobody wants the work under way any more. Raised by `check`, seen by the thread that compiles alone."""


class Work:
    """A piece of work.

    Args:
      what: does it.
      closed: a byte; when it is not zero, nobody wants the result.
    """

    __slots__ = ("_closed", "_over", "_process", "_what")

    def __init__(self, what: Callable[[], Any], closed: Any) -> None:
        self._what: Callable[[], Any] | None = what
        self._closed = closed
        self._process = os.getpid()
        self._over = threading.Event()

    @property
    def is_wanted(self) -> bool:
        """Whether it is worth going on."""
        return not self._closed.value and not _stopping

    def wait(self) -> None:
        """Wait until it is over, begun before all that still waits.

        Returns at once in a forked child, which has no thread for it, and where waiting would never end: in the thread
        that compiles, and under the lock that it needs.
        """
        if self._process != os.getpid() or self._over.is_set():
            return
        if threading.current_thread() is _thread or LOCK._is_owned():  # type: ignore[attr-defined]
            return
        with _guard:
            if self in _pending:
                _pending.remove(self)
                _pending.appendleft(self)
        if not self._over.wait(compile_log.PATIENCE):
            compile_log.show()
            self._over.wait()

    def run(self) -> None:
        """Do the work."""
        what, self._what = self._what, None
        try:
            if what is not None and self.is_wanted:
                with LOCK:
                    what()
        except GivenUp:
            pass
        except Exception as error:  # it is raised where the result is needed
            _report(error)
        finally:
            self.drop()

    def drop(self) -> None:
        """Let nobody wait for it."""
        self._what = None
        self._over.set()


_guard: Any = forks.lock()
_pending: Final[deque[Work]] = deque()
_thread: threading.Thread | None = None
_current: Work | None = None
_stopping = False


def start(work: Work) -> bool:
    """Have a piece of work done; False if there can be no thread for it, at the end of a process."""
    global _thread
    with _guard:
        if _stopping:
            work.drop()
            return False
        _pending.append(work)
        if _thread is not None:
            return True
        _thread = threading.Thread(target=_work, name="sessile compiles ahead", daemon=True)
        try:
            _thread.start()
        except RuntimeError:
            _thread = None
            _pending.clear()
            work.drop()
            return False
    _at_exit()
    return True


def check() -> None:
    """Raises: GivenUp in the thread that compiles in the background, if nobody wants what it does any more."""
    work = _current
    if work is not None and threading.current_thread() is _thread and not work.is_wanted:
        raise GivenUp


def is_behind() -> bool:
    """Whether this is the thread that compiles in the background."""
    return threading.current_thread() is _thread


def _work() -> None:
    global _current, _thread
    while True:
        with _guard:
            if not _pending:
                _thread = None
                return
            _current = _pending.popleft()
        _current.run()
        _current = None


def _report(error: Exception) -> None:
    import logging

    logging.getLogger("sessile").debug("compiling in the background failed; the next call tries again", exc_info=error)


_registered: Final[list[bool]] = []


def _at_exit() -> None:
    if not _registered:
        _registered.append(True)
        atexit.register(_stop)


def _stop() -> None:
    """Begin nothing more, and wait for the kernel in hand: LLVM must not be at work while the process takes it down."""
    global _stopping
    _stopping = True
    with _guard:
        while _pending:
            _pending.pop().drop()
        thread = _thread
    if thread is not None and thread is not threading.current_thread():
        thread.join(_PATIENCE)


def _forget() -> None:
    """In a forked child: its parent's thread is not there, and what was pending nobody begins."""
    global _thread, _current
    _pending.clear()
    _thread = _current = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
