"""Objects as configurations, and back: what layers of programs use for their own parts."""

from __future__ import annotations

from typing import Any

from ..functions import lookup


def serialize_keras_object(instance: Any) -> Any:
    """Return the name or the configuration of an object. Raises: ValueError for what has neither."""
    return lookup.serialized(instance)


def deserialize_keras_object(
    identifier: Any, module_objects: Any = None, custom_objects: Any = None, printable_module_name: str = "object"
) -> Any:
    """Return the object of a name or a configuration.

    Args:
      identifier: see `serialize_keras_object`. module_objects, custom_objects: names and what they stand for.
      printable_module_name: what errors call it.
    Raises: ValueError for what is not known.
    """
    if identifier is None:
        return None
    if isinstance(identifier, dict) and ("class_name" not in identifier or "config" not in identifier):
        raise ValueError(f"Improper config format: {identifier}")
    if isinstance(identifier, dict):
        with lookup.custom_object_scope(custom_objects or {}):
            return lookup.found(identifier, module_objects or {}, printable_module_name, custom_objects)
    return lookup.found(identifier, module_objects or {}, printable_module_name, custom_objects)
