"""Values of a model's inputs as a command line gives them: a file, one array of a file, or JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..ops.graph.node import Tensor
from .files import ModelError


def pairs(options: Iterable[str], flag: str, form: str = "") -> dict[str, str]:
    """Take `NAME=TEXT` options apart.

    Args:
      flag: whose values they are; `form`: how one is written, default: the flag and `NAME=VALUE`.
    Raises: ModelError if one has no `=`, or a name comes twice.
    """
    found: dict[str, str] = {}
    for option in options:
        name, equals, text = option.partition("=")
        if not equals or not name:
            raise ModelError(f"{flag} {option}: write {form or f'{flag} NAME=VALUE'}")
        if name in found:
            raise ModelError(f"{flag}: '{name}' is given twice")
        found[name] = text
    return found


def shapes(options: Iterable[str]) -> dict[str, list[int]]:
    """Read `NAME=1,784` options; `NAME=` is a scalar. Raises: ModelError."""
    found = {}
    for name, text in pairs(options, "--shape").items():
        try:
            found[name] = [int(part) for part in text.replace("x", ",").split(",") if part.strip()]
        except ValueError:
            raise ModelError(f"--shape {name}={text}: a shape is whole numbers with commas, such as 1,784") from None
    return found


def read_value(name: str, text: str, tensor: Tensor) -> Any:
    """Return the array that a `--feed NAME=TEXT` option means, in the type of `tensor`.

    Args:
      name: for messages.
      text: `file.npy`, `file.npz:key` (or a file with one array), `file.json`, or JSON itself: `[[1, 2]]`.
      tensor: what is fed.
    Raises: ModelError if there is no such file, or it does not fit.
    """
    value = _read(name, text)
    dtype = tensor.dtype.base_dtype
    wanted = np.dtype(object) if dtype.name == "string" else dtype.as_numpy_dtype
    try:
        array = np.asarray(value)
        if dtype.name != "string" and array.dtype.kind in "fc" and np.dtype(wanted).kind in "iub":
            raise ValueError(f"numbers of type {array.dtype} for an input of type {dtype.name}")
        array = array.astype(wanted)
    except (TypeError, ValueError) as error:
        raise ModelError(f"--feed {name}: {error}") from None
    if not tensor.shape.is_compatible_with(array.shape):
        raise ModelError(
            f"--feed {name}: shape {list(array.shape)} does not fit {tensor.name}, whose shape is {tensor.shape}"
        )
    return array


def _read(name: str, text: str) -> Any:
    path, key = text, ""
    if not os.path.exists(path) and ".npz:" in text:
        path, _, key = text.rpartition(":")
    try:
        if path.endswith((".npy", ".npz")):
            loaded = np.load(path, allow_pickle=False)
            return loaded if path.endswith(".npy") else _of_archive(name, loaded, key)
        if path.endswith(".json"):
            with open(path, encoding="utf-8") as file:
                return json.load(file)
    except (OSError, ValueError) as error:
        raise ModelError(f"--feed {name}={text}: {error}") from None
    try:
        return json.loads(text)
    except ValueError:
        raise ModelError(
            f"--feed {name}={text}: neither a file (.npy, .npz:key, .json) nor JSON such as [[1.0, 2.0]]"
        ) from None


def _of_archive(name: str, archive: Any, key: str) -> Any:
    keys = list(archive.files)
    if not key and len(keys) == 1:
        key = keys[0]
    if key not in keys:
        raise ModelError(f"--feed {name}: say which array of the file: {', '.join(f':{item}' for item in keys)}")
    return archive[key]
