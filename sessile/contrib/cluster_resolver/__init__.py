"""`sessile.contrib.cluster_resolver`: who belongs to a cluster. There are no TPUs to be found."""

from __future__ import annotations

from typing import Any


class TPUClusterResolver:
    """Finds a TPU. Raises: NotImplementedError: there are none here; programs take their way without one."""

    def __init__(self, *unused: Any, **options: Any) -> None:
        raise NotImplementedError(
            "TPUClusterResolver: there are no TPUs here. Run the program without one, such as with --use_tpu=False."
        )


class SimpleClusterResolver:
    """A cluster that is given.

    Args:
      cluster_spec: the ClusterSpec.
      master: the address of the master.
      task_type, task_index: of this process.
      rpc_layer: the protocol before an address.
    """

    def __init__(
        self,
        cluster_spec: Any,
        master: str = "",
        task_type: str | None = None,
        task_index: int | None = None,
        environment: str = "",
        num_accelerators: Any = None,
        rpc_layer: str | None = None,
    ) -> None:
        from ...session.engines.cluster import ClusterSpec

        if not isinstance(cluster_spec, ClusterSpec):
            raise TypeError("cluster_spec must be a ClusterSpec.")
        self._spec, self._master, self._rpc_layer = cluster_spec, master, rpc_layer
        self.task_type, self.task_index, self.environment = task_type, task_index, environment

    def cluster_spec(self) -> Any:
        """Return the ClusterSpec."""
        return self._spec

    def master(self, task_type: str | None = None, task_index: int | None = None, rpc_layer: str | None = None) -> str:
        """Return the address to connect to: of a task, or the one that was given."""
        address = self._master
        if task_type is not None and task_index is not None:
            address = self._spec.task_address(task_type, task_index)
        layer = rpc_layer or self._rpc_layer
        return f"{layer}://{address}" if layer and address and "://" not in address else address
