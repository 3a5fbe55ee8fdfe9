"""`slim.dataset` and `slim.dataset_data_provider`: what a set of examples in files has, and tensors of its items."""

from __future__ import annotations

from typing import Any

from .reading import parallel_read


class Dataset:
    """What a set of examples has; every argument is a field.

    Args:
      data_sources: the files' names, or patterns of them.
      reader: makes a reader, such as `tf.TFRecordReader`.
      decoder: such as `slim.tfexample_decoder.TFExampleDecoder`.
      num_samples: how many examples there are.
      items_to_descriptions: what the items are, by name.
      kwargs: more fields, such as `num_classes`.
    """

    def __init__(
        self, data_sources: Any, reader: Any, decoder: Any, num_samples: int | None, items_to_descriptions: Any,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        self.data_sources, self.reader, self.decoder = data_sources, reader, decoder
        self.num_samples, self.items_to_descriptions = num_samples, items_to_descriptions
        self.__dict__.update(kwargs)


class DataDecoder:
    """Makes items of a record; a subclass has `decode` and `list_items`."""

    def decode(self, data: Any, items: Any) -> list[Any]:
        """Return items of a record."""
        raise NotImplementedError(f"{type(self).__name__} does not say how it decodes (decode).")

    def list_items(self) -> list[str]:
        """The names of the items."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it decodes (list_items).")


class DataProvider:
    """Tensors by items' names.

    Args:
      items_to_tensors: the tensors.
      num_samples: how many examples there are.
    """

    def __init__(self, items_to_tensors: dict[str, Any], num_samples: int | None) -> None:
        self._items_to_tensors, self._num_samples = items_to_tensors, num_samples

    def get(self, items: Any) -> list[Any]:
        """Return the tensors of items. Raises: ValueError for an unknown one."""
        for item in items:
            if item not in self._items_to_tensors:
                raise ValueError(f"Item {item!r} is not among those provided: {sorted(self._items_to_tensors)}.")
        return [self._items_to_tensors[item] for item in items]

    def list_items(self) -> list[str]:
        """The names of the items."""
        return list(self._items_to_tensors)

    def num_samples(self) -> int | None:
        """How many examples there are."""
        return self._num_samples


class DatasetDataProvider(DataProvider):
    """Tensors of the items of a Dataset's next example, read in the background.

    Args:
      dataset: a `slim.dataset.Dataset`.
      num_readers, reader_kwargs: the readers.
      shuffle: whether examples come in random order; `seed` for one that repeats.
      num_epochs: how often each example comes; default: without end. Needs local variables to be initialized.
      common_queue_capacity, common_queue_min: of the queue.
      record_key: the item of the record's key (its file and place).
      scope: of what is built.
    Raises: ValueError if the decoder has an item named as `record_key`, or there are no files.
    """

    def __init__(
        self, dataset: Any, num_readers: int = 1, reader_kwargs: dict[str, Any] | None = None, shuffle: bool = True,
        num_epochs: int | None = None, common_queue_capacity: int = 256, common_queue_min: int = 128,
        record_key: str = "record_key", seed: int | None = None, scope: str | None = None,
    ) -> None:  # fmt: skip
        key, data = parallel_read(
            dataset.data_sources, reader_class=dataset.reader, num_epochs=num_epochs, num_readers=num_readers,
            reader_kwargs=reader_kwargs, shuffle=shuffle, capacity=common_queue_capacity,
            min_after_dequeue=common_queue_min, seed=seed, scope=scope,
        )  # fmt: skip
        items = dataset.decoder.list_items()
        if record_key in items:
            raise ValueError(
                f"The item name used for `record_key` cannot also be used for a dataset item: {record_key}"
            )
        tensors = dict(zip(items, dataset.decoder.decode(data, items)))
        super().__init__({**tensors, record_key: key}, dataset.num_samples)
