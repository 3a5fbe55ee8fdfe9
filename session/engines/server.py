"""Servers: engines that several sessions share, found by their target."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Iterable
from typing import Any

from ...ops.base.device_spec import DeviceSpec
from ...ops.base.errors import InternalError, NotFoundError, UnavailableError, UnknownError
from ..calls import options as opts
from ..devices.devices import DeviceAttributes, matches
from ..resources.resources import ResourceManager, Resources
from .cluster import ClusterSpec, cluster_def, message_of
from .engine import Engine, Place, SharedEngine, is_registered, register, register_remote, shared_engine

_free_ports = itertools.count(40001)


class ServerEngine(SharedEngine):
    """The engine of one task of a cluster; it reaches the other tasks that have a server in this process.

    Args:
      target: its name.
      task: the job and task index it is.
      cluster: the cluster.
      config: the ConfigProto that says which devices it has, or None.
    """

    def __init__(self, target: str, task: tuple[str, int], cluster: ClusterSpec, config: Any) -> None:
        super().__init__(target, task, config)
        self.cluster = cluster

    def resources(self, config: Any, place: Place | None = None) -> Resources:
        """The containers of all tasks: an operation's resource is where it is placed."""
        if place is None:
            return super().resources(config)
        cluster = self._cluster(config)

        def locate(op: Any) -> ResourceManager:
            spec = DeviceSpec.from_string(place(op))
            return self._engine(cluster, spec.job or "", spec.task or 0).manager

        return Resources(self.manager, locate)

    def devices(self, config: Any) -> list[DeviceAttributes]:
        """The devices of this task, then those of the other tasks in this process that `device_filters` let through."""
        found = list(self._devices)
        for engine in self._peers(self._cluster(config)):
            found += engine._devices
        wanted = list(config.device_filters) if config is not None else []
        return [d for d in found if d in self._devices or not wanted or any(matches(f, d.name) for f in wanted)]

    def absent(self, config: Any) -> list[str]:
        """The tasks of the cluster that have no server in this process, as device strings with their addresses."""
        cluster = self._cluster(config)
        return [
            f"/job:{job}/replica:0/task:{index}"
            for job in cluster.jobs
            for index in cluster.task_indices(job)
            if (job, index) != self.task and _server_of(cluster, job, index) is None
        ]

    def reset(self, containers: Iterable[str] | None) -> None:
        """Clear containers (None: all) on all tasks, and close the sessions connected to this one."""
        names = None if containers is None else list(containers)
        for engine in self._peers(self.cluster):
            engine.manager.clear(names)
        super().reset(names)

    def _cluster(self, config: Any) -> ClusterSpec:
        if config is not None and config.cluster_def.job:
            return ClusterSpec(config.cluster_def)
        return self.cluster

    def _peers(self, cluster: ClusterSpec) -> list[ServerEngine]:
        tasks = [(job, index) for job in cluster.jobs for index in cluster.task_indices(job)]
        found = [_server_of(cluster, *task) for task in tasks if task != self.task]
        return [engine for engine in found if engine is not None]

    def _engine(self, cluster: ClusterSpec, job: str, index: int) -> ServerEngine:
        found = self if (job, index) == self.task else _server_of(cluster, job, index)
        if found is None:
            raise UnavailableError(None, None, f"There is no server of /job:{job}/task:{index} in this process.")
        return found


def _server_of(cluster: ClusterSpec, job: str, index: int) -> ServerEngine | None:
    found = shared_engine(_target(cluster.task_address(job, index)))
    return found if isinstance(found, ServerEngine) and found.task == (job, index) else None


def _target(address: str) -> str:
    return f"grpc://localhost:{address.rpartition(':')[2]}"


