"""`Barrier` in the graph."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from ...building.build import build, build_operation
from ...building.default_graph import get_default_graph
from ...graph.node import Tensor
from ...types.tensor_shape import TensorShape, as_extents
from . import barrier_ops as types
from .queues import _as_types

BarrierTakeMany = namedtuple("BarrierTakeMany", ["indices", "keys", "values"])


class Barrier:
    """Elements by string keys whose components come one by one; those that are whole are taken in batches.

    Args:
      types: the types of the components: one, or a list.
      shapes: their shapes, fully known; default: each element has its own.
      shared_name: the name by which barriers of several sessions are one.
      name: a name for the operation.
    Raises: ValueError for no types, another number of shapes, and unknown extents.
    """

    def __init__(self, types: Any, shapes: Any = None, shared_name: str | None = None, name: str = "barrier") -> None:
        self._types = _as_types(types)
        if not self._types:
            raise ValueError("A barrier has at least one component.")
        self._shapes = [TensorShape(shape) for shape in shapes] if shapes is not None else []
        if shapes is not None and len(self._shapes) != len(self._types):
            raise ValueError("All shapes must be given: as many as there are types.")
        for shape in self._shapes:
            shape.assert_is_fully_defined()
        self._handle = _build(self._types, self._shapes, shared_name, name)
        self._name = self._handle.op.name.rpartition("/")[2]

    @property
    def barrier_ref(self) -> Tensor:
        """The tensor that stands for the barrier."""
        return self._handle

    @property
    def name(self) -> str:
        """The name of the barrier's operation."""
        return self._handle.op.name

    def insert_many(self, component_index: int, keys: Any, values: Any, name: str | None = None) -> Any:
        """Return the operation that takes over one component of some elements.

        Args:
          component_index: which component it is.
          keys: a string vector.
          values: a value for each key.
          name: a name for the operation.
        Raises when run: InvalidArgumentError for a component that is there, CancelledError for new keys once the
          barrier is closed.
        """
        return self._add(types.BARRIER_INSERT_MANY, "InsertMany", name, keys, values, component_index=component_index)

    def take_many(
        self, num_elements: Any, allow_small_batch: bool = False, timeout: Any = None, name: str | None = None
    ) -> Any:
        """Return `num_elements` whole elements, taken out: `(indices, keys, values)`; waits for them.

        Args:
          num_elements: how many.
          allow_small_batch: whether fewer are enough once no more can come, but not none.
          timeout: None: a limit is that of the step, `RunOptions.timeout_in_ms`.
          name: a name for the operation.
        Raises: TypeError for a timeout; OutOfRangeError when run if the barrier is closed and no more can come.
        """
        if timeout is not None:
            raise TypeError("A barrier has no timeout: give the step one, with RunOptions(timeout_in_ms=...).")
        found = self._add(
            types.BARRIER_TAKE_MANY, "TakeMany", name, num_elements, component_types=self._types,
            allow_small_batch=allow_small_batch,
        ).outputs  # fmt: skip
        return BarrierTakeMany(found[0], found[1], found[2:])

    def close(self, cancel_pending_enqueues: bool = False, name: str | None = None) -> Any:
        """Return the operation that closes the barrier: new keys are refused.

        Args:
          cancel_pending_enqueues: whether elements that lack components are forgotten.
        """
        return self._add(types.BARRIER_CLOSE, "Close", name, cancel_pending_enqueues=cancel_pending_enqueues)

    def ready_size(self, name: str | None = None) -> Tensor:
        """Return how many elements are whole, an int32 scalar."""
        result: Tensor = self._add(types.BARRIER_READY_SIZE, "ReadySize", name).outputs[0]
        return result

    def incomplete_size(self, name: str | None = None) -> Tensor:
        """Return how many elements lack components, an int32 scalar."""
        result: Tensor = self._add(types.BARRIER_INCOMPLETE_SIZE, "IncompleteSize", name).outputs[0]
        return result

    def _add(self, op_def: Any, word: str, name: str | None, *inputs: Any, **attrs: Any) -> Any:
        """Add an operation at the place of the barrier; returns it."""
        name = name or f"{self._name}_Barrier{word}"
        with get_default_graph().colocate_with(self._handle.op):
            return build_operation(op_def, self._handle, *inputs, name=name, **attrs)


def _build(kinds: list[Any], shapes: list[TensorShape], shared_name: str | None, name: str) -> Tensor:
    handle: Tensor = build(
        types.BARRIER, component_types=kinds, shapes=[as_extents(shape) for shape in shapes],
        shared_name=(shared_name or "").encode(), container=get_default_graph()._container.encode(), name=name,
    )  # fmt: skip
    return handle
