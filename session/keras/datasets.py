"""The data sets of Keras, from files that are in its cache or are fetched."""

from __future__ import annotations

import gzip
import json
import os
import pickle
import sys
from typing import Any, ClassVar

import numpy as np

from .utilities import get_file

_ORIGIN = "https://storage.googleapis.com/tensorflow/tf-keras-datasets"


def load_mnist(path: str = "mnist.npz") -> Any:
    """Return `(x_train, y_train), (x_test, y_test)` of handwritten digits: images of 28 x 28 bytes, and numbers.

    Args:
      path: `mnist.npz` in `~/.keras/datasets`, or a whole path.
    Raises: FileNotFoundError, if it cannot be fetched, that tells where to put the file.
    """
    with np.load(get_file(path, f"{_ORIGIN}/mnist.npz"), allow_pickle=False) as file:
        return (file["x_train"], file["y_train"]), (file["x_test"], file["y_test"])


def load_fashion_mnist() -> Any:
    """Return `(x_train, y_train), (x_test, y_test)` of clothes, as `mnist` has digits.

    Raises: FileNotFoundError, if it cannot be fetched, that tells where to put the four files.
    """
    names = (
        "train-labels-idx1-ubyte.gz", "train-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz",
        "t10k-images-idx3-ubyte.gz",
    )  # fmt: skip
    arrays = []
    for name in names:
        path = get_file(name, f"{_ORIGIN}/{name}", cache_subdir=os.path.join("datasets", "fashion-mnist"))
        with gzip.open(path, "rb") as file:
            data = file.read()
        images = "images" in name
        array = np.frombuffer(data, np.uint8, offset=16 if images else 8)
        arrays.append(array.reshape(-1, 28, 28) if images else array)
    return (arrays[1], arrays[0]), (arrays[3], arrays[2])


def load_boston(path: str = "boston_housing.npz", test_split: float = 0.2, seed: int = 113) -> Any:
    """Return `(x_train, y_train), (x_test, y_test)` of prices of houses.

    Raises: FileNotFoundError, if it cannot be fetched, that tells where to put the file.
    """
    with np.load(get_file(path, f"{_ORIGIN}/boston_housing.npz"), allow_pickle=False) as file:
        x, y = file["x"], file["y"]
    order = np.arange(len(x))
    np.random.RandomState(seed).shuffle(order)
    x, y = x[order], y[order]
    at = int(len(x) * (1 - test_split))
    return (x[:at], y[:at]), (x[at:], y[at:])


def _cifar(folder: str, names: list[str], label: str) -> tuple[Any, Any]:
    images, labels = [], []
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            batch = _Numbers(file, encoding="bytes").load()
        images.append(np.asarray(batch[b"data"]).reshape(-1, 3, 32, 32))
        labels += list(batch[label.encode()])
    return np.concatenate(images), np.reshape(labels, (-1, 1))


class _Numbers(pickle.Unpickler):
    """Reads pickles that hold nothing but arrays, numbers and texts."""

    _ALLOWED: ClassVar[set[tuple[str, str]]] = {
        ("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct"), ("numpy", "ndarray"),
        ("numpy", "dtype"),
    }  # fmt: skip

    def find_class(self, module: str, name: str) -> Any:
        """Raises: UnpicklingError for anything else."""
        if (module, name) not in self._ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} is not allowed in a data set.")
        return super().find_class(module, name)


def load_cifar10() -> Any:
    """Return `(x_train, y_train), (x_test, y_test)` of images of 32 x 32 pixels in ten classes.

    Raises: FileNotFoundError, if it cannot be fetched, that tells where to put the file.
    """
    folder = get_file("cifar-10-batches-py", "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz", untar=True)
    train = _cifar(folder, [f"data_batch_{number}" for number in range(1, 6)], "labels")
    test = _cifar(folder, ["test_batch"], "labels")
    return _last(train), _last(test)


def load_cifar100(label_mode: str = "fine") -> Any:
    """Return `(x_train, y_train), (x_test, y_test)` of images of 32 x 32 pixels in a hundred classes, or twenty.

    Raises: FileNotFoundError, if it cannot be fetched, that tells where to put the file.
    """
    if label_mode not in ("fine", "coarse"):
        raise ValueError("`label_mode` must be one of `fine`, `coarse`.")
    folder = get_file("cifar-100-python", "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz", untar=True)
    return tuple(_last(_cifar(folder, [name], f"{label_mode}_labels")) for name in ("train", "test"))


