"""`Recording`: which operations a tape has seen, and which tensors depend on what it watches.

Nothing is noted while operations are made. The graph keeps them in order, so a recording remembers how far it has
looked, and goes on from there whenever something is watched, asked or ended.
"""

from __future__ import annotations

from typing import Any

from ...graph.graph import Graph
from ...graph.node import Tensor
from .walk import is_trainable


class Recording:
    """What a tape saw.

    Attributes:
      operations: those that took a tensor that counts.
      tensors: those that count: the watched ones, and outputs of `operations`.
      variables: the resource variables watched, by their handles.
    """

    def __init__(self) -> None:
        self.operations: set[Any] = set()
        self.tensors: set[Tensor] = set()
        self.variables: dict[Tensor, Any] = {}
        self._begins: dict[Graph, int] = {}  # per graph, the first operation since recording was resumed
        self._seen: dict[Graph, int] = {}  # per graph, how many of its operations were looked at

    def resume(self, graph: Graph) -> None:
        """Leave out what was made so far; `graph` is where the next operations are made."""
        self._seen.setdefault(graph, 0)
        for known in self._seen:
            self._seen[known] = self._begins[known] = known.version

    def watch(self, tensor: Tensor) -> None:
        """From here on a tensor counts."""
        self.catch_up()
        if tensor.graph not in self._seen:
            self._seen[tensor.graph] = self._begins[tensor.graph] = tensor.graph.version
        self.tensors.add(tensor)

    def catch_up(self) -> None:
        """Look at what was made since."""
        for graph in self._seen:
            self._look(graph)

    def _look(self, graph: Graph) -> None:
        outside = {inner: outer for outer, inner in getattr(graph, "captures", {}).items()}
        position = self._seen[graph]
        while position < graph.version:
            op = graph._operations[position]
            position += 1
            if op in self.operations or not self._counts(op, outside):
                continue
            self.operations.add(op)
            self.tensors.update(op._outputs)
            position = min(position, self._users_before(op))
        self._seen[graph] = position

    def _counts(self, op: Any, outside: dict[Tensor, Tensor]) -> bool:
        return any(
            is_trainable(tensor) and (tensor in self.tensors or outside.get(tensor) in self.tensors)
            for tensor in op._inputs
        )

    def _users_before(self, op: Any) -> int:
        """Where to look again, in the order of operations: a loop's start takes what its end gives, and what a branch
        takes from outside comes through a switch that is made after its user."""
        begin = self._begins[op.graph]
        users: list[int] = [
            user._id for tensor in op._outputs for user in tensor._consumers or () if user not in self.operations
        ]
        after: int = op._id + 1
        return min((user for user in users if begin <= user < op._id), default=after)
