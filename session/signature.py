"""A signature: feeds, fetches and targets of a step, with all that depends on them alone prepared once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..ops.operation import Operation
from ..ops.session_ops import HANDLE_OPS
from ..ops.tensor import Tensor
from .feeds import Feed
from .fetches import FetchPlan
from .handles import TensorHandle


class Signature:
    """One way of calling a session, ready to run.

    Fetched tensors that are fed take the fed value; operations give None; the rest comes from the program.

    Attributes:
      program: what the compiler made of it.
      edits: the graph's count of edits when it was made; another count makes this signature stale.
    """

    __slots__ = ("_handles", "_rebuild", "_slots", "edits", "feeds", "plan", "program", "session")

    def __init__(self, session: Any, plan: FetchPlan, feeds: list[Feed]) -> None:
        graph = session._graph
        self.session = session
        self.plan = plan
        self.feeds = feeds
        self.edits = graph._edits
        fed = {feed.tensor: index for index, feed in enumerate(feeds)}
        fetches = [e for e in plan.elements if isinstance(e, Tensor) and e not in fed]
        targets = [e for e in plan.elements if isinstance(e, Operation)]
        self.program = session._program(tuple(feed.tensor for feed in feeds), tuple(fetches), tuple(targets))
        self._handles = {
            i: tensor.op.inputs[0].dtype.base_dtype for i, tensor in enumerate(fetches) if tensor.op.type in HANDLE_OPS
        }
        self._rebuild = plan.rebuild
        self._slots = _slots(plan.elements, fed, fetches)

    @property
    def is_single(self) -> bool:
        """Whether the fetches are one ordinary tensor, whose value is the whole result."""
        return self.plan.bare and self._slots == [0] and not self._handles

    @property
    def returns_feeds(self) -> bool:
        """Whether a fed tensor is fetched."""
        return any(source is not None and source < 0 for source in self._slots)

    def run(self, values: list[Any]) -> Any:
        """Run one step with a value per feed, and return what the user asked for."""
        arrays = [feed.array(value) for feed, value in zip(self.feeds, values)]
        return self.finish(self.program.run(arrays, self.session._state), arrays)

    def finish(self, results: Any, arrays: Sequence[Any]) -> Any:
        """Turn the program's results into what the user gets: handles, fed values, the structure of the fetches.

        Results are the user's own already: the program gives none that shares memory with a feed or the state.
        """
        for index, dtype in self._handles.items():
            results[index] = TensorHandle(results[index], dtype, self.session)
        values = [
            None if source is None else results[source] if source >= 0 else np.array(arrays[~source])
            for source in self._slots
        ]
        return self._rebuild(values)


def _slots(elements: list[Any], fed: dict[Any, int], fetches: list[Tensor]) -> list[int | None]:
    """Per element where its value comes from: a result's index, `~index` of a feed, or None for an operation."""
    positions = {tensor: index for index, tensor in enumerate(fetches)}
    return [
        None if isinstance(element, Operation) else ~fed[element] if element in fed else positions[element]
        for element in elements
    ]


def make_caller(signature: Signature, step: Callable[..., list[Any]], closed: list[bool]) -> Callable[..., Any]:
    """Return the function that `make_callable` gives: arity check, compiled step, structure of the fetches.

    Args:
      step: the program's compiled entry; it converts what is no fitting array by itself.
      closed: becomes non-empty when the session is closed.
    """
    feeds = signature.feeds
    count = len(feeds)

    returns_feeds = signature.returns_feeds
    finish = signature.finish

    def call(*args: Any) -> Any:
        if len(args) != count:
            raise arity_error(feeds, len(args))
        if closed:
            raise RuntimeError("Attempted to use a closed Session.")
        if returns_feeds:
            args = tuple([feed.array(value) for feed, value in zip(feeds, args)])
        return finish(step(*args), args)

    def call_single(*args: Any) -> Any:
        if len(args) != count:
            raise arity_error(feeds, len(args))
        if closed:
            raise RuntimeError("Attempted to use a closed Session.")
        return step(*args)[0]

    return call_single if signature.is_single else call


def arity_error(feeds: list[Feed], given: int) -> TypeError:
    """The TypeError for a wrong number of arguments, with the placeholders named."""
    names = ", ".join(feed.tensor.name for feed in feeds) or "none"
    return TypeError(
        f"This callable takes {len(feeds)} positional arguments, one per feed ({names}), but {given} were given."
    )