def _last(pair: tuple[Any, Any]) -> tuple[Any, Any]:
    """Images with their channels last, where Keras has them so."""
    from .state import image_data_format

    images, labels = pair
    return (images.transpose(0, 2, 3, 1) if image_data_format() == "channels_last" else images), labels


def load_imdb(
    path: str = "imdb.npz", num_words: int | None = None, skip_top: int = 0, maxlen: int | None = None,
    seed: int = 113, start_char: int | None = 1, oov_char: int | None = 2, index_from: int = 3, **kwargs: Any,
) -> Any:  # fmt: skip
    """Return `(x_train, y_train), (x_test, y_test)` of reviews of films as numbers of words, and whether they are good.

    Args:
      num_words, skip_top: which words are kept, by rank. maxlen: longer reviews are left out. seed: of their order.
      start_char: what each begins with. oov_char: what stands for words left out. index_from: added to ranks.
    Raises: FileNotFoundError, if it cannot be fetched, that tells where to put the file.
    """
    found = get_file(path, f"{_ORIGIN}/imdb.npz")
    with np.load(found, allow_pickle=True) as file:  # lists of numbers, in a file the user has put there
        parts = [file[name] for name in ("x_train", "y_train", "x_test", "y_test")]
    random = np.random.RandomState(seed)
    shuffled = []
    for x, y in (parts[:2], parts[2:]):
        order = np.arange(len(x))
        random.shuffle(order)
        shuffled.append((x[order], y[order]))
    start = [] if start_char is None else [start_char]
    results = []
    for x, y in shuffled:
        reviews = [[*start, *(word + index_from for word in review)] for review in x]
        kept = [n for n, review in enumerate(reviews) if not maxlen or len(review) < maxlen]
        limit = num_words or sys.maxsize
        chosen = [[w if skip_top <= w < limit else oov_char for w in reviews[n]] for n in kept]
        if oov_char is None:
            chosen = [[w for w in review if w is not None] for review in chosen]
        array = np.empty(len(chosen), object)
        array[:] = chosen
        results.append((array, np.asarray(y)[kept]))
    return tuple(results)


def imdb_word_index(path: str = "imdb_word_index.json") -> dict[str, int]:
    """Return the ranks of the words of `imdb`. Raises: FileNotFoundError if the file cannot be had."""
    with open(get_file(path, f"{_ORIGIN}/imdb_word_index.json"), encoding="utf-8") as file:
        found: dict[str, int] = json.load(file)
    return found


def load_reuters(
    path: str = "reuters.npz", num_words: int | None = None, skip_top: int = 0, maxlen: int | None = None,
    test_split: float = 0.2, seed: int = 113, start_char: int | None = 1, oov_char: int | None = 2,
    index_from: int = 3, **kwargs: Any,
) -> Any:  # fmt: skip
    """Return `(x_train, y_train), (x_test, y_test)` of news as numbers of words, and their topics.

    Args:
      test_split: which share is for testing. Others: see `load_imdb`.
    Raises: FileNotFoundError, if it cannot be fetched, that tells where to put the file; TypeError for other arguments.
    """
    num_words = kwargs.pop("nb_words", num_words)
    if kwargs:
        raise TypeError(f"Unrecognized keyword arguments: {kwargs}")
    found = get_file(path, f"{_ORIGIN}/reuters.npz")
    with np.load(found, allow_pickle=True) as file:  # lists of numbers, in a file of the data sets' home
        x, y = file["x"], file["y"]
    order = np.arange(len(x))
    np.random.RandomState(seed).shuffle(order)
    start = [] if start_char is None else [start_char]
    texts = [[*start, *(word + (index_from or 0) for word in x[place])] for place in order]
    kept = [place for place, text in enumerate(texts) if not maxlen or len(text) < maxlen]
    limit = num_words or sys.maxsize
    chosen = [[w if skip_top <= w < limit else oov_char for w in texts[place]] for place in kept]
    if oov_char is None:
        chosen = [[w for w in text if w is not None] for text in chosen]
    array = np.empty(len(chosen), object)
    array[:] = chosen
    labels = np.asarray(y)[order][kept]
    at = int(len(array) * (1 - test_split))
    return (array[:at], labels[:at]), (array[at:], labels[at:])


def reuters_word_index(path: str = "reuters_word_index.json") -> dict[str, int]:
    """Return the ranks of the words of `reuters`. Raises: FileNotFoundError if the file cannot be had."""
    return imdb_word_index(get_file(path, f"{_ORIGIN}/reuters_word_index.json"))
