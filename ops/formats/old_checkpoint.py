"""Checkpoints of TensorFlow's first format: a string table, or several, that hold the tensors themselves.

Under the empty key lies what there is: names, types, shapes and slices. A slice lies under its name and place; its
elements are in a TensorProto, in the field of their type.
"""

from __future__ import annotations

import contextlib
import glob
import os
import uuid
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import numpy as np

from ..base.errors import DataLossError, InvalidArgumentError, NotFoundError, UnimplementedError
from ..types import dtypes
from ..types.dtypes import DType
from .string_table import is_table, read_table, write_table
from .tensor_slice import FULL, Slice, assemble, bounds_of, fill_message, key_of_slice, slice_of_message

Array = np.ndarray[Any, Any]

_FIELDS: Final = {
    "float32": "float_val", "float64": "double_val", "int32": "int_val", "uint8": "int_val", "int16": "int_val",
    "int8": "int_val", "uint16": "int_val", "int64": "int64_val", "bool": "bool_val", "string": "string_val",
    "complex64": "scomplex_val", "complex128": "dcomplex_val", "float16": "half_val", "bfloat16": "half_val",
    "qint8": "int_val", "quint8": "int_val", "qint32": "int_val",
}  # fmt: skip


def old_files(prefix: str) -> list[str]:
    """The files of a checkpoint of the first format: that of this name, its shards, or those that match a pattern.

    None if it is no such one.
    """
    shards = glob.glob(glob.escape(prefix) + "-?????-of-?????")
    # `Saver.save` gives the pattern of the shards, `model-?????-of-00002`, as their path.
    paths = [prefix] if os.path.isfile(prefix) else sorted(shards or glob.glob(prefix))
    return [path for path in paths if os.path.isfile(path) and _ends_as_table(path)]


def _ends_as_table(path: str) -> bool:
    with open(path, "rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - 48, 0))
        return is_table(file.read())


class OldReader:
    """The tensors of a checkpoint of the first format, with the methods of `BundleReader`.

    Args:
      paths: its files.
    Raises: DataLossError if they are not what was written.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        from google.protobuf.message import DecodeError

        from .. import proto

        self._metas: dict[str, Any] = {}
        self._slices: dict[bytes, Any] = {}
        for path in paths:
            with open(path, "rb") as file:
                data = file.read()
            try:
                for key, value in read_table(data, path):
                    message = proto.SavedTensorSlices.FromString(value)
                    if key:
                        self._slices[key] = message.data
                    else:
                        self._add_meta(message.meta)
            except DecodeError as error:
                raise DataLossError(None, None, f"{path}: an entry is no message ({error})") from None

    def _add_meta(self, meta: Any) -> None:
        for tensor in meta.tensor:
            known = self._metas.setdefault(tensor.name, tensor)
            if known is not tensor:
                known.slice.extend(tensor.slice)

    def __enter__(self) -> OldReader:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the contents go."""
        self._slices.clear()

    def names(self) -> list[str]:
        """The names of the tensors, sorted."""
        return sorted(self._metas)

    def __contains__(self, name: object) -> bool:
        return name in self._metas

    def dtype(self, name: str) -> DType:
        """The type of a tensor. Raises: NotFoundError."""
        return dtypes.as_dtype(self._meta(name).type)

    def shape(self, name: str) -> tuple[int, ...]:
        """The extents of a tensor. Raises: NotFoundError."""
        return tuple(dim.size for dim in self._meta(name).shape.dim)

    def read(self, name: str) -> Array:
        """Return a tensor as a new array. Raises: NotFoundError, DataLossError."""
        return self.read_slice(name, (FULL,) * len(self.shape(name)))

    def read_slice(self, name: str, wanted: Slice) -> Array:
        """Return a part of a tensor. Raises: NotFoundError, DataLossError; InvalidArgumentError if it is not there."""
        extents, dtype = self.shape(name), self.dtype(name)
        parts = [
            (bounds_of(part, extents), partial(self._value, name, part, bounds_of(part, extents), dtype))
            for part in map(slice_of_message, self._meta(name).slice)
        ]
        return assemble(name, bounds_of(wanted, extents), dtype, parts)

    def _meta(self, name: str) -> Any:
        meta = self._metas.get(name)
        if meta is None:
            raise NotFoundError(None, None, f"Key {name} not found in checkpoint")
        return meta

    def _value(self, name: str, part: Slice, bounds: Any, dtype: DType) -> Array:
        saved = self._slices.get(key_of_slice(name, part))
        if saved is None:
            raise DataLossError(None, None, f"a slice of '{name}' is missing from the checkpoint")
        extents = [stop - start for start, stop in bounds]
        values: Any = getattr(saved.data, _field(dtype, name))
        flat = np.empty(len(values), dtype.np_dtype)
        if dtype.is_complex:
            parts = np.array(values).reshape(-1, 2)
            flat = (parts[:, 0] + 1j * parts[:, 1]).astype(dtype.np_dtype)
        elif _FIELDS[dtype.name] == "half_val":
            flat = np.array(values, np.uint16).view(dtype.np_dtype)
        else:
            flat[:] = values
        if flat.size != np.prod(extents, dtype=np.int64):
            raise DataLossError(None, None, f"'{name}': {flat.size} elements are stored of a slice of {extents}")
        return flat.reshape(extents)


def _field(dtype: DType, name: str) -> str:
    field = _FIELDS.get(dtype.name)
    if field is None:
        raise UnimplementedError(None, None, f"'{name}': checkpoints of the first format hold no {dtype.name}.")
    return field


class OldWriter:
    """A checkpoint of the first format to be written, one file; nothing of it is there before `finish`."""

    def __init__(self, path: str) -> None:
        from .. import proto

        self._path = path
        self._meta = proto.SavedTensorSlices()
        self._meta.meta.versions.producer = 1
        self._items: dict[bytes, bytes] = {}
        self._tensors: dict[str, Any] = {}

    def add(self, name: str, value: Array, dtype: DType) -> None:
        """Add a tensor. Raises: InvalidArgumentError if its name is there already."""
        if name in self._tensors:
            raise InvalidArgumentError(None, None, f"Adding duplicate key: {name}")
        self.add_slice(name, value.shape, (FULL,) * value.ndim, value, dtype)

    def add_slice(self, name: str, extents: Sequence[int], part: Slice, value: Array, dtype: DType) -> None:
        """Add a part of the tensor `name`, whose extents are `extents`."""
        from .. import proto

        field = _field(dtype, name)
        meta = self._tensors.get(name)
        if meta is None:
            meta = self._tensors[name] = self._meta.meta.tensor.add(name=name, type=dtype.as_datatype_enum)
            meta.shape.SetInParent()
            for extent in extents:
                meta.shape.dim.add(size=extent)
        fill_message(meta.slice.add(), part)
        message = proto.SavedTensorSlices()
        message.data.name = name
        message.data.slice.SetInParent()
        fill_message(message.data.slice, part)
        flat = value.reshape(-1)
        if dtype.is_complex:
            flat = np.stack([flat.real, flat.imag], 1).reshape(-1)
        elif field == "half_val":
            flat = flat.view(np.uint16)
        getattr(message.data.data, field).extend(flat.tolist())
        self._items[key_of_slice(name, part)] = message.SerializeToString(deterministic=True)

    def finish(self) -> None:
        """Give the file its name."""
        temporary = f"{self._path}.tempstate{uuid.uuid4().int % 10**18}"
        items = {b"": self._meta.SerializeToString(deterministic=True), **self._items}
        try:
            with open(temporary, "wb") as file:
                write_table(file, sorted(items.items()))
            os.replace(temporary, self._path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
            raise
