"""Input functions over arrays in memory: threads of the session put their rows into a queue, batches are taken out."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...base.errors import CancelledError, OutOfRangeError
from ...building.basic_ops import placeholder
from ...building.default_graph import name_scope
from ...families.dataflow.queues import FIFOQueue, RandomShuffleQueue
from ...families.debugging.summaries import scalar
from ...families.elementwise.cast import cast
from ...families.elementwise.rounding import maximum
from ...types import dtypes
from .queue_runner import QueueRunner, add_queue_runner

_TARGET = "__target_key__"


class _Rows:
    """Batches of rows, over and over for a number of epochs; every thread has one of its own.

    Args:
      columns: arrays of one length; placeholders: what is fed: the row numbers, then the columns.
      size: of a batch; epochs: how often all rows are given, None: without end.
      first: the row to begin with.
    """

    def __init__(self, columns: list[Any], placeholders: list[Any], size: int, epochs: int | None, first: int) -> None:
        self._columns, self._placeholders, self._size = columns, placeholders, size
        self._epochs, self._epoch = epochs, 0
        self._length = len(columns[0])
        self._next = first
        self._last = (first - 1) % self._length

    def __call__(self) -> dict[Any, Any]:
        """Return what is fed next. Raises: OutOfRangeError after the last row of the last epoch."""
        if self._epochs and self._epoch >= self._epochs:
            raise OutOfRangeError(None, None, f"Already emitted {self._epoch} epochs.")
        rows: list[int] = []
        while len(rows) < self._size:
            rows.append(self._next)
            if self._next == self._last:
                self._epoch += 1
                if self._epochs and self._epoch >= self._epochs:
                    break
            self._next = (self._next + 1) % self._length
        values = [rows, *(column[rows] for column in self._columns)]
        return {placeholder.name: value for placeholder, value in zip(self._placeholders, values)}


class FeedingQueueRunner(QueueRunner):
    """A QueueRunner whose threads feed what functions give.

    Args:
      queue, enqueue_ops, close_op, cancel_op: see `QueueRunner`.
      feed_fns: for each operation a function that returns what is fed.
    """

    def __init__(
        self, queue: Any, enqueue_ops: list[Any], feed_fns: list[Any], close_op: Any = None, cancel_op: Any = None
    ) -> None:
        super().__init__(queue, enqueue_ops, close_op, cancel_op, (OutOfRangeError, CancelledError))
        self._feeds = dict(zip(enqueue_ops, feed_fns))

    def _enqueuer(self, sess: Any, enqueue_op: Any) -> Callable[[], Any]:
        feed = self._feeds[enqueue_op]
        return lambda: sess.run(enqueue_op, feed_dict=feed())

    def to_proto(self, export_scope: str | None = None) -> Any:
        """Return None: what is fed is no part of a graph."""
        return None


def enqueue_data(
    columns: list[Any], capacity: int, shuffle: bool, threads: int, size: int, epochs: int | None,
    name: str = "enqueue_input",
) -> Any:  # fmt: skip
    """Return a queue that is filled with the rows of arrays, each after its number.

    Args:
      columns: arrays of one length.
      capacity: of the queue.
      shuffle: whether rows come in random order.
      threads: how many fill it; more than one need no end.
      size: how many rows are put in at once.
      epochs: how often all rows are given; None: without end.
    """
    types = [dtypes.int64, *(dtypes.as_dtype(column.dtype) for column in columns)]
    shapes: list[Any] = [(), *(column.shape[1:] for column in columns)]
    with name_scope(name):
        if shuffle:
            least = max(min(capacity // 4, 250), 1) if epochs else max(1, capacity // 4)
            least = _least_after_dequeue(capacity, size)
            queue: Any = RandomShuffleQueue(capacity, least, dtypes=types, shapes=shapes)
        else:
            least = 0
            queue = FIFOQueue(capacity, dtypes=types, shapes=shapes)
        operations, feeds = [], []
        for _ in range(threads):
            placeholders = [placeholder(dtype) for dtype in types]
            operations.append(queue.enqueue_many(placeholders))
            first = random.randrange(len(columns[0])) if shuffle else 0
            feeds.append(_Rows(columns, placeholders, size, epochs, first))
        add_queue_runner(FeedingQueueRunner(queue, operations, feeds))
        full = cast(maximum(0, queue.size() - least), dtypes.float32) * (1.0 / (capacity - least))
        scalar(f"queue/{queue.name}fraction_over_{least}_of_{capacity - least}_full", full)
    return queue


def _least_after_dequeue(capacity: int, size: int) -> int:
    return int(max(0, min(capacity / 4, capacity - size)))


def numpy_input_fn(
    x: Any, y: Any = None, batch_size: int = 128, num_epochs: int | None = 1, shuffle: bool | None = None,
    queue_capacity: int = 1000, num_threads: int = 1,
) -> Callable[[], Any]:  # fmt: skip
    """Return an input function of arrays in memory.

    Args:
      x: an array, or a dictionary of arrays of one length: the features.
      y: the labels, of the same length: an array, a dictionary of them, or None.
      batch_size: how many rows a batch has; the last one may have fewer.
      num_epochs: how often all rows are given; None: without end.
      shuffle: whether in random order; has to be said.
      queue_capacity, num_threads: of the queue that holds rows.
    Returns: a function of no arguments, to features, or to features and labels.
    Raises: ValueError for arguments that cannot be; TypeError for features that are no arrays (when called).
    """
    if not isinstance(shuffle, bool):
        raise ValueError(
            "shuffle must be provided and explicitly set as boolean (it is recommended to set it as True for "
            f"training); got {shuffle}"
        )

    def input_fn() -> Any:
        features = _named(x, "x")
        labels = {} if y is None else _named(y, "y", _TARGET)
        for name in labels:
            if isinstance(y, Mapping) and name in features:
                raise ValueError(f"{len(set(labels) & set(features))} duplicate keys are found in both x and y: {name}")
        names = [*sorted(features), *sorted(labels)]
        columns = [{**features, **labels}[name] for name in names]
        _check_lengths(dict(zip(names, columns)), y is None)
        queue = enqueue_data(columns, queue_capacity, shuffle, num_threads, batch_size, num_epochs)
        batch = queue.dequeue_many(batch_size) if num_epochs is None else queue.dequeue_up_to(batch_size)
        found = dict(zip(names, batch[1:]))
        given = {name: found[name] for name in sorted(features)} if isinstance(x, Mapping) else found["__direct_np__"]
        if y is None:
            return given
        return given, ({name: found[name] for name in sorted(labels)} if isinstance(y, Mapping) else found[_TARGET])

    return input_fn


def _named(arrays: Any, what: str, single: str = "__direct_np__") -> dict[str, Any]:
    """Arrays by name. Raises: ValueError for an empty dictionary, TypeError for what is no array."""
    if isinstance(arrays, Mapping):
        if not arrays:
            raise ValueError(f"{what} cannot be an empty dict")
        for name, array in arrays.items():
            if not isinstance(array, np.ndarray):
                raise TypeError(f"{what} must be a dict of arrays or an array; {name} is {type(array).__name__}")
        return dict(arrays)
    if not isinstance(arrays, np.ndarray):
        raise TypeError(f"{what} must be a dict or array; got {type(arrays).__name__}")
    return {single: arrays}


def _check_lengths(columns: Mapping[str, Any], alone: bool) -> None:
    lengths = {name: array.shape[0] for name, array in columns.items()}
    if len(set(lengths.values())) != 1:
        where = "x" if alone else "x and y"
        raise ValueError(
            f"Length of tensors in {where} is mismatched. All elements in {where} must have the same length. Lengths: "
            f"{ {name.replace('__direct_np__', 'x').replace(_TARGET, 'y'): n for name, n in lengths.items()} }"
        )


def pandas_input_fn(
    x: Any, y: Any = None, batch_size: int = 128, num_epochs: int | None = 1, shuffle: bool | None = None,
    queue_capacity: int = 1000, num_threads: int = 1, target_column: str = "target",
) -> Callable[[], Any]:  # fmt: skip
    """Return an input function of a pandas DataFrame: its columns are the features.

    Args:
      x: the DataFrame; y: a Series or a DataFrame of labels with the same index, or None.
      target_column: what the labels are called inside.
      The others are those of `numpy_input_fn`.
    Raises: ValueError for arguments that cannot be; TypeError if `x` is no DataFrame.
    """
    if not isinstance(shuffle, bool):
        raise ValueError(
            "shuffle must be provided and explicitly set as boolean (it is recommended to set it as True for "
            f"training); got {shuffle}"
        )
    if not hasattr(x, "columns") or not hasattr(x, "index"):
        raise TypeError("x must be a pandas.DataFrame")
    if y is not None and not np.array_equal(x.index, y.index):
        raise ValueError(f"Index for x and y are mismatched.\nIndex for x: {x.index}\nIndex for y: {y.index}\n")
    names = list(x.columns)
    labels = [] if y is None else [target_column] if not hasattr(y, "columns") else list(y.columns)
    for name in labels:
        if name in names:
            raise ValueError(f"Cannot use name {name} for target column: DataFrame already has a column with that name")

    def input_fn() -> Any:
        columns = [np.asarray(x[name].values) for name in names]
        if y is not None:
            columns += (
                [np.asarray(y.values)] if not hasattr(y, "columns") else [np.asarray(y[n].values) for n in labels]
            )
        columns = [np.asarray(column, object) if column.dtype.kind in "OUS" else column for column in columns]
        queue = enqueue_data([x.index.values, *columns], queue_capacity, shuffle, num_threads, batch_size, num_epochs)
        batch = queue.dequeue_many(batch_size) if num_epochs is None else queue.dequeue_up_to(batch_size)
        found = dict(zip([*names, *labels], batch[2:]))
        features = {name: found[name] for name in names}
        if y is None:
            return features
        return features, ({name: found[name] for name in labels} if hasattr(y, "columns") else found[labels[0]])

    return input_fn
