"""Stacks: where a loop leaves the values that the loop of its gradients takes, the last one first."""

from __future__ import annotations

from typing import Any, Final

from ...base.errors import InvalidArgumentError
from ...definition.opdef import NOT_DIFFERENTIABLE, Effects, OpDef

_USES: Final = Effects("stack", reads=True, writes=True)


class StackCell:
    """The memory of a stack in a step."""

    __slots__ = ("items", "most", "name")

    def __init__(self, name: str, most: int) -> None:
        self.name = name
        self.most = most
        self.items: list[Any] = []

    def push(self, value: Any) -> None:
        """Put a value on top. Raises: InvalidArgumentError if it is full."""
        if 0 <= self.most <= len(self.items):
            raise InvalidArgumentError(None, None, f"Stack[{self.name}] overflowed its max_size ({self.most})")
        self.items.append(value)

    def pop(self) -> Any:
        """Take the value on top. Raises: InvalidArgumentError if there is none."""
        if not self.items:
            raise InvalidArgumentError(None, None, f"Stack[{self.name}] is empty when calling Pop().")
        return self.items.pop()


def _new(context: Any, max_size: Any, *, stack_name: bytes) -> Any:
    return StackCell(stack_name.decode() or context.op.name, int(max_size))


def _push(context: Any, handle: Any, elem: Any) -> Any:
    handle.push(elem)
    return elem


def _close(context: Any, handle: Any) -> Any:
    handle.items.clear()
    return ()


STACK = OpDef(
    name="StackV2",
    signature="max_size: int32 -> handle: resource",
    attrs={"elem_type": ("type",), "stack_name": ("string", b"")},
    shape=lambda query: (2,),
    kernel=_new,
    gradient=NOT_DIFFERENTIABLE,
    effects=_USES,
)

STACK_PUSH = OpDef(
    name="StackPushV2",
    signature="handle: resource, elem: T -> output: T",
    attrs={"swap_memory": ("bool", False)},
    shape=lambda query: query.shapes[1],
    kernel=_push,
    gradient=NOT_DIFFERENTIABLE,
    effects=_USES,
)

STACK_POP = OpDef(
    name="StackPopV2",
    signature="handle: resource -> elem: elem_type",
    kernel=lambda context, handle: handle.pop(),
    gradient=NOT_DIFFERENTIABLE,
    effects=_USES,
)

STACK_CLOSE = OpDef(
    name="StackCloseV2",
    signature="handle: resource ->",
    kernel=_close,
    gradient=NOT_DIFFERENTIABLE,
    effects=_USES,
)
