"""Inputs of strategies: datasets and functions that return them, read by one pipeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...building.basic_ops import group
from ...families.data.api import make_initializable_iterator
from ...families.data.dataset import DatasetBase


class InputContext:
    """What an input function is told: which pipeline of how many it is, and how many replicas there are.

    Args:
      num_input_pipelines, input_pipeline_id, num_replicas_in_sync: these numbers.
    """

    def __init__(self, num_input_pipelines: int = 1, input_pipeline_id: int = 0, num_replicas_in_sync: int = 1) -> None:
        self._pipelines, self._pipeline, self._replicas = num_input_pipelines, input_pipeline_id, num_replicas_in_sync

    @property
    def num_input_pipelines(self) -> int:
        """How many pipelines there are."""
        return self._pipelines

    @property
    def input_pipeline_id(self) -> int:
        """The number of this one."""
        return self._pipeline

    @property
    def num_replicas_in_sync(self) -> int:
        """How many replicas there are."""
        return self._replicas

    def get_per_replica_batch_size(self, global_batch_size: int) -> int:
        """Return a replica's share of a batch.

        Raises: ValueError if replicas do not divide it.
        """
        if global_batch_size % self._replicas:
            raise ValueError(
                f"The `global_batch_size` {global_batch_size} is not divisible by `num_replicas_in_sync` "
                f"{self._replicas} "
            )
        return global_batch_size // self._replicas


class StrategyIterator:
    """An iterator over a strategy's input: `get_next` gives what is next, `initialize` makes it begin."""

    def __init__(self, source: Any) -> None:
        self._inner = make_initializable_iterator(source) if isinstance(source, DatasetBase) else None
        self._function: Any = None if self._inner is not None else source
        self._begin = group() if self._inner is None else group(self._inner.initializer)

    def get_next(self, name: str | None = None) -> Any:
        """Return the next element; OutOfRangeError when the graph runs, if there is none."""
        if self._inner is None:
            return self._function()
        return self._inner.get_next(name)

    def initialize(self) -> Any:
        """Return the operation that makes it begin."""
        return self._begin

    @property
    def initializer(self) -> Any:
        """The operation that makes it begin."""
        return self._begin

    @property
    def output_types(self) -> Any:
        """The types of elements."""
        return self._of_dataset("output_types")

    @property
    def output_shapes(self) -> Any:
        """The static shapes of elements."""
        return self._of_dataset("output_shapes")

    @property
    def output_classes(self) -> Any:
        """The classes of elements."""
        return self._of_dataset("output_classes")

    def _of_dataset(self, name: str) -> Any:
        if self._inner is None:
            raise AttributeError(f"{name} is not known: the input is a function.")
        return getattr(self._inner, name)


def iterator_of_function(input_fn: Callable[[InputContext], Any], context: InputContext) -> StrategyIterator:
    """Return an iterator over what an input function returns, a dataset or a function of the next element.

    Raises: ValueError if it is neither.
    """
    made = input_fn(context)
    if not isinstance(made, DatasetBase) and not callable(made):
        raise ValueError("input_fn must return a tf.data.Dataset or a callable.")
    return StrategyIterator(made)


class DistributedDataset:
    """A dataset of a strategy.

    Args:
      dataset: the dataset.
    """

    def __init__(self, dataset: Any) -> None:
        self._dataset = dataset

    def make_initializable_iterator(self) -> StrategyIterator:
        """Return an iterator over it."""
        return StrategyIterator(self._dataset)

    def make_one_shot_iterator(self) -> StrategyIterator:
        """Raises: ValueError: as in TensorFlow 1.15, there is only the other kind of iterators."""
        raise ValueError("Cannot create a one shot iterator. Please use `make_initializable_iterator()` instead.")

    def __iter__(self) -> Any:
        raise RuntimeError("__iter__() is not supported inside of tf.function or in graph mode.")
