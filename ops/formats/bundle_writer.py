"""Checkpoints of TensorFlow's second format, written. See `tensor_bundle` for what lies where.

A process that is killed at any moment leaves the checkpoint of that name as it was, or the new one, whole. New files
are written under names of their own and renamed; the index, renamed last, decides. Where a checkpoint of that name is
replaced, its tensors and the new ones would need one and the same file name. So the old file gets a second name first,
and an index that calls it by that name takes the place of the old one; see `_put`.
"""

from __future__ import annotations

import contextlib
import glob
import os
import re
import shutil
import struct
import uuid
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np

from ..base.errors import AlreadyExistsError, DataLossError, InvalidArgumentError, NotFoundError
from ..types.dtypes import DType
from .crc32c import crc32c, mask
from .string_table import write_table
from .tensor_bundle import HEADER_KEY, data_path, index_path, lengths_crc, read_index
from .tensor_slice import Slice, fill_message, key_of_slice
from .varint import put_varint

Array = np.ndarray[Any, Any]
_CHUNK: Final = 1 << 20
_BUFFER: Final = 1 << 16  # bytes: small tensors are written together


class BundleWriter:
    """A checkpoint to be written; nothing of it is there before `finish`.

    Args:
      prefix: the path of the checkpoint; its folder is made if only that is missing.
    Raises: FileNotFoundError if the folder's own folder is missing.
    """

    def __init__(self, prefix: str) -> None:
        make_folder(os.path.dirname(prefix))
        self._prefix = prefix
        self._mark = f".tempstate{uuid.uuid4().int % 10**18}"
        self._temporary = data_path(prefix, 0, 1) + self._mark
        self._entries: dict[bytes, Any] = {}
        self._place = 0
        self._file = open(self._temporary, "wb", buffering=_BUFFER)  # noqa: SIM115  `close` closes it

    def __enter__(self) -> BundleWriter:
        return self

    def __exit__(self, kind: object, *rest: object) -> None:
        self.close()

    def close(self) -> None:
        """Forget what was written, if it is not finished."""
        with contextlib.suppress(OSError):  # what it still held may not fit the disk, and is not wanted
            self._file.close()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._temporary)

    def add(self, name: str, value: Array, dtype: DType) -> None:
        """Add a tensor. Raises: InvalidArgumentError if its name is there already, or empty."""
        self._add(name.encode(), value, dtype)

    def add_slice(self, name: str, extents: Sequence[int], part: Slice, value: Array, dtype: DType) -> None:
        """Add a part of the tensor `name`, whose extents are `extents`."""
        full = self._entries.setdefault(name.encode(), _new_entry(dtype, extents))
        fill_message(full.slices.add(), part)
        self._add(key_of_slice(name, part), value, dtype)

    def _add(self, key: bytes, value: Array, dtype: DType) -> None:
        if not key or key in self._entries:
            raise InvalidArgumentError(None, None, f"Adding duplicate key: {key.decode(errors='replace')}")
        entry = _new_entry(dtype, value.shape)
        entry.offset = self._place
        crc, entry.size = self._write_strings(value) if value.dtype == object else self._write_numbers(value)
        entry.crc32c = mask(crc)
        self._place += entry.size
        self._entries[key] = entry

    def _write_numbers(self, value: Array) -> tuple[int, int]:
        if value.nbytes <= _BUFFER:
            data = value.tobytes()
            self._file.write(data)
            return crc32c(data), len(data)
        flat = np.ascontiguousarray(value).reshape(-1).view(np.uint8)
        crc = 0
        for start in range(0, flat.size, _CHUNK):  # while a piece is in the cache it is summed and written
            piece = flat[start : start + _CHUNK]
            crc = crc32c(piece, crc)
            self._file.write(piece.data)
        return crc, flat.size

    def _write_strings(self, value: Array) -> tuple[int, int]:
        items = [bytes(item) for item in value.reshape(-1)]
        lengths = [len(item) for item in items]
        crc = lengths_crc(lengths)
        stored = struct.pack("<I", mask(crc))
        body = b"".join(items)
        data = b"".join(map(put_varint, lengths)) + stored + body
        self._file.write(data)
        return crc32c(body, crc32c(stored, crc)), len(data)

    def finish(self) -> None:
        """Give the checkpoint its name. Raises: OSError if it cannot be written."""
        self._file.close()
        _put(self._prefix, self._entries, [self._temporary], self._mark)


def make_folder(path: str) -> None:
    """Make a folder, but none that it is in, if it is not there."""
    if path and not os.path.isdir(path):
        with contextlib.suppress(FileExistsError):
            os.mkdir(path)


