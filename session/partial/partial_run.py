"""Partial runs: one step in several calls. Every feed is given once, every fetch taken once, every operation run once.

A call runs the operations that its fetches need and that have not run yet, as a program of its own; what later calls
will need of their results is computed with them, kept, and fed to the later programs. What each call has to do depends
on the calls before it only by their feeds and fetches, so it is planned once for all runs of the session
(`partial_plan.py`), and a repeated call costs little more than its program.
"""

from __future__ import annotations

import itertools
import threading
from contextlib import nullcontext
from typing import Any

import numpy as np

from ...ops.base import forks
from ...ops.base.errors import CancelledError, DeadlineExceededError, InvalidArgumentError
from ...ops.families.state.handle_ops import HANDLE_OPS
from ...ops.graph.node import Tensor
from ...ops.graph.operation import Operation
from ..calls.feeds import Feed, expand_feed_keys, expand_feeds
from ..calls.fetches import FetchPlan, plan_fetches
from ..resources.handles import TensorHandle
from .partial_plan import Progress, Transition, invalid

_numbers = itertools.count()


class PartialRunHandle(str):
    """The handle of a partial run: a string that keeps the run alive. When it goes, so does the run."""

    __slots__ = ("run",)
    run: PartialRun


def set_up(session: Any, fetches: Any, feeds: Any) -> PartialRunHandle:
    """Begin a partial run. See `Session.partial_run_setup`."""
    plan = plan_fetches(session._graph, fetches)
    keys = [] if feeds is None else feeds if isinstance(feeds, (list, tuple)) else [feeds]
    tensors = expand_feed_keys(session._graph, keys)
    if not plan.elements:
        raise InvalidArgumentError(None, None, "Must specify at least one target to fetch or execute.")
    for position, tensor in enumerate(tensors):
        if tensor in tensors[:position]:
            raise invalid(f'Endpoint "{tensor.name}" fed more than once.')
    words = ",".join(t.name for t in tensors), ",".join(e.name for e in plan.elements)
    handle = PartialRunHandle(f"{words[0]}->{words[1]}//1/;{next(_numbers)}")
    handle.run = PartialRun(session, plan.elements, tensors)
    session._partial_runs[str(handle)] = handle.run
    return handle


def continue_run(session: Any, handle: Any, fetches: Any, feed_dict: Any, limit: int = 0) -> Any:
    """Continue a partial run. See `Session.partial_run`.

    Args:
      limit: milliseconds the call may take; 0 for no limit.
    """
    if handle is not None and not isinstance(handle, (str, bytes)):
        raise TypeError(
            f"The handle of a partial run is the string that `partial_run_setup` returned, not {handle!r} of type "
            f"{type(handle).__name__}."
        )
    name = handle.decode(errors="replace") if isinstance(handle, bytes) else str(handle)
    plan = plan_fetches(session._graph, fetches)
    pairs = dict(expand_feeds(session._graph, feed_dict or {}))
    if not plan.elements and not pairs:
        return plan.rebuild([])  # nothing to do, whatever the handle
    run = session._partial_runs.get(name)
    if run is None:
        raise _unknown(handle)
    try:
        if not limit:
            return _advance(session, run, handle, plan, pairs, None)
        return _advance_within(limit, session, run, handle, plan, pairs)
    finally:
        if run.ended is not None:
            session._partial_runs.pop(name, None)


def _advance(session: Any, run: PartialRun, handle: Any, plan: FetchPlan, pairs: Any, step: Any) -> Any:
    with run.lock:
        if run.ended is not None:  # by another thread, while this one waited
            raise _unknown(handle)
        return run.advance(session, plan, pairs, step)


def _advance_within(limit: int, session: Any, run: PartialRun, handle: Any, plan: FetchPlan, pairs: Any) -> Any:
    from ..calls.deadline import FROM_CONFIG, within

    try:
        state = session._state
        return within(limit, FROM_CONFIG, lambda step: _advance(session, run, handle, plan, pairs, step), state)
    except DeadlineExceededError:
        run.end("An earlier call of this partial run took too long")
        raise


