"""What is compiled, why, how long it took: lines of the logger `sessile.compile`, and one on a terminal meanwhile.

`SESSILE_LOG=compile` shows the lines on standard error without a line of Python; a program that sets up `logging`
itself sets the level of the logger `sessile.compile`, or of `sessile` above it, to INFO. A compilation of more than two
seconds shows its progress on standard error if that is a terminal, and takes the line away when it is over.

Worked example: `with compilation("tower/mul and 64 others", "first call") as job: ...; job.done("kernel", name, 0.02)`.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

PATIENCE: Final = 2.0  # seconds of compiling after which a terminal shows how far it is
_ERASE: Final = "\r\x1b[K"


def logger() -> Any:
    """The logger if somebody listens to what is compiled, else None. Importing `logging` takes 2 ms."""
    is_asked = "compile" in os.environ.get("SESSILE_LOG", "").split(",")
    if not is_asked and "logging" not in sys.modules:
        return None
    import logging

    found = logging.getLogger("sessile.compile")
    if is_asked and not any(getattr(handler, "is_ours", False) for handler in found.handlers):
        handler: Any = logging.StreamHandler()
        handler.is_ours = True
        handler.setFormatter(logging.Formatter("sessile: %(message)s"))
        found.addHandler(handler)
        found.setLevel(min(found.level or logging.INFO, logging.INFO))
    return found if found.isEnabledFor(logging.INFO) else None


class Job:
    """One compilation under way.

    Args:
      what, why: for the lines.
    Attributes:
      total: kernels to be made ready; 0 where that is not known.
      ready: kernels that are.
    """

    def __init__(self, what: str, why: str) -> None:
        self.what = what
        self.why = why
        self.total = 0
        self.ready = 0
        self._started = time.perf_counter()
        self._shown = self._over = False
        self._lock = threading.Lock()

    def done(self, kind: str, name: str, seconds: float, origin: str = "compiled") -> None:
        """One piece of machine code is ready."""
        self.ready += kind == "kernel"
        listener = logger()
        if listener is not None:
            listener.info("%s %s of %s (%s): %.1f ms", origin, kind, name, self.why, 1e3 * seconds)
        self._refresh()

    def finish(self) -> None:
        """Say how long all of it took, and take the progress line away."""
        with self._lock:
            self._over = True
            if self._shown:
                sys.stderr.write(_ERASE)
                sys.stderr.flush()
        listener = logger()
        if listener is not None:
            seconds = time.perf_counter() - self._started
            listener.info("%s is ready (%s): %d kernels, %.1f ms", self.what, self.why, self.ready, 1e3 * seconds)

    def show(self) -> None:
        """Begin to show progress."""
        self._shown = True
        self._refresh()

    def _refresh(self) -> None:
        with self._lock:
            if self._shown and not self._over:
                seconds = time.perf_counter() - self._started
                count = f" {self.ready} of {self.total} kernels," if self.total else ""
                sys.stderr.write(f"{_ERASE}sessile: compiling {self.what} ({self.why}):{count} {seconds:.0f} s")
                sys.stderr.flush()


_jobs: Final[list[Job]] = []  # those under way, the innermost last; whoever compiles holds the lock of `lock.py`


def current() -> Job | None:
    """The compilation under way."""
    return _jobs[-1] if _jobs else None


def show() -> None:
    """Show the progress of the compilation under way on a terminal: somebody waits for it."""
    job = current()
    if job is not None and _has_terminal():
        job.show()


def _has_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


@contextmanager
def compilation(what: str, why: str, is_awaited: bool = True) -> Iterator[Job]:
    """Log what is compiled inside as one job; `what` and `why` are for people.

    Args:
      is_awaited: whether somebody waits for it from the beginning; else see `show`.
    """
    job = Job(what, why)
    _jobs.append(job)
    watch = None
    if is_awaited and _has_terminal():
        watch = threading.Timer(PATIENCE, job.show)
        watch.daemon = True
        watch.start()
    try:
        yield job
    finally:
        if watch is not None:
            watch.cancel()
        _jobs.pop()
        job.finish()
