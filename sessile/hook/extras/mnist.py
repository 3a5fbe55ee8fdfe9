"""`tensorflow.examples.tutorials.mnist.input_data`: the reader of MNIST's files.

The four files are read from the folder given; nothing is fetched from a network.
"""

from __future__ import annotations

import gzip
import os
from typing import Any, Final, NamedTuple

import numpy as np

import sessile

DEFAULT_SOURCE_URL: Final = "https://storage.googleapis.com/cvdf-datasets/mnist/"
SOURCE_URL: Final = DEFAULT_SOURCE_URL
_FILES: Final = (
    "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
)  # fmt: skip


class Datasets(NamedTuple):
    """The three parts of the data."""

    train: DataSet
    validation: DataSet
    test: DataSet


class DataSet:
    """Images and labels, given out in batches.

    Args:
      images: uint8 `[n, height, width, 1]`.
      labels: `[n]`, or `[n, classes]` if they are one-hot.
      fake_data: whether to give 784 ones and label 0 always, to try a program without data.
      one_hot: whether labels are one-hot, for fake data.
      dtype: uint8, or float32 to have images between 0 and 1.
      reshape: whether an image is a vector.
      seed: of the order in which examples are given out.
    Raises: TypeError for another dtype, ValueError if the numbers of images and labels differ.
    """

    def __init__(
        self,
        images: Any,
        labels: Any,
        fake_data: bool = False,
        one_hot: bool = False,
        dtype: Any = sessile.float32,
        reshape: bool = True,
        seed: int | None = None,
    ) -> None:
        dtype = sessile.as_dtype(dtype).base_dtype
        if dtype not in (sessile.uint8, sessile.float32):
            raise TypeError(f"Invalid image dtype {dtype!r}, expected uint8 or float32")
        self._random = np.random.RandomState(seed)
        self._is_fake, self.one_hot = fake_data, one_hot
        if fake_data:
            self._num_examples = 10000
        else:
            if images.shape[0] != labels.shape[0]:
                raise ValueError(f"images.shape: {images.shape} labels.shape: {labels.shape}")
            self._num_examples = images.shape[0]
            if reshape:
                images = images.reshape(images.shape[0], images.shape[1] * images.shape[2])
            if dtype == sessile.float32:
                images = images.astype(np.float32) * np.float32(1.0 / 255.0)
        self._images, self._labels = images, labels
        self._epochs_completed = 0
        self._index_in_epoch = 0

    @property
    def images(self) -> Any:
        """All images."""
        return self._images

    @property
    def labels(self) -> Any:
        """All labels."""
        return self._labels

    @property
    def num_examples(self) -> int:
        """How many there are."""
        return self._num_examples

    @property
    def epochs_completed(self) -> int:
        """How often all were given out."""
        return self._epochs_completed

    def next_batch(self, batch_size: int, fake_data: bool = False, shuffle: bool = True) -> tuple[Any, Any]:
        """Return the next `batch_size` images and labels; after the last one it goes on with the first."""
        if fake_data or self._is_fake:
            label: Any = [1] + [0] * 9 if self.one_hot else 0
            return [[1] * 784 for _ in range(batch_size)], [label for _ in range(batch_size)]
        start = self._index_in_epoch
        if self._epochs_completed == 0 and start == 0 and shuffle:
            self._shuffle()
        if start + batch_size <= self._num_examples:
            self._index_in_epoch += batch_size
            return self._images[start : self._index_in_epoch], self._labels[start : self._index_in_epoch]
        self._epochs_completed += 1
        rest = self._images[start:], self._labels[start:]
        if shuffle:
            self._shuffle()
        self._index_in_epoch = batch_size - len(rest[0])
        first = self._images[: self._index_in_epoch], self._labels[: self._index_in_epoch]
        return np.concatenate([rest[0], first[0]]), np.concatenate([rest[1], first[1]])

    def _shuffle(self) -> None:
        order = self._random.permutation(self._num_examples)
        self._images, self._labels = self._images[order], self._labels[order]