def _unknown(handle: Any) -> Exception:
    reason = "The handle is not of this session, or its run is over"
    if isinstance(handle, PartialRunHandle) and handle.run.ended:
        reason = handle.run.ended
    message = f"Must run 'setup' before performing partial runs! {reason}: {str(handle)!r}."
    return invalid(message)


class PartialRun:
    """The state of one step that is run in parts.

    It does not know its session, so that a session that nobody refers to goes at once.

    Attributes:
      lock: held while a call advances the run.
      ended: why there is nothing more to run; None while there is.
    """

    def __init__(self, session: Any, elements: list[Any], feeds: list[Tensor]) -> None:
        self.lock = forks.lock(threading.Lock())
        self.ended: str | None = None
        self._state = session._state
        self._feeds = {tensor: Feed(tensor, session._state.handles) for tensor in feeds}
        self._progress = Progress.start(session, tuple(elements), tuple(feeds))
        self._values: dict[Tensor, Any] = {}  # fed, or computed for later
        self._owned: dict[Tensor, TensorHandle] = {}  # handles computed for later

    def advance(self, session: Any, plan: FetchPlan, pairs: dict[Tensor, Any], step: Any) -> Any:
        """Feed `pairs`, compute what is fetched.

        An error found before anything runs leaves the run as it was; a failing operation ends it.
        """
        self._state.check_open()
        elements = tuple(plan.elements)
        with nullcontext() if step is None else step.paused():  # planning serves the runs that follow
            transition = self._progress.advance(session, elements, tuple(pairs))
        given = {tensor: self._feeds[tensor].array(value) for tensor, value in pairs.items()}
        self._values.update({tensor: np.array(array) for tensor, array in given.items()})
        computed = self._compute(transition, step)
        results = [self._result(element, computed, transition) for element in elements]
        self._progress = transition.following
        for tensor in transition.forgotten:
            self._values.pop(tensor, None)
        if self._progress.finished:
            self.ended = "All its feeds and fetches were used"
        return plan.rebuild(results)

    def _compute(self, transition: Transition, step: Any) -> dict[Tensor, Any]:
        """Run the program of a call; keeps what later calls need, returns all that was computed."""
        if transition.program is None:
            return {}
        inputs = [self._values[tensor] for tensor in transition.inputs]
        try:
            results = transition.program.run(inputs, self._state, step)
            if self._state.closed.value:
                raise CancelledError(None, None, "The session was closed while a partial run was under way.")
        except BaseException as error:
            self.end(f"An earlier call of this partial run failed ({type(error).__name__})")
            raise
        computed = {tensor: _array(tensor, value) for tensor, value in zip(transition.outputs, results)}
        for tensor in computed:
            if tensor.op.type in HANDLE_OPS:
                dtype = tensor.op.inputs[0].dtype.base_dtype
                self._owned[tensor] = TensorHandle(computed[tensor][()], dtype, self._state)
        self._values.update({tensor: computed[tensor] for tensor in transition.kept})
        return computed

    def end(self, reason: str) -> None:
        """Forget all values: there is nothing more to run."""
        self.ended = reason
        self._values.clear()
        self._owned.clear()

    def _result(self, element: Any, computed: dict[Tensor, Any], transition: Transition) -> Any:
        if isinstance(element, Operation):
            return None
        if element in self._owned:
            return self._owned.pop(element)
        value = computed[element] if element in computed else self._values[element]
        if not value.ndim:
            return value[()]
        is_shared = element in transition.following.known or element not in computed
        return np.array(value) if is_shared else value


def _array(tensor: Tensor, value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value
    result = np.empty((), tensor.dtype.base_dtype.np_dtype)
    result[()] = value
    return result
