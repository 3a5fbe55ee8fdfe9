"""`tensorflow.python.framework.ops`: what operations cost, for profilers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...ops.library.profiler.flops import UnknownShapeError, float_operations

_REGISTERED: dict[tuple[str, str], Callable[[Any, Any], Any]] = {}


class OpStats:
    """One number about an operation.

    Args:
      statistic_type: what it says, such as `flops` or `weight_parameters`.
      value: the number, or None.
    """

    def __init__(self, statistic_type: str, value: Any = None) -> None:
        self.statistic_type = statistic_type
        self.value = value

    def __iadd__(self, other: Any) -> OpStats:
        if other.statistic_type != self.statistic_type:
            raise ValueError(f"Can't add an OpStat of type {self.statistic_type} to one of {other.statistic_type}.")
        if self.value is None:
            self.value = other.value
        elif other.value is not None:
            self.value += other.value
        return self


class RegisterStatistics:
    """A decorator of functions `f(graph, node)` that return an `OpStats` for nodes of a type.

    Args:
      op_type: the type.
      statistic_type: what the number says.
    Raises: TypeError if the type is no string, or names a device's.
    """

    def __init__(self, op_type: str, statistic_type: str) -> None:
        if not isinstance(op_type, str):
            raise TypeError(f"op_type must be a string; saw {op_type!r}.")
        if "," in op_type:
            raise TypeError(f"op_type must not contain a comma; saw {op_type!r}.")
        self._key = (op_type, statistic_type)

    def __call__(self, f: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        """Register the function, and return it. Raises: KeyError if the type has one."""
        if self._key in _REGISTERED:
            raise KeyError(f"Statistics {self._key[1]!r} of {self._key[0]} are registered already.")
        _REGISTERED[self._key] = f
        return f


def get_stats_for_node_def(graph: Any, node: Any, statistic_type: str) -> OpStats:
    """Return what a node costs: by the function registered for its type, else for `flops` by the profiler's count.

    Args:
      graph: the graph that has the node.
      node: its NodeDef.
      statistic_type: what is asked for; the value is None where it is not known.
    """
    registered = _REGISTERED.get((node.op, statistic_type))
    if registered is not None:
        found: OpStats = registered(graph, node)
        return found
    if statistic_type != "flops":
        return OpStats(statistic_type)
    try:
        count = float_operations(graph.get_operation_by_name(node.name))
    except UnknownShapeError:
        count = 0
    return OpStats(statistic_type, count or None)
