"""`replica_device_setter`: a device function that puts variables on parameter servers, the rest on workers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ...ops.base.device_spec import DeviceSpec, canonical, merge
from .cluster import ClusterSpec

PS_OPS = (
    "Variable", "VariableV2", "AutoReloadVariable", "MutableHashTable", "MutableHashTableV2",
    "MutableHashTableOfTensors", "MutableHashTableOfTensorsV2", "MutableDenseHashTable", "MutableDenseHashTableV2",
    "VarHandleOp", "BoostedTreesEnsembleResourceHandleOp", "BoostedTreesQuantileStreamResourceHandleOp",
    "ResourceConditionalAccumulator", "DecisionTreeResource",
)  # fmt: skip


class _RoundRobinStrategy:
    """Tasks in turn: 0, 1, ..., n - 1, 0, ..."""

    def __init__(self, count: int) -> None:
        self._count = max(count, 1)
        self._next = 0

    def __call__(self, op: Any) -> int:
        task = self._next
        self._next = (task + 1) % self._count
        return task


class _DeviceSetter:
    """The device function: see `replica_device_setter`."""

    def __init__(
        self, ps_device: str, worker_device: str, merges: bool, ps_ops: Iterable[str], strategy: Callable[[Any], int]
    ) -> None:
        self._ps_device = ps_device
        self._worker_device = worker_device
        self._merges = merges
        self._ps_ops = ps_ops
        self._strategy = strategy

    def __call__(self, op: Any) -> str:
        own = canonical(op.device)
        if not self._merges and own:
            return own
        if self._ps_device and op.type in self._ps_ops:
            return merge(own, self._server(op, own))
        return merge(own, self._worker_device)

    def _server(self, op: Any, own: str) -> str:
        """The parameter servers' device; its task is chosen unless the operation is on another job already."""
        spec = DeviceSpec.from_string(self._ps_device)
        job = DeviceSpec.from_string(own).job
        if spec.job and (not job or job == spec.job):
            spec.task = self._strategy(op)
        return spec.to_string()


def replica_device_setter(
    ps_tasks: int = 0,
    ps_device: str = "/job:ps",
    worker_device: str = "/job:worker",
    merge_devices: bool = True,
    cluster: Any = None,
    ps_ops: Any = None,
    ps_strategy: Any = None,
) -> Callable[[Any], str] | None:
    """Return a function for `tf.device`: variables go to the parameter servers in turn, all else to the worker.

    Args:
      ps_tasks: the number of tasks of the parameter servers' job; 0: no device function (None is returned).
      ps_device: the device of the parameter servers; empty: they take nothing.
      worker_device: the device of all else.
      merge_devices: whether an operation that asks for a device already gets what that leaves open.
      cluster: a ClusterSpec, or what one is made of: the number of tasks is taken from it.
      ps_ops: the operation types that go to the parameter servers; default: those of variables.
      ps_strategy: a function from operation to task index; default: in turn.
    Raises: TypeError if `cluster` is no cluster or `ps_strategy` no function.

    >>> setter = replica_device_setter(cluster={"ps": ["a:1", "b:1"], "worker": ["c:1"]})
    """
    if cluster is not None:
        spec = cluster if isinstance(cluster, ClusterSpec) else ClusterSpec(cluster)
        job = DeviceSpec.from_string(ps_device).job if ps_device else None
        if job not in spec.jobs:
            return None
        ps_tasks = spec.num_tasks(job)
    if ps_tasks == 0:
        return None
    strategy = _RoundRobinStrategy(ps_tasks) if ps_strategy is None else ps_strategy
    if not callable(strategy):
        raise TypeError("ps_strategy must be callable")
    return _DeviceSetter(
        canonical(ps_device or None), canonical(worker_device or None), merge_devices,
        PS_OPS if ps_ops is None else ps_ops, strategy,
    )  # fmt: skip
