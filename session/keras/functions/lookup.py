"""Things found by name, in a configuration, or given as they are; and names that programs add."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_CUSTOM: dict[str, Any] = {}


class CustomObjectScope:
    """Have names known inside the block, as often as it is entered.

    Args:
      args: dictionaries from names to classes and functions.
    """

    def __init__(self, *args: Mapping[str, Any]) -> None:
        self.custom_objects = args
        self._before: list[dict[str, Any]] = []

    def __enter__(self) -> CustomObjectScope:
        self._before.append(dict(_CUSTOM))
        for names in self.custom_objects:
            _CUSTOM.update(names)
        return self

    def __exit__(self, *error: Any) -> None:
        _CUSTOM.clear()
        _CUSTOM.update(self._before.pop())


def custom_object_scope(*args: Mapping[str, Any]) -> CustomObjectScope:
    """Have names known inside the block: dictionaries from names to classes and functions."""
    return CustomObjectScope(*args)


def get_custom_objects() -> dict[str, Any]:
    """The names that programs have added, to change."""
    return _CUSTOM


def by_name(name: str, known: Mapping[str, Any], what: str, custom: Any = None) -> Any:
    """What a name stands for. Raises: ValueError that tells of the nearest names."""
    from ....ops.base.suggest import nearest

    for table in (custom or {}, _CUSTOM, known):
        if name in table:
            return table[name]
    raise ValueError(f"Unknown {what}: {name}.{nearest(name, list(known))}")


def found(identifier: Any, known: Mapping[str, Any], what: str, custom: Any = None) -> Any:
    """An object by its name, or by a configuration with `class_name` and `config`; what is neither is given back.

    A class that is found is called without arguments.
    Raises: ValueError for names that are not known, or what cannot be called.
    """
    if isinstance(identifier, str):
        value = by_name(identifier, known, what, custom)
        return value() if isinstance(value, type) else value
    if isinstance(identifier, Mapping) and "class_name" in identifier:
        value = by_name(identifier["class_name"], known, what, custom)
        config = identifier.get("config", {})
        if not isinstance(value, type):
            return value
        made = value.from_config(config) if hasattr(value, "from_config") else value(**config)
        return made
    if callable(identifier):
        return identifier
    raise ValueError(f"Could not interpret {what} identifier: {identifier}")


def serialized(item: Any) -> Any:
    """A name, or a configuration that `found` understands."""
    if item is None:
        return None
    if hasattr(item, "get_config"):
        return {"class_name": type(item).__name__, "config": item.get_config()}
    if hasattr(item, "__name__"):
        return item.__name__
    raise ValueError(f"Cannot serialize {item}")
