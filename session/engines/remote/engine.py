"""The engine of a cluster: sessions of this process whose steps run on tasks in others."""

from __future__ import annotations

import socket
import sys
import time
import weakref
from collections.abc import Iterable, Iterator
from typing import Any, Final

from ....ops.base.device_spec import DeviceSpec
from ....ops.base.errors import DeadlineExceededError, NotFoundError, OpError
from ...devices.devices import DeviceAttributes, matches
from ...resources.resources import ResourceManager, Resources
from ...resources.state import LOST
from ..cluster import ClusterSpec
from ..engine import Engine, Place
from .fabric import Fabric, TaskLostError
from .failures import TaskError, unpacked, unreachable
from .link import Link, TaskName
from .program import ClusterProgram

_LOOK: Final = 0.1  # seconds between looks for a task that is not up
_SAY: Final = 10.0  # seconds between words about it


class RemoteEngine(Engine):
    """One task of a cluster as sessions see it; the others are reached from there.

    Args:
      target: its name.
      task: the job and task index it is.
      cluster: the cluster.
      fabric: carries calls.
      token: what tasks ask for.
    """

    _closing_reason = LOST

    def __init__(self, target: str, task: TaskName, cluster: ClusterSpec, fabric: Fabric, token: str) -> None:
        super().__init__()
        self.target = target.encode()
        self.task = task
        self.cluster = cluster
        self._fabric = fabric
        self._token = token
        self._links: weakref.WeakKeyDictionary[Any, Link] = weakref.WeakKeyDictionary()

    def connect(self, session: Any, config: Any = None, place: Place | None = None) -> Resources:
        """Begin a session on all tasks that it may see, once they are up."""
        found = {name: task for name, task, _ in self._greeted(config)}
        link = Link(self._fabric, found, self._token)
        self._links[session] = link
        weakref.finalize(session, link.close).atexit = False
        self._sessions.add(session)
        resources = Resources(ResourceManager())  # of what runs in this process
        resources.handles = link.handles
        return resources

    def disconnect(self, session: Any) -> None:
        """End a session on the tasks."""
        super().disconnect(session)
        link = self._links.pop(session, None)
        if link is not None:
            link.close()

    def devices(self, config: Any) -> list[DeviceAttributes]:
        """The devices of this task, then those of the others that `device_filters` let through."""
        greeted = sorted(self._greeted(config), key=lambda item: item[0] != self.task)
        return [DeviceAttributes(*device) for _, _, told in greeted for device in told["devices"]]

    def reset(self, containers: Iterable[str] | None) -> None:
        """Clear containers (None: all) on all tasks that are up, and close the sessions connected to this one."""
        names = None if containers is None else list(containers)
        references = []
        for name, address in _tasks(self.cluster):
            task = self._fabric.find(address)
            if task is not None:
                try:
                    references += self._fabric.submit(task, "reset", [self._token, names, name == self.task])
                except TaskLostError:
                    continue
        self._get(references)
        for session in list(self._sessions):
            session._close(self._closing_reason)

    def program(self, session: Any, feeds: Any, fetches: Any, targets: Any, done: Any, jit: str, threads: int) -> Any:
        """See `Engine.program`."""
        placer = session._placer

        def task_of(op: Any) -> TaskName:
            spec = DeviceSpec.from_string(placer.device_of(op))
            return spec.job or "", spec.task or 0

        return ClusterProgram(
            self._links[session], session._graph, task_of, feeds, fetches, targets, done, jit, threads
        )

    def _greeted(self, config: Any) -> list[tuple[TaskName, Any, Any]]:
        """The tasks that a session with this ConfigProto sees, each with what it tells; waits until all are up.

        Raises: DeadlineExceededError after `operation_timeout_in_ms`.
        """
        cluster = self.cluster
        if config is not None and config.cluster_def.job:
            cluster = ClusterSpec(config.cluster_def)
        filters = list(config.device_filters) if config is not None else []
        wanted = [
            (name, address)
            for name, address in _tasks(cluster)
            if name == self.task or not filters or any(matches(f, _device(name)) for f in filters)
        ]
        limit = config.operation_timeout_in_ms / 1000 if config is not None else 0
        return [self._greet(name, address, limit) for name, address in wanted]

    def _greet(self, name: TaskName, address: str, limit: float) -> tuple[TaskName, Any, Any]:
        began = said = time.monotonic()
        while True:
            task = self._fabric.find(address)
            if task is not None:
                try:
                    (told,) = self._fabric.get(self._fabric.submit(task, "hello", [self._token]), 10.0)
                    return name, task, told
                except TaskError as failure:
                    raise unpacked(failure, None) from None
                except (TaskLostError, TimeoutError):
                    pass  # it is about to end, or to begin
            now = time.monotonic()
            if limit and now - began > limit:
                raise DeadlineExceededError(
                    None, None, f"The task {_device(name)} at {address} was not up within operation_timeout_in_ms."
                )
            if now - said > _SAY:
                said = now
                sys.stderr.write(f"CreateSession still waiting for response from worker: {_device(name)}\n")
            time.sleep(_LOOK)

    def _get(self, references: list[Any]) -> None:
        try:
            self._fabric.get(references)
        except TaskError as failure:
            raise unpacked(failure, None) from None
        except TaskLostError as error:
            raise unreachable("of the cluster", str(error)) from None


def _tasks(cluster: ClusterSpec) -> Iterator[tuple[TaskName, str]]:
    for job in cluster.jobs:
        for index in cluster.task_indices(job):
            yield (job, index), cluster.task_address(job, index)


def _device(task: TaskName) -> str:
    return f"/job:{task[0]}/replica:0/task:{task[1]}"


def engine_at(fabric: Fabric, target: str, address: str, token: str) -> RemoteEngine | None:
    """The engine of the task at an address, or None if there is none."""
    host, _, port = address.rpartition(":")
    names = [address]
    if host in ("localhost", "127.0.0.1"):
        names += [f"{name}:{port}" for name in ("localhost", "127.0.0.1", socket.gethostname(), socket.getfqdn())]
    for name in dict.fromkeys(names):
        task = fabric.find(name)
        if task is None:
            continue
        try:
            (told,) = fabric.get(fabric.submit(task, "hello", [token]), 10.0)
        except TaskError as failure:
            raise unpacked(failure, None) from None
        except (TaskLostError, TimeoutError):
            continue
        return RemoteEngine(target, tuple(told["task"]), ClusterSpec(told["cluster"]), fabric, token)
    return None


def no_task(target: str) -> OpError:
    """The error of a session to a target that has no task."""
    return NotFoundError(
        None, None,
        f"There is no task at the target {target!r} in the Ray cluster (of this token): start its tf.train.Server, "
        "or look at SESSILE_RAY, RAY_ADDRESS and SESSILE_RAY_TOKEN.",
    )  # fmt: skip
