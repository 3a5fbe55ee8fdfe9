"""Resources: what outlives a step (variables; later queues, readers), in named containers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any


class ResourceManager:
    """The containers of an engine: container name -> (kind, resource name) -> resource.

    An operation that owns a resource names it with its attributes `container` and `shared_name` (default: its own
    name), so operations of several graphs, or of several sessions on one engine, may share one.
    """

    def __init__(self) -> None:
        self._containers: dict[str, dict[tuple[str, str], Any]] = {}
        self._of_operation: dict[Any, Any] = {}  # what `of_operation` found, for speed
        self._lock = threading.Lock()

    def of_operation(self, op: Any, kind: str, make: Callable[[Any], Any]) -> Any:
        """Return the resource that `op` owns, made by `make(op)` at its first use."""
        found = self._of_operation.get(op)
        if found is not None:
            return found
        with self._lock:
            container = self._containers.setdefault(op.attrs.get("container", b"").decode(), {})
            key = (kind, op.attrs.get("shared_name", b"").decode() or op.name)
            resource = container.get(key)
            if resource is None:
                resource = container[key] = make(op)
            self._of_operation[op] = resource
            return resource

    def names(self, container: str = "") -> list[tuple[str, str]]:
        """The `(kind, name)` of the resources in a container."""
        return list(self._containers.get(container, {}))

    def clear(self, containers: Iterable[str] | None = None) -> None:
        """Forget the resources of the containers named, or of all (None, or an empty list)."""
        with self._lock:
            for name in list(containers or self._containers):
                self._containers.pop(name, None)
            self._of_operation.clear()
