"""Messages of collections of one's own: how their items travel in a MetaGraphDef."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple


class _Functions(NamedTuple):
    proto_type: Any
    to_proto: Callable[..., Any] | None
    from_proto: Callable[..., Any] | None


_REGISTERED: Final[dict[str, _Functions]] = {}


def register_proto_function(
    collection_name: str, proto_type: Any = None, to_proto: Any = None, from_proto: Any = None
) -> None:
    """Tell how the items of a collection become messages in a MetaGraphDef, and come back.

    Args:
      collection_name: the collection.
      proto_type: the class of messages.
      to_proto: a function from an item and `export_scope=` to a message.
      from_proto: a function from a message and `import_scope=` to an item.
    Raises: TypeError if one of them cannot be called, KeyError if the collection has such functions already.
    """
    for name, function in (("to_proto", to_proto), ("from_proto", from_proto)):
        if function is not None and not callable(function):
            raise TypeError(f"{name} must be callable.")
    if collection_name in _REGISTERED:
        raise KeyError(f"Registering two proto functions with name '{collection_name}'!")
    _REGISTERED[collection_name] = _Functions(proto_type, to_proto, from_proto)


def get_collection_proto_type(collection_name: str) -> Any:
    """Return the class of a collection's messages, or None."""
    found = _REGISTERED.get(collection_name)
    return found and found.proto_type


def get_to_proto_function(collection_name: str) -> Any:
    """Return the function from an item to a message, or None."""
    found = _REGISTERED.get(collection_name)
    return found and found.to_proto


def get_from_proto_function(collection_name: str) -> Any:
    """Return the function from a message to an item, or None."""
    found = _REGISTERED.get(collection_name)
    return found and found.from_proto
