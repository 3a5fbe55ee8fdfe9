"""What a walk backwards asks about loops and branches. A graph without them needs no more than what stands here;
`loops.py` has the answers for the others.
"""

from __future__ import annotations

from typing import Any

from ...families.elementwise.like import zeros_like


class ControlFlowGradients:
    """The answers for graphs without loops and branches."""

    def unused_exits(self, pending: dict[Any, int], ys: set[Any]) -> list[Any]:
        """Tensors that are ready at the start although they are no `ys`, with zeros: exits of loops nobody uses."""
        return []

    def enter(self, op: Any, before: bool) -> None:
        """Called before the gradients of `op` are aggregated (`before`) and before its rule is called."""

    def leave(self, op: Any, before: bool) -> None:
        """Called after each of the two."""

    def zeros(self, op: Any, index: int) -> Any:
        """The gradient of an output that nothing reaches, while other outputs have one."""
        return zeros_like(op.outputs[index], optimize=False)

    def made_ready(self, op: Any, left: int, has_gradient: Any) -> tuple[list[Any], list[Any]]:
        """What is ready now that the gradient of one more consumer of `op` is known.

        Args:
          left: how many consumers are not seen yet.
          has_gradient: whether a tensor got a gradient.
        Returns: operations; and exits of loops that nobody uses, which are ready too, with zeros for gradients.
        """
        return ([] if left else [op]), []

    def zeros_for_exit(self, value: Any) -> Any:
        """The gradient of an exit that nobody uses."""
        return zeros_like(value, optimize=False)

    def finish(self) -> None:
        """Called at the end of the walk, to close the loops of gradients."""
