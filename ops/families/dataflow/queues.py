"""Queues: `FIFOQueue`, `PaddingFIFOQueue`, `RandomShuffleQueue`, `PriorityQueue`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...building.build import build, build_operation
from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph, name_scope
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import TensorShape, as_extents
from ..random.sampling import get_seed
from . import queue_ops as types


class QueueBase:
    """A queue in the graph; its elements are in the session that runs the operations made here.

    Args:
      dtypes: the types of an element's components.
      shapes: their shapes, or None.
      names: names of the components; elements are then dictionaries.
      queue_ref: the tensor that stands for the queue.
    """

    def __init__(self, dtypes: Any, shapes: Any, names: Any, queue_ref: Tensor) -> None:
        self._dtypes = list(dtypes)
        self._shapes = [TensorShape(None)] * len(self._dtypes) if shapes is None else [TensorShape(s) for s in shapes]
        _check_count(self._shapes, len(self._dtypes))
        self._names = _as_names(names, len(self._dtypes))
        self._queue_ref = queue_ref
        self._name = queue_ref.op.name.split("/")[-1]

    @staticmethod
    def from_list(index: Any, queues: Any) -> QueueBase:
        """Return a queue that is, in each step, the one of `queues` that `index` (an int tensor) names.

        Raises: TypeError if they are no queues of the same types.
        """
        from ..arrays.stacking import stack
        from ..indexing.gathering import gather

        if not queues or not isinstance(queues, (list, tuple)) or not all(isinstance(q, QueueBase) for q in queues):
            raise TypeError("A list of queues expected")
        first = queues[0]
        if any(queue.dtypes != first.dtypes for queue in queues):
            raise TypeError("Queues do not have matching component dtypes.")
        if any(queue.names != first.names for queue in queues):
            raise TypeError("Queues do not have matching component names.")
        shapes = [
            one if all(queue.shapes[i] == one for queue in queues) else TensorShape(None)
            for i, one in enumerate(first.shapes)
        ]
        chosen = gather(stack([queue.queue_ref for queue in queues]), index)
        return QueueBase(first.dtypes, shapes, first.names, chosen)

    @property
    def queue_ref(self) -> Tensor:
        """The tensor that stands for the queue."""
        return self._queue_ref

    @property
    def name(self) -> str:
        """The name of the queue's operation."""
        return self._queue_ref.op.name

    @property
    def dtypes(self) -> list[Any]:
        """The types of the components."""
        return self._dtypes

    @property
    def shapes(self) -> list[TensorShape]:
        """The shapes of the components."""
        return self._shapes

    @property
    def names(self) -> list[str] | None:
        """The names of the components, or None."""
        return self._names

    def enqueue(self, vals: Any, name: str | None = None) -> Any:
        """Return the operation that puts one element in, waiting for room.

        Args:
          vals: a tensor, a list of them (a tuple of components), or a dictionary if the components have names.
          name: a name for the operation.
        Raises: ValueError, TypeError if it is no element of this queue; CancelledError when it runs, if the queue is
          closed.
        """
        with get_default_graph().as_default(), name_scope(name, f"{self._name}_enqueue", self._values(vals)) as scope:
            components = self._components(vals)
            for component, shape in zip(components, self._shapes):
                component.shape.assert_is_compatible_with(shape)
            return build_operation(types.QUEUE_ENQUEUE, self._queue_ref, components, name=scope)

    def enqueue_many(self, vals: Any, name: str | None = None) -> Any:
        """Return the operation that puts in the elements of a batch, one for each index of the first dimension."""
        with name_scope(name, f"{self._name}_EnqueueMany", self._values(vals)) as scope:
            components = self._components(vals)
            batch = components[0].shape.with_rank_at_least(1)[0]
            for component, shape in zip(components, self._shapes):
                batch = batch.merge_with(component.shape.with_rank_at_least(1)[0])
                component.shape[1:].assert_is_compatible_with(shape)
            return build_operation(types.QUEUE_ENQUEUE_MANY, self._queue_ref, components, name=scope)

    def dequeue(self, name: str | None = None) -> Any:
        """Return an element, waiting for it.

        Returns: a tensor, a list of them for several components, or a dictionary if they have names.
        Raises: OutOfRangeError when it runs, if the queue is closed and empty.
        """
        results = build(
            types.QUEUE_DEQUEUE, self._queue_ref, component_types=self._dtypes, name=name or f"{self._name}_Dequeue"
        )
        for result, shape in zip(results, self._shapes):
            result.set_shape(shape)
        return self._element(results)

    def dequeue_many(self, n: Any, name: str | None = None) -> Any:
        """Return a batch of `n` elements, waiting for them; the queue must have shapes.

        Raises: OutOfRangeError when it runs, if the queue is closed and has fewer.
        """
        return self._batch(types.QUEUE_DEQUEUE_MANY, n, name or f"{self._name}_DequeueMany")

    def dequeue_up_to(self, n: Any, name: str | None = None) -> Any:
        """Return a batch of `n` elements, or of fewer (at least one) if the queue is closed."""
        return self._batch(types.QUEUE_DEQUEUE_UP_TO, n, name or f"{self._name}_DequeueUpTo")

    def _batch(self, op_def: Any, n: Any, name: str) -> Any:
        results = build(op_def, self._queue_ref, n, component_types=self._dtypes, name=name)
        first = None if op_def is types.QUEUE_DEQUEUE_UP_TO else _known(results[0].op.inputs[1])
        for result, shape in zip(results, self._shapes):
            result.set_shape(TensorShape([first]).concatenate(shape))
        return self._element(results)

    def close(self, cancel_pending_enqueues: bool = False, name: str | None = None) -> Any:
        """Return the operation that closes the queue: nothing is taken in any more, what is there can be dequeued.

        Args:
          cancel_pending_enqueues: whether those who wait for room are told, with CancelledError.
        """
        return build_operation(
            types.QUEUE_CLOSE,
            self._queue_ref,
            cancel_pending_enqueues=cancel_pending_enqueues,
            name=name or f"{self._name}_Close",
        )

    def is_closed(self, name: str | None = None) -> Tensor:
        """Return whether the queue is closed, a bool scalar."""
        result: Tensor = build(types.QUEUE_IS_CLOSED, self._queue_ref, name=name or f"{self._name}_Is_Closed")
        return result

    def size(self, name: str | None = None) -> Tensor:
        """Return how many elements there are, an int32 scalar."""
        result: Tensor = build(types.QUEUE_SIZE, self._queue_ref, name=name or f"{self._name}_Size")
        return result

    # Elements.

    def _values(self, vals: Any) -> list[Any]:
        values = list(vals.values()) if isinstance(vals, Mapping) else vals
        return [v for v in (values if isinstance(values, (list, tuple)) else [values]) if isinstance(v, Tensor)]

    def _components(self, vals: Any) -> list[Tensor]:
        if isinstance(vals, Mapping):
            if self._names is None:
                raise ValueError("Queue must have names to enqueue a dictionary")
            if sorted(self._names, key=str) != sorted(vals.keys(), key=str):
                raise ValueError(
                    f"Keys in dictionary to enqueue do not match names of Queue.  Dictionary: {sorted(vals)},"
                    f"Queue: {sorted(self._names)}"
                )
            vals = [vals[name] for name in self._names]
        else:
            if self._names is not None:
                raise ValueError("You must enqueue a dictionary in a Queue with names")
            vals = list(vals) if isinstance(vals, (list, tuple)) else [vals]
        if len(vals) != len(self._dtypes):
            raise ValueError(
                f"Wrong number of components of an element: expected {len(self._dtypes)}, got {len(vals)}."
            )
        return [
            convert_to_tensor(value, dtype, name=f"component_{index}")
            for index, (value, dtype) in enumerate(zip(vals, self._dtypes))
        ]

    def _element(self, tensors: list[Tensor]) -> Any:
        if self._names is not None:
            return dict(zip(self._names, tensors))
        return tensors[0] if len(tensors) == 1 else tensors


