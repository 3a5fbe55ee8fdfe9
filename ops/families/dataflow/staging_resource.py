"""Staging areas as resources: elements put in by one step and taken out by another, as they come or by key."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError, ResourceExhaustedError
from .queue_resource import Attempt
from .waiting import Awaited

_ABSENT: Any = object()  # in the place of a component that has not come, or was taken


def _size(components: Sequence[Any]) -> int:
    return sum(np.asarray(part).nbytes for part in components if part is not _ABSENT)


class _Bounded(Awaited):
    """What has room for some elements and bytes.

    Args:
      name: for messages.
      capacity: how many elements it holds; 0: any number.
      memory_limit: how many bytes it holds; 0: any number.
    """

    def __init__(self, name: str, capacity: int, memory_limit: int) -> None:
        super().__init__(name)
        self._capacity = capacity or float("inf")
        self._limit = memory_limit or float("inf")
        self._bytes = 0
        self._empty()

    def _check_fits(self, size: int) -> None:
        if size > self._limit:
            raise ResourceExhaustedError(
                None, None,
                f"Attempted to insert tensors with combined size of '{size}' bytes into Staging Area with a memory "
                f"limit of '{int(self._limit)}'.",
            )  # fmt: skip

    def _has_room(self, count: int, size: int) -> bool:
        return count < self._capacity and self._bytes + size <= self._limit


class Stage(_Bounded):
    """Elements in the order they came."""

    def _empty(self) -> None:
        self._elements: deque[list[Any]] = deque()
        self._bytes = 0

    def put(self, components: list[Any], context: Any) -> None:
        """Put an element in, waiting for room. Raises: ResourceExhaustedError if it is larger than all the room."""
        size = _size(components)
        self._check_fits(size)

        def serve(attempt: Attempt) -> bool:
            if not self._has_room(len(self._elements), size):
                return False
            self._elements.append(components)
            self._bytes += size
            return True

        self._run(context, serve)

    def get(self, context: Any) -> list[Any]:
        """Take the oldest element out, waiting for one."""

        def serve(attempt: Attempt) -> bool:
            if self._elements:
                attempt.items = [self._elements.popleft()]  # type: ignore[list-item]
                self._bytes -= _size(attempt.items[0])
            return bool(attempt.items)

        def undo(attempt: Attempt) -> None:
            self._elements.extendleft(attempt.items)  # type: ignore[arg-type]
            self._bytes += sum(_size(item) for item in attempt.items)

        return list(self._run(context, serve, undo).items[0])

    def peek(self, index: int, context: Any) -> list[Any]:
        """Look at an element, waiting until there are as many."""

        def serve(attempt: Attempt) -> bool:
            if index < len(self._elements):
                attempt.items = [self._elements[index]]  # type: ignore[list-item]
            return bool(attempt.items)

        return list(self._run(context, serve).items[0])

    def size(self) -> int:
        """How many elements there are."""
        return len(self._elements)

    def drop_all(self) -> None:
        """Forget all elements; who waits for room goes on."""
        with self._lock:
            self._empty()
            self._serve()


class KeyedStage(_Bounded):
    """Elements by key, whose components may come one by one.

    Args:
      name, capacity, memory_limit: see above.
      is_ordered: whether what is taken without a key is that of the smallest; otherwise the oldest.
    """

    def __init__(self, name: str, capacity: int, memory_limit: int, is_ordered: bool) -> None:
        self._is_ordered = is_ordered
        super().__init__(name, capacity, memory_limit)

    def _empty(self) -> None:
        self._complete: dict[int, list[Any]] = {}
        self._partial: dict[int, list[Any]] = {}
        self._bytes = 0

    def put(self, key: int, width: int, indices: list[int], components: list[Any], context: Any) -> None:
        """Put some of the `width` components of an element in, waiting for room.

        Raises: ResourceExhaustedError if they are larger than all the room, InvalidArgumentError for a component that
          is there already.
        """
        if len(indices) != len(components) or not all(0 <= index < width for index in indices):
            raise InvalidArgumentError(
                None, None, f"Indices {indices} do not name {len(components)} of {width} components."
            )
        size = _size(components)
        self._check_fits(size)

        def serve(attempt: Attempt) -> bool:
            known = self._partial.get(key, self._complete.get(key))
            if known is None and not self._has_room(len(self._complete) + len(self._partial), size):
                return False
            element = known if known is not None else [_ABSENT] * width
            for index in indices:
                if element[index] is not _ABSENT:
                    raise InvalidArgumentError(
                        None, None,
                        f"The tensor for index '{index}' for key '{key}' was already initialized '{width}'.",
                    )  # fmt: skip
            for index, part in zip(indices, components):
                element[index] = part
            self._bytes += size
            self._partial[key] = element
            if all(part is not _ABSENT for part in element):
                self._complete[key] = self._partial.pop(key)
            return True

        self._run(context, serve)

    def get(self, key: int, indices: list[int], context: Any) -> list[Any]:
        """Take components of an element out, waiting for it.

        Raises: InvalidArgumentError for a component that was taken before.
        """
        found = self._run(context, lambda attempt: self._take(attempt, key, indices), self._put_back)
        return list(found.items[0][1])

    def get_any(self, indices: list[int], context: Any) -> tuple[int, list[Any]]:
        """Take components of some element out, waiting for one: its key and the components."""

        def serve(attempt: Attempt) -> bool:
            if not self._complete:
                return False
            return self._take(attempt, min(self._complete) if self._is_ordered else next(iter(self._complete)), indices)

        key, parts, *_ = self._run(context, serve, self._put_back).items[0]
        return key, list(parts)

    def _take(self, attempt: Attempt, key: int, indices: list[int]) -> bool:
        element = self._complete.get(key)
        if element is None:
            return False
        parts = [self._part(element, key, index) for index in indices]
        attempt.items = [(key, parts, indices, len(element))]
        for index in indices:
            element[index] = _ABSENT
        self._bytes -= _size(parts)
        if all(part is _ABSENT for part in element):
            del self._complete[key]
        return True

    def _put_back(self, attempt: Attempt) -> None:
        for key, parts, indices, width in attempt.items:
            element = self._complete.setdefault(key, [_ABSENT] * width)
            for index, part in zip(indices, parts):
                element[index] = part
            self._bytes += _size(parts)

    def _part(self, element: list[Any], key: int, index: int) -> Any:
        if not 0 <= index < len(element):
            raise InvalidArgumentError(
                None, None, f"Index '{index}' for key '{key}' is out of bounds '{len(element)}'."
            )
        if element[index] is _ABSENT:
            raise InvalidArgumentError(
                None, None, f"Tensor at index '{index}' for key '{key}' has already been removed."
            )
        return element[index]

    def peek(self, key: int, indices: list[int], context: Any) -> list[Any]:
        """Look at components of an element, waiting for it."""

        def serve(attempt: Attempt) -> bool:
            element = self._complete.get(key)
            if element is not None:
                attempt.items = [tuple(self._part(element, key, index) for index in indices)]
            return element is not None

        return list(self._run(context, serve).items[0])

    def size(self) -> int:
        """How many elements have come whole."""
        return len(self._complete)

    def incomplete_size(self) -> int:
        """How many elements lack components."""
        return len(self._partial)

    def drop_all(self) -> None:
        """Forget all elements; who waits for room goes on."""
        with self._lock:
            self._empty()
            self._serve()
