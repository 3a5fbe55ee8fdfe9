"""Barriers: elements whose components come one by one, by string keys; those that are whole are taken in batches."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np

from ...base.errors import CancelledError, InvalidArgumentError, OutOfRangeError
from ...definition.context import KernelContext
from ...definition.opdef import NOT_DIFFERENTIABLE, Effects, OpDef
from ...definition.shapes import scalar_shape
from .queue_resource import Attempt
from .waiting import Awaited

_LOOKS = Effects("barrier", reads=True)
_CHANGES = Effects("barrier", reads=True, writes=True)
_WAITS = Effects("barrier", reads=True, writes=True, blocking=True, ordered=False)
_LEAST = np.iinfo(np.int64).min
Place = tuple[int, int]  # which insertion brought a key first, and where it stood among all keys
Whole = tuple[Place, bytes, list[Any]]


class Barrier(Awaited):
    """Elements that lack components, and elements that are whole, in the order in which their keys came first.

    Args:
      name: for messages.
      dtypes: types of the components.
      shapes: their extents; none: each its own.
    """

    def __init__(self, name: str, dtypes: list[Any], shapes: Any) -> None:
        super().__init__(name)
        self._dtypes = dtypes
        self._shapes = [tuple(shape) for shape in shapes] if shapes else [None] * len(dtypes)
        self._empty()

    def _empty(self) -> None:
        self._incomplete: dict[bytes, tuple[Place, list[Any]]] = {}
        self._ready: list[Whole] = []
        self._batches = self._count = 0
        self._is_closed = self._is_cancelled = False

    def insert_many(self, component: int, keys: list[bytes], values: Any) -> None:
        """Take over one component of some elements.

        Raises: InvalidArgumentError for a component that is there, or of another shape; CancelledError for new keys
          once the barrier is closed.
        """
        if not 0 <= component < len(self._dtypes):
            raise InvalidArgumentError(
                None, None, f"The component ID is out of range {component} > num_components (= {len(self._dtypes)})"
            )
        if len(values) != len(keys):
            raise InvalidArgumentError(None, None, f"{len(keys)} keys have {len(values)} values.")
        wanted = self._shapes[component]
        if wanted is not None and values.shape[1:] != wanted:
            raise InvalidArgumentError(
                None, None,
                f"Shape mismatch in tuple component {component}. Expected {list(wanted)}, got {list(values.shape[1:])}",
            )  # fmt: skip
        with self._lock:
            before = self._count
            try:
                for key, value in zip(keys, values):
                    self._insert(component, key, value)
            finally:
                self._batches += self._count > before
                self._serve()

    def _insert(self, component: int, key: bytes, value: Any) -> None:
        known = self._incomplete.get(key)
        if known is None:
            if self._is_closed:
                raise CancelledError(
                    None, None,
                    f"Barrier {self.name} is closed, but attempted to insert a brand new key: "
                    f"{key.decode(errors='replace')}.  Pending enqueues cancelled: {int(self._is_cancelled)}.  "
                    f"Insertion index: {component}.  Number of incomplete keys: {len(self._incomplete)}.",
                )  # fmt: skip
            known = self._incomplete[key] = (self._batches, self._count), [None] * len(self._dtypes)
            self._count += 1
        place, element = known
        if element[component] is not None:
            raise InvalidArgumentError(
                None, None,
                f"Key {key.decode(errors='replace')} already has a value for component {component} in barrier "
                f"{self.name}",
            )  # fmt: skip
        element[component] = np.array(value, self._dtypes[component].np_dtype)
        if all(part is not None for part in element):
            del self._incomplete[key]
            heapq.heappush(self._ready, (place, key, element))

    def take_many(self, count: int, allow_small: bool, context: Any) -> list[Whole]:
        """Take whole elements out, waiting for `count` of them.

        Args:
          allow_small: whether fewer are enough once no more can come, but not none.
        Raises: OutOfRangeError if the barrier is closed and no more can come.
        """

        def serve(attempt: Attempt) -> bool:
            is_over = self._is_closed and not self._incomplete
            if is_over and (len(self._ready) < count or not self._ready) and not (allow_small and self._ready):
                raise OutOfRangeError(
                    None, None,
                    f"Barrier '{self.name}' is closed and has insufficient elements (requested {count}, total size "
                    f"{len(self._ready)})",
                )  # fmt: skip
            if len(self._ready) < count and not is_over:
                return False
            attempt.items = [heapq.heappop(self._ready) for _ in range(min(count, len(self._ready)))]
            return True

        def undo(attempt: Attempt) -> None:
            for item in attempt.items:
                heapq.heappush(self._ready, item)

        return list(self._run(context, serve, undo).items)

    def close(self, cancel_pending_enqueues: bool) -> None:
        """Take no new keys in any more; elements that lack components may still become whole, unless cancelled.

        Raises: CancelledError if it is closed already.
        """
        with self._lock:
            if self._is_cancelled or (self._is_closed and not cancel_pending_enqueues):
                raise CancelledError(None, None, f"Barrier '{self.name}' is already closed.")
            self._is_closed = True
            if cancel_pending_enqueues:
                self._is_cancelled = True
                self._incomplete.clear()
            self._serve()

    def ready_size(self) -> int:
        """How many elements are whole."""
        return len(self._ready)

    def incomplete_size(self) -> int:
        """How many elements lack components."""
        return len(self._incomplete)

    def batch(self, items: list[Whole]) -> list[Any]:
        """Numbers, keys, and a batch per component."""
        keys = np.empty(len(items), object)
        keys[:] = [key for _, key, _ in items]
        numbers = np.array([_LEAST + batch for (batch, _), _, _ in items], np.int64)
        return [numbers, keys, *(self._column(items, index) for index in range(len(self._dtypes)))]

    def _column(self, items: list[Whole], index: int) -> Any:
        parts = [element[index] for _, _, element in items]
        extents = parts[0].shape if parts else self._shapes[index] or ()
        if any(part.shape != extents for part in parts):
            raise InvalidArgumentError(
                None, None, f"Component {index} of the elements taken has different shapes in barrier '{self.name}'."
            )
        column = np.empty((len(parts), *extents), self._dtypes[index].np_dtype)
        for place, part in enumerate(parts):
            column[place] = part if part.ndim else part.item()
        return column


BARRIER = OpDef(
    name="Barrier",
    signature="-> handle: resource",
    attrs={
        "component_types": ("list(type)",),
        "shapes": ("list(shape)", ()),
        "capacity": ("int", -1),
        "container": ("string", b""),
        "shared_name": ("string", b""),
    },
    shape=scalar_shape,
    kernel=lambda context: context.state.resources.of_operation(
        context.op, "barrier", lambda op: Barrier(op.name, op.attrs["component_types"], op.attrs["shapes"])
    ),
    effects=Effects("barrier"),
)


def _insert_kernel(context: KernelContext, handle: Barrier, keys: Any, values: Any, *, component_index: int) -> Any:
    handle.insert_many(component_index, keys.tolist(), values)
    return ()


def _insert_shape(query: Any) -> list[Any]:
    _, keys, values = query.shapes
    if keys is not None and len(keys) != 1:
        raise ValueError(f"Shape must be rank 1 but is rank {len(keys)}")
    if values is not None and not values:
        raise ValueError("Shape must be at least rank 1 but is rank 0")
    counts = [shape[0] for shape in (keys, values) if shape is not None and shape[0] is not None]
    if len(counts) == 2 and counts[0] != counts[1]:
        raise ValueError(f"Dimension 0 in both shapes must be equal, but are {counts[0]} and {counts[1]}")
    return []


def _take_kernel(context: KernelContext, handle: Barrier, num_elements: Any, *, allow_small_batch: bool) -> Any:
    return handle.batch(handle.take_many(int(num_elements), allow_small_batch, context))


def _take_shapes(query: Any) -> list[Any]:
    known = query.known_integers(1)
    count = known[0] if known is not None and not query.attrs["allow_small_batch"] else None
    if known is not None and known[0] < 0:
        raise ValueError(f"Dimension {known[0]} must be >= 0")
    maker = query.makers[0] if query.makers else None
    kinds = query.attrs["component_types"]
    shapes = list(maker.attrs["shapes"]) if maker is not None and maker.type == "Barrier" else []
    if len(shapes) != len(kinds):
        return [(count,), (count,), *[None] * len(kinds)]
    return [(count,), (count,), *((count, *shape) for shape in shapes)]


def _close_kernel(context: KernelContext, handle: Barrier, *, cancel_pending_enqueues: bool) -> Any:
    handle.close(cancel_pending_enqueues)
    return ()


BARRIER_INSERT_MANY = OpDef(
    name="BarrierInsertMany",
    signature="handle: resource, keys: string, values: T ->",
    attrs={"component_index": ("int",)},
    shape=_insert_shape,
    kernel=_insert_kernel,
    gradient=NOT_DIFFERENTIABLE,
    effects=_CHANGES,
)
BARRIER_TAKE_MANY = OpDef(
    name="BarrierTakeMany",
    signature="handle: resource, num_elements: int32 -> indices: int64, keys: string, values: list(component_types)",
    attrs={
        "allow_small_batch": ("bool", False),
        "wait_for_incomplete": ("bool", False),
        "timeout_ms": ("int", -1),
    },
    shape=_take_shapes,
    kernel=_take_kernel,
    effects=_WAITS,
)
BARRIER_CLOSE = OpDef(
    name="BarrierClose",
    signature="handle: resource ->",
    attrs={"cancel_pending_enqueues": ("bool", False)},
    kernel=_close_kernel,
    effects=_CHANGES,
)
BARRIER_READY_SIZE = OpDef(
    name="BarrierReadySize",
    signature="handle: resource -> size: int32",
    shape=scalar_shape,
    kernel=lambda context, handle: np.array(handle.ready_size(), np.int32),
    effects=_LOOKS,
)
BARRIER_INCOMPLETE_SIZE = OpDef(
    name="BarrierIncompleteSize",
    signature="handle: resource -> size: int32",
    shape=scalar_shape,
    kernel=lambda context, handle: np.array(handle.incomplete_size(), np.int32),
    effects=_LOOKS,
)
