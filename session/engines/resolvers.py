"""Who belongs to a cluster, as this process's surroundings tell: `tf.distribute.cluster_resolver`."""

from __future__ import annotations

import json
import os
from typing import Any

from .cluster import ClusterSpec


def _address(master: str, rpc_layer: str | None) -> str:
    return f"{rpc_layer}://{master}" if rpc_layer and master and "://" not in master else master


class ClusterResolver:
    """The base of what finds a cluster: `cluster_spec`, `master`, `num_accelerators`."""

    environment: Any = ""
    rpc_layer: str | None = None
    task_type: str | None = None
    task_id: int | None = None

    def cluster_spec(self) -> ClusterSpec:
        """Return the ClusterSpec."""
        raise NotImplementedError(f"{type(self).__name__} does not define cluster_spec.")

    def master(self, task_type: str | None = None, task_id: int | None = None, rpc_layer: str | None = None) -> str:
        """Return the address to connect to, of a task or of this process's."""
        raise NotImplementedError(f"{type(self).__name__} does not define master.")

    def num_accelerators(
        self, task_type: str | None = None, task_id: int | None = None, config_proto: Any = None
    ) -> dict[str, int]:
        """Return how many devices of each kind a task has besides its processors: none."""
        return {}


class SimpleClusterResolver(ClusterResolver):
    """A cluster that is given.

    Args:
      cluster_spec: the ClusterSpec.
      master: the address of the master.
      task_type, task_id: of this process.
      environment: a name of the surroundings.
      num_accelerators: how many devices of each kind a task has besides its processors.
      rpc_layer: the protocol before an address.
    Raises: TypeError if the cluster is no ClusterSpec.
    """

    def __init__(
        self, cluster_spec: Any, master: str = "", task_type: str | None = None, task_id: int | None = None,
        environment: str = "", num_accelerators: Any = None, rpc_layer: str | None = None,
    ) -> None:  # fmt: skip
        if not isinstance(cluster_spec, ClusterSpec):
            raise TypeError("cluster_spec must be a ClusterSpec.")
        self._spec, self._master, self.rpc_layer = cluster_spec, master, rpc_layer
        self.task_type, self.task_id, self.environment = task_type, task_id, environment
        self._accelerators = num_accelerators

    def cluster_spec(self) -> ClusterSpec:
        """Return the ClusterSpec."""
        return self._spec

    def master(self, task_type: str | None = None, task_id: int | None = None, rpc_layer: str | None = None) -> str:
        """Return the address of a task, or the one that was given."""
        address = self._master
        if task_type is not None and task_id is not None:
            address = self._spec.task_address(task_type, task_id)
        return _address(address, rpc_layer or self.rpc_layer)

    def num_accelerators(
        self, task_type: str | None = None, task_id: int | None = None, config_proto: Any = None
    ) -> dict[str, int]:
        """Return what was given."""
        return dict(self._accelerators or {})


class TFConfigClusterResolver(ClusterResolver):
    """The cluster that the environment variable TF_CONFIG tells of, in JSON.

    Args:
      task_type, task_id: of this process; default: what it says.
      rpc_layer: the protocol before an address; default: what it says.
      environment: a name of the surroundings; default: what it says.
    """

    def __init__(
        self, task_type: str | None = None, task_id: int | None = None, rpc_layer: str | None = None,
        environment: str | None = None,
    ) -> None:  # fmt: skip
        config = self._config()
        task = config.get("task", {})
        self.task_type = str(task["type"]) if task_type is None and "type" in task else task_type
        self.task_id = int(task["index"]) if task_id is None and "index" in task else task_id
        self.rpc_layer = config.get("rpc_layer") if rpc_layer is None else rpc_layer
        self.environment = config.get("environment") if environment is None else environment

    @staticmethod
    def _config() -> dict[str, Any]:
        found: dict[str, Any] = json.loads(os.environ.get("TF_CONFIG", "{}"))
        return found

    def cluster_spec(self) -> ClusterSpec:
        """Return the ClusterSpec, an empty one if there is none."""
        return ClusterSpec(self._config().get("cluster", {}))

    def master(self, task_type: str | None = None, task_id: int | None = None, rpc_layer: str | None = None) -> str:
        """Return the address of a task, by default this process's; empty for a cluster of one task or none."""
        spec = self.cluster_spec()
        jobs = spec.as_cluster_def().job
        if not jobs or (len(jobs) == 1 and len(jobs[0].tasks) == 1):
            return ""
        kind = self.task_type if task_type is None else task_type
        number = self.task_id if task_id is None else task_id
        if kind is None or number is None:
            return ""
        return _address(spec.task_address(kind, number), rpc_layer or self.rpc_layer)


class UnionClusterResolver(ClusterResolver):
    """The clusters of several resolvers as one; the first of them tells the master.

    Args:
      args: the resolvers.
      rpc_layer, task_type, task_id: default: the first resolver's.
    Raises: ValueError without resolvers, for other arguments; TypeError if one is no resolver.
    """

    def __init__(
        self, *args: Any, rpc_layer: str | None = None, task_type: str | None = None, task_id: int | None = None
    ) -> None:
        if not args:
            raise ValueError("At least one ClusterResolver is required.")
        for resolver in args:
            if not isinstance(resolver, ClusterResolver):
                raise TypeError(f"All arguments must be a ClusterResolver; got {resolver!r}.")
        self._resolvers = args
        first = args[0]
        self.rpc_layer = first.rpc_layer if rpc_layer is None else rpc_layer
        self.task_type = first.task_type if task_type is None else task_type
        self.task_id = first.task_id if task_id is None else task_id
        self.environment = first.environment

    def cluster_spec(self) -> ClusterSpec:
        """Return the union: lists of addresses follow one another, numbered tasks keep their numbers.

        Raises: KeyError if a task has two addresses.
        """
        merged: dict[str, dict[int, str]] = {}
        for resolver in self._resolvers:
            for job in resolver.cluster_spec().as_cluster_def().job:
                tasks = merged.setdefault(job.name, {})
                numbers = sorted(job.tasks)
                is_list = numbers == list(range(len(numbers)))
                start = len(tasks) if is_list and sorted(tasks) == list(range(len(tasks))) else 0
                for number in numbers:
                    if start + number in tasks:
                        raise KeyError(f"Task {number} of job {job.name!r} has two addresses.")
                    tasks[start + number] = job.tasks[number]
        return ClusterSpec(merged)

    def master(self, task_type: str | None = None, task_id: int | None = None, rpc_layer: str | None = None) -> str:
        """Return the address of a task of the union, or the first resolver's master."""
        if task_type is not None and task_id is not None:
            return _address(self.cluster_spec().task_address(task_type, task_id), rpc_layer or self.rpc_layer)
        address: str = self._resolvers[0].master(rpc_layer=rpc_layer)
        return address


class TPUClusterResolver(ClusterResolver):
    """Finds a TPU. Raises: NotImplementedError: there are none here; programs take their way without one."""

    def __init__(self, *unused: Any, **options: Any) -> None:
        raise NotImplementedError(
            "TPUClusterResolver: there are no TPUs here. Run the program without one, such as with --use_tpu=False."
        )
