"""A signature: feeds, fetches and targets of a step, with all that depends on them alone prepared once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ...compiler.program.services import Kept, Structure
from ...ops.families.state.handle_ops import HANDLE_OPS
from ...ops.graph.node import Tensor
from ...ops.graph.operation import Operation
from ..resources.handles import TensorHandle
from ..resources.state import SessionState
from .callables import FeedFetchingStep, arity_error
from .described import Description
from .feeds import Feed
from .fetches import FetchPlan
from .finisher import Finisher

MakeProgram = Callable[[tuple[Tensor, ...], tuple[Tensor, ...], tuple[Operation, ...]], Any]


class Signature:
    """One way of calling a session, ready to run.

    Fetched tensors that are fed take the fed value; operations give None; the rest comes from the program. It knows
    the session's state but not the session: so a session that nobody refers to goes at once.

    Attributes:
      program: what the compiler made of it.
      drafts: what a traced step tells but for its times, per way it ran; see `tracing.py`.
      quick_trace: its quick traced steps, once there are any; see `quick_trace.py`.
      structure: how the program's results are what the user gets; None if something is done with them before.
      edits: the graph's count of edits when it was made; another count makes this signature stale.
    """

    __slots__ = (
        "_handles",
        "_plan",
        "_runs",
        "_slots",
        "_state",
        "_step",
        "drafts",
        "edits",
        "feeds",
        "program",
        "quick_trace",
        "structure",
    )

    def __init__(self, state: SessionState, plan: FetchPlan, tensors: Sequence[Tensor], make: MakeProgram) -> None:
        self.feeds = [Feed(tensor, state.handles) for tensor in tensors]
        self.edits = state.graph._edits
        self.drafts: dict[Any, Any] = {}
        self.quick_trace: Any = None
        self._state = state
        self._plan = plan
        self._runs = 0
        self._step: Callable[..., Any] | None = None
        fed = {tensor: index for index, tensor in enumerate(tensors)}
        fetches = [e for e in plan.elements if isinstance(e, Tensor) and e not in fed]
        targets = [e for e in plan.elements if isinstance(e, Operation)]
        self.program = make(tuple(tensors), tuple(fetches), tuple(targets))
        self._handles = {
            i: tensor.op.inputs[0].dtype.base_dtype for i, tensor in enumerate(fetches) if tensor.op.type in HANDLE_OPS
        }
        self._slots = _slots(plan.elements, fed, fetches)
        is_plain = not self._handles and not self.fetches_feeds
        self.structure = plan.structure.over(self._slots) if is_plain else None

    def run(self, values: Sequence[Any]) -> Any:
        """Run one step with a value per feed, and return what the user asked for.

        The first step of a signature goes to the program as it is; from the second on a callable of its own is used.
        """
        step = self._step
        if step is None:
            self._runs += 1
            if self._runs < 2:
                self._state.check_open()
                arrays = [feed.array(value) for feed, value in zip(self.feeds, values)]
                return self.finish(self.program.run(arrays, self._state), arrays)
            step = self._step = self.make_step()
        return step(*values)

    def run_watched(self, values: Sequence[Any], step: Any) -> Any:
        """Run one step that is timed or traced; it goes to the program instruction by instruction, region by region.

        Args:
          step: a `compiler.step.Step`.
        """
        self._state.check_open()
        arrays = [feed.array(value) for feed, value in zip(self.feeds, values)]
        return self.finish(self.program.run(arrays, self._state, step), arrays)

    @property
    def graph(self) -> Any:
        """The graph this is a signature of."""
        return self._state.graph

    @property
    def fetches_feeds(self) -> bool:
        """Whether something is fetched that is fed."""
        return any(source is not None and source < 0 for source in self._slots)

    @property
    def takes_out(self) -> bool:
        """Whether callables take `out`."""
        return self.is_plain and self.program.takes_out

    @property
    def result_count(self) -> int:
        """How many results the program has."""
        return sum(source is not None and source >= 0 for source in self._slots)

    @property
    def fetched(self) -> set[Operation]:
        """The operations that were fetched, or whose results were."""
        return {element.op if isinstance(element, Tensor) else element for element in self._plan.elements}

    def operations(self) -> tuple[list[Operation], set[Tensor]]:
        """The operations that a step needs, in order, and the tensors it is fed."""
        from ...compiler.program.services import needed_operations

        fed = {feed.tensor for feed in self.feeds}
        fetches = [e for e in self._plan.elements if isinstance(e, Tensor)]
        targets = [e for e in self._plan.elements if isinstance(e, Operation)]
        return needed_operations(fed, fetches, targets), fed

    def check_arguments(self, arguments: Sequence[Any]) -> None:
        """Raises: TypeError for another number of arguments than feeds, RuntimeError if the session is closed."""
        _checker(self.feeds, self._state)(arguments)

    def make_step(self, interprets_first: bool = False, description: Description | None = None) -> Callable[..., Any]:
        """Return the function that runs one step: strict about its arguments, compiled where it can be.

        Args:
          interprets_first: whether a light first step is interpreted while its kernels compile.
          description: what the function says of itself.
        """
        feeds = self.feeds
        state = self._state
        check = _checker(feeds, state)

        def convert(index: int, value: Any) -> Any:
            return feeds[index].array(value)

        shape = "list" if self.fetches_feeds else self.structure or self._with_handles()
        told = () if description is None or self.fetches_feeds else (description.name, description.text)
        step: Callable[..., Any] = self.program.make_step(state, convert, check, shape, interprets_first, *told)
        if not self.fetches_feeds:
            return step
        finish = Finisher(state, self._plan.rebuild, self._slots, self._handles)
        return FeedFetchingStep(step, finish, feeds, check)

    @property
    def is_plain(self) -> bool:
        """Whether it fetches arrays, none of which is fed."""
        return self.structure is not None

    def _with_handles(self) -> Structure:
        """The structure of what the user gets, some of it TensorHandles."""
        makers = [(i, partial(TensorHandle, dtype=dtype, state=self._state)) for i, dtype in self._handles.items()]
        told = tuple((i, dtype.name) for i, dtype in self._handles.items())
        return Kept(self._plan.structure.over(self._slots), tuple(makers), told)

    def finish(self, results: Any, arrays: Sequence[Any]) -> Any:
        """Turn the program's results into what the user gets."""
        return Finisher(self._state, self._plan.rebuild, self._slots, self._handles)(results, arrays)


def _checker(feeds: list[Feed], state: SessionState) -> Callable[[Sequence[Any]], None]:
    """The check of a step's arguments before it runs; it does not know the signature, which lives shorter."""

    def check(arguments: Sequence[Any]) -> None:
        if len(arguments) != len(feeds):
            raise arity_error(feeds, len(arguments))
        state.check_open()

    return check


def _slots(elements: list[Any], fed: dict[Any, int], fetches: list[Tensor]) -> list[int | None]:
    """Per element where its value comes from: a result's index, `~index` of a feed, or None for an operation."""
    positions = {tensor: index for index, tensor in enumerate(fetches)}
    return [
        None if isinstance(element, Operation) else ~fed[element] if element in fed else positions[element]
        for element in elements
    ]
