"""`tensorflow.python.util.object_identity`: sets and dictionaries whose keys are the same if they are one object."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, MutableMapping, MutableSet
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Item = TypeVar("Item")


class Reference:
    """A key that stands for one object.

    Args:
      wrapped: the object.
    """

    def __init__(self, wrapped: Any) -> None:
        self._wrapped = wrapped

    def deref(self) -> Any:
        """Return the object."""
        return self._wrapped

    @property
    def unwrapped(self) -> Any:
        """The object."""
        return self.deref()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reference) and self.unwrapped is other.unwrapped

    def __hash__(self) -> int:
        return id(self._wrapped)

    def __repr__(self) -> str:
        return f"<Reference wrapping {self.unwrapped!r}>"


class ObjectIdentityDictionary(MutableMapping[Key, Item], Generic[Key, Item]):
    """A dictionary whose keys are objects, hashable or not."""

    def __init__(self) -> None:
        self._storage: dict[int, tuple[Key, Item]] = {}

    def __getitem__(self, key: Key) -> Item:
        try:
            return self._storage[id(key)][1]
        except KeyError:
            raise KeyError(key) from None

    def __setitem__(self, key: Key, value: Item) -> None:
        self._storage[id(key)] = (key, value)

    def __delitem__(self, key: Key) -> None:
        del self._storage[id(key)]

    def __len__(self) -> int:
        return len(self._storage)

    def __iter__(self) -> Iterator[Key]:
        return iter([key for key, _ in self._storage.values()])

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self.items())!r})"


class ObjectIdentityWeakKeyDictionary(MutableMapping[Key, Item], Generic[Key, Item]):
    """The same with objects that it does not keep alive: an entry goes with its key."""

    def __init__(self) -> None:
        self._storage: dict[int, tuple[weakref.ref[Any], Item]] = {}

    def __getitem__(self, key: Key) -> Item:
        try:
            return self._storage[id(key)][1]
        except KeyError:
            raise KeyError(key) from None

    def __setitem__(self, key: Key, value: Item) -> None:
        place, storage = id(key), self._storage
        self._storage[place] = (weakref.ref(key, lambda gone: storage.pop(place, None)), value)

    def __delitem__(self, key: Key) -> None:
        del self._storage[id(key)]

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __iter__(self) -> Iterator[Key]:
        return iter([key for kept, _ in list(self._storage.values()) if (key := kept()) is not None])


class ObjectIdentitySet(MutableSet[Item], Generic[Item]):
    """A set of objects, hashable or not.

    Args:
      args: an iterable of the first ones.
    """

    def __init__(self, *args: Iterable[Item]) -> None:
        self._storage: ObjectIdentityDictionary[Item, None] = ObjectIdentityDictionary()
        self.update(*args)

    def __contains__(self, key: object) -> bool:
        return key in self._storage

    def __len__(self) -> int:
        return len(self._storage)

    def __iter__(self) -> Iterator[Item]:
        return iter(self._storage)

    def add(self, key: Item) -> None:
        """Put an object in."""
        self._storage[key] = None

    def discard(self, key: Item) -> None:
        """Take an object out, if it is there."""
        self._storage.pop(key, None)

    def update(self, *args: Iterable[Item]) -> None:
        """Put all objects of iterables in."""
        for items in args:
            for item in items:
                self.add(item)

    def intersection(self, items: Iterable[Item]) -> ObjectIdentitySet[Item]:
        """Return the set of those that are in both."""
        return type(self)([item for item in items if item in self])

    def difference(self, items: Iterable[Item]) -> ObjectIdentitySet[Item]:
        """Return the set of those that are in this one only."""
        others = ObjectIdentitySet(items)
        return type(self)([item for item in self if item not in others])


class ObjectIdentityWeakSet(ObjectIdentitySet[Item]):
    """The same with objects that it does not keep alive."""

    def __init__(self, *args: Iterable[Item]) -> None:
        super().__init__()
        self._storage = ObjectIdentityWeakKeyDictionary()  # type: ignore[assignment]
        self.update(*args)
