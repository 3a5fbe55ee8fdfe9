"""Partial runs: one step in several calls. Every feed is given once, every fetch taken once, every operation run once.

A call runs the operations that its fetches need and that have not run yet, as a program of its own; what later calls
will need of their results (the frontier) is computed with them, kept, and fed to the later programs.
"""

from __future__ import annotations

import itertools
import threading
from typing import Any

import numpy as np

from ..ops.errors import InvalidArgumentError, UnimplementedError
from ..ops.operation import Operation
from ..ops.session_ops import HANDLE_OPS
from ..ops.tensor import Tensor
from .feeds import Feed, expand_feed_keys, expand_feeds
from .fetches import FetchPlan, plan_fetches
from .handles import TensorHandle

_numbers = itertools.count()
_RERUN = frozenset({"Const", "VariableV2", "Variable"})  # giving the same again, at no cost


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
    words = ",".join(t.name for t in tensors), ",".join(e.name for e in plan.elements)
    handle = PartialRunHandle(f"{words[0]}->{words[1]}//1/;{next(_numbers)}")
    handle.run = PartialRun(session, plan, tensors)
    session._partial_runs[str(handle)] = handle.run
    return handle


def continue_run(session: Any, handle: Any, fetches: Any, feed_dict: Any) -> Any:
    """Continue a partial run. See `Session.partial_run`."""
    run = session._partial_runs.get(str(handle))
    if run is None:
        raise InvalidArgumentError(
            None, None,
            "Must run 'setup' before performing partial runs! The handle is not of this session, or all its feeds and "
            f"fetches were used: {str(handle)!r}.",
        )  # fmt: skip
    plan = plan_fetches(session._graph, fetches)
    pairs = dict(expand_feeds(session._graph, feed_dict or {}))
    with run.lock:
        result = run.advance(plan, pairs)
    if run.finished:
        session._partial_runs.pop(str(handle), None)
    return result