def _bytes(file: Any) -> bytes:
    data: bytes = file.read()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def _read_idx(file: Any, magic: int, axes: int) -> Any:
    """The array in a file of the IDX format: a magic number, the extents, the bytes."""
    data = _bytes(file)
    name = getattr(file, "name", "the file")
    header = np.frombuffer(data, ">u4", min(1 + axes, len(data) // 4)).tolist()
    if len(header) < 1 + axes or header[0] != magic:
        raise ValueError(f"Invalid magic number {header[0] if header else None} in MNIST file: {name}")
    return np.frombuffer(data, np.uint8, offset=4 * (1 + axes)).reshape(header[1:])


def extract_images(f: Any) -> Any:
    """Return the images of an open file: uint8 `[n, height, width, 1]`. Raises: ValueError for another file."""
    return _read_idx(f, 2051, 3)[..., np.newaxis]


def extract_labels(f: Any, one_hot: bool = False, num_classes: int = 10) -> Any:
    """Return the labels of an open file: uint8 `[n]`, or float64 `[n, num_classes]`. Raises: ValueError."""
    labels = _read_idx(f, 2049, 1)
    return dense_to_one_hot(labels, num_classes) if one_hot else labels


def dense_to_one_hot(labels_dense: Any, num_classes: int) -> Any:
    """Return labels as rows with a one each."""
    return np.eye(num_classes)[labels_dense]


def maybe_download(filename: str, work_directory: str, source_url: str) -> str:
    """Return the path of a file that is in the folder. Raises: NotFoundError if it is not: nothing is fetched."""
    for name in (filename, filename.removesuffix(".gz")):
        path = os.path.join(work_directory, name)
        if os.path.exists(path):
            return path
    raise sessile.errors.NotFoundError(
        None,
        None,
        f"{os.path.join(work_directory, filename)} is not there, and sessile fetches nothing from a network. "
        f"Put MNIST's four files ({', '.join(f'{name}.gz' for name in _FILES)}) into {work_directory!r}; "
        f"they are published at {source_url}{filename}.",
    )


def read_data_sets(
    train_dir: str,
    fake_data: bool = False,
    one_hot: bool = False,
    dtype: Any = sessile.float32,
    reshape: bool = True,
    validation_size: int = 5000,
    seed: int | None = None,
    source_url: str = DEFAULT_SOURCE_URL,
) -> Datasets:
    """Read MNIST, or data in the same format, from a folder.

    Args:
      train_dir: the folder with the four files, compressed or not.
      fake_data: whether to read nothing, see `DataSet`.
      one_hot: whether labels are rows with a one each.
      dtype, reshape, seed: see `DataSet`.
      validation_size: how many of the examples for training are put aside.
      source_url: where the files are published, for the message.
    Raises: NotFoundError if a file is missing, ValueError for files of another format or too many to put aside.
    """
    if fake_data:
        made = [DataSet([], [], fake_data=True, one_hot=one_hot, dtype=dtype, seed=seed) for _ in range(3)]
        return Datasets(*made)
    parts = []
    for number, name in enumerate(_FILES):
        with open(maybe_download(f"{name}.gz", train_dir, source_url or DEFAULT_SOURCE_URL), "rb") as file:
            parts.append(extract_labels(file, one_hot=one_hot) if number % 2 else extract_images(file))
    images, labels, test_images, test_labels = parts
    if not 0 <= validation_size <= len(images):
        raise ValueError(f"Validation size should be between 0 and {len(images)}. Received: {validation_size}.")
    options: dict[str, Any] = {"dtype": dtype, "reshape": reshape, "seed": seed}
    return Datasets(
        train=DataSet(images[validation_size:], labels[validation_size:], **options),
        validation=DataSet(images[:validation_size], labels[:validation_size], **options),
        test=DataSet(test_images, test_labels, **options),
    )


def load_mnist(train_dir: str = "MNIST-data") -> Datasets:
    """Read MNIST from a folder; see `read_data_sets`."""
    return read_data_sets(train_dir)


def __getattr__(name: str) -> Any:
    if name in ("input_data", "mnist"):  # `from tensorflow.examples.tutorials.mnist import input_data`
        import sys

        return sys.modules[__name__]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
