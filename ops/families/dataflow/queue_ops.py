"""The operation types of queues."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError
from ...definition.context import KernelContext
from ...definition.opdef import Effects, OpDef
from ...definition.shapes import scalar_shape
from ...types import dtypes
from .queue_resource import PaddingQueue, Queue, ShuffleQueue, SortedQueue

_OWNS = Effects("queue")
_LOOKS = Effects("queue", reads=True)
_CLOSES = Effects("queue", writes=True)
_WAITS = Effects("queue", reads=True, writes=True, blocking=True, ordered=False)
_NAMED = {"container": ("string", b""), "shared_name": ("string", b"")}


def _made(make: Callable[[Any, Any], Queue], op: Any) -> Queue:
    queue = make(op.name, op.attrs)
    queue.described = op.attrs
    return queue


def _check_shared(queue: Queue, op: Any) -> None:
    """Raises: InvalidArgumentError if another operation of one shared name describes another queue."""
    name = op.attrs["shared_name"].decode() or op.name
    for attr, words in (
        ("capacity", "capacity"),
        ("component_types", "component types"),
        ("shapes", "component shapes"),
    ):
        has, wants = queue.described[attr], op.attrs[attr]
        if list(has) != list(wants) if attr != "capacity" else has != wants:
            raise InvalidArgumentError(
                None, op, f"Shared queue '{name}' has {words} {has} but requested {words} was {wants}."
            )


def _define(kind: str, attrs: dict[str, Any], make: Callable[[Any, Any], Queue]) -> OpDef:
    def kernel(context: KernelContext) -> Queue:
        queue: Queue = context.state.resources.of_operation(context.op, "queue", lambda op: _made(make, op))
        if queue.described is not context.op.attrs:
            _check_shared(queue, context.op)
        return queue

    return OpDef(
        name=f"{kind}V2",
        signature="-> handle: resource",
        attrs={
            "component_types": ("list(type)",),
            "shapes": ("list(shape)", ()),
            "capacity": ("int", -1),
            **attrs,
            **_NAMED,
        },
        shape=scalar_shape,
        kernel=kernel,
        effects=_OWNS,
    )


FIFO_QUEUE = _define(
    "FIFOQueue", {}, lambda name, a: Queue("FIFOQueue", name, a["capacity"], a["component_types"], a["shapes"])
)
PADDING_FIFO_QUEUE = _define(
    "PaddingFIFOQueue",
    {},
    lambda name, a: PaddingQueue("PaddingFIFOQueue", name, a["capacity"], a["component_types"], a["shapes"]),
)
RANDOM_SHUFFLE_QUEUE = _define(
    "RandomShuffleQueue",
    {"min_after_dequeue": ("int", 0), "seed": ("int", 0), "seed2": ("int", 0)},
    lambda name, a: ShuffleQueue(
        "RandomShuffleQueue", name, a["capacity"], a["component_types"], a["shapes"], least=a["min_after_dequeue"],
        seeds=(a["seed"], a["seed2"]),
    ),
)  # fmt: skip
PRIORITY_QUEUE = _define(
    "PriorityQueue",
    {"component_types": ("list(type)", ()), "shapes": ("list(shape)",)},
    lambda name, a: SortedQueue(
        "PriorityQueue", name, a["capacity"], [dtypes.int64, *a["component_types"]], [(), *a["shapes"]]
    ),
)


def _chosen(handle: Any) -> Queue:
    """The queue that a handle is; one that was picked from several lies in an array."""
    queue: Queue = handle.item() if isinstance(handle, np.ndarray) else handle
    return queue


def _enqueue_kernel(context: KernelContext, handle: Queue, components: list[Any]) -> Any:
    handle = _chosen(handle)
    handle.check(components, many=False)
    handle.put([tuple(np.array(part) for part in components)], context)
    return ()


def _enqueue_many_kernel(context: KernelContext, handle: Queue, components: list[Any]) -> Any:
    handle = _chosen(handle)
    handle.check(components, many=True)
    counts = {len(part) for part in components}
    if len(counts) > 1:
        raise ValueError(
            f"All input tensors of enqueue_many must have the same size in the 0th dimension, got {sorted(counts)}"
        )
    rows = zip(*([np.array(row) for row in part] for part in components))
    handle.put([tuple(_as_array(item, part) for item, part in zip(row, components)) for row in rows], context)
    return ()


def _as_array(item: Any, like: Any) -> Any:
    """A row of an array as an array of its type, strings too."""
    if like.dtype != object:
        return item
    array = np.empty(np.shape(item), object)
    array[...] = item
    return array


def _dequeue_kernel(context: KernelContext, handle: Queue) -> Any:
    return list(_chosen(handle).take(1, context)[0])


def _dequeue_many(allow_less: bool) -> Callable[..., Any]:
    def kernel(context: KernelContext, handle: Queue, n: Any) -> Any:
        handle, count = _chosen(handle), int(n)
        if count < 0:
            raise ValueError(f"DequeueManyOp requested {count} < 0 elements.")
        handle.batch([])  # refuses queues without shapes, before anything is taken
        return handle.batch(handle.take(count, context, allow_less) if count else [])

    return kernel


def _queue_of(query: Any) -> Any:
    maker = query.makers[0] if query.makers else None
    return maker if maker is not None and "component_types" in maker.attrs else None


def _component_shapes(query: Any) -> list[Any]:
    """The extents of the components, where the queue is in the graph and has them."""
    count = len(query.attrs["component_types"])
    maker = _queue_of(query)
    shapes = list(maker.attrs["shapes"]) if maker is not None else []
    if maker is not None and maker.type in ("PriorityQueue", "PriorityQueueV2"):
        shapes = [(), *shapes]
    return shapes if len(shapes) == count else [None] * count


def _batch_shapes(query: Any) -> list[Any]:
    known = query.known_integers(1)
    count = known[0] if known is not None else None
    return [None if shape is None else (count, *shape) for shape in _component_shapes(query)]


def _open_batch_shapes(query: Any) -> list[Any]:
    return [None if shape is None else (None, *shape) for shape in _component_shapes(query)]


_TIMEOUT = {"timeout_ms": ("int", -1)}

QUEUE_ENQUEUE = OpDef(
    name="QueueEnqueueV2",
    signature="handle: resource, components: list(Tcomponents) ->",
    attrs=_TIMEOUT,
    kernel=_enqueue_kernel,
    effects=_WAITS,
)
QUEUE_ENQUEUE_MANY = OpDef(
    name="QueueEnqueueManyV2",
    signature="handle: resource, components: list(Tcomponents) ->",
    attrs=_TIMEOUT,
    kernel=_enqueue_many_kernel,
    effects=_WAITS,
)
QUEUE_DEQUEUE = OpDef(
    name="QueueDequeueV2",
    signature="handle: resource -> components: list(component_types)",
    attrs=_TIMEOUT,
    shape=_component_shapes,
    kernel=_dequeue_kernel,
    effects=_WAITS,
)
QUEUE_DEQUEUE_MANY = OpDef(
    name="QueueDequeueManyV2",
    signature="handle: resource, n: int32 -> components: list(component_types)",
    attrs=_TIMEOUT,
    shape=_batch_shapes,
    kernel=_dequeue_many(allow_less=False),
    effects=_WAITS,
)
QUEUE_DEQUEUE_UP_TO = OpDef(
    name="QueueDequeueUpToV2",
    signature="handle: resource, n: int32 -> components: list(component_types)",
    attrs=_TIMEOUT,
    shape=_open_batch_shapes,
    kernel=_dequeue_many(allow_less=True),
    effects=_WAITS,
)


def _close_kernel(context: KernelContext, handle: Queue, *, cancel_pending_enqueues: bool) -> Any:
    _chosen(handle).close(cancel_pending_enqueues)
    return ()


QUEUE_CLOSE = OpDef(
    name="QueueCloseV2",
    signature="handle: resource ->",
    attrs={"cancel_pending_enqueues": ("bool", False)},
    kernel=_close_kernel,
    effects=_CLOSES,
)
QUEUE_SIZE = OpDef(
    name="QueueSizeV2",
    signature="handle: resource -> size: int32",
    shape=scalar_shape,
    kernel=lambda context, handle: np.array(_chosen(handle).size(), np.int32),
    effects=_LOOKS,
)
QUEUE_IS_CLOSED = OpDef(
    name="QueueIsClosedV2",
    signature="handle: resource -> is_closed: bool",
    shape=scalar_shape,
    kernel=lambda context, handle: np.array(_chosen(handle).is_closed),
    effects=_LOOKS,
)
