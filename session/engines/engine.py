"""Execution engines: where sessions run, found by their target.

A session asks its engine for the resources and devices it works with and for the programs of its signatures, and tells
it that it exists, so that `reset` can close it. That is the whole interface; there are three engines behind it: the
private one of target '' here, the shared one of a server (`server.py`), and that of a cluster (`remote/engine.py`).
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable
from typing import Any

from ...ops.base.errors import InvalidArgumentError, NotFoundError
from ..devices.devices import DeviceAttributes, local_devices
from ..resources.resources import ResourceManager, Resources
from ..resources.state import LOST, RESET

LOCAL_TASK = ("localhost", 0)
Place = Callable[[Any], str]


class Engine:
    """Where sessions run.

    Attributes:
      target: the string that names it, as bytes.
      task: the job and task index that operations without a device run on.
    """

    target: bytes = b""
    task: tuple[str, int] = LOCAL_TASK
    _closing_reason = RESET

    def __init__(self) -> None:
        self._sessions: weakref.WeakSet[Any] = weakref.WeakSet()

    def connect(self, session: Any, config: Any = None, place: Place | None = None) -> Resources:
        """Note a new session; returns the resources it works with.

        Args:
          config: its ConfigProto, or None.
          place: from an operation to the full name of the device it runs on.
        """
        self._sessions.add(session)
        return self.resources(config, place)

    def disconnect(self, session: Any) -> None:
        """Forget a session that was closed."""
        self._sessions.discard(session)

    def reset(self, containers: Iterable[str] | None) -> None:
        """Clear containers (None: all), and close the sessions connected now."""
        for session in list(self._sessions):
            session._state.resources.clear(containers)
            session._close(self._closing_reason)

    def resources(self, config: Any, place: Place | None = None) -> Resources:
        """The resources that a new session with this ConfigProto works with."""
        raise NotImplementedError

    def devices(self, config: Any) -> list[DeviceAttributes]:
        """The devices that a session with this ConfigProto can use."""
        raise NotImplementedError

    def absent(self, config: Any) -> list[str]:
        """Tasks that a session may name but that cannot be reached now, as device strings."""
        return []

    def program(self, session: Any, feeds: Any, fetches: Any, targets: Any, done: Any, jit: str, threads: int) -> Any:
        """What runs a signature of a session: the compiler's program of it.

        Args:
          done: operations that do not run again.
          jit, threads: as of `Program`.
        """
        from ...compiler.program.program import Program

        return Program(session._graph, feeds, fetches, targets, jit, threads, done)


class InProcessEngine(Engine):
    """The engine of target '': every session has resources and devices of its own."""

    def resources(self, config: Any, place: Place | None = None) -> Resources:
        """Containers of the session's own."""
        return Resources(ResourceManager())

    def devices(self, config: Any) -> list[DeviceAttributes]:
        """The processors of this machine."""
        return local_devices(config, *LOCAL_TASK)


class SharedEngine(Engine):
    """An engine whose resources outlive sessions and are seen by all its sessions.

    Args:
      target: its name.
      task: the job and task index it is.
      config: the ConfigProto that says which devices it has, or None.
    """

    _closing_reason = LOST

    def __init__(self, target: str, task: tuple[str, int], config: Any = None) -> None:
        super().__init__()
        self.target = target.encode()
        self.task = task
        self.manager = ResourceManager()
        self._devices = local_devices(config, *task)

    def resources(self, config: Any, place: Place | None = None) -> Resources:
        """The containers that all sessions share."""
        return Resources(self.manager)

    def devices(self, config: Any) -> list[DeviceAttributes]:
        """The devices of this task."""
        return list(self._devices)

    def reset(self, containers: Iterable[str] | None) -> None:
        """Clear containers (None: all), also for sessions that come later, and close the sessions connected now."""
        names = None if containers is None else list(containers)
        self.manager.clear(names)
        super().reset(names)


_in_process = InProcessEngine()
_shared: dict[str, SharedEngine] = {}  # by target; a server lives as long as the process, as in TensorFlow
_remote: dict[str, Engine] = {}  # tasks of clusters that this process made, or found


def register(engine: SharedEngine) -> None:
    """Let sessions find a shared engine by its target."""
    _shared[engine.target.decode()] = engine


def register_remote(target: str, engine: Engine) -> None:
    """Let sessions of this process find the engine of a cluster's task by its target."""
    _remote[target] = engine


def is_registered(target: str) -> bool:
    """Whether there is a shared engine of this target."""
    return target in _shared or target in _remote


def shared_engine(target: str) -> SharedEngine | None:
    """The shared engine of a target, or None."""
    return _shared.get(target)


def find_engine(target: Any) -> Engine:
    """Return the engine of a target.

    Raises: TypeError if it is no string, NotFoundError if there is none, InvalidArgumentError for one without address.
    """
    if not isinstance(target, (str, bytes)):
        raise TypeError(f'Argument `target` must be a string, but got "{type(target).__name__}"')
    name = target.decode(errors="replace") if isinstance(target, bytes) else target
    if not name:
        return _in_process
    found: Engine | None = _shared.get(name) or _remote.get(name)
    if found is not None:
        return found
    known = f"target '' (private, in this process){''.join(f', {other!r}' for other in _shared)}"
    advice = "Make a server with tf.train.Server.create_local_server() and use its `target`."
    scheme, _, address = name.partition("://")
    if scheme != "grpc" or not _:
        raise NotFoundError(
            None, None,
            f"No session factory registered for the target {name!r}. The execution engines that exist are: {known}. "
            + advice,
        )  # fmt: skip
    if not address.rpartition(":")[2].isdigit():
        raise InvalidArgumentError(
            None, None, f'Could not interpret "{address}" as a host-port pair in the target {name!r}. {advice}'
        )
    raise NotFoundError(
        None, None,
        f"There is no server at the target {name!r}: without a Ray cluster (SESSILE_RAY, RAY_ADDRESS) sessions reach "
        f"servers of this process only. The execution engines that exist are: {known}. {advice}",
    )  # fmt: skip
