"""`slim.parallel_reader` and `slim.prefetch_queue`: records of many files by several readers into one queue."""

from __future__ import annotations

from typing import Any

from ....building.default_graph import name_scope
from ....families.dataflow.queues import FIFOQueue, PaddingFIFOQueue, RandomShuffleQueue
from ....families.debugging.summaries import scalar
from ....families.elementwise.cast import cast
from ....families.io.readers import ReaderBase
from ....formats.file_system import glob
from ....types import dtypes as types
from ...input.producers import string_input_producer
from ...input.queue_runner import QueueRunner, add_queue_runner


class ParallelReader(ReaderBase):
    """Readers that fill one queue, each in a thread.

    Args:
      reader_class: makes a reader, such as `tf.TFRecordReader`.
      common_queue: a queue of keys and values.
      num_readers: how many.
      reader_kwargs: for each.
    """

    def __init__(
        self, reader_class: Any, common_queue: Any, num_readers: int = 4, reader_kwargs: dict[str, Any] | None = None
    ) -> None:
        if len(common_queue.dtypes) != 2:
            raise TypeError("common_queue.dtypes must be [tf.string, tf.string]")
        if any(not kind.is_compatible_with(types.string) for kind in common_queue.dtypes):
            raise TypeError("common_queue.dtypes must be [tf.string, tf.string]")
        self._readers = [reader_class(**(reader_kwargs or {})) for _ in range(num_readers)]
        super().__init__(self._readers[0].reader_ref)
        self._common_queue = common_queue

    def read(self, queue: Any, name: str | None = None) -> Any:
        """Return the key and the value of the next record of any reader.

        Args:
          queue: of names of files. name: for what takes it from the common queue.
        """
        filling = [self._common_queue.enqueue(reader.read(queue)) for reader in self._readers]
        add_queue_runner(QueueRunner(self._common_queue, filling))
        return self._common_queue.dequeue(name=name)

    def read_up_to(self, queue: Any, num_records: Any, name: str | None = None) -> Any:
        """Return keys and values of `num_records` records at the most. Arguments as for `read`."""
        filling = [self._common_queue.enqueue_many(reader.read_up_to(queue, num_records)) for reader in self._readers]
        add_queue_runner(QueueRunner(self._common_queue, filling))
        return self._common_queue.dequeue_up_to(num_records, name=name)

    def num_records_produced(self, name: str | None = None) -> Any:
        """Return how many records the readers have given, together."""
        return sum(reader.num_records_produced() for reader in self._readers)

    def num_work_units_completed(self, name: str | None = None) -> Any:
        """Return how many files the readers are through with, together."""
        return sum(reader.num_work_units_completed() for reader in self._readers)


def parallel_read(
    data_sources: Any, reader_class: Any, num_epochs: int | None = None, num_readers: int = 4,
    reader_kwargs: dict[str, Any] | None = None, shuffle: bool = True, dtypes: Any = None, capacity: int = 256,
    min_after_dequeue: int = 128, seed: int | None = None, scope: str | None = None,
) -> Any:  # fmt: skip
    """Return the key and the value of a record of many files, which several readers read.

    Args:
      data_sources: a pattern of files' names, or a list of such or of names.
      reader_class, num_readers, reader_kwargs: the readers.
      num_epochs: how often each file is read; default: without end. Needs local variables to be initialized.
      shuffle: whether files, and records in the queue, come in random order; `seed` for one that repeats.
      dtypes: of the queue; default: strings.
      capacity, min_after_dequeue: of the queue.
      scope: of what is built.
    Raises: ValueError if there are no such files.
    """
    files = get_data_files(data_sources)
    kinds = dtypes or [types.string, types.string]
    with name_scope(scope, "parallel_read"):
        names = string_input_producer(files, num_epochs=num_epochs, shuffle=shuffle, seed=seed, name="filenames")
        common: Any
        if shuffle:
            common = RandomShuffleQueue(capacity, min_after_dequeue, kinds, seed=seed, name="common_queue")
        else:
            common = FIFOQueue(capacity, kinds, name="common_queue")
        _summarize(common, capacity)
        return ParallelReader(reader_class, common, num_readers, reader_kwargs).read(names)


def single_pass_read(
    data_sources: Any, reader_class: Any, reader_kwargs: dict[str, Any] | None = None, scope: str | None = None
) -> Any:
    """Return the key and the value of a record; files are read once, in their order. Arguments as `parallel_read`."""
    files = get_data_files(data_sources)
    with name_scope(scope, "single_pass_read"):
        names = string_input_producer(files, num_epochs=1, shuffle=False, capacity=1, name="filenames")
        return reader_class(**(reader_kwargs or {})).read(names)


def get_data_files(data_sources: Any) -> list[str]:
    """Return the names of files.

    Args:
      data_sources: a name or a pattern such as `data_*`, or a list of such.
    Raises: ValueError if there are none.
    """
    if isinstance(data_sources, (list, tuple)):
        found = [name for source in data_sources for name in get_data_files(source)]
    elif any(sign in data_sources for sign in "*?["):
        found = list(glob(data_sources))
    else:
        found = [data_sources]
    if not found:
        raise ValueError(f"No data files found in {data_sources}")
    return found


def prefetch_queue(
    tensors: Any, capacity: int = 8, num_threads: int = 1, dynamic_pad: bool = False, shared_name: str | None = None,
    name: str | None = None,
) -> Any:  # fmt: skip
    """Return a queue that is filled with what tensors are, step by step, ahead of who takes it.

    Args:
      tensors: a list, or by name.
      capacity: of the queue. num_threads: how many fill it.
      dynamic_pad: whether shapes may differ from step to step.
      shared_name: the name under which queues of several sessions are one. name: of what is built.
    Raises: ValueError for a shape that is not known, without `dynamic_pad`.
    """
    named = isinstance(tensors, dict)
    names = sorted(tensors) if named else None
    values = [tensors[key] for key in names] if names else list(tensors)
    with name_scope(name, "prefetch_queue", values):
        kind = PaddingFIFOQueue if dynamic_pad else FIFOQueue
        queue = kind(
            capacity, [value.dtype.base_dtype for value in values], [value.get_shape() for value in values],
            names=names, shared_name=shared_name,
        )  # fmt: skip
        add_queue_runner(QueueRunner(queue, [queue.enqueue(tensors)] * num_threads))
        _summarize(queue, capacity)
        return queue


def _summarize(queue: Any, capacity: int) -> None:
    scalar(f"fraction_of_{capacity}_full", cast(queue.size(), types.float32) * (1.0 / capacity))
