"""The operation types of queues."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError
from ...definition.context import KernelContext
from ...definition.opdef import Effects, OpDef
from ...definition.shapes import scalar_shape
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from .queue_resource import PaddingQueue, Queue, ShuffleQueue, SortedQueue, shape_text

_OWNS = Effects("queue")
_LOOKS = Effects("queue", reads=True)
_CLOSES = Effects("queue", writes=True)
_WAITS = Effects("queue", reads=True, writes=True, blocking=True, ordered=False)
_ANY_NUMBER = 2**31 - 1  # the capacity that a queue without limit tells
_NAMED = {"container": ("string", b""), "shared_name": ("string", b"")}


def _made(make: Callable[[Any, Any], Queue], op: Any) -> Queue:
    queue = make(op.name, op.attrs)
    queue.described = op.attrs
    return queue


def _check_shared(queue: Queue, op: Any) -> None:
    """Raises: InvalidArgumentError if another operation of one shared name describes another queue."""
    if queue.kind != op.type.removesuffix("V2"):
        raise InvalidArgumentError(None, op, f"Expected {queue.kind}, found {op.type}")
    name = op.attrs["shared_name"].decode() or op.name
    for difference in _differences(queue, queue.described, op.attrs):
        raise InvalidArgumentError(None, op, f"Shared queue '{name}' has {difference}")


def _differences(queue: Queue, has: Any, wants: Any) -> Iterator[str]:
    """What is not the same in two descriptions of a queue, as TensorFlow tells it."""
    sizes = [attrs["capacity"] if attrs["capacity"] >= 0 else _ANY_NUMBER for attrs in (has, wants)]
    if sizes[0] != sizes[1]:
        yield f"capacity {sizes[0]} but requested capacity was {sizes[1]}"
    if isinstance(queue, ShuffleQueue):
        least = wants["min_after_dequeue"]
        if least != queue.least:
            yield f"min_after_dequeue {queue.least} but requested min_after_dequeue was {least}."
        seeds = wants["seed"], wants["seed2"]
        if any(seeds) and seeds != queue.seeds:
            yield f"random seeds {queue.seeds} but requested seeds are {seeds}."
    kinds = [", ".join(_short(dtype) for dtype in _all(queue, attrs, "component_types")) for attrs in (has, wants)]
    if kinds[0] != kinds[1]:
        yield f"component types {kinds[0]} but requested component types were {kinds[1]}"
    shapes = [_all(queue, attrs, "shapes") for attrs in (has, wants)]
    if not (_alike(*shapes) if isinstance(queue, PaddingQueue) else shapes[0] == shapes[1]):
        texts = [f"[{', '.join(map(shape_text, shape))}]" for shape in shapes]
        yield f"component shapes {texts[0]} but requested component shapes were {texts[1]}"


def _all(queue: Queue, attrs: Any, name: str) -> list[Any]:
    """The types or shapes of the components, the priority's too."""
    first: list[Any] = []
    if isinstance(queue, SortedQueue):
        first = [dtypes.int64 if name == "component_types" else ()]
    return [*first, *attrs[name]]


def _alike(some: list[Any], others: list[Any]) -> bool:
    """Whether shapes that leave extents open can be the same."""
    return len(some) == len(others) and all(TensorShape(a).is_compatible_with(b) for a, b in zip(some, others))


def _short(dtype: dtypes.DType) -> str:
    return {"float32": "float", "float64": "double", "float16": "half"}.get(dtype.name, dtype.name)


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