class Server:
    """A server of this process: sessions connect to it by its `target` and share its variables.

    Its variables outlive sessions; they are cleared by `Session.reset(target)` and gone with the process. The servers
    of one cluster see each other if they are in one process, or if SESSILE_RAY or RAY_ADDRESS names a Ray cluster: then
    each task is an actor of Ray that lives as long as the process that made its server. Variables live on the task they
    are placed on.

    Args:
      server_or_cluster_def: a ServerDef or ClusterDef message, a ClusterSpec, or the dictionary of one.
      job_name: the job it is a task of; may be left out if there is one job.
      task_index: its task; may be left out if the job has one task.
      protocol: "grpc", the default: the name in `target`; "grpc+ray" asks for Ray, and a running one is looked for.
      config: a ConfigProto: which devices it has.
      start: kept: a server takes sessions as soon as it is made.
    Raises: TypeError if the first argument is no cluster, ValueError without job or task, InternalError for a task
      that the cluster does not have, NotFoundError for another protocol, UnknownError if the address is in use.

    >>> server = Server.create_local_server()
    >>> server.target.startswith("grpc://localhost:")
    True
    """

    def __init__(
        self,
        server_or_cluster_def: Any,
        job_name: str | None = None,
        task_index: int | None = None,
        protocol: str | None = None,
        config: Any = None,
        start: bool = True,
    ) -> None:
        self._server_def = _server_def(server_or_cluster_def, job_name, task_index, protocol, opts.check_config(config))
        definition = self._server_def
        cluster = ClusterSpec(definition.cluster)
        task = (definition.job_name, definition.task_index)
        _check(definition, cluster, task)
        address = cluster.task_address(*task)
        target = _target(address)
        if target.endswith(":0") or not target.rpartition(":")[2]:
            target = _free_target()
        if is_registered(target):
            raise UnknownError(
                None, None, f"Could not start gRPC server: the address {address} is in use by another one."
            )
        options = definition.default_session_config if definition.HasField("default_session_config") else None
        if _goes_to_ray(definition.protocol, address):
            self._engine: Engine = _remote_engine(target, task, address, cluster, options)
        else:
            engine = self._engine = ServerEngine(target, task, cluster, options)
            register(engine)
        if start:
            self.start()

    @staticmethod
    def create_local_server(config: Any = None, start: bool = True) -> Server:
        """Return a server of its own, the only task of a cluster, at a free address.

        Args: as of the class.
        """
        return Server({"localhost": ["localhost:0"]}, protocol="grpc", config=config, start=start)

    @property
    def target(self) -> str:
        """What `Session(target)` takes to connect to this server."""
        return self._engine.target.decode()

    @property
    def server_def(self) -> Any:
        """The definition of this server as a ServerDef message."""
        return self._server_def

    def start(self) -> None:
        """Begin to serve; a second time does nothing."""

    def join(self) -> None:
        """Block for ever: the server serves until the process ends."""
        while True:  # in steps, so that Ctrl-C is noticed on every platform
            threading.Event().wait(3600.0)


def _goes_to_ray(protocol: str, address: str) -> bool:
    """Whether the cluster's tasks are actors of Ray: somebody says which Ray. A server alone stays in this process."""
    if address.endswith(":0"):
        return False
    return protocol.endswith("+ray") or bool(os.environ.get("SESSILE_RAY") or os.environ.get("RAY_ADDRESS"))


def _remote_engine(target: str, task: tuple[str, int], address: str, cluster: ClusterSpec, config: Any) -> Engine:
    """The engine of a task that runs in a process of its own, made here."""
    from .remote.engine import RemoteEngine
    from .remote.fabric import cluster_token, ray_fabric, wanted_address

    fabric, token = ray_fabric(wanted_address() or "auto"), cluster_token()
    definition = b"" if config is None else config.SerializeToString()
    fabric.create(address, *task, address, cluster.as_dict(), token, definition)
    engine = RemoteEngine(target, task, cluster, fabric, token)
    register_remote(target, engine)
    return engine


def _free_target() -> str:
    return next(t for t in (f"grpc://localhost:{port}" for port in _free_ports) if not is_registered(t))


def _server_def(source: Any, job: str | None, task: int | None, protocol: str | None, config: Any) -> Any:
    """The ServerDef of the arguments; what they leave open is what there is only one of."""
    from ...ops.proto import ServerDef

    definition = ServerDef()
    given = message_of(source, "ServerDef")
    if given is not None:
        definition.CopyFrom(given)
        has_task = True
    else:
        definition.cluster.CopyFrom(_cluster_of(source))
        has_task = False
    cluster = ClusterSpec(definition.cluster)
    if job is not None:
        definition.job_name = job
    elif not definition.job_name:
        definition.job_name = _only(cluster.jobs, "job_name", "jobs")
    if task is not None:
        definition.task_index = task
    elif not has_task:
        definition.task_index = _only(cluster.task_indices(definition.job_name), "task_index", "tasks")
    definition.protocol = protocol or definition.protocol or "grpc"
    if config is not None:
        definition.default_session_config.MergeFrom(config)
    return definition


def _cluster_of(source: Any) -> Any:
    message = cluster_def(source)
    if message is not None:
        return message
    try:
        return ClusterSpec(source).as_cluster_def()
    except TypeError as error:
        raise TypeError(
            f"Could not convert `server_or_cluster_def` to a `tf.train.ServerDef` or `tf.train.ClusterSpec`. ({error})"
        ) from None


def _only(found: list[Any], argument: str, what: str) -> Any:
    if len(found) != 1:
        raise ValueError(f"Must specify an explicit `{argument}`: the {what} are {found}.")
    return found[0]


def _check(definition: Any, cluster: ClusterSpec, task: tuple[str, int]) -> None:
    """Raises: InternalError if the cluster has no such task, NotFoundError for an unknown protocol."""
    job, index = task
    if definition.protocol.partition("+")[0] != "grpc":
        raise NotFoundError(
            None, None,
            f"No server factory registered for the protocol {definition.protocol!r}. The available server factories "
            "are: [ GRPC_SERVER ], of protocol 'grpc'.",
        )  # fmt: skip
    if job not in cluster.jobs:
        raise InternalError(None, None, f'Job "{job}" was not defined in cluster; its jobs are {cluster.jobs}.')
    if index not in cluster.task_indices(job):
        raise InternalError(
            None, None, f'Task {index} was not defined in job "{job}"; its tasks are {cluster.task_indices(job)}.'
        )
