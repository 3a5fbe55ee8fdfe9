"""Whole files as tensors: `read_file`, `write_file`, `matching_files`."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from ...building.build import build
from ...definition.context import KernelContext
from ...definition.opdef import Effects, OpDef
from ...definition.shape_checks import ranked
from ...definition.shapes import scalar_shape
from ...formats.file_system import matching, translated
from ...graph.node import Tensor, TensorLike
from ...graph.operation import Operation
from ...types.array_values import as_bytes

Array = np.ndarray[Any, Any]


def _path(value: Array) -> str:
    if value.ndim:
        raise ValueError(f"Input filename tensor must be scalar, but had shape: {list(value.shape)}")
    return as_bytes(value[()]).decode()


def _read_kernel(context: KernelContext, filename: Array) -> Array:
    path = _path(filename)
    result = np.empty((), object)
    with translated(path), open(path, "rb") as file:
        result[()] = file.read()
    return result


READ_FILE = OpDef(
    name="ReadFile",
    signature="filename: string -> contents: string",
    shape=ranked(scalar_shape, 0),
    kernel=_read_kernel,
    effects=Effects("file", reads=True),
)


def _write_kernel(context: KernelContext, filename: Array, contents: Array) -> tuple[()]:
    path = _path(filename)
    if contents.ndim:
        raise ValueError(f"Contents tensor must be scalar, but had shape: {list(contents.shape)}")
    with translated(path):
        if os.path.dirname(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(as_bytes(contents[()]))
    return ()


WRITE_FILE = OpDef(
    name="WriteFile",
    signature="filename: string, contents: string ->",
    shape=ranked(lambda q: [], 0, 0),
    kernel=_write_kernel,
    effects=Effects("file", writes=True),
)


def _matching_kernel(context: KernelContext, pattern: Array) -> Array:
    if pattern.ndim > 1:
        raise ValueError(f"Input pattern tensor must be scalar or vector, but had shape: {list(pattern.shape)}")
    found = sorted(path for item in pattern.reshape(-1) for path in matching(as_bytes(item).decode()))
    result = np.empty(len(found), object)
    result[:] = [path.encode() for path in found]
    return result


def _matched_shape(query: Any) -> Any:
    patterns = query.shapes[0]
    if patterns is not None and len(patterns) > 1:
        raise ValueError(f"Shape must be at most rank 1 but is rank {len(patterns)}")
    return (None,)


MATCHING_FILES = OpDef(
    name="MatchingFiles",
    signature="pattern: string -> filenames: string",
    shape=_matched_shape,
    kernel=_matching_kernel,
    effects=Effects("file", reads=True),
)


def read_file(filename: TensorLike, name: str | None = None) -> Tensor:
    """Return the contents of a file, a string scalar.

    Args:
      filename: its path, a string scalar.
      name: a name for the operation.
    Raises when run: NotFoundError if there is no such file.
    """
    result: Tensor = build(READ_FILE, filename, name=name)
    return result


def write_file(filename: TensorLike, contents: TensorLike, name: str | None = None) -> Operation:
    """Return an operation that writes a file; its folders are made if they are not there.

    Args:
      filename: its path, a string scalar.
      contents: what is to be in it, a string scalar.
      name: a name for the operation.
    """
    result: Operation = build(WRITE_FILE, filename, contents, name=name)
    return result


def matching_files(pattern: TensorLike, name: str | None = None) -> Tensor:
    """Return the sorted paths of the files that match a pattern, a string vector.

    Args:
      pattern: with `*`, `?` and `[...]` in it, a string scalar; or a vector of patterns.
      name: a name for the operation.
    Raises when run: NotFoundError if the folder that a pattern begins with does not exist.
    """
    result: Tensor = build(MATCHING_FILES, pattern, name=name)
    return result
