"""Example messages to arrays: what the parsing operations do, for one message or many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ...base.errors import InvalidArgumentError
from ...types import dtypes
from ...types.array_values import as_bytes
from ...types.dtypes import DType

Array = np.ndarray[Any, Any]

_KINDS = {dtypes.int64: "int64_list", dtypes.float32: "float_list", dtypes.string: "bytes_list"}
_NAMES = {"int64_list": "int64", "float_list": "float", "bytes_list": "string"}


class Dense(NamedTuple):
    """A feature that becomes a dense tensor: shape behind the batch (a first extent of None: of any length)."""

    key: str
    dtype: DType
    extents: tuple[int | None, ...]
    default: Array

    @property
    def is_sequence(self) -> bool:
        return bool(self.extents) and self.extents[0] is None


class Sparse(NamedTuple):
    """A feature that becomes a sparse tensor."""

    key: str
    dtype: DType


class Source:
    """Serialized messages, parsed, with what error messages call them.

    Args:
      serialized: the messages.
      names: their names, or none.
      make: the class of the message.
      single: whether it is one message by itself, whose errors are worded otherwise.
    Raises: InvalidArgumentError if one is no message.
    """

    def __init__(self, serialized: Any, names: Any, make: Any, single: bool) -> None:
        from google.protobuf.message import DecodeError

        self.single = single
        self._names = names
        self.messages = []
        for item in serialized:
            data = as_bytes(item)
            try:
                self.messages.append(make.FromString(data))
            except DecodeError:
                shown = data.decode(errors="replace")
                raise InvalidArgumentError(None, None, f"Could not parse example input, value: '{shown}'") from None

    def place(self, key: str, index: int) -> str:
        """How an error calls a feature of a message."""
        if self.single:
            return f"Key: {key}."
        return f"Name: {self.name(index)}, Key: {key}, Index: {index}."

    def name(self, index: int) -> str:
        """The name of a message, for errors."""
        return as_bytes(self._names[index]).decode(errors="replace") if len(self._names) else "<unknown>"


def values_of(source: Source, features: Any, key: str, dtype: DType, index: int) -> Any:
    """The values of a feature, or None if it is not there. Raises: InvalidArgumentError if they are of another type."""
    if key not in features:
        return None
    feature = features[key]
    kind = feature.WhichOneof("kind")
    if kind is None:
        return None
    if kind != _KINDS[dtype]:
        wanted, found = _NAMES[_KINDS[dtype]], _NAMES[kind]
        words = (
            f"Data type: {found} but expected type: {wanted}"
            if source.single
            else f"Expected type: {wanted}, Actual type: {found}"
        )
        raise InvalidArgumentError(None, None, f"{source.place(key, index)}  Data types don't match. {words}")
    return getattr(feature, kind).value


def sparse_parts(source: Source, feature_maps: Sequence[Any], spec: Sparse) -> tuple[Array, Array, Array]:
    """Indices, values and shape of a feature of all messages: `[batch, longest]`; of one by itself `[length]`."""
    rows: list[Any] = []
    for index, features in enumerate(feature_maps):
        found = values_of(source, features, spec.key, spec.dtype, index)
        rows.append(() if found is None else list(found))
    counts = np.array([len(row) for row in rows], np.int64)
    values = np.empty(int(counts.sum()), spec.dtype.np_dtype)
    values[:] = [value for row in rows for value in row]
    columns = np.arange(len(values)) - np.repeat(np.cumsum(counts) - counts, counts)
    if source.single:
        return columns[:, None].astype(np.int64), values, counts[:1]
    indices = np.stack([np.repeat(np.arange(len(rows)), counts), columns], 1).astype(np.int64)
    return indices, values, np.array([len(rows), counts.max(initial=0)], np.int64)


def dense_value(source: Source, feature_maps: Sequence[Any], spec: Dense) -> Array:
    """A feature of all messages as one array `[batch, ...]`; of one by itself without the batch."""
    values = _sequences(source, feature_maps, spec) if spec.is_sequence else _fixed(source, feature_maps, spec)
    return values[0] if source.single else values


def _fixed(source: Source, feature_maps: Sequence[Any], spec: Dense) -> Array:
    count = int(np.prod(spec.extents, dtype=np.int64))  # type: ignore[arg-type]
    result = np.empty((len(feature_maps), count), spec.dtype.np_dtype)
    for index, features in enumerate(feature_maps):
        found = values_of(source, features, spec.key, spec.dtype, index)
        if found is None:
            if spec.default.size == 0 and count:
                name = "" if source.single else f"Name: {source.name(index)}, "
                kind = _NAMES[_KINDS[spec.dtype]]
                raise InvalidArgumentError(
                    None, None, f"{name}Feature: {spec.key} (data type: {kind}) is required but could not be found."
                )
            result[index] = spec.default.reshape(-1)
            continue
        if len(found) != count:
            words = (
                "Can't parse serialized Example."
                if source.single
                else f"Number of {_NAMES[_KINDS[spec.dtype]]} values != expected.  "
                f"values size: {len(found)} but output shape: {_shown(spec.extents)}"
            )
            raise InvalidArgumentError(None, None, f"{source.place(spec.key, index)}  {words}")
        result[index] = found
    return result.reshape(len(feature_maps), *spec.extents)


def _sequences(source: Source, feature_maps: Sequence[Any], spec: Dense) -> Array:
    """Rows of different lengths, filled up with the default."""
    stride = int(np.prod(spec.extents[1:], dtype=np.int64))  # type: ignore[arg-type]
    rows: list[Any] = []
    for index, features in enumerate(feature_maps):
        found = values_of(source, features, spec.key, spec.dtype, index)
        row = [] if found is None else list(found)
        if len(row) % stride:
            words = (
                "Can't parse serialized Example."
                if source.single
                else f"Number of {_NAMES[_KINDS[spec.dtype]]} values is not a multiple of stride length. "
                f"Saw {len(row)} values but output shape is: {_shown(spec.extents)}"
            )
            raise InvalidArgumentError(None, None, f"{source.place(spec.key, index)}  {words}")
        rows.append(row)
    longest = max((len(row) for row in rows), default=0)
    result = np.empty((len(rows), longest), spec.dtype.np_dtype)
    result[:] = spec.default.reshape(-1)[0] if spec.default.size else _nothing(spec.dtype)
    for index, row in enumerate(rows):
        result[index, : len(row)] = row
    return result.reshape(len(rows), longest // stride, *spec.extents[1:])


def _nothing(dtype: DType) -> Any:
    return b"" if dtype is dtypes.string else 0


def _shown(extents: Sequence[int | None]) -> str:
    return "[" + ",".join("?" if extent is None else str(extent) for extent in extents) + "]"
