"""Frames: which of a graph's operations stand in which loop, and in what order they run, loops as wholes.

A frame begins at the `Enter` operations of one name and ends at the `Exit`s behind them. Frames nest. Nothing but the
operations and their edges is looked at, so graphs that were imported are as good as those built here.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterable
from typing import Any

from ...ops.base import errors
from ...ops.graph.node import Tensor
from ...ops.graph.operation import Operation


class Frame:
    """One loop: its operations, and the loops in it."""

    __slots__ = ("children", "name", "ops", "parent")

    def __init__(self, name: bytes, parent: Frame | None) -> None:
        self.name = name
        self.parent = parent
        self.ops: list[Operation] = []
        self.children: dict[bytes, Frame] = {}

    def inner(self, name: bytes) -> Frame:
        """The loop of that name in this one."""
        found = self.children.get(name)
        if found is None:
            found = self.children[name] = Frame(name, self)
        return found

    def all_ops(self) -> Iterable[Operation]:
        """The operations of this loop and of those in it."""
        yield from self.ops
        for child in self.children.values():
            yield from child.all_ops()


Item = Operation | Frame


def has_loops(ops: Iterable[Operation]) -> bool:
    """Whether there is a loop among operations."""
    return any(op.op_def.flow == "enter" for op in ops)


def before(op: Operation, fed: Collection[Tensor]) -> list[Operation]:
    """What runs before an operation; the edge by which a loop goes back does not count."""
    inputs = [tensor._op for tensor in op._inputs if tensor not in fed]
    if op.op_def.flow == "merge":
        inputs = [other for other in inputs if other.op_def.flow != "next"]
    return [*inputs, *op._control_inputs]


def topological(nodes: Iterable[Any], needs: Callable[[Any], Iterable[Any]], rank: Callable[[Any], int]) -> list[Any]:
    """Nodes in an order in which each comes after those it needs, otherwise by rank. Raises: InvalidArgumentError."""
    waiting: dict[Any, int] = {}
    followers: dict[Any, list[Any]] = {}
    listed = list(nodes)
    known = set(listed)
    for node in listed:
        wanted = {other for other in needs(node) if other in known and other is not node}
        waiting[node] = len(wanted)
        for other in wanted:
            followers.setdefault(other, []).append(node)
    ready = [(rank(node), number, node) for number, node in enumerate(listed) if not waiting[node]]
    heapq.heapify(ready)
    count = len(listed)
    order: list[Any] = []
    while ready:
        _, _, node = heapq.heappop(ready)
        order.append(node)
        for follower in followers.get(node, ()):
            waiting[follower] -= 1
            if not waiting[follower]:
                count += 1
                heapq.heappush(ready, (rank(follower), count, follower))
    if len(order) < len(listed):
        names = [getattr(node, "name", "") for node, left in waiting.items() if left]
        stuck = sorted(name.decode() if isinstance(name, bytes) else name for name in names)[:5]  # a loop's is bytes
        raise errors.InvalidArgumentError(None, None, f"The graph has a cycle through {', '.join(stuck)}.")
    return order


def frames_of(order: Iterable[Operation], fed: Collection[Tensor]) -> tuple[Frame, dict[Operation, Frame]]:
    """The tree of frames, and the frame of each operation; an `Enter` and an `Exit` belong to the loop they bound.

    Args:
      order: the operations, each after those `before` it.
    """
    root = Frame(b"", None)
    home: dict[Operation, Frame] = {}
    for op in order:
        frame = _frame_around(op, home, root, fed)
        if op.op_def.flow == "enter":
            frame = frame.inner(op.attrs["frame_name"])
        home[op] = frame
        frame.ops.append(op)
    return root, home


def _frame_around(op: Operation, home: dict[Operation, Frame], root: Frame, fed: Collection[Tensor]) -> Frame:
    """The innermost frame from which an operation takes something."""
    best, depth = root, 0
    for other in before(op, fed):
        frame = home.get(other)
        if frame is not None and other.op_def.flow == "exit":
            frame = frame.parent
        if frame is not None:
            found = _depth(frame)
            if found > depth:
                best, depth = frame, found
    return best


def _depth(frame: Frame | None) -> int:
    count = 0
    while frame is not None and frame.parent is not None:
        frame, count = frame.parent, count + 1
    return count


def items_in_order(frame: Frame, home: dict[Operation, Frame], fed: Collection[Tensor]) -> list[Item]:
    """The operations of a frame and the loops in it, in the order they run."""
    item_of: dict[Operation, Item] = {op: op for op in frame.ops}
    members: dict[Item, list[Operation]] = {op: [op] for op in frame.ops}
    for child in frame.children.values():
        members[child] = list(child.all_ops())
        item_of.update((op, child) for op in members[child])

    def needs(item: Item) -> list[Item]:
        return [item_of[other] for op in members[item] for other in before(op, fed) if other in item_of]

    ranks = {item: min(op._id for op in ops) for item, ops in members.items()}
    return topological(members, needs, ranks.__getitem__)
