"""`compat.v2.name_scope`."""

from __future__ import annotations

from typing import Any

from ...ops.building.default_graph import name_scope


class NameScope(name_scope):
    """A context manager for operations that are built from several others.

    Args:
      name: the scope; inside an empty one, names have no prefix.
    Raises: ValueError if it is not a string.
    """

    def __init__(self, name: Any) -> None:
        if not isinstance(name, str):
            raise ValueError("name for name_scope must be a string.")
        super().__init__(name)
