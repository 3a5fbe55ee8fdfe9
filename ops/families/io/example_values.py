"""Example messages to arrays: what the parsing operations do, for one message or many."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ...base.errors import InvalidArgumentError
from ...formats.varint import get_varint
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


def _lists(source: Source, feature_maps: Sequence[Any], key: str, dtype: DType, default: Any) -> list[Any]:
    """The list messages of a feature, one a message; `default` where it is not there.

    Raises: InvalidArgumentError if its values are of another type.
    """
    wanted = _KINDS[dtype]
    found = []
    for index, features in enumerate(feature_maps):
        feature = features.get(key)
        kind = None if feature is None else feature.WhichOneof("kind")
        if kind == wanted:
            found.append(getattr(feature, wanted))
        elif kind is None:
            found.append(default)
        else:
            words = (
                f"Data type: {_NAMES[kind]} but expected type: {_NAMES[wanted]}"
                if source.single
                else f"Expected type: {_NAMES[wanted]}, Actual type: {_NAMES[kind]}"
            )
            raise InvalidArgumentError(None, None, f"{source.place(key, index)}  Data types don't match. {words}")
    return found


def _flat(lists: Sequence[Any], dtype: DType) -> tuple[list[int], Array]:
    """How many values each list message has (None: none), and all of them in one array."""
    if dtype is dtypes.float32:
        return _flat_floats(lists)
    rows = [() if item is None else item.value for item in lists]
    counts = [len(row) for row in rows]
    values = np.empty(sum(counts), dtype.np_dtype)
    values[:] = [value for row in rows for value in row]
    return counts, values


def _flat_floats(lists: Sequence[Any]) -> tuple[list[int], Array]:
    """As `_flat`: a serialized FloatList is a tag, a length and the numbers as they lie in memory.

    Reading those bytes takes a tenth of the time of a Python float for each.
    """
    parts = []
    for item in lists:
        data = b"" if item is None else item.SerializeToString()
        parts.append(data[get_varint(data, 1)[1] :] if data else data)
    return [len(part) // 4 for part in parts], np.frombuffer(b"".join(parts), "<f4").astype(np.float32)


def sparse_parts(source: Source, feature_maps: Sequence[Any], spec: Sparse) -> tuple[Array, Array, Array]:
    """Indices, values and shape of a feature of all messages: `[batch, longest]`; of one by itself `[length]`."""
    sizes, values = _flat(_lists(source, feature_maps, spec.key, spec.dtype, None), spec.dtype)
    counts = np.array(sizes, np.int64)
    columns = np.arange(len(values)) - np.repeat(np.cumsum(counts) - counts, counts)
    if source.single:
        return columns[:, None].astype(np.int64), values, counts[:1]
    indices = np.stack([np.repeat(np.arange(len(sizes)), counts), columns], 1).astype(np.int64)
    return indices, values, np.array([len(sizes), counts.max(initial=0)], np.int64)


def dense_value(source: Source, feature_maps: Sequence[Any], spec: Dense) -> Array:
    """A feature of all messages as one array `[batch, ...]`; of one by itself without the batch."""
    values = _sequences(source, feature_maps, spec) if spec.is_sequence else _fixed(source, feature_maps, spec)
    return values[0] if source.single else values


def _fixed(source: Source, feature_maps: Sequence[Any], spec: Dense) -> Array:
    count = math.prod(spec.extents)  # type: ignore[arg-type]
    default = _as_list(spec.default, spec.dtype) if spec.default.size or not count else None
    lists = _lists(source, feature_maps, spec.key, spec.dtype, default)
    kind = _NAMES[_KINDS[spec.dtype]]
    if None in lists:
        name = "" if source.single else f"Name: {source.name(lists.index(None))}, "
        raise InvalidArgumentError(
            None, None, f"{name}Feature: {spec.key} (data type: {kind}) is required but could not be found."
        )
    counts, values = _flat(lists, spec.dtype)
    if counts.count(count) != len(counts):
        index = next(index for index, found in enumerate(counts) if found != count)
        words = (
            "Can't parse serialized Example."
            if source.single
            else f"Number of {kind} values != expected.  values size: {counts[index]} but output shape: "
            f"{_shown(spec.extents)}"
        )
        raise InvalidArgumentError(None, None, f"{source.place(spec.key, index)}  {words}")
    return values.reshape(len(lists), *spec.extents)


def _as_list(default: Array, dtype: DType) -> Any:
    """The list message of a default."""
    from ... import proto

    make = {"int64_list": proto.Int64List, "float_list": proto.FloatList, "bytes_list": proto.BytesList}[_KINDS[dtype]]
    values = default.reshape(-1).tolist()
    return make(value=[as_bytes(value) for value in values] if dtype is dtypes.string else values)


def _sequences(source: Source, feature_maps: Sequence[Any], spec: Dense) -> Array:
    """Rows of different lengths, filled up with the default."""
    stride = math.prod(spec.extents[1:])  # type: ignore[arg-type]
    counts, values = _flat(_lists(source, feature_maps, spec.key, spec.dtype, None), spec.dtype)
    for index, found in enumerate(counts):
        if found % stride if stride else found:
            words = (
                "Can't parse serialized Example."
                if source.single
                else f"Number of {_NAMES[_KINDS[spec.dtype]]} values is not a multiple of stride length. "
                f"Saw {found} values but output shape is: {_shown(spec.extents)}"
            )
            raise InvalidArgumentError(None, None, f"{source.place(spec.key, index)}  {words}")
    longest = max(counts, default=0)
    result = np.empty((len(counts), longest), spec.dtype.np_dtype)
    result[:] = spec.default.reshape(-1)[0] if spec.default.size else _nothing(spec.dtype)
    result[np.arange(longest) < np.array(counts, np.int64)[:, None]] = values
    rows = longest // stride if stride else 0
    return result.reshape(len(counts), rows, *spec.extents[1:])


def _nothing(dtype: DType) -> Any:
    return b"" if dtype is dtypes.string else 0


def _shown(extents: Sequence[int | None]) -> str:
    return "[" + ",".join("?" if extent is None else str(extent) for extent in extents) + "]"
