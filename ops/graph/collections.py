"""The named collections of a Graph."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any


class Collections:
    """The part of `Graph` that keeps collections: lists of anything under a name (see `GraphKeys`)."""

    if TYPE_CHECKING:
        _collections: dict[Any, list[Any]]

        def _check_not_finalized(self) -> None: ...

    def add_to_collection(self, name: Any, value: Any) -> None:
        """Append `value` to the collection `name`. Raises: RuntimeError if the graph is finalized."""
        self._check_not_finalized()
        self._collections.setdefault(name, []).append(value)

    def add_to_collections(self, names: Any, value: Any) -> None:
        """Append `value` to each of the collections `names` (one name, or several; each once)."""
        for name in (names,) if isinstance(names, str) else dict.fromkeys(names):
            self.add_to_collection(name, value)

    def get_collection_ref(self, name: Any) -> list[Any]:
        """Return the collection itself: changing the list changes the collection."""
        return self._collections.setdefault(name, [])

    def get_collection(self, name: Any, scope: str | None = None) -> list[Any]:
        """Return a copy of the collection `name`, empty if there is none.

        Args:
          name: the name of the collection.
          scope: keep the items whose `name` matches this regular expression at its start; items without are left out.
        """
        items = self._collections.get(name, [])
        if scope is None:
            return list(items)
        pattern = re.compile(scope)
        return [item for item in items if hasattr(item, "name") and pattern.match(item.name)]

    def get_all_collection_keys(self) -> list[Any]:
        """Return the names of the collections that are strings."""
        return [name for name in self._collections if isinstance(name, str)]

    @property
    def collections(self) -> list[Any]:
        """The names of all collections."""
        return list(self._collections)

    def clear_collection(self, name: Any) -> None:
        """Empty the collection `name`. Raises: RuntimeError if the graph is finalized."""
        self._check_not_finalized()
        self._collections.pop(name, None)
