"""`ReplicaContext`: what a function that runs for one replica may ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...base.nest import map_structure
from ...building.basic_ops import identity
from ...building.constant import constant
from ...types import dtypes
from .context import entered
from .reduction import ReduceOp, reduce_op


class ReplicaContext:
    """The replica that a function runs for; there is one.

    Args:
      strategy: the strategy.
      replica_id_in_sync_group: its number, an int32 scalar.
    """

    def __init__(self, strategy: Any, replica_id_in_sync_group: Any) -> None:
        self._strategy, self._id = strategy, replica_id_in_sync_group

    def __enter__(self) -> None:
        self._block = entered(self._strategy, self)
        self._block.__enter__()

    def __exit__(self, *raised: Any) -> None:
        self._block.__exit__(*raised)

    @property
    def num_replicas_in_sync(self) -> int:
        """How many replicas there are."""
        count: int = self._strategy.num_replicas_in_sync
        return count

    @property
    def replica_id_in_sync_group(self) -> Any:
        """The replica's number, an int32 scalar."""
        return constant(0, dtypes.int32) if self._id is None else self._id

    @property
    def strategy(self) -> Any:
        """The strategy."""
        return self._strategy

    @property
    def devices(self) -> tuple[str, ...]:
        """The devices of this replica."""
        found: tuple[str, ...] = self._strategy.extended.worker_devices
        return found

    def merge_call(self, merge_fn: Callable[..., Any], args: Any = (), kwargs: dict[str, Any] | None = None) -> Any:
        """Return what a function gives that runs once for all replicas: of the strategy, and their arguments."""
        with entered(self._strategy, None):
            return merge_fn(self._strategy, *args, **(kwargs or {}))

    def all_reduce(self, reduce_op_: Any, value: Any) -> Any:
        """Return the sum or the mean of all replicas' values: with one replica they are its own.

        Raises: ValueError for another reduction.
        """
        wanted = reduce_op(reduce_op_)
        assert wanted in (ReduceOp.SUM, ReduceOp.MEAN)
        return map_structure(identity, value)
