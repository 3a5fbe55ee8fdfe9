"""Batches of elements that are alike: a queue for each bucket, and one above them for the batches that are full.

    tensors --which--> bucket_queue_0 --+
               or ---> bucket_queue_1 --+-- batches --> top_queue

Threads of one runner put elements into their bucket's queue and close all of these at the end of input; a thread for
each bucket, of another runner, moves batches to the queue above, which they close in turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from ...base.errors import CancelledError, OutOfRangeError
from ...building.basic_ops import group, no_op
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.control_flow.cond import cond
from ...families.dataflow.queues import FIFOQueue, PaddingFIFOQueue
from ...families.debugging.summaries import scalar
from ...families.elementwise.cast import cast
from ...families.elementwise.compare import equal, less_equal, logical_and
from ...families.reductions.reductions import reduce_sum
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from .queue_runner import QueueRunner, add_queue_runner

_ENDS = (OutOfRangeError, CancelledError)


def bucket(
    tensors: Any, which_bucket: Any, batch_size: Any, num_buckets: int, num_threads: int = 1, capacity: int = 32,
    bucket_capacities: Any = None, shapes: Any = None, dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False, keep_input: Any = True, shared_name: str | None = None,
    name: str | None = None,
) -> Any:  # fmt: skip
    """Return batches of elements that are in one bucket, collected by runners in the collection `QUEUE_RUNNERS`.

    Args:
      tensors: a list of dense tensors, or a dictionary of them.
      which_bucket: an int32 scalar, the bucket of the element.
      batch_size: of all buckets, or a list with one of each.
      num_buckets: how many there are.
      num_threads: how many threads evaluate `tensors`.
      capacity: of the queue of batches, and of each bucket's.
      bucket_capacities: a list of the latter.
      shapes, dynamic_pad, allow_smaller_final_batch: see `batch`.
      keep_input: a bool scalar: whether the element is taken at all.
      shared_name, name: see `FIFOQueue`.
    Returns: the bucket, and what `tensors` is with a batch dimension in front (of one tensor, that tensor).
    Raises: ValueError if shapes are not known, or lists are not of `num_buckets`.
    """
    names = sorted(tensors) if isinstance(tensors, dict) else None
    values = [tensors[key] for key in names] if names is not None else list(tensors)
    if not values:
        raise ValueError("Expected at least one tensor in bucket().")
    if num_buckets < 1:
        raise ValueError(f"num_buckets must be at least 1, not {num_buckets}")
    sizes = _sizes(batch_size, num_buckets)
    capacities = [capacity] * num_buckets if bucket_capacities is None else list(bucket_capacities)
    if len(capacities) != num_buckets:
        raise ValueError(
            f"The list bucket_capacities ({bucket_capacities}) must have exactly num_buckets ({num_buckets}) elements."
        )
    with name_scope(name, "bucket", values):
        parts = [convert_to_tensor(value) for value in values]
        which = convert_to_tensor(which_bucket, dtypes.int32)
        kinds = [part.dtype.base_dtype for part in parts]
        known = [part.shape for part in parts] if shapes is None else [TensorShape(shape) for shape in shapes]
        if not dynamic_pad and any(not shape.is_fully_defined() for shape in known):
            raise ValueError(f"All shapes must be fully defined: {known}")
        kind = PaddingFIFOQueue if dynamic_pad else FIFOQueue
        queues = [
            kind(size, kinds, known, shared_name=shared_name and f"{shared_name}_{i}", name=f"bucket_queue_{i}")
            for i, size in enumerate(capacities)
        ]
        top = FIFOQueue(capacity, [dtypes.int32, *kinds], shared_name=shared_name, name="top_queue")
        _fill(queues, parts, which, keep_input, num_threads)
        _move(queues, top, sizes, allow_smaller_final_batch)
        scalar(f"{top.name}/fraction_of_{capacity}_full", cast(top.size(), dtypes.float32) * (1.0 / capacity))
        found, *batch = top.dequeue(name="dequeue_top")
    found.set_shape([])
    count = sizes[0] if len(set(sizes)) == 1 and not allow_smaller_final_batch else None
    for tensor, shape in zip(batch, known):
        tensor.set_shape(TensorShape([count]).concatenate(shape))
    if names is not None:
        return found, dict(zip(names, batch))
    return found, batch[0] if len(batch) == 1 else batch


def _sizes(batch_size: Any, count: int) -> list[int]:
    if not isinstance(batch_size, (list, tuple)):
        return [batch_size] * count
    if len(batch_size) != count:
        raise ValueError("If batch_size is a list it must have num_buckets elements")
    return list(batch_size)


def _fill(queues: Sequence[Any], parts: list[Tensor], which: Tensor, keep_input: Any, threads: int) -> None:
    """A runner whose threads put elements into the queues of their buckets."""
    keep = convert_to_tensor(keep_input, dtypes.bool_)

    def into(number: int, queue: Any) -> Any:
        is_here = logical_and(keep, equal(which, number))
        return cond(is_here, lambda: queue.enqueue(parts), no_op).op

    enqueues = group(*[into(number, queue) for number, queue in enumerate(queues)], name="group_enqueues")
    close = group(*[queue.close() for queue in queues])
    cancel = group(*[queue.close(cancel_pending_enqueues=True) for queue in queues])
    add_queue_runner(QueueRunner(queues[0], [enqueues] * threads, close, cancel, _ENDS))


def _move(queues: Sequence[Any], top: Any, sizes: list[int], allow_less: bool) -> None:
    """A runner with a thread for each bucket, which moves its batches to the queue above."""
    moves = []
    for number, (queue, size) in enumerate(zip(queues, sizes)):
        batch = (queue.dequeue_up_to if allow_less else queue.dequeue_many)(size, name=f"read_bucket_{number}")
        batch = batch if isinstance(batch, (list, tuple)) else [batch]
        number_of = convert_to_tensor(number, dtypes.int32)
        moves.append(top.enqueue([number_of, *batch], name=f"enqueue_from_bucket_{number}"))
        scalar(f"{queue.name}/size", cast(queue.size(), dtypes.float32))
    add_queue_runner(QueueRunner(top, moves, queue_closed_exception_types=_ENDS))


def bucket_by_sequence_length(
    input_length: Any, tensors: Any, batch_size: Any, bucket_boundaries: Any, num_threads: int = 1, capacity: int = 32,
    bucket_capacities: Any = None, shapes: Any = None, dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False, keep_input: Any = True, shared_name: str | None = None,
    name: str | None = None,
) -> Any:  # fmt: skip
    """`bucket` by a length: of those below the first boundary, of those from it on below the second, and so on.

    Args:
      input_length: an int32 scalar.
      bucket_boundaries: a list of integers that grow, at least one.
      The other arguments are those of `bucket`.
    Returns: the lengths, and what `tensors` is with a batch dimension in front.
    Raises: TypeError, ValueError for other boundaries; what `bucket` raises.
    """
    if not isinstance(bucket_boundaries, (list, tuple)):
        raise TypeError(f"bucket_boundaries must be a list or tuple, but received: {bucket_boundaries}")
    if not bucket_boundaries:
        raise ValueError("bucket_boundaries must not be empty")
    for before, after in pairwise(bucket_boundaries):
        if before >= after:
            raise ValueError(f"Buckets must contain sequential increasing lengths, but saw: {before} before {after}")
    names = sorted(tensors) if isinstance(tensors, dict) else None
    values = [tensors[key] for key in names] if names is not None else list(tensors)
    with name_scope(name, "bucket_by_sequence_length", [input_length, *values]):
        length = convert_to_tensor(input_length, dtypes.int32)
        which = reduce_sum(cast(less_equal(convert_to_tensor(list(bucket_boundaries), dtypes.int32), length), "int32"))
        _, (lengths, *batch) = bucket(
            [length, *values], which, batch_size, len(bucket_boundaries) + 1, num_threads, capacity,
            bucket_capacities, None if shapes is None else [[], *shapes], dynamic_pad, allow_smaller_final_batch,
            keep_input, shared_name,
        )  # fmt: skip
    return lengths, batch if names is None else dict(zip(names, batch))
