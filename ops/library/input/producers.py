"""Producers: queues that give the elements of a tensor again and again."""

from __future__ import annotations

from typing import Any

from ...building.basic_ops import identity
from ...building.convert import convert_to_tensor
from ...building.default_graph import control_dependencies, name_scope
from ...families.arrays.filling import range as range_of
from ...families.arrays.shape_ops import shape as shape_of
from ...families.arrays.shape_ops import size
from ...families.dataflow.queues import FIFOQueue
from ...families.debugging.printing import Assert
from ...families.debugging.summaries import scalar
from ...families.elementwise.cast import cast
from ...families.elementwise.compare import greater
from ...families.indexing.gathering import gather
from ...families.random.sampling import random_shuffle
from ...families.state.assignments import count_up_to
from ...families.state.variables import Variable
from ...graph.graph_keys import GraphKeys
from ...graph.node import Tensor
from ...types import dtypes
from .queue_runner import QueueRunner, add_queue_runner


def match_filenames_once(pattern: Any, name: str | None = None) -> Any:
    """Return a local variable of the names of the files that match, found when local variables are initialized."""
    from ...families.io.files import matching_files

    with name_scope(name, "matching_filenames", [pattern]) as scope:
        return Variable(
            matching_files(pattern),
            trainable=False,
            name=scope,
            validate_shape=False,
            collections=[GraphKeys.LOCAL_VARIABLES],
        )


def limit_epochs(tensor: Any, num_epochs: int | None = None, name: str | None = None) -> Tensor:
    """Return `tensor`, `num_epochs` times; then OutOfRangeError. It counts in a local variable.

    Raises: ValueError for a number that is not positive.
    """
    if num_epochs is None:
        return convert_to_tensor(tensor)
    if num_epochs <= 0:
        raise ValueError(f"num_epochs must be > 0 not {num_epochs}.")
    with name_scope(name, "limit_epochs", [tensor]) as scope:
        zero = convert_to_tensor(0, dtypes.int64)
        epochs = Variable(zero, name="epochs", trainable=False, collections=[GraphKeys.LOCAL_VARIABLES])
        counter = count_up_to(epochs, num_epochs)
        with control_dependencies([counter]):
            result: Tensor = identity(tensor, name=scope)
            return result


def input_producer(
    input_tensor: Any,
    element_shape: Any = None,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    summary_name: str | None = None,
    name: str | None = None,
    cancel_op: Any = None,
) -> FIFOQueue:
    """Return a queue of the rows of a tensor, filled by a runner in the collection `QUEUE_RUNNERS`.

    Args:
      input_tensor: of at least one dimension.
      element_shape: the shape of a row, if it is not known.
      num_epochs: how often each row comes; default: without end. Needs local variables to be initialized.
      shuffle: whether rows come in random order within each epoch; `seed` for one that repeats.
      capacity: of the queue.
      shared_name: the name under which queues of several sessions are one.
      summary_name: of a summary of how full the queue is.
      name: of the scope. cancel_op: see `QueueRunner`.
    Raises: ValueError if the shape of a row is not known.
    """
    with name_scope(name, "input_producer", [input_tensor]):
        rows = convert_to_tensor(input_tensor)
        shape = rows.shape[1:].merge_with(element_shape)
        if not shape.is_fully_defined():
            raise ValueError(
                "Either `input_tensor` must have a fully defined shape or `element_shape` must be specified"
            )
        if shuffle:
            rows = random_shuffle(rows, seed=seed)
        rows = limit_epochs(rows, num_epochs)
        queue = FIFOQueue(
            capacity=capacity, dtypes=[rows.dtype.base_dtype], shapes=[shape], shared_name=shared_name, name=name
        )
        add_queue_runner(QueueRunner(queue, [queue.enqueue_many(rows)], cancel_op=cancel_op))
        if summary_name is not None:
            scalar(summary_name, cast(queue.size(), dtypes.float32) * (1.0 / capacity))
        return queue


def string_input_producer(
    string_tensor: Any,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    name: str | None = None,
    cancel_op: Any = None,
) -> FIFOQueue:
    """Return a queue of strings, usually names of files; see `input_producer`.

    Raises: ValueError for an empty list; InvalidArgumentError when it runs, for an empty tensor.
    """
    refused = "string_input_producer requires a non-null input tensor"
    if not isinstance(string_tensor, Tensor) and hasattr(string_tensor, "__len__") and not len(string_tensor):
        raise ValueError(refused)
    with name_scope(name, "input_producer", [string_tensor]) as scope:
        strings = convert_to_tensor(string_tensor, dtypes.string)
        with control_dependencies([Assert(greater(size(strings), 0), [refused])]):
            strings = identity(strings)
        return input_producer(
            strings,
            [],
            num_epochs,
            shuffle,
            seed,
            capacity,
            shared_name,
            f"fraction_of_{capacity}_full",
            scope,
            cancel_op,
        )


def range_input_producer(
    limit: Any,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    name: str | None = None,
) -> FIFOQueue:
    """Return a queue of the integers below `limit`; see `input_producer`."""
    with name_scope(name, "input_producer", [limit]) as scope:
        return input_producer(
            range_of(limit), [], num_epochs, shuffle, seed, capacity, shared_name, f"fraction_of_{capacity}_full", scope
        )


def slice_input_producer(
    tensor_list: Any,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    name: str | None = None,
) -> list[Tensor]:
    """Return the rows of several tensors, one row of each at a time; see `input_producer`.

    Raises: ValueError for an empty list.
    """
    with name_scope(name, "input_producer", tensor_list):
        tensors = [convert_to_tensor(tensor) for tensor in tensor_list]
        if not tensors:
            raise ValueError("Expected at least one tensor in slice_input_producer().")
        count = shape_of(tensors[0])[0]
        queue = range_input_producer(count, num_epochs, shuffle, seed, capacity, shared_name)
        index = queue.dequeue()
        return [gather(tensor, index) for tensor in tensors]