def _new_entry(dtype: DType, extents: Sequence[int]) -> Any:
    known = _entry_of(dtype.as_datatype_enum, tuple(extents))
    entry = type(known)()
    entry.CopyFrom(known)
    return entry


@lru_cache(maxsize=1024)
def _entry_of(kind: int, extents: tuple[int, ...]) -> Any:
    """The entry of tensors of a type and shape, to be copied: most tensors of a model are like another one."""
    from .. import proto

    entry = proto.BundleEntryProto(dtype=kind)
    entry.shape.SetInParent()
    for extent in extents:
        entry.shape.dim.add(size=extent)
    return entry


def _write_index(path: str, entries: dict[bytes, Any], shards: int, mark: str) -> None:
    """Put an index in place, whole."""
    from .. import proto

    header = proto.BundleHeaderProto(num_shards=shards)
    header.version.producer = 1
    items = {HEADER_KEY: header, **entries}
    with open(path + mark, "wb") as file:
        write_table(file, ((key, items[key].SerializeToString(deterministic=True)) for key in sorted(items)))
    os.replace(path + mark, path)


def _put(prefix: str, entries: dict[bytes, Any], files: list[str], mark: str) -> None:
    """Give files of tensors, and an index of them, the names of the checkpoint `prefix`.

    Requires: the entries' `shard_id` are positions in `files`.
    Ensures: at every moment the index names files that are what it says.
    """
    targets = [data_path(prefix, shard, len(files)) for shard in range(len(files))]
    _step_aside(prefix, set(targets), mark)
    for temporary, target in zip(files, targets):
        os.replace(temporary, target)
    _write_index(index_path(prefix), entries, len(files), mark)
    for path in data_files(prefix):
        if path not in targets:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)


def _step_aside(prefix: str, taken: set[str], mark: str) -> None:
    """Have an existing checkpoint `prefix` use none of the file names `taken`."""
    try:
        header, entries = read_index(prefix)
    except (NotFoundError, DataLossError):
        return  # there is nothing whole to keep
    used = sorted({entry.shard_id for entry in entries.values() if not entry.slices})
    names = {shard: data_path(prefix, shard, header.num_shards) for shard in used}
    if taken.isdisjoint(names.values()):
        return
    if not all(os.path.exists(path) for path in names.values()):
        return
    # As one of so many shards, no file has a name in use: names tell the number of shards.
    count = max(header.num_shards, len(taken), 1) + 1
    for shard, path in names.items():
        second = data_path(prefix, shard, count)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(second)
        try:
            os.link(path, second)
        except OSError:  # a file system without second names
            shutil.copyfile(path, second)
    _write_index(index_path(prefix), entries, count, mark)


def data_files(prefix: str) -> list[str]:
    """The paths of all files of tensors that belong to a checkpoint, sorted."""
    pattern = re.compile(re.escape(os.path.basename(prefix)) + r"\.data-\d{5,}-of-\d{5,}\Z")
    found = glob.glob(glob.escape(prefix) + ".data-*-of-*")
    return sorted(path for path in found if pattern.match(os.path.basename(path)))


def merge_bundles(prefixes: Sequence[str], merged: str, delete_old_folders: bool = True) -> None:
    """Make one checkpoint of several, by renaming their files of tensors.

    Args:
      prefixes: the checkpoints; they are gone afterwards.
      merged: the new one's path.
      delete_old_folders: whether to remove the folders of the old ones, if they are empty then.
    Raises: NotFoundError, DataLossError as `read_index`, AlreadyExistsError if two hold the same tensor.
    """
    merged_entries: dict[bytes, Any] = {}
    files: list[str] = []
    for prefix in prefixes:
        header, entries = read_index(prefix)
        for key, entry in sorted(entries.items()):
            entry.shard_id += len(files)
            known = merged_entries.setdefault(key, entry)
            if known is entry:
                continue
            if not (known.slices and entry.slices):
                raise AlreadyExistsError(None, None, f"Duplicate tensor in the checkpoints to merge: {key.decode()}")
            known.slices.extend(entry.slices)
        files += [data_path(prefix, shard, header.num_shards) for shard in range(header.num_shards)]
    folder = os.path.dirname(merged)
    make_folder(folder)
    _put(merged, merged_entries, files, f".tempstate{uuid.uuid4().int % 10**18}")
    for prefix in prefixes:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(index_path(prefix))
    if delete_old_folders:
        for old in {os.path.dirname(prefix) for prefix in prefixes} - {folder}:
            with contextlib.suppress(OSError):  # not empty, or gone
                os.rmdir(old)
