"""Threads that stop together: `Coordinator` and `LooperThread`."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ...base.errors import OutOfRangeError
from ...base.messages.logger import logger


class Coordinator:
    """Tells threads when to stop, and one of them why.

    Any thread calls `request_stop()`; all look at `should_stop()`; the main thread calls `join`, which waits for all
    and raises what the first of them reported.

    Args:
      clean_stop_exception_types: exceptions that stop the threads without being raised by `join`; default:
        OutOfRangeError.
    """

    def __init__(self, clean_stop_exception_types: Any = None) -> None:
        self._clean = (OutOfRangeError,) if clean_stop_exception_types is None else tuple(clean_stop_exception_types)
        self._lock = threading.Lock()
        self._stop_event = threading.Event()
        self._reason: Any = None
        self._joined = False
        self._threads: set[threading.Thread] = set()

    def request_stop(self, ex: Any = None) -> None:
        """Ask all threads to stop.

        Args:
          ex: an exception, or what `sys.exc_info()` gave, that `join` shall raise; the first one counts.
        """
        error = ex[1] if isinstance(ex, tuple) else ex
        with self._lock:
            if self._joined:
                if isinstance(error, self._clean) or error is None:
                    return
                raise error
            if self._stop_event.is_set():
                return
            if error is not None and not isinstance(error, self._clean):
                logger().info("Error reported to Coordinator: %s, %s", type(error), error)
                self._reason = error
            self._stop_event.set()

    def clear_stop(self) -> None:
        """Forget that a stop was asked for, and why."""
        with self._lock:
            self._joined = False
            self._reason = None
            self._stop_event.clear()

    def should_stop(self) -> bool:
        """Whether a stop was asked for."""
        return self._stop_event.is_set()

    @contextmanager
    def stop_on_exception(self) -> Iterator[None]:
        """A block whose exceptions stop all threads, and are raised by `join`."""
        try:
            yield
        except BaseException as error:
            self.request_stop(error)

    def wait_for_stop(self, timeout: float | None = None) -> bool:
        """Wait until a stop is asked for, at most `timeout` seconds; returns whether it was."""
        return self._stop_event.wait(timeout)

    def register_thread(self, thread: threading.Thread) -> None:
        """Have `join` wait for a thread."""
        with self._lock:
            self._threads.add(thread)

    def join(self, threads: Any = None, stop_grace_period_secs: float = 120, ignore_live_threads: bool = False) -> None:
        """Wait for the threads to end, and raise what one of them reported.

        Args:
          threads: those to wait for besides the registered ones.
          stop_grace_period_secs: how long they may take once a stop was asked for.
          ignore_live_threads: whether threads that still run then are no error.
        Raises: RuntimeError if threads go on too long; the reported exception.
        """
        with self._lock:
            all_threads = self._threads.union(threads or ())
        try:
            while any(thread.is_alive() for thread in all_threads) and not self.wait_for_stop(0.05):
                pass
        except BaseException as error:
            self.request_stop(error)
        end = time.monotonic() + stop_grace_period_secs
        while any(thread.is_alive() for thread in all_threads) and time.monotonic() < end:
            time.sleep(0.001)
        stragglers = [thread.name for thread in all_threads if thread.is_alive()]
        with self._lock:
            self._joined = True
            self._threads = set()
            reason = self._reason
        if reason is not None:
            raise reason
        if stragglers:
            text = f"Coordinator stopped with threads still running: {' '.join(stragglers)}"
            if not ignore_live_threads:
                raise RuntimeError(text)
            print(text, file=sys.stderr)

    @property
    def joined(self) -> bool:
        """Whether `join` has returned."""
        return self._joined

    def raise_requested_exception(self) -> None:
        """Raise what was reported, if anything was."""
        with self._lock:
            if self._reason is not None:
                raise self._reason


class LooperThread(threading.Thread):
    """A thread that calls a function again and again until its coordinator stops.

    Args:
      coord: the coordinator.
      timer_interval_secs: seconds between the beginnings of calls; None: one call follows the other.
      target, args, kwargs: the function; default: `run_loop` of a subclass.
    Raises: ValueError if `coord` is none, or arguments are given without a function.
    """

    def __init__(
        self,
        coord: Coordinator,
        timer_interval_secs: float | None,
        target: Callable[..., Any] | None = None,
        args: Any = None,
        kwargs: Any = None,
    ) -> None:
        if not isinstance(coord, Coordinator):
            raise ValueError(f"'coord' argument must be a Coordinator: {coord}")
        if target is None and (args or kwargs):
            raise ValueError("'args' and 'kwargs' argument require that you also pass 'target'")
        super().__init__(daemon=True)
        self._coord = coord
        self._timer_interval_secs = timer_interval_secs
        self._function = target
        self._arguments = args or ()
        self._named = kwargs or {}
        coord.register_thread(self)

    @staticmethod
    def loop(
        coord: Coordinator, timer_interval_secs: float | None, target: Any, args: Any = None, kwargs: Any = None
    ) -> LooperThread:
        """Start a thread that calls `target` and return it."""
        thread = LooperThread(coord, timer_interval_secs, target, args, kwargs)
        thread.start()
        return thread

    def run(self) -> None:
        """Call the function until the coordinator stops."""
        with self._coord.stop_on_exception():
            self.start_loop()
            next_time = time.time()
            while not self._coord.should_stop():
                self.run_loop()
                if self._timer_interval_secs is not None:
                    next_time += self._timer_interval_secs
                    self._coord.wait_for_stop(max(next_time - time.time(), 0))
            self.stop_loop()

    def start_loop(self) -> None:
        """Called before the first call; for subclasses."""

    def stop_loop(self) -> None:
        """Called after the last call; for subclasses."""

    def run_loop(self) -> None:
        """One call."""
        if self._function is not None:
            self._function(*self._arguments, **self._named)
