"""Batches of images without end: the base, and those of arrays."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator as Iterating
from typing import Any

import numpy as np

from ... import state
from ..sequences import Sequence
from .files import array_to_img, format_or_default


class Iterator(Sequence):
    """The base: which examples are in which batch. A subclass has `_get_batches_of_transformed_samples(indices)`.

    Args:
      n: how many examples there are. batch_size: how many a batch has.
      shuffle: whether each epoch has an order of its own.
      seed: of the orders and of what is drawn for a batch.
    """

    def __init__(self, n: int, batch_size: int, shuffle: bool, seed: int | None) -> None:
        self.n, self.batch_size, self.seed, self.shuffle = n, batch_size, seed, shuffle
        self.batch_index = 0
        self.total_batches_seen = 0
        self.lock = threading.Lock()
        self.index_array: Any = None
        self.index_generator = self._flow_index()

    def _set_index_array(self) -> None:
        self.index_array = np.random.permutation(self.n) if self.shuffle else np.arange(self.n)

    def _set_seed(self) -> None:
        if self.seed is not None:
            np.random.seed(self.seed + self.total_batches_seen)

    def __getitem__(self, index: int) -> Any:
        """Return a batch by its number. Raises: ValueError if there are not so many."""
        if index >= len(self):
            raise ValueError(
                f"Asked to retrieve element {index}, but the Sequence has length {len(self)}"
            )  # fmt: skip
        self._set_seed()
        self.total_batches_seen += 1
        if self.index_array is None:
            self._set_index_array()
        chosen = self.index_array[self.batch_size * index : self.batch_size * (index + 1)]
        return self._get_batches_of_transformed_samples(chosen)

    def __len__(self) -> int:
        """How many batches an epoch has."""
        return (self.n + self.batch_size - 1) // self.batch_size

    def on_epoch_end(self) -> None:
        """Draw another order."""
        self._set_index_array()

    def reset(self) -> None:
        """Begin with the first batch."""
        self.batch_index = 0

    def _flow_index(self) -> Iterating[Any]:
        self.reset()
        while True:
            self._set_seed()
            if self.batch_index == 0:
                self._set_index_array()
            current = 0 if self.n == 0 else (self.batch_index * self.batch_size) % self.n
            self.batch_index = self.batch_index + 1 if self.n > current + self.batch_size else 0
            self.total_batches_seen += 1
            yield self.index_array[current : current + self.batch_size]

    def __iter__(self) -> Iterating[Any]:
        """Return itself."""
        return self

    def __next__(self) -> Any:
        """Return the next batch."""
        return self.next()

    def next(self) -> Any:
        """Return the next batch."""
        with self.lock:
            chosen = next(self.index_generator)
        return self._get_batches_of_transformed_samples(chosen)

    def _get_batches_of_transformed_samples(self, index_array: Any) -> Any:
        raise NotImplementedError


def part_of(subset: str | None, share: float, count: int) -> slice:
    """Which of `count` examples a subset has; the first are for validation. Raises: ValueError for another name."""
    if subset is None:
        return slice(0, count)
    if subset not in ("training", "validation"):
        raise ValueError(f'Invalid subset name: {subset}; expected "training" or "validation".')
    border = int(share * count)
    return slice(0, border) if subset == "validation" else slice(border, count)


class Saver:
    """Writes images of batches into a folder, if there is one.

    Args:
      folder: its name, or None. prefix: of the files' names. format: `png` or `jpeg`. data_format: of the images.
    """

    def __init__(self, folder: Any, prefix: str, format: str, data_format: str) -> None:
        self.folder, self.prefix, self.format, self.data_format = folder, prefix, format, data_format

    def save(self, batch: Any, names: Any, limit: float) -> None:
        """Write a batch; the names have a number and one below `limit` that is drawn."""
        if not self.folder:
            return
        for image, name in zip(batch, names):
            file = f"{self.prefix}_{name}_{np.random.randint(int(limit))}.{self.format}"
            array_to_img(image, self.data_format, scale=True).save(os.path.join(self.folder, file))


class NumpyArrayIterator(Iterator):
    """Batches of an array of images, transformed at random.

    Args:
      x: the images, or a pair of them and other arrays that go with them. y: labels, or None.
      image_data_generator: what transforms. batch_size, shuffle, seed: see `Iterator`. sample_weight: or None.
      data_format: `channels_last` or `channels_first`. save_to_dir, save_prefix, save_format: where images are written.
      subset: `training` or `validation`. dtype: of the batches.
    Raises: ValueError for arrays of other lengths or axes.
    """

    def __init__(
        self, x: Any, y: Any, image_data_generator: Any, batch_size: int = 32, shuffle: bool = False,
        sample_weight: Any = None, seed: int | None = None, data_format: str | None = None, save_to_dir: Any = None,
        save_prefix: str = "", save_format: str = "png", subset: str | None = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        self.dtype = dtype or state.floatx()
        self.data_format = format_or_default(data_format)
        others = []
        if isinstance(x, (tuple, list)):
            images, others = x[0], [np.asarray(item) for item in (x[1] if isinstance(x[1], list) else [x[1]])]
        else:
            images = x
        for name, item in [("y", y), ("sample_weight", sample_weight), *(("x[1]", item) for item in others)]:
            if item is not None and len(item) != len(images):
                raise ValueError(
                    f"`x` (images tensor) and `{name}` should have the same length. Found: x.shape = "
                    f"{np.asarray(images).shape}, {name}.shape = {np.asarray(item).shape}"
                )
        part = part_of(subset, image_data_generator._validation_split, len(images))
        if subset is not None and y is not None and not np.array_equal(
            np.unique(y[: part.stop if part.start == 0 else part.start]),
            np.unique(y[part.stop if part.start == 0 else part.start :]),
        ):  # fmt: skip
            raise ValueError(
                "Training and validation subsets have different number of classes after the split. If your numpy "
                "arrays are sorted by the label, you might want to shuffle them."
            )
        self.x = np.asarray(images[part], dtype=self.dtype)
        self.x_misc = [item[part] for item in others]
        if self.x.ndim != 4:
            raise ValueError(
                "Input data in `NumpyArrayIterator` should have rank 4. You passed an array with shape "
                f"{self.x.shape}"
            )  # fmt: skip
        self.y = None if y is None else np.asarray(y[part])
        self.sample_weight = None if sample_weight is None else np.asarray(sample_weight[part])
        self.image_data_generator = image_data_generator
        self._saver = Saver(save_to_dir, save_prefix, save_format, self.data_format)
        super().__init__(len(self.x), batch_size, shuffle, seed)

    def _get_batches_of_transformed_samples(self, index_array: Any) -> Any:
        generator = self.image_data_generator
        batch = np.zeros((len(index_array), *self.x.shape[1:]), dtype=self.dtype)
        for place, number in enumerate(index_array):
            image = self.x[number]
            parameters = generator.get_random_transform(image.shape)
            image = generator.apply_transform(image.astype(self.dtype), parameters)
            batch[place] = generator.standardize(image)
        self._saver.save(batch, index_array, 1e4)
        inputs: Any = batch if not self.x_misc else [batch, *(item[index_array] for item in self.x_misc)]
        if self.y is None:
            return inputs
        found = (inputs, self.y[index_array])
        return found if self.sample_weight is None else (*found, self.sample_weight[index_array])
