"""Planning partial runs: which operations each call runs, what it takes from earlier calls and leaves to later ones.

A `Progress` is how far a run has come: what is known, what has run, what will still be fetched. It never changes; a
call leads to another one, and the way there, a `Transition`, is remembered.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...ops.base.errors import InvalidArgumentError
from ...ops.building.basic_ops import PLACEHOLDERS
from ...ops.graph.node import Tensor
from ...ops.graph.operation import Operation
from .flow import changes, repeated

_AGAIN = frozenset({"Const", "VariableV2", "Variable"})  # giving the same again, at no cost


def invalid(message: str) -> Exception:
    """An InvalidArgumentError about the use of a partial run."""
    error: Exception = InvalidArgumentError(None, None, message)
    return error


class Transition:
    """What one call does.

    Attributes:
      program: runs it; None if nothing has to be computed.
      inputs: the known tensors it is fed, in order.
      outputs: the tensors it returns, in order.
      kept: those of them that later calls need.
      forgotten: known tensors that no later call needs.
      following: how far the run is after it.
    """

    __slots__ = ("following", "forgotten", "inputs", "kept", "outputs", "program")

    def __init__(
        self, program: Any, inputs: list[Tensor], outputs: list[Tensor], kept: list[Tensor], following: Progress
    ) -> None:
        self.program = program
        self.inputs = inputs
        self.outputs = outputs
        self.kept = kept
        self.following = following
        self.forgotten: list[Tensor] = []


class Progress:
    """How far a partial run has come.

    Attributes:
      feeds: all that the run is fed, sooner or later.
      fetches: all that it fetches.
      fed: the feeds that were given.
      known: tensors with a value: those fed, and those computed for later.
      done: operations that have run.
      waiting: fetches not taken yet.
      repeated: operations that stand in loops and branches, which every call that needs them runs again.
    """

    def __init__(
        self,
        feeds: frozenset[Tensor],
        fetches: frozenset[Any],
        fed: frozenset[Tensor],
        known: frozenset[Tensor],
        done: frozenset[Operation],
        waiting: tuple[Any, ...],
        repeated: frozenset[Operation] = frozenset(),
    ) -> None:
        self.feeds = feeds
        self.fetches = fetches
        self.fed = fed
        self.known = known
        self.done = done
        self.waiting = waiting
        self.repeated = repeated
        self._transitions: dict[Any, Transition] = {}
        self._edits = -1

    @staticmethod
    def start(session: Any, elements: tuple[Any, ...], feeds: tuple[Tensor, ...]) -> Progress:
        """The progress of a run that has just been set up; runs of one kind share it."""
        key = "partial", elements, feeds
        with session._lock:
            found: Progress | None = session._programs.get(key)
            if found is None:
                nothing: frozenset[Any] = frozenset()
                found = Progress(frozenset(feeds), frozenset(elements), nothing, nothing, nothing, elements)
                found.repeated = repeated(found._needed(elements, nothing)[0])
                session._programs[key] = found
        return found

    @property
    def finished(self) -> bool:
        """Whether everything was fed and fetched."""
        return not self.waiting and self.fed == self.feeds

    def advance(self, session: Any, elements: tuple[Any, ...], fed: tuple[Tensor, ...]) -> Transition:
        """What a call does that feeds and fetches these.

        Raises: InvalidArgumentError for feeds and fetches that are not the run's, that were used, or that cannot be
          computed yet.
        """
        if self._edits != session._graph._edits:
            self._transitions.clear()
            self._edits = session._graph._edits
        key = elements, fed
        found = self._transitions.get(key)
        if found is None:
            self._check(elements, fed)
            found = self._transitions[key] = self._plan(session, elements, fed)
        return found

    def _check(self, elements: tuple[Any, ...], fed: tuple[Tensor, ...]) -> None:
        for tensor in fed:
            if tensor not in self.feeds:
                raise invalid(f"The feed {tensor.name} was not specified in partial_run_setup.")
            if tensor in self.fed:
                raise invalid(f"The feed {tensor.name} has already been fed.")
        for element in elements:
            if element not in self.fetches:
                raise invalid(f"The fetch {element.name} was not specified in partial_run_setup.")
            if element not in self.waiting:
                raise invalid(f"The fetch {element.name} has already been fetched.")

    def _plan(self, session: Any, elements: tuple[Any, ...], fed: tuple[Tensor, ...]) -> Transition:
        known = self.known | frozenset(fed)
        segment = self._segment(elements, known)
        waiting = tuple(element for element in self.waiting if element not in elements)
        done = self.done | {op for op in segment if not self._runs_again(op)}
        later, _ = self._needed(waiting, known, done)
        again = segment & later & self.repeated
        for op in again:
            if changes(op):
                raise invalid(
                    f"This partial run cannot be cut here: {op.name} ({op.type}) stands in a loop or branch that later "
                    "fetches need too, and may run only once. Fetch these in one call."
                )
        kept = self._frontier(waiting, segment, later, known)
        inputs = _sorted(tensor for op in segment for tensor in op.inputs if tensor in known)
        outputs = [e for e in elements if isinstance(e, Tensor) and e not in known]
        outputs += [tensor for tensor in kept if tensor not in outputs]
        targets = tuple(e for e in elements if isinstance(e, Operation) and e in segment)
        still_known = _still_needed(known | frozenset(kept), waiting, later)
        following = Progress(
            self.feeds, self.fetches, self.fed | frozenset(fed), still_known, done, waiting, self.repeated
        )
        program = None
        if outputs or targets:
            program = session._program(tuple(inputs), tuple(outputs), targets, self._done_for(segment, outputs))
        transition = Transition(program, inputs, outputs, kept, following)
        transition.forgotten = _sorted((known | frozenset(kept)) - still_known)
        return transition

    def _segment(self, elements: tuple[Any, ...], known: frozenset[Tensor]) -> set[Operation]:
        """The operations to run now. Raises: InvalidArgumentError that names the missing feeds."""
        segment: set[Operation] = set()
        for element in elements:
            found, missing = self._needed([element], known)
            if missing:
                names = ", ".join(tensor.name for tensor in missing)
                raise invalid(
                    f"Fetch {element.name} can't be computed from the feeds that have been fed so far: needs {names}."
                )
            segment |= found
        return segment

    def _needed(
        self, elements: Iterable[Any], known: frozenset[Tensor], done: frozenset[Operation] | None = None
    ) -> tuple[set[Operation], dict[Tensor, None]]:
        """The operations that elements need and that have not run, and the feeds that are missing for them."""
        done = self.done if done is None else done
        missing: dict[Tensor, None] = {}
        needed: set[Operation] = set()
        pending: list[Operation] = []

        def visit(tensor: Tensor) -> None:
            if tensor in known:
                return
            if tensor in self.feeds:
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
            if op in needed or op in done:
                continue
            needed.add(op)
            for tensor in op.inputs:
                visit(tensor)
            pending += [other for other in op.control_inputs if not self._is_fed(other)]
        return needed, missing

    def _runs_again(self, op: Operation) -> bool:
        """Whether every segment that needs an operation has its own."""
        return op in self.repeated or _is_at_hand(op)

    def _frontier(
        self, waiting: tuple[Any, ...], segment: set[Operation], later: set[Operation], known: frozenset[Tensor]
    ) -> list[Tensor]:
        """The results of a segment that later calls need. References are not: they lead to the variable at any time."""
        wanted = [tensor for op in later for tensor in op.inputs]
        wanted += [element for element in waiting if isinstance(element, Tensor)]
        return _sorted(
            tensor
            for tensor in wanted
            if tensor.op in segment
            and tensor not in known
            and not tensor.dtype._is_ref_dtype
            and not self._runs_again(tensor.op)
        )

    def _is_fed(self, op: Operation) -> bool:
        return op.type in PLACEHOLDERS and all(tensor in self.feeds for tensor in op.outputs)

    def _done_for(self, segment: set[Operation], outputs: list[Tensor]) -> frozenset[Operation]:
        """The operations that do not run which a program meets: behind control edges and references."""
        controls = {other for op in segment for other in op.control_inputs}
        found = {other for other in controls if other in self.done or self._is_fed(other)}
        pending = [*(tensor for op in segment for tensor in op.inputs), *outputs]
        while pending:
            tensor = pending.pop()
            if tensor.dtype._is_ref_dtype and tensor.op in self.done and tensor.op not in found:
                found.add(tensor.op)
                pending += tensor.op.inputs
        return frozenset(found)


def _still_needed(known: frozenset[Tensor], waiting: tuple[Any, ...], later: set[Operation]) -> frozenset[Tensor]:
    """What has to be kept of the known values."""
    return known & {*(tensor for op in later for tensor in op.inputs), *waiting}


def _sorted(tensors: Iterable[Tensor]) -> list[Tensor]:
    return sorted(set(tensors), key=lambda tensor: (tensor.op._id, tensor.value_index))


def _is_at_hand(op: Operation) -> bool:
    """Whether every segment has its own: constants, variables, and plain reads, which read where they are used."""
    while op.type == "Identity" and not op.control_inputs and not op._control_outputs:
        source = op.inputs[0]
        if source.dtype._is_ref_dtype:
            return True
        op = source.op
        if op.type in _AGAIN:
            return False
    return op.type in _AGAIN
