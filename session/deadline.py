"""Time limits: a step that has one runs in a thread of its own, and its caller waits no longer than the limit.

What runs when the time is up cannot be stopped in the middle: it ends by itself, its results are dropped, and nothing
that comes after it in the step runs. So every effect of the step has happened whole or not at all. Planning and
compiling do not count.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any

from ..compiler.step import Step
from ..ops.errors import CancelledError, DeadlineExceededError
from .fetches import FetchPlan
from .signature import Signature

_SHORTEST_WAIT = 0.001  # seconds; while a step compiles, its clock stands still


class TimedSignature(Signature):
    """A signature of a session that has a time limit for all steps."""

    __slots__ = ("limit",)

    def __init__(self, state: Any, plan: FetchPlan, tensors: Sequence[Any], make: Any, limit: int) -> None:
        super().__init__(state, plan, tensors, make)
        self.limit = limit

    def run(self, values: Sequence[Any]) -> Any:
        """Run one step within the limit."""
        return within(self.limit, FROM_CONFIG, lambda step: self.run_watched(values, step))

    def make_step(self) -> Callable[..., Any]:
        """Return the function that runs one step within the limit."""

        def step(*values: Any) -> Any:
            self.check_arguments(values)
            return self.run(values)

        return step


FROM_CONFIG = "operation_timeout_in_ms of the session's ConfigProto"
FROM_OPTIONS = "timeout_in_ms of the RunOptions"


def limited(asked: int, default: int, trace: Any, work: Callable[[Any], Any]) -> Any:
    """Run `work(step)` within the limit that the options or else the session give, if any.

    Args:
      asked: milliseconds that the options give; more than 0, they take the place of the session's.
      default: the session's limit in milliseconds; 0 for none.
      trace: for the step; None if it is not traced.
    """
    if asked > 0:
        return within(asked, FROM_OPTIONS, work, trace)
    if default > 0:
        return within(default, FROM_CONFIG, work, trace)
    return work(None if trace is None else Step(trace))


def within(limit: int, source: str, work: Callable[[Step], Any], trace: Any = None) -> Any:
    """Return `work(step)`, run by another thread.

    Args:
      limit: milliseconds.
      source: who set the limit, for the message.
    Raises: DeadlineExceededError when the time is up; what `work` raises.
    """
    step = Step(trace)
    job = _Job(work, step)
    _start(job)
    try:
        while not job.done.wait(max(limit / 1000 - step.elapsed, _SHORTEST_WAIT)):
            if step.elapsed >= limit / 1000:
                raise _too_late(step, limit, source)
    except BaseException:  # the time is up, or the user pressed Ctrl-C
        step.stop(CancelledError(None, step.current, "The step was cancelled."))
        raise
    return job.result()


def _too_late(step: Step, limit: int, source: str) -> Exception:
    op = step.current
    at = (
        ""
        if op is None
        else f" It was at {op.type} '{op.name}'" + (f", created at {op.created_at}." if op.created_at else ".")
    )
    message = f"Timed out waiting for notification: the step took longer than {limit} ms ({source}).{at}"
    error: Exception = DeadlineExceededError(None, op, message)
    return error


class _Job:
    """Work for another thread, and what became of it."""

    def __init__(self, work: Callable[[Step], Any], step: Step) -> None:
        self.done = threading.Event()
        self._work: Callable[[Step], Any] | None = work
        self._step = step
        self._value: Any = None
        self._error: BaseException | None = None

    def run(self) -> None:
        """Do the work."""
        work, self._work = self._work, None
        assert work is not None
        try:
            self._value = work(self._step)
        except BaseException as error:
            self._error = error
        finally:
            self.done.set()

    def result(self) -> Any:
        """What the work returned. Raises: what it raised."""
        error, self._error = self._error, None
        if error is not None:
            try:
                raise error
            finally:
                del error  # its traceback refers to this frame
        return self._value


_idle: list[queue.SimpleQueue[_Job]] = []  # workers that wait for a job; they last, and keep no process alive


def _start(job: _Job) -> None:
    try:
        jobs = _idle.pop()
    except IndexError:
        jobs = queue.SimpleQueue()
        threading.Thread(target=_serve, args=(jobs,), name="sessile-timed-step", daemon=True).start()
    jobs.put(job)


def _serve(jobs: queue.SimpleQueue[_Job]) -> None:
    while True:
        job = jobs.get()
        job.run()
        del job  # with the results it holds
        _idle.append(jobs)


os.register_at_fork(after_in_child=_idle.clear)
