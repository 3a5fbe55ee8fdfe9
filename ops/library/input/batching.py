"""Batches: queues that collect elements, filled by threads of runners.

A queue holds dense tensors: a sparse tensor goes through it as three strings
(`../../families/io/sparse_messages.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.dataflow.queues import FIFOQueue, PaddingFIFOQueue, RandomShuffleQueue
from ...families.debugging.summaries import scalar
from ...families.elementwise.cast import cast
from ...families.elementwise.rounding import maximum
from ...families.io.sparse_messages import deserialize_many_sparse, serialize_many_sparse, serialize_sparse
from ...families.sparse.sparse_tensor import SparseTensor
from ...graph.node import Tensor
from ...graph.partial import static_value
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from .queue_runner import QueueRunner, add_queue_runner


def _as_lists(tensors_list: Any) -> tuple[list[list[Any]], list[str] | None]:
    """Each set of tensors as a list; of dictionaries the names too. Raises: ValueError."""
    if not tensors_list:
        raise ValueError("Expected at least one set of tensors")
    first = tensors_list[0]
    names = sorted(first) if isinstance(first, dict) else None
    if names is not None and any(not isinstance(item, dict) or sorted(item) != names for item in tensors_list):
        raise ValueError("All dictionaries in tensors_list must have the same keys")
    rows = []
    for item in tensors_list:
        values = [item[name] for name in names] if names is not None else item
        if not isinstance(values, (list, tuple)) or not values:
            raise ValueError("Expected at least one tensor in batch().")
        rows.append([value if isinstance(value, SparseTensor) else convert_to_tensor(value) for value in values])
    return rows, names


def _through_strings(rows: list[list[Any]], enqueue_many: bool) -> tuple[list[list[Tensor]], list[Any]]:
    """The rows with sparse tensors as strings, and per component what makes a sparse tensor of them again, or None.

    Raises: ValueError if a component is sparse in some rows only, TypeError if it has several types.
    """
    makers: list[Any] = []
    for column in zip(*rows):
        if len({isinstance(item, SparseTensor) for item in column}) > 1:
            raise ValueError(f"Inconsistent SparseTensors list: {[[item] for item in column]}")
        if not isinstance(column[0], SparseTensor):
            makers.append(None)
            continue
        kinds = [item.dtype for item in column]
        if len(set(kinds)) > 1:
            raise TypeError(f"Expected types to be consistent: {' vs. '.join(kind.name for kind in kinds)}.")
        ranks = {item.dense_shape.shape.num_elements() for item in column}
        rank = ranks.pop() if len(ranks) == 1 else None
        if rank is not None and not enqueue_many:
            rank += 1
        makers.append(partial(deserialize_many_sparse, dtype=kinds[0], rank=rank))
    serialize = serialize_many_sparse if enqueue_many else serialize_sparse
    return [[serialize(item) if isinstance(item, SparseTensor) else item for item in row] for row in rows], makers


def _shapes(rows: list[list[Tensor]], shapes: Any, enqueue_many: bool) -> list[TensorShape]:
    if shapes is not None:
        return [TensorShape(shape) for shape in shapes]
    found = []
    for column in zip(*rows):
        merged = column[0].shape
        for tensor in column[1:]:
            merged.merge_with(tensor.shape)  # raises ValueError
            merged = merged.most_specific_compatible_shape(tensor.shape)
        found.append(merged.with_rank_at_least(1)[1:] if enqueue_many else merged)
    return found


def _keep(tensors: list[Tensor], keep_input: Any, enqueue_many: bool) -> tuple[list[Tensor], Any]:
    """What is enqueued where only some of it is kept: rows that a vector chooses; and the scalar that decides."""
    if keep_input is True:
        return tensors, True
    keep = convert_to_tensor(keep_input, dtypes.bool_)
    known = static_value(keep)
    if known is not None and known.all():
        return tensors, True
    if keep.shape.ndims == 1 and enqueue_many:
        from ...families.indexing.masking import boolean_mask

        return [boolean_mask(tensor, keep) for tensor in tensors], True
    if keep.shape.ndims not in (0, None):
        if keep.shape.ndims == 1:
            raise ValueError("`keep_input` cannot be a vector when `enqueue_many=False`.")
        raise ValueError("`keep_input` must be 0 or 1 dimensions.")
    return tensors, keep


def _enqueue(queue: Any, tensors: list[Tensor], enqueue_many: bool, keep_input: Any) -> Any:
    tensors, keep = _keep(tensors, keep_input, enqueue_many)
    enqueue = queue.enqueue_many if enqueue_many else queue.enqueue
    if keep is True:
        return enqueue(tensors)
    from ...building.basic_ops import no_op
    from ...families.control_flow.cond import cond

    return cond(keep, lambda: enqueue(tensors), no_op)


def _batches(
    tensors_list: Any, make_queue: Any, batch_size: Any, enqueue_many: bool, shapes: Any, keep_input: Any,
    allow_smaller_final_batch: bool, default: str, name: str | None, fill: Any, copies: int = 1,
    dynamic_pad: bool = False,
) -> Any:  # fmt: skip
    """What all batching functions do.

    Args:
      make_queue: `(types, shapes) -> queue`.
      fill: `(queue) -> (name of the summary, share that is filled)`.
      copies: how many threads enqueue each set of tensors.
    """
    rows, names = _as_lists(tensors_list)
    with name_scope(name, default, [tensor for row in rows for tensor in row if isinstance(tensor, Tensor)]) as scope:
        rows, makers = _through_strings(rows, enqueue_many)
        all_kinds = [[tensor.dtype.base_dtype for tensor in row] for row in rows]
        kinds = all_kinds[0]
        if any(row != kinds for row in all_kinds):
            told = " vs. ".join(", ".join(kind.name for kind in row) for row in all_kinds)
            raise TypeError(f"Expected types to be consistent: {told}.")
        found = _shapes(rows, shapes, enqueue_many)
        convert_to_tensor(True, name="Const")  # as TensorFlow leaves `keep_input` in the graph
        queue = make_queue(kinds, _checked(found, dynamic_pad, allow_smaller_final_batch))
        operations = [_enqueue(queue, row, enqueue_many, keep_input) for row in rows]
        add_queue_runner(QueueRunner(queue, operations * copies))
        scalar(*fill(queue))
        take = queue.dequeue_up_to if allow_smaller_final_batch else queue.dequeue_many
        batch = take(batch_size, name=scope)
        batch = batch if isinstance(batch, (list, tuple)) else [batch]
        batch = [part if make is None else make(part) for part, make in zip(batch, makers)]
        if names is not None:
            return dict(zip(names, batch))
        return batch[0] if len(batch) == 1 else list(batch)


def _checked(shapes: list[TensorShape], dynamic_pad: bool, allow_less: bool) -> list[TensorShape]:
    if not dynamic_pad and any(not shape.is_fully_defined() for shape in shapes):
        raise ValueError(f"All shapes must be fully defined: {shapes}")
    return shapes


def _filled(capacity: int) -> Any:
    def fill(queue: Any) -> tuple[str, Any]:
        return f"fraction_of_{capacity}_full", cast(queue.size(), dtypes.float32) * (1.0 / capacity)

    return fill


def _filled_over(capacity: int, least: int) -> Any:
    def fill(queue: Any) -> tuple[str, Any]:
        share = cast(maximum(0, queue.size() - least), dtypes.float32) * (1.0 / (capacity - least))
        return f"fraction_over_{least}_of_{capacity - least}_full", share

    return fill


def _plain_queue(capacity: int, dynamic_pad: bool, shared_name: str | None) -> Any:
    kind = PaddingFIFOQueue if dynamic_pad else FIFOQueue
    return lambda kinds, shapes: kind(capacity, kinds, shapes, shared_name=shared_name)


def _shuffle_queue(capacity: int, least: int, seed: int | None, shared_name: str | None) -> Any:
    if capacity <= least:
        raise ValueError(f"capacity {capacity} must be bigger than min_after_dequeue {least}.")
    return lambda kinds, shapes: RandomShuffleQueue(capacity, least, kinds, shapes, seed=seed, shared_name=shared_name)


def batch(
    tensors: Any, batch_size: Any, num_threads: int = 1, capacity: int = 32, enqueue_many: bool = False,
    shapes: Any = None, dynamic_pad: bool = False, allow_smaller_final_batch: bool = False,
    shared_name: str | None = None, name: str | None = None,
) -> Any:  # fmt: skip
    """Return batches of `tensors`, collected by a runner in the collection `QUEUE_RUNNERS`.

    Args:
      tensors: a list of tensors, sparse ones among them, or a dictionary of them.
      batch_size: how many elements a batch has.
      num_threads: how many threads evaluate `tensors`.
      capacity: of the queue.
      enqueue_many: whether `tensors` are batches already, of which elements are taken.
      shapes: of an element's parts, if they are not known.
      dynamic_pad: whether parts of different shapes are padded with zeros.
      allow_smaller_final_batch: whether the last batch may be smaller, rather than left out.
      shared_name, name: see `FIFOQueue`.
    Returns: what `tensors` is, with a batch dimension in front.
    Raises: ValueError if shapes are not known.
    """
    return maybe_batch(
        tensors, True, batch_size, num_threads, capacity, enqueue_many, shapes, dynamic_pad, allow_smaller_final_batch,
        shared_name, name,
    )  # fmt: skip


def maybe_batch(
    tensors: Any, keep_input: Any, batch_size: Any, num_threads: int = 1, capacity: int = 32,
    enqueue_many: bool = False, shapes: Any = None, dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False, shared_name: str | None = None, name: str | None = None,
    _default: str = "batch",
) -> Any:  # fmt: skip
    """`batch` of those elements for which `keep_input` (a bool scalar, or with `enqueue_many` a vector) holds."""
    return _batches(
        [_whole(tensors)], _plain_queue(capacity, dynamic_pad, shared_name), batch_size, enqueue_many, shapes,
        keep_input, allow_smaller_final_batch, _default, name, _filled(capacity), num_threads, dynamic_pad,
    )  # fmt: skip


def batch_join(
    tensors_list: Any, batch_size: Any, capacity: int = 32, enqueue_many: bool = False, shapes: Any = None,
    dynamic_pad: bool = False, allow_smaller_final_batch: bool = False, shared_name: str | None = None,
    name: str | None = None,
) -> Any:  # fmt: skip
    """`batch` of several sets of tensors, with a thread for each of them."""
    return maybe_batch_join(
        tensors_list, True, batch_size, capacity, enqueue_many, shapes, dynamic_pad, allow_smaller_final_batch,
        shared_name, name,
    )  # fmt: skip


def maybe_batch_join(
    tensors_list: Any, keep_input: Any, batch_size: Any, capacity: int = 32, enqueue_many: bool = False,
    shapes: Any = None, dynamic_pad: bool = False, allow_smaller_final_batch: bool = False,
    shared_name: str | None = None, name: str | None = None, _default: str = "batch_join",
) -> Any:  # fmt: skip
    """`batch_join` of those elements for which `keep_input` holds."""
    return _batches(
        tensors_list, _plain_queue(capacity, dynamic_pad, shared_name), batch_size, enqueue_many, shapes, keep_input,
        allow_smaller_final_batch, _default, name, _filled(capacity), 1, dynamic_pad,
    )  # fmt: skip


def shuffle_batch(
    tensors: Any, batch_size: Any, capacity: int, min_after_dequeue: int, num_threads: int = 1,
    seed: int | None = None, enqueue_many: bool = False, shapes: Any = None, allow_smaller_final_batch: bool = False,
    shared_name: str | None = None, name: str | None = None,
) -> Any:  # fmt: skip
    """`batch` with elements in random order.

    Args:
      min_after_dequeue: how many elements stay, so that there is a choice; below `capacity`.
      seed: for an order that repeats.
    """
    return maybe_shuffle_batch(
        tensors, batch_size, capacity, min_after_dequeue, True, num_threads, seed, enqueue_many, shapes,
        allow_smaller_final_batch, shared_name, name,
    )  # fmt: skip


def maybe_shuffle_batch(
    tensors: Any, batch_size: Any, capacity: int, min_after_dequeue: int, keep_input: Any, num_threads: int = 1,
    seed: int | None = None, enqueue_many: bool = False, shapes: Any = None, allow_smaller_final_batch: bool = False,
    shared_name: str | None = None, name: str | None = None, _default: str = "shuffle_batch",
) -> Any:  # fmt: skip
    """`shuffle_batch` of those elements for which `keep_input` holds."""
    return _batches(
        [_whole(tensors)], _shuffle_queue(capacity, min_after_dequeue, seed, shared_name), batch_size, enqueue_many,
        shapes, keep_input, allow_smaller_final_batch, _default, name, _filled_over(capacity, min_after_dequeue),
        num_threads,
    )  # fmt: skip


def shuffle_batch_join(
    tensors_list: Any, batch_size: Any, capacity: int, min_after_dequeue: int, seed: int | None = None,
    enqueue_many: bool = False, shapes: Any = None, allow_smaller_final_batch: bool = False,
    shared_name: str | None = None, name: str | None = None,
) -> Any:  # fmt: skip
    """`batch_join` with elements in random order; see `shuffle_batch`."""
    return maybe_shuffle_batch_join(
        tensors_list, batch_size, capacity, min_after_dequeue, True, seed, enqueue_many, shapes,
        allow_smaller_final_batch, shared_name, name,
    )  # fmt: skip


def maybe_shuffle_batch_join(
    tensors_list: Any, batch_size: Any, capacity: int, min_after_dequeue: int, keep_input: Any,
    seed: int | None = None, enqueue_many: bool = False, shapes: Any = None, allow_smaller_final_batch: bool = False,
    shared_name: str | None = None, name: str | None = None, _default: str = "shuffle_batch_join",
) -> Any:  # fmt: skip
    """`shuffle_batch_join` of those elements for which `keep_input` holds."""
    return _batches(
        tensors_list, _shuffle_queue(capacity, min_after_dequeue, seed, shared_name), batch_size, enqueue_many, shapes,
        keep_input, allow_smaller_final_batch, _default, name, _filled_over(capacity, min_after_dequeue),
    )  # fmt: skip


def _whole(tensors: Any) -> Any:
    """One tensor as a list of one."""
    return tensors if isinstance(tensors, (dict, Sequence)) else [tensors]
