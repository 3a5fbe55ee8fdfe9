"""What a walk backwards asks about loops and branches. A graph without them needs no more than what stands here.

`tf.while_loop` and `tf.cond` extend `ControlFlowGradients` and put a maker of theirs into `MAKERS`; the walk asks each
for a state once it knows which operations lie between `ys` and `xs`, and goes on without if none answers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ...families.elementwise.like import zeros_like


class ControlFlowGradients:
    """The answers for graphs without loops and branches."""

    def unused_exits(self, pending: dict[Any, int], ys: set[Any]) -> list[Any]:
        """Operations that are ready at the start although they are no `ys`: exits of loops nobody uses."""
        return []

    def enter(self, op: Any, before: bool) -> None:
        """Called before the gradients of `op` are aggregated (`before`) and before its rule is called."""

    def leave(self, op: Any, before: bool) -> None:
        """Called after each of the two."""

    def zeros(self, op: Any, index: int) -> Any:
        """The gradient of an output that nothing reaches, while other outputs have one."""
        return zeros_like(op.outputs[index], optimize=False)

    def is_ready(self, op: Any, pending: dict[Any, int]) -> bool:
        """Whether the walk may go on with `op`, all of whose consumers (`pending[op]` is 0) have been seen."""
        return True

    def also_ready(self, op: Any, pending: dict[Any, int]) -> list[Any]:
        """Further operations that are ready now that `op` is done, such as the exits of its loop."""
        return []

    def finish(self) -> None:
        """Called at the end of the walk, to close the loops of gradients."""


# Functions (operations between, pending counts, colocate) -> ControlFlowGradients, or None if there is none of theirs.
MAKERS: Final[list[Callable[[set[Any], dict[Any, int], bool], ControlFlowGradients | None]]] = []

_NONE: Final = ControlFlowGradients()


def state_for(between: set[Any], pending: dict[Any, int], colocate: bool) -> ControlFlowGradients:
    """What the walk asks about loops and branches among the operations `between`."""
    for make in MAKERS:
        state = make(between, pending, colocate)
        if state is not None:
            return state
    return _NONE
