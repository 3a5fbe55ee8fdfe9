"""How values of replicas are combined, and by whom: with one replica there is nothing to move."""

from __future__ import annotations

import enum
from typing import Any


class ReduceOp(enum.Enum):
    """How values of replicas become one."""

    SUM = "SUM"
    MEAN = "MEAN"

    @staticmethod
    def from_variable_aggregation(aggregation: Any) -> ReduceOp:
        """Return the one that belongs to a `VariableAggregation`. Raises: ValueError for none of both."""
        name = getattr(aggregation, "name", aggregation)
        if name not in ("SUM", "MEAN", 1, 2):
            raise ValueError(
                f"Could not convert from `tf.VariableAggregation` {aggregation} to `tf.distribute.ReduceOp` type"
            )
        return ReduceOp.SUM if name in ("SUM", 1) else ReduceOp.MEAN


def reduce_op(value: Any) -> ReduceOp:
    """Return a ReduceOp that may be given as its name. Raises: ValueError for another one."""
    return value if isinstance(value, ReduceOp) else ReduceOp(str(value).upper())


class CollectiveCommunication(enum.Enum):
    """How workers talk to each other; kept, without effect for one worker."""

    AUTO = "AUTO"
    RING = "RING"
    NCCL = "NCCL"


class InputReplicationMode(enum.Enum):
    """How often an input function is called."""

    PER_WORKER = "PER_WORKER"


class CrossDeviceOps:
    """Combines values of several devices. Of one device there is one value, which is the result."""

    def reduce(self, reduce_op: Any, per_replica_value: Any, destinations: Any) -> Any:
        """Return the value: there is one replica."""
        _checked(reduce_op)
        return per_replica_value

    def batch_reduce(self, reduce_op: Any, value_destination_pairs: Any) -> list[Any]:
        """Return the values of pairs of a value and its destination."""
        _checked(reduce_op)
        return [value for value, _ in value_destination_pairs]

    def broadcast(self, tensor: Any, destinations: Any) -> Any:
        """Return the tensor."""
        return tensor


def _checked(given: Any) -> None:
    reduce_op(given)


class ReductionToOneDevice(CrossDeviceOps):
    """Combines on one device.

    Args: kept: there is one device.
    """

    def __init__(self, reduce_to_device: Any = None, accumulation_fn: Any = None) -> None:
        self.reduce_to_device, self.accumulation_fn = reduce_to_device, accumulation_fn


class HierarchicalCopyAllReduce(CrossDeviceOps):
    """Combines by copies between devices.

    Args:
      num_packs: kept: there is one device.
    Raises: ValueError for a negative number.
    """

    def __init__(self, num_packs: int = 1) -> None:
        if num_packs < 0:
            raise ValueError(f"HierarchicalCopy requires num_packs >= 0, but got {num_packs}.")
        self.num_packs = num_packs


class NcclAllReduce(HierarchicalCopyAllReduce):
    """Combines with NVIDIA's library; here as the others, of one device."""


class AllReduceCrossDeviceOps(HierarchicalCopyAllReduce):
    """`tf.contrib.distribute`'s: combines by an algorithm that is named."""

    def __init__(self, all_reduce_alg: str = "nccl", num_packs: int = 1, *more: Any, **options: Any) -> None:
        super().__init__(num_packs)
        self.all_reduce_alg = all_reduce_alg