def _known(tensor: Tensor) -> Any:
    from ...graph.partial import static_value

    value = static_value(tensor)
    return None if value is None else int(value)


def _as_types(given: Any) -> list[Any]:
    return [dtypes.as_dtype(item) for item in (given if isinstance(given, (list, tuple)) else [given])]


def _as_shapes(shapes: Any, count: int) -> list[TensorShape] | None:
    """The shapes of the components; extents alone are the shape of the only component, and none are a scalar's."""
    found = _listed(shapes)
    _check_count(found, count)
    if found is not None and not all(shape.is_fully_defined() for shape in found):
        raise ValueError(f"All shapes must be fully defined: {found}")
    return found


def _as_partial_shapes(shapes: Any, count: int) -> list[TensorShape]:
    """The shapes of the components, whose extents may be unknown; extents alone might be a list of shapes too."""
    if not isinstance(shapes, (list, tuple)) or all(isinstance(item, (int, type(None))) for item in shapes):
        raise ValueError("When providing partial shapes, a list of shapes must be provided.")
    found = [TensorShape(shape) for shape in shapes]
    if any(shape.ndims is None for shape in found):
        raise ValueError(f"All shapes must have a defined rank: {found}")
    if len(found) != count:
        raise ValueError(
            f"Shapes must be provided for all components, but received {count} dtypes and {len(found)} shapes."
        )
    return found


def _listed(shapes: Any) -> list[TensorShape] | None:
    if shapes is None:
        return None
    if isinstance(shapes, TensorShape):
        return [shapes]
    if not isinstance(shapes, (list, tuple)):
        raise TypeError("shapes must be a TensorShape or a list or tuple of TensorShapes.")
    if all(isinstance(item, (int, type(None))) for item in shapes):
        return [TensorShape(shapes)]
    return [TensorShape(shape) for shape in shapes]


def _as_names(names: Any, count: int) -> list[str] | None:
    """The names of the components. Raises: ValueError if there are not as many."""
    found = [names] if isinstance(names, str) else None if names is None else list(names)
    if found is not None and len(found) != count:
        raise ValueError("List of names must have the same length as the list of dtypes")
    return found


