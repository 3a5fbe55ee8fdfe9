"""`tensorflow.python.framework.registry`: objects under names."""

from __future__ import annotations

from typing import Any

from ...ops.base.origin import capture, describe


class Registry:
    """Objects under names, each name once.

    Args:
      name: what the objects are, for messages.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._registry: dict[str, Any] = {}
        self._places: dict[str, str] = {}

    def register(self, candidate: Any, name: str | None = None) -> None:
        """Keep an object. Raises: ValueError if it has no name; KeyError if the name is taken."""
        if not candidate:
            raise ValueError(f"{self._name}: there is nothing to register.")
        key = name or candidate.__name__
        if key in self._registry:
            raise KeyError(f"Registering two {self._name} with name '{key}'! (Previous one: {self._places[key]})")
        self._registry[key] = candidate
        self._places[key] = describe(capture()) or "unknown"

    def list(self) -> Any:
        """Return the names."""
        return self._registry.keys()

    def lookup(self, name: str) -> Any:
        """Return the object of a name. Raises: LookupError if there is none."""
        if name not in self._registry:
            raise LookupError(f"{self._name} registry has no entry for: {name}")
        return self._registry[name]
