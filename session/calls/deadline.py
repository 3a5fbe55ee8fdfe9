"""Time limits: a step that has one runs in a thread of its own, and its caller waits no longer than the limit.

What runs when the time is up cannot be stopped in the middle: it ends by itself, its results are dropped, and nothing
that comes after it in the step runs. So every effect of the step has happened whole or not at all. Planning and
compiling do not count. A session that is closed wakes those who wait for its steps.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any

from ...compiler.program.services import Step, refuse_keywords
from ...ops.base.errors import CancelledError, DeadlineExceededError
from .callables import BoundStep
from .described import Description
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
        return within(self.limit, FROM_CONFIG, lambda step: self.run_watched(values, step), self._state)

    @property
    def takes_out(self) -> bool:
        """Whether callables take `out`."""
        return False

    def make_step(self, interprets_first: bool = False, description: Description | None = None) -> Callable[..., Any]:
        """Return the function that runs one step within the limit; the first one is interpreted in any case."""

        def step(*values: Any, **named: Any) -> Any:
            refuse_keywords(named)
            self.check_arguments(values)
            return self.run(values)

        return BoundStep(step)


FROM_CONFIG = "operation_timeout_in_ms of the session's ConfigProto"
FROM_OPTIONS = "timeout_in_ms of the RunOptions"


def limited(asked: int, default: int, trace: Any, work: Callable[[Any], Any], state: Any) -> Any:
    """Run `work(step)` within the limit that the options or else the session give, if any.

    Args:
      asked: milliseconds that the options give; more than 0, they take the place of the session's.
      default: the session's limit in milliseconds; 0 for none.
      trace: for the step; None if it is not traced.
    """
    if asked > 0:
        return within(asked, FROM_OPTIONS, work, state, trace)
    if default > 0:
        return within(default, FROM_CONFIG, work, state, trace)
    return work(None if trace is None else Step(trace))


def within(limit: int, source: str, work: Callable[[Step], Any], state: Any, trace: Any = None) -> Any:
    """Return `work(step)`, run by another thread.

    Args:
      limit: milliseconds.
      source: who set the limit, for the message.
      state: the session's.
    Raises: DeadlineExceededError if it takes longer, CancelledError if the session is closed meanwhile; what `work`
      raises.
    """
    step = Step(trace)
    job = _Job(work, step)
    state.waiting.add(job)  # before the step looks whether the session is open
    _start(job)
    try:
        seconds = limit / 1000
        while not job.over.wait(max(seconds - step.elapsed, _SHORTEST_WAIT)) and step.elapsed < seconds:
            pass
        if job.took is None and job.is_cancelled:
            raise _left(CancelledError, step, "The step was cancelled: its session was closed.")
        if job.is_late(seconds):
            message = f"Timed out waiting for notification: the step took longer than {limit} ms ({source})."
            raise _left(DeadlineExceededError, step, message)
    except BaseException:  # the time is up, or the user pressed Ctrl-C
        step.stop(CancelledError(None, step.current, "The step was cancelled."))
        job.give_up()
        _leave_behind(state, job)
        raise
    finally:
        state.waiting.discard(job)
    return job.result()


def _leave_behind(state: Any, job: _Job) -> None:
    """Have the session know a thread that works on for it."""
    state.threads[:] = [other for other in state.threads if other.is_alive()]
    if job.is_alive() and not state.closed.value:
        state.threads.append(job)


def _left(kind: Any, step: Step, message: str) -> Exception:
    """The error of a caller that waits no longer."""
    op = step.current
    if op is not None:
        message += f" It was at {op.type} '{op.name}'" + (f", created at {op.created_at}." if op.created_at else ".")
    error: Exception = kind(None, op, message)
    return error


class _Job:
    """Work for another thread, and what became of it.

    Attributes:
      name: of the thread.
      over: set when there is nothing more to wait for.
      took: the seconds the work took, once it is done.
      is_cancelled: whether somebody else ended the waiting.
    """

    def __init__(self, work: Callable[[Step], Any], step: Step) -> None:
        self.name = ""
        self.over = threading.Event()
        self.took: float | None = None
        self.is_cancelled = False
        self._is_given_up = False
        self._work: Callable[[Step], Any] | None = work
        self._step = step
        self._value: Any = None
        self._error: BaseException | None = None

    def run(self) -> None:
        """Do the work."""
        work, self._work = self._work, None
        assert work is not None
        self.name = threading.current_thread().name
        try:
            self._value = work(self._step)
        except BaseException as error:
            self._error = error
            if isinstance(error, CancelledError):
                self._step.give_back()
        finally:
            self.took = self._step.elapsed
            self.over.set()
            if self._is_given_up:
                self._drop()

    def is_late(self, seconds: float) -> bool:
        """Whether it is not over, or took longer than that: a result that is late is none, whenever the caller woke."""
        return self.took is None or (self._error is None and self.took >= seconds)

    def give_up(self) -> None:
        """Nobody waits for the result any more: it goes as soon as it is there."""
        self._is_given_up = True
        if self.took is not None:
            self._drop()

    def _drop(self) -> None:
        self._value = self._error = None
        self._step.give_back()

    def is_alive(self) -> bool:
        """Whether the work is not done."""
        return self.took is None

    def cancel(self) -> None:
        """Wake who waits: the session is closed."""
        self.is_cancelled = True
        self.over.set()

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