def _check_count(shapes: Any, count: int) -> None:
    if shapes is not None and len(shapes) != count:
        raise ValueError("Queue shapes must have the same length as dtypes")


def _shared(shared_name: str | None) -> bytes:
    return (shared_name or "").encode()


def _extents(shapes: Any) -> Any:
    return [] if shapes is None else [as_extents(shape) for shape in shapes]


def _container() -> bytes:
    return get_default_graph()._container.encode()


class FIFOQueue(QueueBase):
    """A queue whose elements come out in the order they went in.

    Args:
      capacity: how many elements it holds at the most.
      dtypes: the types of an element's components: one, or a list.
      shapes: the shapes of the components, fully known; needed for batches. For one component it may be its shape
        alone: `()` for scalars. Default: each element has its own.
      names: names of the components; elements are then dictionaries.
      shared_name: the name under which queues of several sessions are one.
      name: a name for the operation.

    >>> queue = FIFOQueue(2, tf.int32, shapes=[[]])
    >>> with tf.Session() as sess:
    ...     sess.run(queue.enqueue_many([[1, 2]]))
    ...     sess.run(queue.dequeue())
    np.int32(1)
    """

    def __init__(
        self,
        capacity: int,
        dtypes: Any,
        shapes: Any = None,
        names: Any = None,
        shared_name: str | None = None,
        name: str | None = "fifo_queue",
    ) -> None:
        kinds = _as_types(dtypes)
        shapes = _as_shapes(shapes, len(kinds))
        names = _as_names(names, len(kinds))
        handle = build(types.FIFO_QUEUE,
            component_types=kinds, shapes=_extents(shapes), capacity=capacity, shared_name=_shared(shared_name),
            container=_container(), name=name,
        )  # fmt: skip
        super().__init__(kinds, shapes, names, handle)


class PaddingFIFOQueue(QueueBase):
    """A `FIFOQueue` whose batches are padded with zeros along extents that are None in `shapes`.

    Args:
      shapes: a list with the shape of each component; extents that are None differ from element to element.
      The other arguments are those of `FIFOQueue`.
    Raises: ValueError without a list of shapes, one for each component and of known ranks.
    """

    def __init__(
        self,
        capacity: int,
        dtypes: Any,
        shapes: Any,
        names: Any = None,
        shared_name: str | None = None,
        name: str = "padding_fifo_queue",
    ) -> None:
        kinds = _as_types(dtypes)
        shapes = _as_partial_shapes(shapes, len(kinds))
        names = _as_names(names, len(kinds))
        handle = build(types.PADDING_FIFO_QUEUE,
            component_types=kinds, shapes=_extents(shapes), capacity=capacity, shared_name=_shared(shared_name),
            container=_container(), name=name,
        )  # fmt: skip
        super().__init__(kinds, shapes, names, handle)


class RandomShuffleQueue(QueueBase):
    """A queue whose elements come out in random order.

    Args:
      min_after_dequeue: how many elements stay until the queue is closed, so that there is a choice.
      seed: for an order that repeats; see `set_random_seed`.
      The other arguments are those of `FIFOQueue`.
    """

    def __init__(
        self,
        capacity: int,
        min_after_dequeue: int,
        dtypes: Any,
        shapes: Any = None,
        names: Any = None,
        seed: int | None = None,
        shared_name: str | None = None,
        name: str = "random_shuffle_queue",
    ) -> None:
        kinds = _as_types(dtypes)
        shapes = _as_shapes(shapes, len(kinds))
        names = _as_names(names, len(kinds))
        seed1, seed2 = get_seed(seed)
        handle = build(types.RANDOM_SHUFFLE_QUEUE,
            component_types=kinds, shapes=_extents(shapes), capacity=capacity, min_after_dequeue=min_after_dequeue,
            seed=seed1 or 0, seed2=seed2 or 0, shared_name=_shared(shared_name), container=_container(), name=name,
        )  # fmt: skip
        super().__init__(kinds, shapes, names, handle)


class PriorityQueue(QueueBase):
    """A queue that gives the element of the smallest priority, an int64 scalar that is each element's first component.

    Args:
      types: the types of the other components.
      The other arguments are those of `FIFOQueue`.
    """

    def __init__(
        self,
        capacity: int,
        types: Any,
        shapes: Any = None,
        names: Any = None,
        shared_name: str | None = None,
        name: str = "priority_queue",
    ) -> None:
        from .queue_ops import PRIORITY_QUEUE

        kinds = _as_types(types)
        shapes = _as_shapes(shapes, len(kinds)) if shapes is not None else [TensorShape([])] * len(kinds)
        handle = build(PRIORITY_QUEUE,
            component_types=kinds, shapes=_extents(shapes), capacity=capacity, shared_name=_shared(shared_name),
            container=_container(), name=name,
        )  # fmt: skip
        super().__init__([dtypes.int64, *kinds], [TensorShape([]), *shapes], names, handle)
