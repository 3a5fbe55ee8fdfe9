"""Resources: what outlives a step (variables; later queues, readers), in named containers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ...ops.base import forks
from ...ops.base.errors import CancelledError


class ResourceManager:
    """The containers of one task: container name -> (kind, resource name) -> resource.

    An operation that owns a resource names it with its attributes `container` and `shared_name` (default: its own
    name), so operations of several graphs, or of several sessions on one engine, may share one.
    """

    def __init__(self) -> None:
        self._containers: dict[str, dict[tuple[str, str], Any]] = {}
        self._lock = forks.lock()

    def find(self, op: Any, kind: str, make: Callable[[Any], Any]) -> Any:
        """Return the resource that `op` names, made by `make(op)` if there is none."""
        with self._lock:
            container = self._containers.setdefault(op.attrs.get("container", b"").decode(), {})
            key = (kind, op.attrs.get("shared_name", b"").decode() or op.name)
            resource = container.get(key)
            if resource is None:
                resource = container[key] = make(op)
            return resource

    def names(self, container: str = "") -> list[tuple[str, str]]:
        """The `(kind, name)` of the resources in a container."""
        return list(self._containers.get(container, {}))

    def arrays(self) -> list[tuple[str, Any]]:
        """What variables hold, per array what it is and the array."""
        with self._lock:
            found = [item for container in self._containers.values() for item in container.items()]
        return [(f"{kind} '{name}'", getattr(resource, "value", None)) for (kind, name), resource in found]

    def clear(self, containers: Iterable[str] | None = None) -> None:
        """Empty the resources of the containers named, or of all (None, or an empty list).

        A variable loses its value and stays: compiled steps of other sessions hold its place.
        """
        with self._lock:
            for name in list(containers or self._containers):
                for resource in self._containers.get(name, {}).values():
                    resource.clear()


class Resources:
    """The resources that one session works with, wherever they are.

    Args:
      own: the containers of the task that the session is connected to.
      locate: from an operation to the containers of the task it is placed on; None: always the own ones.

    Attributes:
      handles: what holds the arrays that handles name, where that is not the session itself.
    """

    def __init__(self, own: ResourceManager, locate: Callable[[Any], ResourceManager] | None = None) -> None:
        self._own = own
        self._locate = locate
        self.handles: Any = None
        self._of_operation: dict[Any, Any] = {}  # what `of_operation` found, for speed

    def of_operation(self, op: Any, kind: str, make: Callable[[Any], Any]) -> Any:
        """Return the resource that `op` owns, made by `make(op)` at its first use."""
        found = self._of_operation.get(op)
        if found is None:
            manager = self._own if self._locate is None else self._locate(op)
            found = self._of_operation[op] = manager.find(op, kind, make)
        return found

    def names(self, container: str = "") -> list[tuple[str, str]]:
        """The `(kind, name)` of the resources in a container."""
        return self._own.names(container)

    def arrays(self) -> list[tuple[str, Any]]:
        """What variables hold, per array what it is and the array."""
        return self._own.arrays()

    def clear(self, containers: Iterable[str] | None = None) -> None:
        """Empty the containers named, or all (None, or an empty list)."""
        self._own.clear(containers)


class ClosedResources(Resources):
    """What a closed session works with: nothing. A step that still runs is told so when it asks for a resource."""

    def __init__(self) -> None:
        super().__init__(ResourceManager())

    def of_operation(self, op: Any, kind: str, make: Callable[[Any], Any]) -> Any:
        """Raises: CancelledError."""
        raise CancelledError(None, op, "The step was cancelled: its session was closed.")
