"""Sequences of numbers, and sequences of batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


class Sequence:
    """The base of what gives batches by number: a subclass has `__getitem__` and `__len__`."""

    def __getitem__(self, index: int) -> Any:
        """Return a batch."""
        raise NotImplementedError

    def __len__(self) -> int:
        """How many batches there are."""
        raise NotImplementedError

    def on_epoch_end(self) -> None:
        """All batches were given."""

    def __iter__(self) -> Iterator[Any]:
        for number in range(len(self)):
            yield self[number]


def pad_sequences(
    sequences: Any, maxlen: int | None = None, dtype: Any = "int32", padding: str = "pre", truncating: str = "pre",
    value: Any = 0.0,
) -> Any:  # fmt: skip
    """Return sequences as an array: the shorter ones are filled up, the longer ones cut.

    Args:
      sequences: lists of one kind of elements.
      maxlen: the length; default: that of the longest.
      dtype: of the array. padding, truncating: `pre` or `post`: where. value: what they are filled with.
    Raises: ValueError for what cannot be.

    >>> tf.keras.preprocessing.sequence.pad_sequences([[1, 2, 3], [4]]).tolist()
    [[1, 2, 3], [0, 0, 4]]
    """
    if not hasattr(sequences, "__len__"):
        raise ValueError("`sequences` must be iterable.")
    for item in sequences:
        if not hasattr(item, "__len__"):
            raise ValueError(f"`sequences` must be a list of iterables. Found non-iterable: {item}")
    for name, where in (("Padding", padding), ("Truncating", truncating)):
        if where not in ("pre", "post"):
            raise ValueError(f'{name} type "{where}" not understood')
    lengths = [len(item) for item in sequences]
    maxlen = max(lengths, default=0) if maxlen is None else maxlen
    shape: tuple[int, ...] = next((np.asarray(item).shape[1:] for item in sequences if len(item)), ())
    result = np.full((len(sequences), maxlen, *shape), value, dtype=dtype)
    for number, item in enumerate(sequences):
        if not len(item) or not maxlen:
            continue
        part = np.asarray(item[-maxlen:] if truncating == "pre" else item[:maxlen], dtype=dtype)
        if part.shape[1:] != shape:
            raise ValueError(
                f"Shape of sample {part.shape[1:]} of sequence at position {number} is different from expected shape "
                f"{shape}"
            )
        if padding == "post":
            result[number, : len(part)] = part
        else:
            result[number, -len(part) :] = part
    return result


class TimeseriesGenerator(Sequence):
    """Batches of windows of a series, and what comes after each.

    Args:
      data, targets: arrays of one length. length: of a window. sampling_rate: between the steps of a window.
      stride: between windows. start_index, end_index: the part to take. shuffle: whether windows come in random order.
      reverse: whether a window's steps are turned around. batch_size: how many windows a batch has.
    """

    def __init__(
        self, data: Any, targets: Any, length: int, sampling_rate: int = 1, stride: int = 1, start_index: int = 0,
        end_index: int | None = None, shuffle: bool = False, reverse: bool = False, batch_size: int = 128,
    ) -> None:  # fmt: skip
        if len(data) != len(targets):
            raise ValueError(f"Data and targets have to be of same length. Data length is {len(data)}, {len(targets)}")
        self.data, self.targets, self.length = data, targets, length
        self.sampling_rate, self.stride = sampling_rate, stride
        self.start_index = start_index + length
        self.end_index = len(data) - 1 if end_index is None else end_index
        self.shuffle, self.reverse, self.batch_size = shuffle, reverse, batch_size
        if self.start_index > self.end_index:
            raise ValueError(f"`start_index+length={self.start_index} > end_index={self.end_index}` is disallowed.")

    def __len__(self) -> int:
        """How many batches there are."""
        steps = self.batch_size * self.stride
        return (self.end_index - self.start_index + steps) // steps

    def __getitem__(self, index: int) -> Any:
        """Return a batch."""
        if self.shuffle:
            rows = np.random.randint(self.start_index, self.end_index + 1, size=self.batch_size)
        else:
            first = self.start_index + self.batch_size * self.stride * index
            last = min(first + self.batch_size * self.stride, self.end_index + 1)
            rows = np.arange(first, last, self.stride)
        samples = np.array([self.data[row - self.length : row : self.sampling_rate] for row in rows])
        targets = np.array([self.targets[row] for row in rows])
        return (samples[:, ::-1, ...], targets) if self.reverse else (samples, targets)


def skipgrams(
    sequence: Any, vocabulary_size: int, window_size: int = 4, negative_samples: float = 1.0, shuffle: bool = True,
    categorical: bool = False, sampling_table: Any = None, seed: int | None = None,
) -> tuple[list[Any], list[Any]]:  # fmt: skip
    """Return pairs of words, and whether the second is near the first.

    Args:
      sequence: numbers of words; 0 is none. vocabulary_size: how many there are, with 0.
      window_size: how near. negative_samples: how many pairs that are not, for each that is.
      shuffle: whether pairs come in random order, by Python's random numbers; seed: theirs.
      categorical: whether labels are `[0, 1]` and `[1, 0]`. sampling_table: how likely each word is taken.
    """
    import random

    couples: list[Any] = []
    labels: list[Any] = []
    for place, word in enumerate(sequence):
        if not word or (sampling_table is not None and sampling_table[word] < random.random()):
            continue
        for other in range(max(0, place - window_size), min(len(sequence), place + window_size + 1)):
            if other != place and sequence[other]:
                couples.append([word, sequence[other]])
                labels.append([0, 1] if categorical else 1)
    if negative_samples > 0:
        count = int(len(labels) * negative_samples)
        words = [couple[0] for couple in couples]
        random.shuffle(words)
        couples += [[words[n % len(words)], random.randint(1, vocabulary_size - 1)] for n in range(count)]
        labels += [[1, 0] if categorical else 0] * count
    if shuffle:
        seed = random.randint(0, int(10e6)) if seed is None else seed
        random.seed(seed)
        random.shuffle(couples)
        random.seed(seed)
        random.shuffle(labels)
    return couples, labels


def make_sampling_table(size: int, sampling_factor: float = 1e-5) -> Any:
    """Return how likely words are taken, by their rank, as Zipf's law has it.

    Args:
      size: how many words there are; sampling_factor: how much frequent words are left out.
    """
    rank = np.arange(size)
    rank[0] = 1
    frequency = rank * (np.log(rank) + 0.577) + 0.5 - 1.0 / (12.0 * rank)
    share = sampling_factor * frequency
    return np.minimum(1.0, share / np.sqrt(share))
