"""Elements that are kept from the first time on: in memory, or in a file."""

from __future__ import annotations

import os
import pickle
import weakref
from collections.abc import Iterator
from typing import Any

from ...base.errors import AlreadyExistsError, DataLossError
from ...types import dtypes
from ...types.array_values import as_bytes
from .attempts import Failure, attempts
from .dataset import DatasetBase, tensor_of
from .runtime import Element, Runtime

_MAGIC = b"sessile elements 1\n"


def cached(dataset: DatasetBase, filename: Any) -> tuple[Any, ...]:
    """The elements kept from the first time on: in a file, or for no name in memory, per session."""
    path = tensor_of(filename, dtypes.string, "filename")
    kept: weakref.WeakKeyDictionary[Any, list[Element]] = weakref.WeakKeyDictionary()

    def open_cache(runtime: Runtime) -> Iterator[Any]:
        name = as_bytes(runtime.value(path).item()).decode()
        if name:
            yield from _of_file(dataset, runtime, name)
            return
        known = kept.get(runtime.context.state)
        if known is not None:
            yield from known
            return
        elements = []
        for element in attempts(dataset._open(runtime)):
            if type(element) is not Failure:
                elements.append(element)
            yield element
        kept[runtime.context.state] = elements

    return dataset._spec, [dataset], [path], open_cache, dataset._size


def _of_file(dataset: DatasetBase, runtime: Runtime, name: str) -> Iterator[Any]:
    """Elements from a file that is there, else made and written: it appears whole, after the last element.

    Raises: AlreadyExistsError while another iterator writes the same file, DataLossError for other files.
    """
    path = f"{name}.elements"
    if os.path.exists(path):
        yield from _read(path)
        return
    lock = f"{name}.lockfile"
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        raise AlreadyExistsError(
            None, None,
            f"There appears to be a concurrent caching iterator running - cache lockfile already exists ('{lock}'). If "
            "you are sure no other running TF computations are using this cache prefix, delete the lockfile and "
            "re-initialize the iterator.",
        ) from None  # fmt: skip
    part = f"{path}.part"
    try:
        with open(part, "wb") as file:
            file.write(_MAGIC)
            for element in attempts(dataset._open(runtime)):
                if type(element) is not Failure:
                    pickle.dump(element, file, protocol=5)
                yield element
        os.replace(part, path)
    finally:
        for left in (part, lock):
            if os.path.exists(left):
                os.remove(left)


class _Arrays(pickle.Unpickler):
    """Reads arrays and nothing else: a file runs no code."""

    _ALLOWED = frozenset({
        ("numpy._core.multiarray", "_reconstruct"), ("numpy.core.multiarray", "_reconstruct"),
        ("numpy._core.multiarray", "scalar"), ("numpy.core.multiarray", "scalar"),
        ("numpy._core.numeric", "_frombuffer"), ("numpy.core.numeric", "_frombuffer"),
        ("numpy", "ndarray"), ("numpy", "dtype"), ("_codecs", "encode"),
    })  # fmt: skip

    def find_class(self, module: str, name: str) -> Any:
        """Raises: DataLossError for what no array is made of."""
        if (module, name) not in self._ALLOWED and module not in ("numpy.dtypes", "ml_dtypes"):
            raise DataLossError(None, None, f"A cache of elements has {module}.{name} in it.")
        return super().find_class(module, name)


def _read(path: str) -> Iterator[Element]:
    with open(path, "rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise DataLossError(None, None, f"{path} is no cache of elements.")
        reader = _Arrays(file)
        while file.peek(1):
            try:
                yield reader.load()
            except (pickle.UnpicklingError, EOFError) as error:
                raise DataLossError(None, None, f"{path} ends within an element.") from error
