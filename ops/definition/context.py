"""What a kernel with effects is given besides its inputs: the session's state and who it is."""

from __future__ import annotations

from typing import Any, Protocol


class SessionState(Protocol):
    """The part of a session that kernels reach: see `session/resources/state.py`."""

    resources: Any
    handles: Any
    graph: Any
    loop_threads: int

    def part(self, feeds: tuple[Any, ...], fetches: tuple[Any, ...]) -> Any:
        """A function from the arrays of tensors to those of others: a part of the graph that a kernel runs."""


class KernelContext:
    """The first argument of a kernel with effects.

    Attributes:
      op: the Operation that runs.
      state: the state of the session it runs in.
      step: the running step (cancellation, deadlines), or None.
    """

    __slots__ = ("op", "state", "step")

    def __init__(self, op: Any, state: SessionState, step: Any = None) -> None:
        self.op = op
        self.state = state
        self.step = step
