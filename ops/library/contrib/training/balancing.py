"""Strategies for `replica_device_setter`: each variable goes where the least load is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class GreedyLoadBalancingStrategy:
    """Gives an operation the task that has the least load so far, and adds the operation's to it.

    Args:
      num_tasks: how many tasks there are.
      load_fn: from an operation to a number; see `byte_size_load_fn`.

    >>> strategy = GreedyLoadBalancingStrategy(2, byte_size_load_fn)
    >>> [strategy(tf.zeros([size]).op) for size in (10, 2, 3, 1)]
    [0, 1, 1, 1]
    """

    def __init__(self, num_tasks: int, load_fn: Callable[[Any], float]) -> None:
        self._load_fn = load_fn
        self._ps_loads = [0.0] * num_tasks

    def __call__(self, op: Any) -> int:
        """Return the number of the task for an operation."""
        task = min(range(len(self._ps_loads)), key=self._ps_loads.__getitem__)
        self._ps_loads[task] += self._load_fn(op)
        return task


def byte_size_load_fn(op: Any) -> int:
    """Return how many bytes the only output of an operation has; of one element where the shape is unknown.

    Raises: ValueError for an operation with another number of outputs.
    """
    if len(op.outputs) != 1:
        raise ValueError(f"Op {op} must have a single output")
    output = op.outputs[0]
    count = output.shape.num_elements() if output.shape.is_fully_defined() else 1
    return int(count * output.dtype.base_dtype.size)