class PartialRun:
    """The state of one step that is run in parts."""

    def __init__(self, session: Any, plan: FetchPlan, feeds: list[Tensor]) -> None:
        self.session = session
        self.lock = threading.Lock()
        self._feeds = {tensor: Feed(tensor, session._state.handles) for tensor in feeds}
        self._fetches = dict.fromkeys(plan.elements)
        self._waiting = dict.fromkeys(plan.elements)  # not fetched yet
        self._known: dict[Tensor, Any] = {}  # fed, or computed for later
        self._done: set[Operation] = set()

    @property
    def finished(self) -> bool:
        """Whether everything was fed and fetched."""
        return not self._waiting and all(tensor in self._known for tensor in self._feeds)

    def advance(self, plan: FetchPlan, pairs: dict[Tensor, Any]) -> Any:
        """Feed `pairs`, compute what is fetched; an error leaves the run as it was."""
        self._check(plan, pairs)
        arrays = {tensor: self._feeds[tensor].array(value) for tensor, value in pairs.items()}
        known = {**self._known, **{t: np.array(a) for t, a in arrays.items()}}
        segment = self._segment(plan.elements, known)
        values = self._compute(plan.elements, segment, known)
        self._known = {**known, **values}
        self._done |= {op for op in segment if op.type not in _RERUN}
        for element in plan.elements:
            self._waiting.pop(element, None)
        return plan.rebuild([self._result(element) for element in plan.elements])

    def _check(self, plan: FetchPlan, pairs: dict[Tensor, Any]) -> None:
        for tensor in pairs:
            if tensor not in self._feeds:
                raise _invalid(f"The feed {tensor.name} was not specified in partial_run_setup.")
            if tensor in self._known:
                raise _invalid(f"The feed {tensor.name} has already been fed.")
        for element in plan.elements:
            if element not in self._fetches:
                raise _invalid(f"The fetch {element.name} was not specified in partial_run_setup.")
            if element not in self._waiting:
                raise _invalid(f"The fetch {element.name} has already been fetched.")

    def _segment(self, elements: list[Any], known: dict[Tensor, Any]) -> set[Operation]:
        """The operations to run now. Raises: InvalidArgumentError that names the missing feeds."""
        segment: set[Operation] = set()
        for element in elements:
            found, missing = self._needed([element], known)
            if missing:
                names = ", ".join(tensor.name for tensor in missing)
                raise _invalid(
                    f"Fetch {element.name} can't be computed from the feeds that have been fed so far: needs {names}."
                )
            segment |= found
        return segment

    def _needed(self, elements: Any, known: dict[Tensor, Any]) -> tuple[set[Operation], dict[Tensor, None]]:
        """The operations that elements need and that have not run, and the feeds among their inputs."""
        missing: dict[Tensor, None] = {}
        needed: set[Operation] = set()
        pending: list[Operation] = []

        def visit(tensor: Tensor) -> None:
            if tensor in known:
                return
            if tensor in self._feeds:
                missing[tensor] = None
            else:
                pending.append(tensor.op)

        for element in elements:
            if isinstance(element, Tensor):
                visit(element)
            else:
                pending.append(element)
        while pending:
            op = pending.pop()
            if op in needed or op in self._done:
                continue
            needed.add(op)
            for tensor in op.inputs:
                visit(tensor)
            pending += [other for other in op.control_inputs if not self._is_fed(other)]
        return needed, missing

    def _is_fed(self, op: Operation) -> bool:
        return op.type == "Placeholder" and all(tensor in self._feeds for tensor in op.outputs)

    def _compute(self, elements: list[Any], segment: set[Operation], known: dict[Tensor, Any]) -> dict[Tensor, Any]:
        """Run the segment; returns the values of its fetches and of its frontier."""
        self._check_done_effects(segment)
        inputs = [t for op in segment for t in op.inputs if t in known]
        tensors = [e for e in elements if isinstance(e, Tensor) and e not in known]
        fetches = list(dict.fromkeys([*tensors, *self._frontier(elements, segment, known)]))
        targets = [e for e in elements if isinstance(e, Operation) and e in segment]
        feeds = sorted(dict.fromkeys(inputs), key=lambda tensor: (tensor.op._id, tensor.value_index))
        if not fetches and not targets:
            return {}
        session = self.session
        program = session._program(tuple(feeds), tuple(fetches), tuple(targets))
        results = program.run([known[tensor] for tensor in feeds], session._state)
        return {tensor: _array(tensor, value) for tensor, value in zip(fetches, results)}

    def _frontier(self, elements: list[Any], segment: set[Operation], known: dict[Tensor, Any]) -> list[Tensor]:
        """The results of the segment that later calls need."""
        later = [element for element in self._waiting if element not in elements]
        needed, _ = self._needed(later, known)
        wanted = [t for op in needed - segment for t in op.inputs]
        wanted += [element for element in later if isinstance(element, Tensor)]
        return [t for t in wanted if t.op in segment and t.op.type not in _RERUN and t not in known]

    def _check_done_effects(self, segment: set[Operation]) -> None:
        """A program runs what control edges ask for: refuse to run an effect twice."""
        for op in segment:
            for other in op.control_inputs:
                if other in self._done and not _is_pure(other, self._done):
                    raise UnimplementedError(
                        None, op,
                        f"partial_run: '{op.name}' waits by a control dependency for '{other.name}', which an earlier "
                        "call of this partial run has run already. Fetch both in one call.",
                    )  # fmt: skip

    def _result(self, element: Any) -> Any:
        if isinstance(element, Operation):
            return None
        value = self._known[element]
        if element.op.type in HANDLE_OPS:
            return TensorHandle(value[()], element.op.inputs[0].dtype.base_dtype, self.session._state)
        if element in self._feeds:
            return np.array(value)
        return np.array(value) if value.ndim else value[()]


def _array(tensor: Tensor, value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value
    result = np.empty((), tensor.dtype.base_dtype.np_dtype)
    result[()] = value
    return result


def _is_pure(op: Operation, done: set[Operation]) -> bool:
    """Whether running `op` again, with all that it needs, changes nothing."""
    pending, seen = [op], {op}
    while pending:
        current = pending.pop()
        if current.op_def.effects.writes:
            return False
        for other in [tensor.op for tensor in current.inputs] + list(current.control_inputs):
            if other not in seen:
                seen.add(other)
                pending.append(other)
    return True


def _invalid(message: str) -> InvalidArgumentError:  # type: ignore[valid-type]
    return InvalidArgumentError(None, None, message)
