"""Small helps: classes as one-hot rows, normalized arrays, files."""

from __future__ import annotations

import hashlib
import os
from typing import Any

import numpy as np


def to_categorical(y: Any, num_classes: int | None = None, dtype: Any = "float32") -> Any:
    """Return numbers of classes as one-hot rows.

    Args:
      y: the numbers. num_classes: default: the largest and 1. dtype: of the result.

    >>> tf.keras.utils.to_categorical([0, 2]).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    numbers = np.array(y, dtype="int")
    shape = numbers.shape
    if shape and shape[-1] == 1 and len(shape) > 1:
        shape = shape[:-1]
    flat = numbers.ravel()
    count = num_classes or int(np.max(flat)) + 1
    result = np.zeros((len(flat), count), dtype=dtype)
    result[np.arange(len(flat)), flat] = 1
    return result.reshape((*shape, count))


def normalize(x: Any, axis: int = -1, order: int = 2) -> Any:
    """Return an array whose vectors along an axis have the length 1."""
    lengths = np.atleast_1d(np.linalg.norm(x, order, axis))
    lengths[lengths == 0] = 1
    return x / np.expand_dims(lengths, axis)


def cache_folder() -> str:
    """Where data sets are looked for: the folder `datasets` in `KERAS_HOME` or `~/.keras`."""
    return os.path.join(os.environ.get("KERAS_HOME") or os.path.join(os.path.expanduser("~"), ".keras"), "datasets")


def get_file(
    fname: Any, origin: str = "", untar: bool = False, md5_hash: str | None = None, file_hash: str | None = None,
    cache_subdir: str = "datasets", hash_algorithm: str = "auto", extract: bool = False, archive_format: str = "auto",
    cache_dir: str | None = None,
) -> str:  # fmt: skip
    """Return the path of a file in the cache of Keras, fetched from its origin if it is not there.

    Args:
      fname: the file's name, or its whole path. origin: its address.
      cache_subdir, cache_dir: of the folder, by default `~/.keras/datasets`.
      md5_hash, file_hash: if given, what the file's hash has to be (MD5 or SHA-256, by its length).
      untar, extract: whether it is an archive to unpack beside it: then the path without its ending is returned.
      hash_algorithm, archive_format: accepted.
    Raises: FileNotFoundError that tells why it was not fetched and where to put the file; ValueError if its hash is
      another.
    """
    folder = os.path.join(cache_dir or os.path.dirname(cache_folder()), cache_subdir)
    path = os.path.join(folder, os.fspath(fname))  # the name alone, where it is a whole path
    archive = f"{path}.tar.gz" if untar else path
    if not os.path.exists(archive) and not (untar and os.path.exists(path)):
        fetch(origin, archive)
    wanted = file_hash or md5_hash
    if wanted and os.path.exists(archive) and not validate_file(archive, wanted):
        raise ValueError(f"{archive} is not the file that is wanted: its hash is not {wanted}.")
    if (untar or extract) and os.path.exists(archive):
        import shutil

        if not (untar and os.path.exists(path)):
            options: dict[str, Any] = {"filter": "data"} if _has_filter() else {}
            shutil.unpack_archive(archive, os.path.dirname(path), **options)
    return path


def fetch(origin: str, path: str) -> None:
    """Write what is at an address to a file. Raises: FileNotFoundError that tells why it could not."""
    from urllib.error import URLError
    from urllib.request import urlopen

    try:
        if not origin:
            raise ValueError("its origin is not known")
        with urlopen(origin, timeout=30) as source:
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
            with open(f"{path}.part", "wb") as file:  # a file that is cut off has another name
                while chunk := source.read(1 << 20):
                    file.write(chunk)
    except (URLError, OSError, ValueError) as error:
        raise FileNotFoundError(
            f"{path} is not there, and it could not be fetched from {origin or 'its origin'}: {error}. Get it by other "
            "means and put it there (the environment variable KERAS_HOME names another folder than ~/.keras)."
        ) from error
    os.replace(f"{path}.part", path)


def _has_filter() -> bool:
    import tarfile

    return hasattr(tarfile, "data_filter")


def validate_file(path: str, file_hash: str) -> bool:
    """Whether a file has a hash: MD5 of 32 digits, or SHA-256 of 64."""
    digest = hashlib.sha256() if len(file_hash) == 64 else hashlib.md5()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest() == file_hash


def multi_gpu_model(model: Any, gpus: Any = None, cpu_merge: bool = True, cpu_relocation: bool = False) -> Any:
    """Refuse: there are no GPUs, and all cores share the steps of the model as it is.

    Raises: ValueError.
    """
    wanted = len(gpus) if isinstance(gpus, (list, tuple)) else gpus
    raise ValueError(
        f"To call `multi_gpu_model` with `gpus={wanted}`, there would have to be GPUs: only the CPU is used here. "
        "Train the model itself: all cores share its steps."
    )


def convert_all_kernels_in_model(model: Any) -> None:
    """Do nothing: kernels are as they have to be."""
