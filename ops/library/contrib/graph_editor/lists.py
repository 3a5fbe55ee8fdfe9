"""What functions on parts of graphs take: lists of operations or tensors, out of single ones, views and graphs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ....graph.graph import Graph
from ....graph.node import Tensor
from ....graph.operation import Operation


def unique(items: Iterable[Any]) -> list[Any]:
    """Each item once, in the order in which they came."""
    return list({id(item): item for item in items}.values())


def make_list_of_op(ops: Any, check_graph: bool = True, allow_graph: bool = True, ignore_ts: bool = False) -> list[Any]:
    """Return a list of operations.

    Args:
      ops: an operation, a list of them, or a graph, for all it has.
      check_graph: whether all have to be of one graph.
      allow_graph: whether a graph may be given.
      ignore_ts: whether tensors are passed over.
    Raises: TypeError for anything else, ValueError for operations of two graphs.
    """
    if isinstance(ops, Graph):
        if not allow_graph:
            raise TypeError("allow_graph is False: cannot convert a tf.Graph.")
        return ops.get_operations()
    if not isinstance(ops, Iterable):
        ops = [ops]
    return _checked([op for op in ops if not (ignore_ts and isinstance(op, Tensor))], Operation, check_graph)


def make_list_of_t(ts: Any, check_graph: bool = True, allow_graph: bool = True, ignore_ops: bool = False) -> list[Any]:
    """Return a list of tensors. Args: as those of `make_list_of_op`."""
    if isinstance(ts, Graph):
        if not allow_graph:
            raise TypeError("allow_graph is False: cannot convert a tf.Graph.")
        return get_tensors(ts)
    ts = [ts] if isinstance(ts, (Tensor, str)) or not isinstance(ts, Iterable) else ts
    return _checked([t for t in ts if not (ignore_ops and isinstance(t, Operation))], Tensor, check_graph)


def _checked(items: list[Any], kind: type, check_graph: bool) -> list[Any]:
    for item in items:
        if not isinstance(item, kind):
            raise TypeError(f"Expected a type in ({kind}), got: {type(item)}")
    if check_graph and len({id(item.graph) for item in items}) > 1:
        raise ValueError("Operations and tensors of different graphs were given together.")
    return items


def get_tensors(graph: Any) -> list[Any]:
    """Return all tensors of a graph. Raises: TypeError if it is none."""
    if not isinstance(graph, Graph):
        raise TypeError(f"Expected a graph, got: {type(graph)}")
    return [tensor for op in graph.get_operations() for tensor in op.outputs]


def get_generating_ops(ts: Any) -> list[Any]:
    """Return the operations that give tensors."""
    return unique(t.op for t in make_list_of_t(ts, allow_graph=False))


def get_consuming_ops(ts: Any) -> list[Any]:
    """Return the operations that take tensors."""
    return unique(op for t in make_list_of_t(ts, allow_graph=False) for op in t.consumers())
